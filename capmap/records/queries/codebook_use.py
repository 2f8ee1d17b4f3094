"""How the codes and terms of the codebook stand in a portfolio, as a person may see it."""

from collections import Counter
from collections.abc import Sequence

import polars as pl
from django.db.models import QuerySet

from capmap.coding.phrases import Phrase, PhraseMatcher, fold
from capmap.frameworks.changed import read_term
from capmap.records.models import Coding
from capmap.records.models.coding import Codings
from capmap.records.permissions import Access
from capmap.records.queries import snapshot
from capmap.records.queries.recoding import Key
from capmap.records.queries.review import blind_passages

#: Passages looked at to say how broad a term is.
_SAMPLE = 20_000

#: From this confidence on a suggestion may serve as an example.
_SURE = 0.6


def use(access: Access) -> dict[Key, tuple[int, int]]:
    """Return of every code how many interventions and passages carry it."""
    current = snapshot.current(access.portfolio)
    question = {"of": "codebook use", "countries": sorted(access.countries)}

    def work_out() -> pl.DataFrame:
        tables = current.tables(access.countries)
        counted = tables.interventions.filter(pl.col("kind") != "document")
        counted_as = counted.select("intervention_id", "counted_as")
        codings = tables.codings.join(counted_as, on="intervention_id", how="left")
        return (
            codings.group_by("facet", "code")
            .agg(
                pl.col("counted_as").drop_nulls().n_unique().alias("interventions"),
                pl.col("passage_id").n_unique().alias("passages"),
            )
            .collect()
        )

    rows = current.answer(question, work_out).iter_rows()
    return {(facet, code): (some, passages) for facet, code, some, passages in rows}


def support(access: Access, facet: str, code: str) -> dict[str, int]:
    """Return of every term of a code on how many current passages its coding rests."""
    codings = snapshot.current(access.portfolio).tables(access.countries).codings
    found = (
        codings.filter(
            pl.col("facet") == facet,
            pl.col("code") == code,
            pl.col("basis").is_in(["words", "rule"]),
        )
        .group_by("because")
        .agg(pl.col("passage_id").n_unique())
        .collect()
    )
    return dict(found.iter_rows())


def neighbours(
    access: Access, facet: str, code: str, most: int = 8
) -> list[tuple[str, str, int]]:
    """Return the codes most often on the same passage: facet, code, passages."""
    codings = snapshot.current(access.portfolio).tables(access.countries).codings
    here = codings.filter(pl.col("facet") == facet, pl.col("code") == code)
    found = (
        codings.join(here.select("passage_id").unique(), on="passage_id", how="semi")
        .filter(~pl.col("facet").is_in(["capacity", "beneficiary", facet]))
        .group_by("facet", "code")
        .agg(pl.col("passage_id").n_unique().alias("passages"))
        .sort(["passages", "facet", "code"], descending=[True, False, False])
        .head(most)
        .collect()
    )
    return list(found.iter_rows())


def examples(
    access: Access, facet: str, code: str, language: str, most: int = 5
) -> tuple[list[Coding], bool]:
    """Return codings to show, and whether people accepted them; else sure suggestions."""
    of_code = codings_seen(access).filter(facet=facet, code=code).exclude(spans=[])
    accepted = _in_language(access, of_code.accepted(), language, most)
    if accepted:
        return accepted, True
    sure = of_code.suggested().filter(doubtful=False, confidence__gte=_SURE)
    return _in_language(access, sure, language, most), False


def near_misses(
    access: Access, facet: str, code: str, language: str, most: int = 5
) -> list[Coding]:
    """Return what looked like the code and was rejected by people."""
    rejected = codings_seen(access).filter(facet=facet, code=code, status="rejected")
    return _in_language(access, rejected, language, most)


def breadth(access: Access, term: str) -> tuple[int, int]:
    """Return in how many of how many passages a term stands; at most some are looked at."""
    texts = (
        snapshot.current(access.portfolio)
        .tables(access.countries)
        .passages.select("text")
        .head(_SAMPLE)
        .collect()["text"]
    )
    matcher = PhraseMatcher([Phrase(read_term(term).phrase, 0, 1)])
    found = Counter(bool(matcher.find(fold(text), text, 1)) for text in texts)
    return found[True], len(texts)


def codings_seen(access: Access) -> Codings:
    """Return the codings of current passages that a person may see."""
    found: Codings = Coding.objects.filter(
        passage__is_current=True,
        passage__intervention__in=access.interventions().values("pk"),
    )
    return found


def _in_language(
    access: Access, codings: "QuerySet[Coding]", language: str, most: int
) -> list[Coding]:
    """Return one coding a passage, those in the reader's language first.

    None of a passage that the person is to read blind.
    """
    ordered = codings.select_related("passage__intervention", "coder", "decided_by")
    first = list(
        ordered.filter(passage__language=language).order_by("-confidence", "pk")[
            : 4 * most
        ]
    )
    if len({c.passage_id for c in first}) < most:
        others = ordered.exclude(passage__language=language)
        first += list(others.order_by("-confidence", "pk")[: 4 * most])
    blind = blind_passages({c.passage_id for c in first}, access.user)
    open_ones = [c for c in first if c.passage_id not in blind]
    return _once_a_passage(open_ones)[:most]


def _once_a_passage(codings: Sequence[Coding]) -> list[Coding]:
    found: dict[int, Coding] = {}
    for coding in codings:
        found.setdefault(coding.passage_id, coding)
    return list(found.values())
