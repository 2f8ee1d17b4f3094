"""The maps of a portfolio: what is counted, for whom, and at most once a revision."""

import polars as pl
import pytest
from django.utils import timezone

from capmap.analysis.coverage import coverage
from capmap.analysis.facets import SAID_BY_SOURCE
from capmap.publishing.code_names import SAID
from capmap.records.models import Coding, Passage, ReviewItem, ReviewRound, TermChange
from capmap.records.permissions import access
from capmap.records.queries import maps, snapshot, to_do
from capmap.records.queries.holdings import holdings_of
from capmap.records.queries.maps import Maps, Question
from capmap.tables import ALL

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(portfolio):
    """Maps as a person sees them."""
    return lambda user: Maps(access(user, portfolio))


def whole(table):
    found = table.filter((pl.col("row") == ALL) & (pl.col("column") == ALL))
    return found.row(0, named=True)


def test_the_map_is_what_the_library_counts(portfolio, vera, seen):
    ours = seen(vera).coverage(Question("outcome", "level"))
    tables = snapshot.current(portfolio).tables()
    theirs = coverage(
        tables.interventions, tables.codings, "outcome", "level",
        row_codes=seen(vera).codes("outcome"), column_codes=seen(vera).codes("level"),
    )  # fmt: skip

    assert ours.to_dicts() == theirs.to_dicts()


def test_an_answer_is_worked_out_once_a_revision(portfolio, vera, seen, monkeypatch):
    first = seen(vera).coverage(Question())
    monkeypatch.setattr(maps, "count_cells", None)

    assert seen(vera).coverage(Question()).equals(first)

    portfolio.touch()
    with pytest.raises(TypeError):
        seen(vera).coverage(Question())


def test_a_programme_officer_counts_only_their_countries(portfolio, vera, paul, seen):
    all_seen = whole(seen(vera).coverage(Question()))
    peru = whole(seen(paul).coverage(Question()))
    as_filter = whole(seen(vera).coverage(Question(filters={"country": "PE"})))

    assert peru["passages"] == as_filter["passages"] == 2
    assert all_seen["passages"] > peru["passages"]
    assert holdings_of(access(paul, portfolio)).count("interventions") == 2


@pytest.mark.parametrize(
    ("filters", "passages"),
    [
        ({"language": "fr"}, 1),
        ({"language": "xx"}, 0),
        ({"country": "PY"}, 2),
        ({"kind": "country_programme"}, 2),
        ({"year": "2010"}, 6),
        ({"country": "PE", "language": "fr"}, 0),
        ({"group": "no such group"}, 0),
    ],
)
def test_a_filter_keeps_the_passages_that_meet_it(vera, seen, filters, passages):
    found = seen(vera).coverage(Question("modality", "level", filters))

    assert whole(found)["passages"] == passages


def test_a_group_of_outcomes_keeps_the_passages_under_any_of_them(vera, seen):
    found = seen(vera)
    group = found.group_of("outcome")
    asked = Question("outcome", "level")
    by_group = whole(
        found.coverage(Question("outcome", "level", {"group": "social-dialogue"}))
    )
    codes = [code for code, name in group.items() if name == "social-dialogue"]
    table = found.coverage(asked).filter(
        pl.col("row").is_in(codes) & (pl.col("column") == ALL)
    )

    assert codes
    assert table["passages"].max() <= by_group["passages"] <= table["passages"].sum()
    assert by_group["passages"] > 0


def test_only_what_people_accepted_counts_where_that_is_asked(
    portfolio, rita, vera, seen
):
    asked = Question("modality", "level", accepted=True)
    assert whole(seen(vera).coverage(asked))["passages"] == 0

    passage = Passage.objects.filter(codings__facet="capacity").first()
    Coding.objects.filter(passage=passage).update(
        status="accepted", decided_by=rita, decided_at=timezone.now()
    )
    portfolio.touch()

    assert whole(seen(vera).coverage(asked))["passages"] == 1


