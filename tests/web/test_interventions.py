"""The list of interventions: who sees what, filters, order, empty states, htmx."""

from datetime import date

import pytest
from django.utils import timezone

from capmap.records import search
from capmap.records.models import Coding, Intervention, Passage, Verdict

pytestmark = pytest.mark.django_db


def titles(response):
    return [
        line.row.intervention.identifier for line in response.context["page"].lines()
    ]


def listed(page, person, portfolio, query=None, **headers):
    response = page(person, "interventions", portfolio.slug, query=query, **headers)
    assert response.status_code == 200
    return response


def counts(response, facet):
    return response.context["found"].selection.counts[facet]


def test_a_viewer_sees_every_intervention_with_what_it_was_coded_as(
    page, vera, portfolio
):
    response = listed(page, vera, portfolio)

    assert set(titles(response)) == {f"XX-{n}" for n in range(1, 6)}
    assert "5 interventions." in response.text
    assert "Labour inspection for Peru" in response.text
    assert "2,400,000" in response.text


def test_titles_are_sorted_without_regard_to_accents_signs_and_capitals(
    page, vera, portfolio
):
    for number, title in enumerate(("éclair", "Zebra", "«Abeja»", "apple"), start=1):
        Intervention.objects.filter(identifier=f"XX-{number}").update(title=title)
    Intervention.objects.filter(identifier="XX-5").delete()
    portfolio.touch()

    assert titles(listed(page, vera, portfolio)) == ["XX-3", "XX-4", "XX-1", "XX-2"]
    assert titles(listed(page, vera, portfolio, {"sort": "-title"})) == [
        "XX-2", "XX-1", "XX-4", "XX-3",
    ]  # fmt: skip


def test_the_largest_budget_stands_first_within_its_currency(page, vera, portfolio):
    found = titles(listed(page, vera, portfolio, {"sort": "budget"}))

    assert found[:3] == ["XX-4", "XX-1", "XX-3"]  # USD is commoner than EUR


def test_an_unknown_order_is_the_order_of_titles(page, vera, portfolio):
    plain = titles(listed(page, vera, portfolio))

    for sort in ("", "colour", "--title", "-", "own_country", "title "):
        assert titles(listed(page, vera, portfolio, {"sort": sort})) == plain


def test_a_programme_officer_sees_the_countries_of_their_scope_alone(
    page, paul, portfolio
):
    response = listed(page, paul, portfolio)

    assert set(titles(response)) == {"XX-1", "XX-4"}
    assert set(counts(response, "country")) == {"PE"}
    assert "Peru" in response.text
    assert "Diálogo" not in response.text
    # Naming another country in the address opens nothing.
    assert titles(listed(page, paul, portfolio, {"country": "PY"})) == []


def test_a_search_finds_nothing_outside_the_scope(page, paul, vera, portfolio):
    assert titles(listed(page, vera, portfolio, {"q": "diálogo"})) == ["XX-3"]
    assert titles(listed(page, paul, portfolio, {"q": "diálogo"})) == []


def test_a_stranger_and_a_respondent_do_not_see_the_list(page, stefan, rosa, portfolio):
    assert page(stefan, "interventions", portfolio.slug).status_code == 404
    assert page(rosa, "interventions", portfolio.slug).status_code == 403
    assert page(None, "interventions", portfolio.slug).status_code == 302


def test_another_portfolio_is_never_mixed_in(page, vera, olga, portfolio):
    from site_fixtures import make_portfolio

    other = make_portfolio("Another")

    assert page(vera, "interventions", other.slug).status_code == 404
    shown = listed(page, olga, other, {"q": "labour"}).context["page"].lines()
    assert {line.row.intervention.portfolio_id for line in shown} == {other.pk}


def test_values_of_one_facet_are_alternatives_and_facets_narrow_each_other(
    page, vera, portfolio
):
    two = listed(page, vera, portfolio, {"country": ["PE", "SN"]})
    assert set(titles(two)) == {"XX-1", "XX-2", "XX-4"}

    one = listed(page, vera, portfolio, {"country": ["PE", "SN"], "capacity": "no"})
    assert titles(one) == ["XX-4"]


def test_a_facet_counts_what_choosing_another_of_its_values_would_give(
    page, vera, portfolio
):
    response = listed(page, vera, portfolio, {"country": "PE"})

    assert counts(response, "country") == {"PE": 2, "SN": 1, "PY": 1, "": 1}
    assert counts(response, "kind") == {"project": 2}


