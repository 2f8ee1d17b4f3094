"""Help in three languages, hints where they are needed, the tour for each role."""

import re

import pytest
from django.urls import reverse

from capmap.records.models import (
    Import,
    Passage,
    Portfolio,
    Reading,
    ReviewItem,
    ReviewRound,
    Role,
)
from capmap.web import guide_page
from capmap.wording import LANGUAGES, topic

pytestmark = pytest.mark.django_db

WORDS = topic("site_guide")


def flat(words):
    return re.sub(r"\s+", " ", words)


def text(response):
    return flat(response.content.decode())


def ticked(html):
    """The steps of the tour that are ticked, by their number."""
    strip = html[html.index('class="tour"') :]
    items = re.findall(r'<li class="(\w*)"', strip[: strip.index("</section>")])
    return [number for number, kind in enumerate(items, start=1) if kind == "done"]


# Help


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", guide_page.PAGES)
def test_a_page_of_help_is_whole_in_each_language(page, language, name):
    response = page(None, "help_page", name, accept_language=language)

    html = text(response)
    assert response.status_code == 200
    assert flat(WORDS[f"title_{name}"][language]) in html
    assert flat(WORDS[f"lead_{name}"][language]) in html
    for heading, told in guide_page.parts_of(name, language).items():
        assert f"<h2>{flat(heading)}</h2>" in html
        assert flat(told) in html


@pytest.mark.parametrize("key", [key for key in WORDS if key.startswith("parts_")])
def test_translations_have_the_same_parts_at_much_the_same_length(key):
    texts = [WORDS[key][language] for language in LANGUAGES]

    assert len({len(parts) for parts in texts}) == 1
    for told in zip(*(parts.values() for parts in texts), strict=True):
        assert max(map(len, told)) < 1.6 * min(map(len, told))
        assert len({one.count("<kbd>") for one in told}) == 1


def test_the_contents_lead_to_every_page(page):
    html = text(page(None, "help"))

    for name in guide_page.PAGES:
        assert f'href="/help/{name}/"' in html


@pytest.mark.parametrize("name", ["nowhere", "script", "role", "counting2"])
def test_there_is_no_other_page_of_help(page, vera, name):
    assert page(vera, "help_page", name).status_code == 404


def test_help_stands_in_footer_and_menu(page, portfolio, vera):
    html = text(page(vera, "portfolio", portfolio.slug))

    assert html.count('href="/help/"') >= 2


def test_pages_of_help_follow_one_another(page):
    html = text(page(None, "help_page", "map"))

    assert re.search(r'rel="prev" href="/help/counting/"', html)
    assert re.search(r'rel="next" href="/help/review/"', html)
    assert 'rel="prev"' not in text(page(None, "help_page", "counting"))
    assert 'rel="next"' not in text(page(None, "help_page", "words"))


def test_the_table_of_roles_says_what_the_permissions_say(page):
    html = text(page(None, "help_page", "roles"))
    told = dict(guide_page.roles())

    assert set(told) == set(Role.values)
    assert dict(told["reviewer"])["can_review"]
    assert not dict(told["reviewer"])["can_analyse"]
    assert not any(dict(told["respondent"]).values())
    assert all(dict(told["administrator"]).values())
    may = sum(may for _, answers in guide_page.roles() for _, may in answers)
    assert html.count("✓") == may


def test_every_permission_has_words():
    assert "can_see" in guide_page.QUESTIONS
    assert set(guide_page.QUESTIONS) <= set(WORDS)


def test_the_words_of_the_field_stand_side_by_side_with_anchors(page):
    html = text(page(None, "help_page", "words", accept_language="es"))

    assert '<li id="passage" class="term">' in html
    assert '<a href="#constituent">Mandante</a>' in html
    for word in ("Constituent", "Mandant", "Mandante", "Codebook", "Good practice"):
        assert re.search(rf"<dt>(<a [^>]*>)?{word}</", html)


# Hints


