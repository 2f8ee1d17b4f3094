"""Countries, integration and gaps: who sees them, what they say, what they give away."""

import csv
import io
from xml.etree import ElementTree

import pytest

from capmap.records.models import InterventionCountry


def test_countries_stand_on_map_and_in_table(page, ana, portfolio):
    shown = page(ana, "countries", portfolio.slug).content.decode()
    for name in ("Peru", "Senegal", "Paraguay"):
        assert f">{name}</a>" in shown
    assert "Peru: 2 interventions" in shown  # the title of its outline
    assert "Boundaries and names" in shown
    assert "USD 2,400,000" in shown


def test_the_map_says_what_it_is_in_each_language(page, ana, portfolio):
    for language, name in (("fr", "Pérou"), ("es", "Perú")):
        ana.language = language
        ana.save()
        answer = page(ana, "countries", portfolio.slug, **{"Accept-Language": language})
        assert name in answer.content.decode()


@pytest.mark.parametrize("sort", ["country", "passages", "nonsense", "__class__"])
def test_the_table_sorts_by_what_it_has(page, ana, portfolio, sort):
    answer = page(
        ana, "countries", portfolio.slug, query={"sort": sort, "measure": sort}
    )
    shown = answer.content.decode()
    first = "Paraguay" if sort == "country" else "Peru"
    places = {name: shown.index(f">{name}</a>") for name in ("Peru", "Paraguay")}
    if sort in ("country", "nonsense"):
        assert min(places, key=places.__getitem__) == first
    assert answer.status_code == 200


NAMES = [("countries",), ("country", "PE"), ("integration",), ("gaps",)]


@pytest.mark.parametrize(
    ("who", "status"),
    [("olga", 200), ("ana", 200), ("rita", 200), ("vera", 200), ("paul", 200),
     ("rosa", 403), ("stefan", 404)],
)  # fmt: skip
@pytest.mark.parametrize("name", NAMES)
def test_who_sees_it(request, page, portfolio, who, status, name):
    person = request.getfixturevalue(who)
    assert page(person, name[0], portfolio.slug, *name[1:]).status_code == status


def test_who_sees_one_country_sees_nothing_of_others(page, paul, portfolio):
    one = portfolio.interventions.get(identifier="XX-1")
    one.countries.create(code="BO")  # an intervention in two countries
    portfolio.touch()
    slug = portfolio.slug
    for name, *more in (("countries",), ("integration",), ("gaps",)):
        for query in ({}, {"by": "country"}, {"table": "country-level"}):
            shown = page(paul, name, slug, *more, query=query).content.decode()
            assert "Senegal" not in shown
            assert "Bolivia" not in shown
            assert "Diálogo social" not in shown
    assert page(paul, "country", slug, "SN").status_code == 404
    assert page(paul, "country", slug, "BO").status_code == 404
    table = page(paul, "countries_file", slug, "countries.csv").getvalue().decode()
    assert "PE" in table
    assert "SN" not in table
    for name in ("alerts.csv", "sequences.csv", "levels-by-country.csv", "gaps.csv"):
        given = page(
            paul, "findings_file", slug, name, query={"table": "country-level"}
        )
        assert "SN" not in given.getvalue().decode()


def test_a_country_page_says_what_is_done_there(page, ana, portfolio):
    shown = page(ana, "country", portfolio.slug, "PE").content.decode()
    assert "Peru: capacity is developed" in shown
    assert "Labour inspection for Peru" in shown
    assert "2 interventions, 1 with capacity development" in shown
    assert "Réseau des syndicats" not in shown


@pytest.mark.parametrize("code", ["XX", "pe", "<script>", "PE' OR 1=1", "É"])
def test_a_country_without_interventions_is_not_found(page, ana, portfolio, code):
    assert page(ana, "country", portfolio.slug, code).status_code == 404


