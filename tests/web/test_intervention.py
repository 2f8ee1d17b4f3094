"""The page of one intervention and of one passage: what stands there, and who sees it."""

import pytest
from django.utils import timezone
from site_fixtures import make_portfolio

from capmap.records.models import Coder, Coding, Intervention, Passage

pytestmark = pytest.mark.django_db


@pytest.fixture
def labour(portfolio):
    return portfolio.interventions.get(identifier="XX-1")


@pytest.fixture
def hostile(portfolio):
    return portfolio.interventions.get(identifier="XX-5")


def text(response):
    return response.content.decode()


@pytest.fixture
def long_one(portfolio):
    """A programme of 2,000 passages with three codes each."""
    intervention = Intervention.objects.create(
        portfolio=portfolio, identifier="LONG", counted_as="LONG", title="Long"
    )
    Passage.objects.bulk_create(
        Passage(
            intervention=intervention,
            position=n,
            kind="paragraph",
            place=f"paragraph {n}",
            language="en",
            text=f"Training number {n} for labour inspectors of the ministry.",
            digest=f"LONG-{n}",
        )
        for n in range(1, 2001)
    )
    coder = Coder.objects.get(kind="lexicon")
    codes = [("capacity", "cd"), ("modality", "training"), ("level", "individual")]
    Coding.objects.bulk_create(
        Coding(
            passage=passage, coder=coder, facet=facet, code=code, spans=[[0, 8]],
            confidence=0.6,
        )
        for passage in intervention.passages.all()
        for facet, code in codes
    )  # fmt: skip
    return intervention


def test_the_page_tells_the_finding_in_words(page, vera, portfolio, labour):
    shown = text(page(vera, "intervention", portfolio.slug, labour.pk))

    assert "A project funded by Norway." in shown
    assert "of its 2 passages speak" in shown
    assert "Integration profile" in shown
    assert "USD 2,400,000" in shown
    assert "Peru" in shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Un projet financé par Norway"),
        ("es", "Un proyecto financiado por Norway"),
    ],
)
def test_the_page_speaks_the_readers_language(
    page, client, vera, portfolio, labour, language, words
):
    client.cookies["django_language"] = language

    shown = text(page(vera, "intervention", portfolio.slug, labour.pk))

    assert words in shown
    assert "Peru" not in shown.split("<dl>")[1].split("</dl>")[0]


def test_each_code_opens_to_its_words_coder_reason_and_decision(
    page, vera, rita, portfolio, labour
):
    coding = Coding.objects.get(
        passage__intervention=labour,
        passage__position=1,
        facet="modality",
        code="training-of-trainers",
    )
    coding.status, coding.decided_by = "accepted", rita
    coding.decided_at = timezone.now()
    coding.save()

    shown = text(page(vera, "intervention", portfolio.slug, labour.pk))

    quoted = coding.quote
    assert f'<mark class="mod" title="Training of trainers">{quoted}' in shown
    assert "accepted by Rita" in shown
    assert "words of the text" in shown
    assert "suggested" in shown


def test_a_rejected_code_is_folded_away_and_counts_no_more(
    page, vera, rita, portfolio, labour
):
    Coding.objects.filter(passage__intervention=labour, facet="modality").update(
        status="rejected", decided_by=rita, decided_at=timezone.now()
    )

    response = page(vera, "intervention", portfolio.slug, labour.pk)

    assert "that people rejected" in text(response)
    assert "rejected by Rita" in text(response)
    named = [found.facet for _, codes in response.context["facets"] for found in codes]
    assert "modality" not in named
    assert "level" in named