def test_hints_stand_where_they_are_needed(page, portfolio, ana):
    slug = portfolio.slug
    ready = Import.objects.create(
        portfolio=portfolio, state="ready", title="a.xml",
        counts={"interventions": 0, "new": 0, "changed": 0, "same": 0, "set_aside": 0},
    )  # fmt: skip

    for name, arguments, hint, more in [
        ("map", [], "map", "map"),
        ("codebook_propose", [], "codebook", "codebook"),
        ("import", [ready.pk], "import", "import"),
    ]:
        html = text(page(ana, name, slug, *arguments))
        assert WORDS[f"hint_{hint}"]["en"] in html, name
        assert f'href="/help/{more}/"' in html


def test_hints_of_review_stand_beside_what_they_explain(
    page, portfolio, ana, rita, ravi
):
    passage = Passage.objects.first()
    rounds = {}
    for readers in ((), (rita, ravi)):
        made = ReviewRound.objects.create(
            portfolio=portfolio, title="Round", drawn_from=7, question="capacity:cd",
            readers_per_passage=2 if readers else 1,
        )  # fmt: skip
        made.readers.set(readers)
        rounds[len(readers)] = made
        for reader in readers or (None,):
            item = ReviewItem.objects.create(
                round=made, passage=passage, position=1, reader=reader,
                state="read" if reader else "open",
            )  # fmt: skip
            if reader:
                Reading.objects.create(
                    round=made, item=item, passage=passage, reader=reader
                )

    slug = portfolio.slug
    alone = ReviewItem.objects.get(round=rounds[0])
    step = text(page(ana, "review_item", slug, rounds[0].pk, alone.pk))
    agreement = text(page(ana, "agreement", slug, rounds[2].pk))

    assert WORDS["hint_review"]["en"] in step
    assert WORDS["hint_agreement"]["en"] in agreement


def test_the_list_says_what_counted_as_means_where_it_matters(page, portfolio, vera):
    hint = WORDS["hint_counting"]["en"]
    assert hint not in text(page(vera, "interventions", portfolio.slug))

    portfolio.interventions.filter(identifier="XX-4").update(counted_as="XX-1")
    portfolio.touch()

    assert hint in text(page(vera, "interventions", portfolio.slug))


# The tour


@pytest.mark.parametrize(
    ("who", "count"), [("olga", 6), ("ana", 6), ("rita", 5), ("paul", 4), ("vera", 4)]
)
def test_the_overview_shows_the_steps_of_the_role(page, portfolio, request, who, count):
    html = text(page(request.getfixturevalue(who), "portfolio", portfolio.slug))

    assert f"{count} steps from the map to a file" in html
    assert html.count(f'href="/portfolios/{portfolio.slug}/tour/') == count


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Votre première heure"), ("es", "Su primera hora")]
)
def test_the_tour_speaks_the_language(page, portfolio, rita, language, words):
    html = text(page(rita, "portfolio", portfolio.slug, accept_language=language))

    assert words in html
    assert WORDS["step_cell"][language] in html


def test_a_respondent_has_no_tour(page, portfolio, rosa):
    assert 'class="tour"' not in text(page(rosa, "portfolio", portfolio.slug))
    assert page(rosa, "tour", portfolio.slug, "map").status_code == 403
    assert page(rosa, "tour_close", portfolio.slug, post={}).status_code == 403


def test_an_empty_portfolio_has_its_own_first_step_instead(page, portfolio, ana):
    portfolio.interventions.update(is_current=False)
    portfolio.touch()

    assert 'class="tour"' not in text(page(ana, "portfolio", portfolio.slug))


@pytest.mark.parametrize(
    ("step", "leads_to"),
    [
        ("map", "map/"),
        ("cell", "map/?cell="),
        ("intervention", "interventions/"),
        ("file", "interventions/#list-files"),
    ],
)
def test_following_a_step_leads_there_and_ticks_it(
    page, portfolio, vera, step, leads_to
):
    response = page(vera, "tour", portfolio.slug, step)

    start = f"/portfolios/{portfolio.slug}/{leads_to}"
    assert response.status_code == 302
    assert response.url.startswith(start)
    number = ["map", "cell", "intervention", "file"].index(step) + 1
    assert ticked(text(page(vera, "portfolio", portfolio.slug))) == [number]


def test_the_cell_that_the_tour_opens_has_a_quotation(client, page, portfolio, paul):
    response = page(paul, "tour", portfolio.slug, "cell")

    html = text(client.get(response.url))
    assert 'class="quotations"' in html
    assert "Training" in html


