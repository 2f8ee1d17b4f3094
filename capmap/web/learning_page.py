"""What a learned model's report says, as it is shown and as it is taken away."""

from dataclasses import dataclass
from math import exp
from typing import Any

import polars as pl

from capmap.analysis.shares import Share, share
from capmap.coding.learned.because import Because
from capmap.frameworks.codebook import Codebook
from capmap.records.models import LearnedModel
from capmap.tables import Schema
from capmap.web.reliability_picture import Picture, Stated, picture_of
from capmap.web.templatetags.agreement import code_name, facet_name

#: Words shown of those that speak for a code, and of those against it.
_WORDS = 8

#: What moves the odds by less than this is not told.
_TOLD = 1.05

Row = dict[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a facet is coded: F1 by lexicon and by lexicon and model, with intervals."""

    facet: str
    lexicon: tuple[float, float, float]
    combined: tuple[float, float, float]

    @property
    def gain(self) -> float:
        return self.combined[0] - self.lexicon[0]

    @property
    def is_better(self) -> bool:
        """Whether the model helps for sure: its whole interval lies above the lexicon."""
        return self.combined[1] > self.lexicon[0]


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far stated chances can be believed: ``error`` is their mean miss, 0 to 1."""

    when: str  # before (the lexicon alone), after
    stated: list[Stated]
    error: float
    picture: Picture


def shown(model: LearnedModel, book: Codebook) -> Values:
    """Return what the page of a model shows of its report."""
    facets = quality(model, book)
    codes = codes_of(model, book)
    learned = [row for row in codes if row["is_learned"]]
    return {
        "facets": facets,
        "better": sum(one.is_better for one in facets),
        "learned": learned,
        "left": _by_reason(codes),
        "reliability": [reliability(model, when) for when in ("before", "after")],
    }


def quality(model: LearnedModel, book: Codebook) -> list[Quality]:
    """Return the facets in the order of the codebook.

    Those of which no code was carried often enough to be judged are left out.
    """
    found = model.report["facets"]
    facets = [
        Quality(facet, tuple(found[facet]["lexicon"]), tuple(found[facet]["combined"]))
        for facet in book.facets
        if facet in found
    ]
    return [one for one in facets if any((*one.lexicon, *one.combined))]


def codes_of(model: LearnedModel, book: Codebook) -> list[Row]:
    """Return the codes in the order of the codebook, with the words of most weight."""
    found = model.report["codes"]
    rows = []
    for code in book.codes():
        one = found.get(code.facet, {}).get(code.code)
        if one is not None:
            words = {side: one[side][:_WORDS] for side in ("for_it", "against")}
            rows.append({"facet": code.facet, "code": code.code, **one, **words})
    return rows


def _by_reason(codes: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the codes that are left to the lexicon, by why."""
    left: dict[str, list[Row]] = {}
    for row in codes:
        if not row["is_learned"]:
            left.setdefault(row["why"], []).append(row)
    return sorted(left.items())


def reliability(model: LearnedModel, when: str) -> Reliability:
    """Return what was stated, before or after, with how often it was right."""
    stated = [
        Stated(one["said"], share(one["right"], one["count"]))
        for one in model.report[f"reliability_{when}"]
        if one["count"]
    ]
    return Reliability(when, stated, model.report[f"error_{when}"], picture_of(stated))


@dataclass(frozen=True, slots=True)
class Part:
    """What moves the chance of a code: ``times`` the odds, up or down.

    ``kind`` is start, lexicon or word; ``width`` the share of the strongest part.
    """

    kind: str
    text: str
    times: float
    is_for: bool
    width: str


def parts(because: Because) -> list[Part]:
    """Return the parts of a chance, its start first, then the lexicon, then the words."""
    found = [("start", "", because.start), ("lexicon", "", because.lexicon)]
    words = sorted((*because.for_it, *because.against), key=lambda w: -w.weight)
    found += [("word", word.text, word.weight) for word in words]
    most = max((abs(weight) for _, _, weight in found), default=0.0) or 1.0
    return [
        Part(kind, text, exp(abs(weight)), weight > 0, f"{abs(weight) / most:.3f}")
        for kind, text, weight in found
        if exp(abs(weight)) >= _TOLD
    ]


def table(model: LearnedModel, book: Codebook, name: str) -> pl.DataFrame | None:
    """Return one of the report's tables: facets, codes or reliability; None for others."""
    if name == "facets":
        return _facets(model, book)
    if name == "codes":
        return _codes(model, book)
    return _reliability(model) if name == "reliability" else None


def _facets(model: LearnedModel, book: Codebook) -> pl.DataFrame:
    ends = ("f1", "low", "high")
    return pl.DataFrame(
        [
            {"facet": one.facet, "facet_label": facet_name(book, one.facet)}
            | {
                f"{coder}_{end}": value
                for coder in ("lexicon", "combined")
                for end, value in zip(ends, getattr(one, coder), strict=True)
            }
            for one in quality(model, book)
        ]
    )


def _codes(model: LearnedModel, book: Codebook) -> pl.DataFrame:
    schema: Schema = {
        "facet": pl.String, "code": pl.String, "code_label": pl.String,
        "decisions": pl.Int64, "lexicon_f1": pl.Float64, "combined_f1": pl.Float64,
        "is_learned": pl.Boolean, "why": pl.String, "for_it": pl.List(pl.String),
        "against": pl.List(pl.String),
    }  # fmt: skip
    rows = []
    for row in codes_of(model, book):
        words = {s: [word for word, _ in row[s]] for s in ("for_it", "against")}
        label = code_name(book, row["facet"], row["code"])
        rows.append({**row, **words, "code_label": label})
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema)


def _reliability(model: LearnedModel) -> pl.DataFrame:
    schema = {
        "coder": pl.String, "stated": pl.Float64, "right": pl.Int64, "count": pl.Int64,
        "share": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    }  # fmt: skip
    coders = {"before": "lexicon", "after": "combined"}
    return pl.DataFrame(
        [
            (coders[when], one.said, *_values(one.share))
            for when in coders
            for one in reliability(model, when).stated
        ],
        schema,
        orient="row",
    )


def _values(found: Share) -> tuple[Any, ...]:
    return found.numerator, found.denominator, found.value, found.low, found.high