def test_the_profile_draws_levels_passage_by_passage(page, vera, portfolio, labour):
    Coding.objects.filter(passage__intervention=labour, facet="level").delete()
    coder = Coder.objects.get(kind="lexicon")
    first, second = labour.passages.order_by("position")
    for passage in (first, second):
        Coding.objects.get_or_create(
            passage=passage, facet="capacity", code="cd", coder=coder
        )
    for passage, code, doubtful in (
        (first, "individual", False),
        (first, "institutional", False),
        (second, "individual", True),
    ):
        Coding.objects.create(
            passage=passage, facet="level", code=code, coder=coder, doubtful=doubtful
        )

    response = page(vera, "intervention", portfolio.slug, labour.pk)

    profile = response.context["profile"]
    assert [(level.code, level.marks) for level in profile.levels] == [
        ("individual", ["full", "doubtful"]),
        ("institutional", ["full", "none"]),
        ("enabling-environment", ["none", "none"]),
    ]
    assert [level.joins for level in profile.levels] == [
        [True, False],
        [False, False],
        [False, False],
    ]
    assert profile.joined == 1
    assert (
        "1 of 2 passages joins levels; none reaches the enabling environment"
        in text(response)
    )


def test_the_share_in_the_portfolio_covers_only_what_the_reader_sees(
    page, vera, paul, portfolio, labour
):
    everywhere = page(vera, "intervention", portfolio.slug, labour.pk)
    in_peru = page(paul, "intervention", portfolio.slug, labour.pk)

    assert everywhere.context["profile"].in_portfolio > 2
    assert in_peru.context["profile"].in_portfolio == 2


def test_an_intervention_that_says_nothing_has_a_page(page, vera, portfolio):
    silent = Intervention.objects.create(
        portfolio=portfolio, identifier="SILENT", counted_as="SILENT"
    )

    shown = text(page(vera, "intervention", portfolio.slug, silent.pk))

    assert "says nothing that could be read" in shown
    assert "SILENT" in shown


def test_no_text_of_a_source_runs_as_script(page, ana, portfolio, hostile):
    shown = text(page(ana, "intervention", portfolio.slug, hostile.pk))

    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<img src=x" not in shown
    passage = hostile.passages.first()
    shown = text(page(ana, "passage", portfolio.slug, hostile.pk, passage.pk))
    assert "<img src=x" not in shown


def test_components_and_programme_link_to_each_other(page, vera, portfolio, labour):
    roads = portfolio.interventions.get(identifier="XX-4")
    labour.children, roads.parents = ["XX-4", "XX-unknown"], ["XX-1", "XX-gone"]
    labour.save()
    roads.save()

    programme = page(vera, "intervention", portfolio.slug, labour.pk)
    component = page(vera, "intervention", portfolio.slug, roads.pk)

    assert f"/interventions/{roads.pk}/" in text(programme)
    assert f"/interventions/{labour.pk}/" in text(component)
    assert "XX-gone" in text(component)


def test_a_reader_of_one_country_is_told_of_no_other_component(
    page, paul, portfolio, labour
):
    labour.children = ["XX-2"]
    labour.save()

    shown = text(page(paul, "intervention", portfolio.slug, labour.pk))

    assert "Réseau des syndicats" not in shown


def test_a_passage_that_a_later_import_replaced_is_not_shown(
    page, vera, portfolio, labour
):
    gone = labour.passages.get(position=2)
    gone.is_current = False
    gone.save()

    shown = text(page(vera, "intervention", portfolio.slug, labour.pk))

    assert "register of cases" not in shown
    answer = page(vera, "passage", portfolio.slug, labour.pk, gone.pk)
    assert answer.status_code == 404


def test_a_passage_stands_between_its_neighbours(page, vera, portfolio, labour):
    first, second = labour.passages.order_by("position")

    response = page(vera, "passage", portfolio.slug, labour.pk, first.pk)

    assert response.context["before"] == []
    assert response.context["after"] == [second]
    assert "Training of trainers" in text(response)


def test_a_passage_is_found_under_its_own_intervention_only(page, vera, portfolio):
    one = portfolio.interventions.get(identifier="XX-1")
    other = portfolio.interventions.get(identifier="XX-2").passages.first()

    answer = page(vera, "passage", portfolio.slug, one.pk, other.pk)

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["intervention", "intervention_codings"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("olga", 200), ("ana", 200), ("rita", 200), ("paul", 200), ("vera", 200),
        ("rosa", 403), ("stefan", 404),
    ],
)  # fmt: skip
def test_who_sees_an_intervention(page, request, portfolio, labour, name, who, status):
    person = request.getfixturevalue(who)

    assert page(person, name, portfolio.slug, labour.pk).status_code == status