def test_confidence_asked_for_leaves_out_what_is_less_sure(vera, seen):
    all_of_it = whole(seen(vera).coverage(Question()))
    sure = whole(seen(vera).coverage(Question(confidence=0.9)))

    assert 0 <= sure["passages"] < all_of_it["passages"]


def test_the_passages_of_a_cell_are_those_it_counts(vera, seen):
    found, question = seen(vera), Question("modality", "level")
    for cell in found.coverage(question).iter_rows(named=True):
        behind = found.passages(question, cell["row"], cell["column"])
        assert behind.height == cell["passages"]


def test_budgets_stand_apart_by_currency(vera, seen):
    money = seen(vera).budgets(Question("modality", "level"))
    held = {c: amount for c, amount, _ in seen(vera).holdings.budgets()}

    assert set(money["currency"]) == {"USD", "EUR"}
    assert held == {"USD": 11_400_000.0, "EUR": 150_000.0}


def test_an_open_facet_of_many_codes_keeps_its_margins(vera, seen, monkeypatch):
    question = Question("country", "level")
    full = whole(seen(vera).coverage(question))
    monkeypatch.setattr(maps, "MOST_CODES", 1)
    cut = Maps(access(vera, seen(vera).portfolio)).by(question, "year")
    short = seen(vera).coverage(Question("country", "modality"))

    assert whole(short)["passages"] == full["passages"]
    assert maps.OTHERS in set(short["row"])
    assert set(cut["by"]) == {"2010"}


def test_the_same_map_once_for_each_country_adds_up_to_it(vera, seen):
    question = Question("outcome", "level")
    tables = seen(vera).by(question, "country")

    for (country,), part in tables.group_by("by"):
        if country:
            one = Question("outcome", "level", {"country": country})
            assert (
                whole(part)["passages"] == whole(seen(vera).coverage(one))["passages"]
            )
    assert {"PE", "SN", "PY"} <= set(tables["by"])


def test_prepared_maps_wait_for_everyone_who_sees_all(
    portfolio, vera, seen, monkeypatch
):
    maps.prepare(portfolio)
    monkeypatch.setattr(maps, "count_cells", None)
    monkeypatch.setattr(maps, "find_statements", None)

    for rows, columns in maps.USUAL:
        assert seen(vera).coverage(Question(rows, columns)).height
    assert seen(vera).statements().height


def test_findings_of_a_large_portfolio_are_not_worked_out_on_the_spot(
    vera, seen, monkeypatch
):
    monkeypatch.setattr(snapshot, "ON_THE_SPOT", 3)
    portfolio_maps = Maps(access(vera, seen(vera).portfolio))

    assert portfolio_maps.statements_if_quick() is None
    worked_out = portfolio_maps.statements()
    assert portfolio_maps.statements_if_quick().equals(worked_out)


def test_a_sample_of_a_known_body_has_a_population_only_for_those_who_see_all(
    portfolio, vera, paul, seen
):
    portfolio.population = 400
    portfolio.save()
    assert seen(vera).population == 400
    assert seen(paul).population is None

    portfolio.population = 2
    portfolio.save()
    assert seen(vera).population is None


def test_to_do_lists_only_what_a_role_may_do(portfolio, ana, rita, vera, ravi):
    made = ReviewRound.objects.create(portfolio=portfolio, title="A", drawn_from=6)
    made.readers.add(rita)
    for place, passage in enumerate(Passage.objects.all()[:4]):
        state = "read" if place == 0 else "open"
        ReviewItem.objects.create(
            round=made, passage=passage, position=place, state=state, reader=rita
        )
    TermChange.objects.create(
        portfolio=portfolio, facet="modality", code="training", language="en", term="x"
    )

    of = {u.name: to_do.to_do_of(access(u, portfolio)) for u in (ana, rita, vera, ravi)}

    assert [(r.waiting, r.read, r.total) for r in of["Rita"].rounds] == [(3, 1, 4)]
    assert of["Ravi"].is_nothing
    assert of["Vera"].is_nothing
    assert of["Ana"].terms == 1
    assert of["Rita"].terms == 0


def test_a_map_is_drawn_by_every_facet_that_a_source_says():
    assert set(SAID) == set(SAID_BY_SOURCE)
