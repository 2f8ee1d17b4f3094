"""The pages of agreement and adjudication, and who may see what both readers found."""

import csv
import io
import zipfile

import pytest
from django.urls import reverse

from capmap.records.models import (
    Coding,
    Passage,
    Reading,
    ReadingCode,
    ReviewItem,
    ReviewRound,
)

MODALITY = [("modality", "training"), ("modality", "network")]


def read(review_round, passage, reader, *codes, note=""):
    """A reading as the review page leaves it."""
    item = ReviewItem.objects.get(round=review_round, passage=passage, reader=reader)
    reading = Reading.objects.create(
        round=review_round, item=item, passage=passage, reader=reader, note=note
    )
    ReadingCode.objects.bulk_create(
        ReadingCode(reading=reading, facet=facet, code=code, spans=[[0, 8]])
        for facet, code in codes
    )
    ReviewItem.objects.filter(pk=item.pk).update(state="read")
    return reading


@pytest.fixture
def blind(portfolio, rita, ravi):
    """Two readers on all passages, nothing read."""
    made = ReviewRound.objects.create(
        portfolio=portfolio, title="Pilot", drawn_from=7, readers_per_passage=2
    )
    made.readers.set([rita, ravi])
    passages = Passage.objects.filter(intervention__portfolio=portfolio).order_by("pk")
    for position, passage in enumerate(passages, start=1):
        for reader in (rita, ravi):
            made.items.create(passage=passage, position=position, reader=reader)
    return made


@pytest.fixture
def all_read(blind, rita, ravi):
    """Both have read all; they differ on the first two passages."""
    for number, item in enumerate(blind.items.filter(reader=rita).order_by("position")):
        given = MODALITY[:1] if number % 2 == 0 else []
        read(blind, item.passage, rita, *given, note="Clearly a course.")
        other = [MODALITY[1]] if number == 0 else MODALITY[:1] if number == 1 else given
        read(blind, item.passage, ravi, *other)
    return blind


def first_passage(review_round):
    return review_round.items.order_by("position").first().passage


def test_an_analyst_sees_how_far_the_readers_agree(page, ana, portfolio, all_read):
    shown = page(ana, "agreement", portfolio.slug, all_read.pk).content.decode()
    assert "Ravi and Rita" in shown
    assert "7 passages were read by two" in shown
    assert "Only Rita" in shown
    assert "2 passages wait for a decision" in shown


def test_the_finding_is_said_in_french_and_spanish(
    page, client, ana, portfolio, all_read
):
    for language, words in (
        ("fr", "lus par deux personnes"),
        ("es", "leídos por dos personas"),
    ):
        client.cookies["capmap_language"] = language
        from django.conf import settings

        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        ana.language = language
        ana.save()
        assert (
            words
            in page(ana, "agreement", portfolio.slug, all_read.pk).content.decode()
        )


def test_a_reader_sees_nothing_before_all_is_read(page, rita, ana, portfolio, blind):
    passage = first_passage(blind)
    for reader in blind.readers.all():
        read(blind, passage, reader, ("modality", "training"))
    for name, *more in (
        ("agreement",), ("adjudicate",), ("agreement_download", "csv"),
        ("adjudicate_passage", passage.pk),
    ):  # fmt: skip
        response = page(rita, name, portfolio.slug, blind.pk, *more)
        assert response.status_code == 403
        assert "training" not in response.content.decode().lower()
    assert page(ana, "agreement", portfolio.slug, blind.pk).status_code == 200


def test_an_analyst_who_reads_in_the_round_waits_too(page, ana, portfolio, blind):
    blind.readers.add(ana)
    assert page(ana, "agreement", portfolio.slug, blind.pk).status_code == 403


def test_a_reader_sees_it_when_all_is_read(page, rita, portfolio, all_read):
    assert page(rita, "agreement", portfolio.slug, all_read.pk).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [("olga", 200), ("ana", 200), ("rita", 200), ("vera", 403), ("paul", 403),
     ("rosa", 403), ("stefan", 404)],
)  # fmt: skip
@pytest.mark.parametrize("name", ["agreement", "adjudicate"])
def test_who_sees_agreement(request, page, portfolio, all_read, who, status, name):
    person = request.getfixturevalue(who)
    assert page(person, name, portfolio.slug, all_read.pk).status_code == status