def test_the_tour_opens_an_intervention_that_the_person_sees(
    client, page, portfolio, paul
):
    response = page(paul, "tour", portfolio.slug, "intervention")

    assert client.get(response.url).status_code == 200


def test_the_list_has_the_place_where_files_are_taken(page, portfolio, vera):
    assert 'id="list-files"' in text(page(vera, "interventions", portfolio.slug))


def test_review_is_ticked_by_readings_not_by_its_link(page, portfolio, rita):
    response = page(rita, "tour", portfolio.slug, "review")
    before = text(page(rita, "portfolio", portfolio.slug))
    passage = Passage.objects.first()
    Reading.objects.bulk_create(
        Reading(passage=passage, reader=rita) for _ in range(10)
    )
    after = text(page(rita, "portfolio", portfolio.slug))

    assert response.url == reverse("rounds", args=[portfolio.slug])
    assert ticked(before) == []
    assert "0 of 10 read" in before
    assert ticked(after) == [4]
    assert "10 of 10 read" in after


def test_import_is_ticked_by_a_file_brought_in(page, portfolio, ana, olga):
    response = page(ana, "tour", portfolio.slug, "import")
    assert response.url == reverse("imports", args=[portfolio.slug])
    assert ticked(text(page(ana, "portfolio", portfolio.slug))) == []

    Import.objects.create(
        portfolio=portfolio, state="done", started_by=ana,
        loaded_at="2026-11-24T12:00Z",
    )  # fmt: skip

    assert ticked(text(page(ana, "portfolio", portfolio.slug))) == [5]
    assert ticked(text(page(olga, "portfolio", portfolio.slug))) == []


@pytest.mark.parametrize("step", ["review", "import"])
def test_a_step_that_the_role_does_not_allow_is_refused(page, portfolio, vera, step):
    assert page(vera, "tour", portfolio.slug, step).status_code == 403


@pytest.mark.parametrize("step", ["nowhere", "script", "Map"])
def test_there_is_no_other_step(page, portfolio, vera, step):
    assert page(vera, "tour", portfolio.slug, step).status_code == 404


def test_the_tour_is_not_there_for_others(page, portfolio, stefan):
    assert page(stefan, "tour", portfolio.slug, "map").status_code == 404
    assert page(None, "tour", portfolio.slug, "map").status_code == 302


def test_marks_of_one_portfolio_do_not_count_in_another(page, portfolio, olga):
    other = Portfolio.objects.create(slug="other", title="Other")
    page(olga, "tour", other.slug, "map")

    assert ticked(text(page(olga, "portfolio", portfolio.slug))) == []


def test_the_last_step_ends_the_tour(page, portfolio, vera):
    for step in ("map", "cell", "intervention", "file"):
        page(vera, "tour", portfolio.slug, step)

    html = text(page(vera, "portfolio", portfolio.slug))
    vera.refresh_from_db()

    assert vera.toured_at
    assert "That was the last step of the tour" in html
    assert 'class="tour"' not in html


def test_the_tour_says_when_all_is_done_by_other_ways(page, portfolio, rita):
    for step in ("map", "cell", "intervention", "file"):
        page(rita, "tour", portfolio.slug, step)
    Reading.objects.bulk_create(
        Reading(passage=Passage.objects.first(), reader=rita) for _ in range(10)
    )

    html = text(page(rita, "portfolio", portfolio.slug))

    assert "All steps are done." in html
    assert ticked(html) == [1, 2, 3, 4, 5]


def test_a_closed_tour_stays_away_and_its_links_still_lead(page, portfolio, ana):
    response = page(ana, "tour_close", portfolio.slug, post={})
    html = text(page(ana, "portfolio", portfolio.slug))
    ana.refresh_from_db()

    assert response.url == reverse("portfolio", args=[portfolio.slug])
    assert ana.toured_at
    assert "The tour is closed" in html
    assert 'class="tour"' not in html
    assert page(ana, "tour", portfolio.slug, "map").status_code == 302


def test_the_tour_is_closed_by_post_alone(page, portfolio, ana):
    assert page(ana, "tour_close", portfolio.slug).status_code == 405
    ana.refresh_from_db()
    assert ana.toured_at is None