def test_codes_must_meet_in_one_passage(page, vera, portfolio):
    """Training stands in one passage of XX-3, a network in another: they do not meet."""
    first, second = Passage.objects.filter(intervention__identifier="XX-3")
    given = {p: set(p.codings.values_list("facet", "code")) for p in (first, second)}
    assert ("modality", "training") in given[first] - given[second]
    assert ("modality", "network") in given[second] - given[first]
    here = next(c for f, c in given[first] - given[second] if f == "level")

    for facet, code in (
        ("modality", "network"),
        ("modality", "training"),
        ("level", here),
    ):
        assert "XX-3" in titles(listed(page, vera, portfolio, {facet: code}))
    both = {"modality": "network", "level": here}
    assert "XX-3" not in titles(listed(page, vera, portfolio, both))
    together = {"modality": "training", "level": here}
    assert "XX-3" in titles(listed(page, vera, portfolio, together))


def test_a_rejected_code_is_found_no_more(page, vera, rita, portfolio):
    before = titles(listed(page, vera, portfolio, {"modality": "network"}))
    assert before == ["XX-3"]
    Coding.objects.filter(code="network").update(
        status="rejected", decided_by=rita, decided_at=timezone.now()
    )
    portfolio.touch()

    response = listed(page, vera, portfolio, {"modality": "network"})

    assert titles(response) == []


def test_decisions_reading_and_verdict_are_facets(page, vera, rita, portfolio):
    one = Intervention.objects.get(identifier="XX-2")
    one.passages.update(is_read=True)
    Verdict.objects.create(intervention=one, answer="yes", decided_by=rita)
    Coding.objects.filter(passage__intervention=one).update(
        status="accepted", decided_by=rita, decided_at=timezone.now()
    )
    portfolio.touch()

    assert titles(listed(page, vera, portfolio, {"verdict": "yes"})) == ["XX-2"]
    assert titles(listed(page, vera, portfolio, {"read": "all"})) == ["XX-2"]
    assert titles(listed(page, vera, portfolio, {"decisions": "decided"})) == ["XX-2"]
    assert "XX-2" not in titles(
        listed(page, vera, portfolio, {"decisions": "undecided"})
    )
    assert "XX-2" not in titles(listed(page, vera, portfolio, {"verdict": "none"}))


def test_components_and_documents_are_listed_but_not_counted_apart(
    page, vera, portfolio
):
    Intervention.objects.filter(identifier="XX-4").update(counted_as="XX-1")
    Intervention.objects.filter(identifier="XX-5").update(kind="document")
    portfolio.touch()

    response = listed(page, vera, portfolio)

    assert "5 in the list, counted as 3 interventions." in response.text


def test_a_component_takes_the_country_of_its_programme(page, vera, portfolio):
    Intervention.objects.filter(identifier="XX-5").update(counted_as="XX-2")
    portfolio.touch()

    assert set(titles(listed(page, vera, portfolio, {"country": "SN"}))) == {
        "XX-2",
        "XX-5",
    }


def test_what_is_chosen_can_be_removed_again(page, vera, portfolio):
    query = {"country": ["PE", "SN"], "q": "training", "sort": "budget"}
    chips = listed(page, vera, portfolio, query).context["page"].chips()

    assert [chip.query for chip in chips] == [
        "country=PE&country=SN&sort=budget",
        "q=training&country=SN&sort=budget",
        "q=training&country=PE&sort=budget",
    ]


def test_nothing_found_says_what_each_filter_costs(page, vera, portfolio):
    response = listed(page, vera, portfolio, {"country": "PY", "kind": "project"})

    assert "Nothing meets all of this" in response.text
    assert [
        (label, count) for label, count, _ in response.context["page"].relief()
    ] == [
        ("Country", 4),
        ("Kind", 1),
    ]


def test_an_empty_portfolio_says_what_to_do_next(page, olga, portfolio):
    from capmap.records.actions import portfolios
    from capmap.records.models import Membership, User

    empty = portfolios.create(by=olga, title="Empty")
    text = listed(page, olga, empty).text
    assert "Nothing has been imported yet" in text
    assert f"/portfolios/{empty.slug}/imports/" in text

    vera = User.objects.create_user("vera2@example.org", "x", name="Vera")
    Membership.objects.create(user=vera, portfolio=empty, role="viewer")
    text = listed(page, vera, empty).text
    assert "As soon as an analyst" in text