def test_the_round_of_another_portfolio_is_not_found(page, olga, ana, all_read):
    from site_fixtures import make_portfolio

    other = make_portfolio("Elsewhere")
    for name in ("agreement", "adjudicate", "decided"):
        assert page(olga, name, other.slug, all_read.pk).status_code == 404


def test_only_passages_of_ones_countries_are_compared(page, portfolio, all_read):
    from site_fixtures import make_person

    pia = make_person("pia@example.org", "Pia", "analyst", portfolio, ["PE"])
    shown = page(pia, "agreement", portfolio.slug, all_read.pk).content.decode()
    assert "3 passages were read by two" in shown
    abroad = Passage.objects.get(intervention__identifier="XX-2")
    answer = page(pia, "adjudicate_passage", portfolio.slug, all_read.pk, abroad.pk)
    assert answer.status_code == 404


def test_a_round_read_by_one_says_how_to_make_it_blind(page, ana, portfolio):
    made = ReviewRound.objects.create(portfolio=portfolio, title="One", drawn_from=1)
    shown = page(ana, "agreement", portfolio.slug, made.pk).content.decode()
    assert "two readers a passage" in shown


def test_nothing_read_yet_is_said(page, ana, portfolio, blind):
    shown = page(ana, "agreement", portfolio.slug, blind.pk).content.decode()
    assert "Rita has read 0 of 7" in shown


def test_no_difference_is_a_quiet_celebration(page, ana, portfolio, blind):
    for item in blind.items.all():
        read(blind, item.passage, item.reader, MODALITY[0])
    shown = page(ana, "adjudicate", portfolio.slug, blind.pk).content.decode()
    assert "The readers do not differ anywhere" in shown