def test_another_portfolio_does_not_show_through(page, olga, portfolio):
    from site_fixtures import make_portfolio

    other = make_portfolio("Elsewhere")
    InterventionCountry.objects.filter(intervention__portfolio=other).update(code="NP")
    other.touch()
    assert page(olga, "country", portfolio.slug, "NP").status_code == 404
    assert page(olga, "country", other.slug, "NP").status_code == 200


def test_hostile_titles_are_text(page, ana, portfolio):
    hostile = portfolio.interventions.get(identifier="XX-5")
    hostile.countries.create(code="PE")
    hostile.countries.create(code="<b>")
    portfolio.touch()
    for name, *more in NAMES:
        for query in ({}, {"by": "country"}, {"table": "country-level"}):
            shown = page(ana, name, portfolio.slug, *more, query=query).content.decode()
            assert "<script>alert" not in shown
            assert "<b>" not in shown


def test_map_and_table_can_be_taken_along(page, ana, portfolio):
    slug = portfolio.slug
    drawn = page(ana, "countries_file", slug, "countries.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in drawn["Content-Security-Policy"]
    ElementTree.fromstring(drawn.content)
    assert page(ana, "countries_file", slug, "countries.png").content[:4] == b"\x89PNG"
    given = (
        page(ana, "countries_file", slug, "countries.csv")
        .getvalue()
        .decode("utf-8-sig")
    )
    rows = {row["country"]: row for row in csv.DictReader(io.StringIO(given))}
    assert rows["PE"]["interventions"] == "2"
    assert rows["PE"]["name"] == "Peru"
    assert page(ana, "countries_file", slug, "countries.xlsx").getvalue()[:2] == b"PK"
    for name in ("countries.exe", "passwd", "svg", "other.svg"):
        assert page(ana, "countries_file", slug, name).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["levels-by-intervention", "levels-by-country", "levels-by-outcome",
     "levels-by-programme", "pairs", "missing-pairs", "alerts", "sequences", "gaps"],
)  # fmt: skip
def test_each_finding_can_be_taken_along(page, ana, portfolio, name):
    given = page(ana, "findings_file", portfolio.slug, f"{name}.csv")
    content = given.getvalue()
    assert content.startswith("\ufeff".encode())
    assert b"," in content
    book = page(ana, "findings_file", portfolio.slug, f"{name}.xlsx")
    assert book.getvalue()[:2] == b"PK"
    assert page(ana, "findings_file", portfolio.slug, f"{name}.pdf").status_code == 404


@pytest.mark.parametrize("by", ["intervention", "country", "outcome", "programme", "x"])
def test_levels_are_looked_at_by_each_unit(page, ana, portfolio, by):
    shown = page(ana, "integration", portfolio.slug, query={"by": by}).content.decode()
    assert "all three levels" in shown


def test_gaps_lead_to_their_cell_on_the_map(page, client, ana, portfolio):
    query = {"table": "outcome-constituent"}
    shown = page(ana, "gaps", portfolio.slug, query=query).content.decode()
    assert "could still be up to" in shown
    query = {"table": "outcome-level"}
    shown = page(ana, "gaps", portfolio.slug, query=query).content.decode()
    if "on the map" in shown:
        address = shown.split("/map/?")[1].split('"')[0].replace("&amp;", "&")
        assert (
            client.get(f"/portfolios/{portfolio.slug}/map/?{address}").status_code
            == 200
        )


def test_an_empty_portfolio_says_what_to_do(page, olga, db):
    from capmap.records.actions import portfolios

    empty = portfolios.create(by=None, title="Empty")
    assert (
        "No intervention names" in page(olga, "countries", empty.slug).content.decode()
    )
    assert (
        "Nothing to show yet" in page(olga, "integration", empty.slug).content.decode()
    )
    assert "No place on this map" in page(olga, "gaps", empty.slug).content.decode()


def test_few_queries_answer_each_page(
    page, ana, portfolio, django_assert_max_num_queries
):
    for name, *more in NAMES:
        page(ana, name, portfolio.slug, *more)
        with django_assert_max_num_queries(35):
            page(ana, name, portfolio.slug, *more)