def test_text_of_a_source_and_of_the_address_never_becomes_markup(
    page, vera, portfolio
):
    response = listed(page, vera, portfolio, {"q": "<script>alert(3)</script>"})
    assert "<script>alert" not in response.text
    assert "alert(3)" in response.text

    response = listed(page, vera, portfolio, {"country": '"><script>alert(4)</script>'})
    assert "<script>alert" not in response.text

    text = listed(page, vera, portfolio).text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"}, {"page": "-1"}, {"page": "999999999999"}, {"page": "٣"}, {"page": "x"},
        {"country": ["X" * 5000] * 200}, {"q": "\x00"}, {"q": '" OR 1=1 --'}, {"q": "*"},
        {"outcome": "none"}, {"unknown": "1"}, {"own_country": "PE"}, {"more": "nothing"},
        {"q": "a" * 5000},
    ],
)  # fmt: skip
def test_a_hostile_address_gets_a_page(page, vera, portfolio, query):
    listed(page, vera, portfolio, query)


def test_pages_hold_fifty_and_the_last_the_rest(page, vera, portfolio):
    Intervention.objects.bulk_create(
        Intervention(
            portfolio=portfolio, identifier=f"YY-{n:03}", counted_as=f"YY-{n:03}",
            title=f"ZZ {n:03}", starts_on=date(2011, 1, 1),
        )
        for n in range(60)
    )  # fmt: skip
    portfolio.touch()

    first = listed(page, vera, portfolio, {"sort": "identifier"})
    second = listed(page, vera, portfolio, {"sort": "identifier", "page": "2"})
    beyond = listed(page, vera, portfolio, {"sort": "identifier", "page": "99"})

    assert len(titles(first)) == 50
    assert len(titles(second)) == 15
    assert not set(titles(first)) & set(titles(second))
    assert titles(beyond) == titles(second)
    assert "51 to 65 of 65" in second.text


def test_a_page_costs_few_queries_however_long_the_list(
    page, client, vera, portfolio, django_assert_max_num_queries
):
    address = listed(page, vera, portfolio).request["PATH_INFO"]
    with django_assert_max_num_queries(10):
        client.get(address, {"country": "PE", "q": "labour"})


def test_htmx_gets_the_found_alone_and_the_address_to_show(page, vera, portfolio):
    headers = {"HX-Request": "true", "HX-Target": "found"}
    response = listed(page, vera, portfolio, {"country": "PE", "q": ""}, **headers)

    assert "<html" not in response.text
    assert 'id="found"' in response.text
    assert response.headers["HX-Push-Url"].endswith("/interventions/?country=PE")
    assert "HX-Request" in response.headers["Vary"]

    back = listed(
        page, vera, portfolio, {"country": "PE"},
        **{"HX-Request": "true", "HX-Target": "found", "HX-History-Restore-Request": "true"},
    )  # fmt: skip
    assert "<html" in back.text


def test_every_language_names_facets_and_values(page, vera, portfolio):
    for language, country, outcome in (
        ("fr", "Pérou", "Résultat"),
        ("es", "Perú", "Resultado"),
    ):
        vera.language = language
        vera.save()
        text = listed(page, vera, portfolio).text
        assert country in text
        assert outcome in text


def test_a_large_portfolio_says_how_old_its_figures_are(
    page, vera, portfolio, monkeypatch
):
    from capmap.records.queries import snapshot

    listed(page, vera, portfolio)
    monkeypatch.setattr(snapshot, "ON_THE_SPOT", 0)
    portfolio.touch()

    response = listed(page, vera, portfolio)

    assert "Filters and counts are those of" in response.text
    assert len(titles(response)) == 5


def test_an_intervention_that_is_gone_since_is_left_out(
    page, vera, portfolio, monkeypatch
):
    from capmap.records.queries import snapshot

    listed(page, vera, portfolio)
    monkeypatch.setattr(snapshot, "ON_THE_SPOT", 0)
    Intervention.objects.filter(identifier="XX-2").update(is_current=False)
    portfolio.touch()

    assert "XX-2" not in titles(listed(page, vera, portfolio))


def test_a_new_search_is_not_answered_from_memory(page, vera, portfolio):
    assert titles(listed(page, vera, portfolio, {"q": "gravel"})) == ["XX-4"]
    Passage.objects.filter(text__startswith="Gravel").update(text="Asphalt for roads.")
    search.index(portfolio.interventions.values_list("pk", flat=True))
    portfolio.touch()

    assert titles(listed(page, vera, portfolio, {"q": "gravel"})) == []