def test_the_figures_can_be_taken_along(page, ana, portfolio, all_read):
    answer = page(ana, "agreement_download", portfolio.slug, all_read.pk, "csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    found = next(r for r in rows if (r["facet"], r["code"]) == MODALITY[0])
    assert [found[n] for n in ("both", "first_only", "second_only")] == ["3", "1", "1"]
    book = page(ana, "agreement_download", portfolio.slug, all_read.pk, "xlsx")
    assert zipfile.ZipFile(io.BytesIO(book.getvalue())).testzip() is None
    unknown = page(ana, "agreement_download", portfolio.slug, all_read.pk, "exe")
    assert unknown.status_code == 404


def test_the_number_of_queries_does_not_grow_with_passages(
    client, django_assert_max_num_queries, ana, portfolio, all_read
):
    client.force_login(ana)
    with django_assert_max_num_queries(30):
        client.get(reverse("agreement", args=[portfolio.slug, all_read.pk]))


def decide(
    page, person, review_round, passage, *codes, note="It names a course.", **more
):
    post = {"code": [":".join(code) for code in codes], "note": note, **more}
    slug = review_round.portfolio.slug
    return page(
        person, "adjudicate_passage", slug, review_round.pk, passage.pk, post=post
    )


def test_the_adjudicator_sees_both_columns_and_the_words(
    page, ana, portfolio, all_read
):
    passage = first_passage(all_read)
    answer = page(ana, "adjudicate_passage", portfolio.slug, all_read.pk, passage.pk)
    shown = answer.content.decode()
    assert 'value="modality:training"' in shown
    assert 'value="modality:network"' in shown
    assert '<mark class="mod"' in shown
    assert "Clearly a course." in shown


def test_a_decision_settles_the_passage_and_leads_to_the_next(page, ana, all_read):
    first, second = (i.passage for i in all_read.items.order_by("position", "pk")[:3:2])
    answer = decide(page, ana, all_read, first, MODALITY[0])
    assert answer.url.endswith(f"/adjudicate/{second.pk}/")
    assert Coding.objects.accepted().filter(passage=first).values_list(
        "facet", "code"
    ).distinct().get() == MODALITY[0]  # fmt: skip
    last = decide(page, ana, all_read, second)
    assert last.url.endswith("/adjudicate/")
    done = page(ana, "adjudicate", all_read.portfolio.slug, all_read.pk)
    assert "Everything is decided" in done.content.decode()


def test_a_decision_needs_its_reason_and_keeps_what_was_ticked(page, ana, all_read):
    passage = first_passage(all_read)
    answer = decide(page, ana, all_read, passage, MODALITY[1], note=" ")
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Say why" in shown
    assert 'value="modality:network" checked' in shown
    assert 'value="modality:training" checked' not in shown
    assert not Reading.objects.filter(is_adjudication=True).exists()


@pytest.mark.parametrize("codes", ["nonsense", "modality:nonsense", ":", "<script>:x"])
def test_a_code_that_does_not_exist_is_refused_on_the_page(page, ana, all_read, codes):
    passage = first_passage(all_read)
    answer = decide(page, ana, all_read, passage, note="Why", code=codes)
    assert answer.status_code == 422
    assert "<script>:x" not in answer.content.decode()


def test_the_second_of_two_adjudicators_is_told(page, ana, olga, all_read):
    passage = first_passage(all_read)
    decide(page, ana, all_read, passage, MODALITY[0], note="A course.")
    late = decide(page, olga, all_read, passage, MODALITY[1], note="A network.")
    shown = late.content.decode()
    assert late.status_code == 422
    assert "Somebody else has decided" in shown
    assert "A course." in shown
    assert "A network." in shown


def test_a_decision_can_be_taken_back(page, ana, all_read):
    passage = first_passage(all_read)
    before = list(Coding.objects.filter(passage=passage).values_list("pk", "status"))
    decide(page, ana, all_read, passage, MODALITY[1])
    slug = all_read.portfolio.slug
    page(ana, "adjudicate_undo", slug, all_read.pk, passage.pk, post={})
    assert (
        list(Coding.objects.filter(passage=passage).values_list("pk", "status"))
        == before
    )
    assert not Reading.objects.filter(is_adjudication=True).exists()


def test_a_reader_does_not_decide_while_another_analyst_can(
    page, ana, olga, rita, all_read
):
    passage = first_passage(all_read)
    for reading in Reading.objects.filter(reader=rita):
        reading.reader = olga
        reading.save()
    all_read.items.filter(reader=rita).update(reader=olga)
    assert decide(page, olga, all_read, passage, MODALITY[0]).status_code == 403
    ana.is_active = False
    ana.save()
    assert decide(page, olga, all_read, passage, MODALITY[0]).status_code == 302


def test_a_reviewer_looks_but_does_not_decide(page, rita, all_read):
    passage = first_passage(all_read)
    slug = all_read.portfolio.slug
    shown = page(rita, "adjudicate_passage", slug, all_read.pk, passage.pk)
    assert "An analyst who has not read" in shown.content.decode()
    assert decide(page, rita, all_read, passage, MODALITY[0]).status_code == 403


def test_readers_learn_what_was_decided_and_why(page, ana, rita, ravi, vera, all_read):
    slug = all_read.portfolio.slug
    passage = first_passage(all_read)
    decide(
        page,
        ana,
        all_read,
        passage,
        MODALITY[0],
        note="A course, <b>not</b> a network.",
    )
    of_rita = page(rita, "decided", slug, all_read.pk).content.decode()
    of_ravi = page(ravi, "decided", slug, all_read.pk).content.decode()
    assert "A course, &lt;b&gt;not&lt;/b&gt; a network." in of_rita
    assert "as you" in of_rita
    assert "not kept" in of_ravi
    assert page(vera, "decided", slug, all_read.pk).status_code == 403


def test_text_of_sources_is_never_markup(page, ana, portfolio, all_read, ravi):
    hostile = Passage.objects.get(intervention__identifier="XX-5")
    reading = Reading.objects.get(passage=hostile, reader=ravi)
    reading.note = "<script>alert(3)</script>"
    reading.save()
    reading.codes.create(facet="modality", code="network", spans=[[0, 10], [5, 900]])
    shown = page(ana, "adjudicate_passage", portfolio.slug, all_read.pk, hostile.pk)
    text = shown.content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(3)" in text
