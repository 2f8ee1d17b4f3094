"""The overview of a portfolio: what it holds, what it shows, what waits for whom."""

import re

import pytest

from capmap.records.models import (
    Comment,
    Import,
    Intervention,
    Passage,
    ReviewItem,
    ReviewRound,
    TermChange,
)
from capmap.records.queries import snapshot

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def figure(html, words):
    """Return the number that stands over some words."""
    found = re.search(rf"<dt>{words}</dt><dd>(?:<a[^>]*>)?([\d,]+)", html)
    return found and found[1]


@pytest.mark.parametrize("who", ["olga", "ana", "rita", "paul", "vera", "rosa"])
def test_everyone_with_a_part_in_it_comes_in(page, portfolio, request, who):
    assert (
        page(request.getfixturevalue(who), "portfolio", portfolio.slug).status_code
        == 200
    )


def test_nobody_else_does(page, portfolio, stefan):
    assert page(stefan, "portfolio", portfolio.slug).status_code == 404
    assert page(None, "portfolio", portfolio.slug).status_code == 302


def test_it_says_what_the_portfolio_holds(page, portfolio, vera):
    html = text(page(vera, "portfolio", portfolio.slug))

    assert figure(html, "interventions") == "5"
    assert figure(html, "passages") == "7"
    assert figure(html, "countries where capacity is developed") == "3"
    assert re.search(r"<b>USD\s11,400,000</b> by 2 interventions", html)
    assert re.search(r"<b>EUR\s150,000</b> by 1 intervention<", html)
    assert "never added together" in html


def test_a_programme_officer_is_told_what_they_see(page, portfolio, paul):
    html = text(page(paul, "portfolio", portfolio.slug))

    assert figure(html, "interventions") == "2"
    assert "You see the interventions in Peru." in html
    assert "EUR" not in html


def test_its_findings_are_counts_of_the_coder_and_lead_to_map_and_list(
    page, portfolio, vera
):
    html = text(page(vera, "portfolio", portfolio.slug))

    assert re.search(r"found in \d of 5 interventions \(\d+\sper\scent\)", html)
    assert "no interval: nobody has read a random sample of interventions yet" in html
    assert "95% interval" not in html
    assert re.search(
        r'href="/portfolios/[^"]+/map/\?columns=[a-z]+&amp;cell=%2A~', html
    )
    assert 'href="/portfolios/technical-cooperation/interventions/?capacity=cd"' in html


def test_findings_follow_later_where_they_take_long(page, portfolio, vera, monkeypatch):
    monkeypatch.setattr(snapshot, "ON_THE_SPOT", 3)
    snapshot.write(portfolio)
    waiting = text(page(vera, "portfolio", portfolio.slug))
    part = page(
        vera,
        "portfolio",
        portfolio.slug,
        query={"findings": "now"},
        HX_Target="findings",
    )
    after = text(page(vera, "portfolio", portfolio.slug))

    assert 'hx-get="?findings=now"' in waiting
    assert "<html" not in text(part)
    assert "Capacity development is found in" in text(part)
    assert 'hx-get="?findings=now"' not in after
    assert "Capacity development is found in" in after


def test_what_waits_for_a_person_stands_there_with_its_progress(
    page, portfolio, ana, rita, vera
):
    passages = list(Passage.objects.all()[:3])
    made = ReviewRound.objects.create(
        portfolio=portfolio, title="<b>Doubtful</b>", drawn_from=3
    )
    for place, passage in enumerate(passages, start=1):
        state = "open" if place > 1 else "read"
        ReviewItem.objects.create(
            round=made, passage=passage, position=place, state=state
        )
    Import.objects.create(portfolio=portfolio, state="ready", title="list.xlsx")
    TermChange.objects.create(
        portfolio=portfolio, facet="modality", code="training", language="en", term="x"
    )
    Comment.objects.create(
        intervention=passages[0].intervention, text="?", written_by=ana, asked_of=rita
    )

    for_ana = text(page(ana, "portfolio", portfolio.slug))
    for_rita = text(page(rita, "portfolio", portfolio.slug))
    for_vera = text(page(vera, "portfolio", portfolio.slug))

    assert "2 passages to read: &lt;b&gt;Doubtful&lt;/b&gt;" in for_rita
    assert "1 of 3 read" in for_rita
    assert "1 question asked of you" in for_rita
    assert "list.xlsx" not in for_rita
    assert "Import waits for your yes: list.xlsx" in for_ana
    assert "1 term proposed" in for_ana
    assert "question asked" not in for_ana
    assert "Nothing waits for you" in for_vera


def test_latest_changes_are_for_those_who_analyse(page, portfolio, ana, vera):
    assert "Latest changes" in text(page(ana, "portfolio", portfolio.slug))
    assert "Latest changes" not in text(page(vera, "portfolio", portfolio.slug))


def test_an_empty_portfolio_has_one_next_step(page, portfolio, ana, vera, paul):
    Intervention.objects.update(is_current=False)
    portfolio.touch()

    for_ana = text(page(ana, "portfolio", portfolio.slug))
    assert "Bring in the first interventions" in for_ana
    assert for_ana.count('class="button"') == 1
    assert "An analyst will bring in" in text(page(vera, "portfolio", portfolio.slug))
    assert "lies in the countries that you see: Peru." in text(
        page(paul, "portfolio", portfolio.slug)
    )


def test_of_a_round_that_learns_it_says_what_was_read_not_that_all_must_be(
    page, portfolio, rita
):
    made = ReviewRound.objects.create(
        portfolio=portfolio, title="Find", drawn_from=4, order="learning"
    )
    states = ("read", "spared", "spared", "open")
    for place, passage in enumerate(Passage.objects.all()[:4], start=1):
        ReviewItem.objects.create(
            round=made, passage=passage, position=place, state=states[place - 1]
        )

    html = text(page(rita, "portfolio", portfolio.slug))

    assert ">Passages to read: Find</a>" in html
    assert '<progress max="4" value="1"' in html
    assert '<span class="n">1 read</span>' in html


def test_a_respondent_is_told_that_nothing_is_asked_of_them(page, portfolio, rosa):
    html = text(page(rosa, "portfolio", portfolio.slug))

    assert "Nothing is asked of you at the moment" in html
    assert "<dt>passages</dt>" not in html


def test_it_speaks_french_and_spanish(page, portfolio, vera):
    for language, words in (("fr", "Ce qu’il montre"), ("es", "Lo que muestra")):
        vera.language = language
        vera.save()
        assert words in text(page(vera, "portfolio", portfolio.slug))


def test_the_overview_asks_the_database_little(
    page, portfolio, ana, django_assert_max_num_queries
):
    page(ana, "portfolio", portfolio.slug)

    with django_assert_max_num_queries(22):
        page(ana, "portfolio", portfolio.slug)