@pytest.mark.parametrize("name", ["intervention", "intervention_codings"])
def test_nobody_sees_what_lies_elsewhere(page, ana, paul, portfolio, name):
    senegal = portfolio.interventions.get(identifier="XX-2")
    other = make_portfolio("Another").interventions.first()

    assert page(paul, name, portfolio.slug, senegal.pk).status_code == 404
    assert page(ana, name, portfolio.slug, other.pk).status_code == 404
    assert page(ana, name, portfolio.slug, 10**15).status_code == 404
    assert page(None, name, portfolio.slug, senegal.pk).status_code == 302


def test_the_codings_come_as_a_table_without_formulas(page, vera, portfolio, labour):
    labour.title = "=HYPERLINK(1)"
    labour.save()

    response = page(vera, "intervention_codings", portfolio.slug, labour.pk)

    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("intervention_id,title,position,place")
    assert "'=HYPERLINK(1)" in lines[1]
    codings = Coding.objects.filter(passage__intervention=labour).count()
    assert len(lines) == codings + 1


def test_two_thousand_passages_come_a_page_at_a_time(
    page, vera, portfolio, long_one, django_assert_max_num_queries
):
    page(vera, "intervention", portfolio.slug, long_one.pk)  # writes the tables

    with django_assert_max_num_queries(24):
        response = page(vera, "intervention", portfolio.slug, long_one.pk)

    assert len(response.context["passages"]) == 20
    assert response.context["profile"].is_cut
    assert "Drawn: the first 12 of 2,000" in text(response)
    assert len(response.content) < 120_000


def test_the_queries_do_not_grow_with_the_intervention(
    page, vera, portfolio, labour, long_one, django_assert_max_num_queries
):
    page(vera, "intervention", portfolio.slug, labour.pk)

    with django_assert_max_num_queries(24):
        page(vera, "intervention", portfolio.slug, labour.pk)
    passage = long_one.passages.get(position=1000)
    with django_assert_max_num_queries(19):
        page(vera, "passage", portfolio.slug, long_one.pk, passage.pk)


def test_passages_can_be_narrowed_to_a_code(page, vera, portfolio, labour):
    query = {"code": "modality:training-of-trainers"}

    response = page(vera, "intervention", portfolio.slug, labour.pk, query=query)

    assert [p.position for p, _ in response.context["passages"]] == [1]
    assert "with the code “Training of trainers”" in text(response)


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"page": "99999"}, {"code": "<script>"}, {"code": "a:b"}]
)
def test_a_strange_address_is_taken_as_it_can_be(page, vera, portfolio, labour, query):
    response = page(vera, "intervention", portfolio.slug, labour.pk, query=query)

    assert response.status_code == 200
    assert "<script>" not in text(response).split("<main")[1].split("</main>")[0]


def test_a_verdict_is_given_changed_and_withdrawn(page, rita, portfolio, labour):
    args = ("intervention_verdict", portfolio.slug, labour.pk)
    page(rita, *args, post={"answer": "yes", "note": "P1 <b>trains</b>\nand more"})

    shown = text(page(rita, "intervention", portfolio.slug, labour.pk))
    assert "Yes, it develops capacity" in shown
    assert "P1 &lt;b&gt;trains&lt;/b&gt;<br>and more" in shown

    page(rita, *args, post={"withdraw": "yes"})
    shown = text(page(rita, "intervention", portfolio.slug, labour.pk))
    assert "Nobody has said yet" in shown


def test_a_verdict_without_an_answer_is_told_beside_the_question(
    page, rita, portfolio, labour
):
    response = page(
        rita, "intervention_verdict", portfolio.slug, labour.pk, post={"note": "Well"}
    )

    assert response.context["verdict_form"].errors["answer"]
    assert "Well" in text(response)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ana", 302), ("rita", 302), ("paul", 302), ("vera", 403), ("rosa", 403),
     ("stefan", 404)],
)  # fmt: skip
def test_who_may_give_a_verdict(page, request, portfolio, labour, who, status):
    person = request.getfixturevalue(who)
    args = ("intervention_verdict", portfolio.slug, labour.pk)

    assert page(person, *args, post={"answer": "no"}).status_code == status
    assert page(person, *args).status_code in (405, 403, 404)
