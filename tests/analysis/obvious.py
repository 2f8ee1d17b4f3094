"""The same statistics, slow and obvious: loops over rows, one cell at a time."""

from datetime import date, timedelta
from itertools import combinations
from math import comb

from capmap.tables import ALL, NONE

LEVELS = ("individual", "institutional", "enabling-environment")


class Read:
    """A portfolio as plain Python: rows of interventions, codes of each passage."""

    def __init__(self, portfolio):
        self.rows = {
            r["intervention_id"]: r for r in portfolio.interventions.to_dicts()
        }
        self.codings = portfolio.codings.to_dicts()
        self.counted = sorted(
            {
                c["passage_id"]: c["intervention_id"]
                for c in self.codings
                if (c["facet"], c["code"]) == ("capacity", "cd")
            }.items()
        )

    def whole(self, identifier):
        """The intervention under which this one counts, or None for a document."""
        row = self.rows[identifier]
        return None if row["kind"] == "document" else row["counted_as"]

    def codes(self, passage_id, facet):
        """The codes of a passage in a facet, NONE if it has no code there."""
        identifier = dict(self.counted)[passage_id]
        if facet == "country":
            own = self.rows[identifier]["countries"]
            whole = self.rows[self.whole(identifier) or identifier]["countries"]
            return [c["code"] for c in own or whole] or [NONE]
        if facet == "year":
            row = self.rows[self.whole(identifier) or identifier]
            day = row["starts_on"] or self.rows[identifier]["starts_on"]
            return [str(day.year)] if day else [NONE]
        found = [
            c["code"]
            for c in self.codings
            if c["passage_id"] == passage_id and c["facet"] == facet
        ]
        return found or [NONE]

    def doubts(self, passage_id, facet, code):
        return any(
            c["doubtful"]
            for c in self.codings
            if (c["passage_id"], c["facet"], c["code"]) == (passage_id, facet, code)
        )

    def units(self, by):
        """Passages by unit of an intervention, passage or facet."""
        found = {}
        for passage_id, identifier in self.counted:
            if by == "intervention":
                names = [self.whole(identifier)]
            elif by == "passage":
                names = [passage_id]
            else:
                names = self.codes(passage_id, by)
            for name in names:
                if name not in (None, NONE):
                    found.setdefault(name, []).append(passage_id)
        return found

    def levels_of(self, passages):
        return [
            level
            for level in LEVELS
            if any(level in self.codes(p, "level") for p in passages)
        ]


def cell(read, rows, row, columns, column):
    """Passages of one cell, and the interventions and doubt behind them."""
    passages, wholes, doubts = [], set(), []
    for passage_id, identifier in read.counted:
        for down in read.codes(passage_id, rows):
            for across in read.codes(passage_id, columns):
                if row in (down, ALL) and column in (across, ALL):
                    passages.append(passage_id)
                    wholes.add(read.whole(identifier))
                    doubts.append(
                        read.doubts(passage_id, rows, down)
                        or read.doubts(passage_id, columns, across)
                    )
    return set(passages), wholes - {None}, bool(doubts) and all(doubts)


def budget(read, identifier):
    """The budgets of components if any has one, else its own; a document has none."""
    row = read.rows[identifier]
    amounts = [
        (currency, amount)
        for child, other in read.rows.items()
        if identifier in other["parents"] and other["counted_as"] == row["counted_as"]
        for currency, amount in budget(read, child)
    ]
    own = row["budget_amount"] is not None and row["kind"] != "document"
    if not amounts and own:
        amounts = [(row["budget_currency"], row["budget_amount"])]
    return amounts


def chance_of_at_least(together, first, second, units):
    ways = sum(
        comb(first, x) * comb(units - first, second - x)
        for x in range(together, second + 1)
    )
    return ways / comb(units, second)


def pairs(read, facet, within):
    """(first, second) -> units, with first, with second, together."""
    units = read.units(within)
    codes = {
        name: {c for p in passages for c in read.codes(p, facet)} - {NONE}
        for name, passages in units.items()
    }
    every = sorted(set().union(*codes.values()))
    return {
        (a, b): (
            len(units),
            sum(a in held for held in codes.values()),
            sum(b in held for held in codes.values()),
            sum({a, b} <= held for held in codes.values()),
        )
        for a, b in combinations(every, 2)
    }


def individual_alone(read, months=24):
    """Country-outcome pairs with individual work that has no other work near."""
    days = timedelta(days=1)
    records = []
    for passage_id, identifier in read.counted:
        row = read.rows[identifier]
        start = row["starts_on"] or date.min + 10_000 * days
        end = row["ends_on"] or date.max - 10_000 * days
        for country in read.codes(passage_id, "country"):
            for outcome in read.codes(passage_id, "outcome"):
                for level in read.codes(passage_id, "level"):
                    if outcome != NONE:
                        records.append((country, outcome, level, start, end))
    alone = set()
    for country, outcome, level, start, end in records:
        near = [
            r
            for r in records
            if r[:2] == (country, outcome)
            and r[2] in LEVELS[1:]
            and r[3] <= month_later(end, months)
            and month_later(r[4], months) >= start
        ]
        if level == "individual" and not near:
            alone.add((country, outcome))
    return alone


def month_later(day, months):
    """The same day ``months`` later, or the last of its month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError(day)
