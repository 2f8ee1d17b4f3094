"""The tables of a paper, from the tables of findings and the passages themselves."""

from collections.abc import Iterator

import polars as pl
from babel.numbers import format_decimal

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing.paper_figures import unit_of
from capmap.publishing.report import Table, literal
from capmap.tables import ALL, NONE, Findings, Portfolio
from capmap.wording import Wording, general_reason

#: Examples under each programme in the appendix, as in GB.312/POL/9.
EXAMPLES = 4

#: Characters after which an example is cut at a word.
EXAMPLE_LENGTH = 320

#: A pair is told as missing only where chance would so seldom leave none.
RARE = 0.1

#: Pairs that the table of missing pairs shows; the workbook has them all.
MISSING_SHOWN = 8


def outcomes_table(
    findings: Findings, framework: Framework, codebook: Codebook, words: Wording
) -> Table:
    """Outcomes in their groups by what was found and at which level."""
    language, unit = words.language, unit_of(findings)
    levels = codebook.facets["level"].codes
    table = findings.coverage.filter(row_facet="outcome", column_facet="level")
    counts = {
        (row, column): count
        for row, column, count in table.select("row", "column", unit).iter_rows()
    }
    rows: list[tuple[str, ...]] = []
    groups = []
    for group in framework.groups:
        groups.append(len(rows))
        rows.append((group.label[language], *[""] * (len(levels) + 1)))
        for outcome in group.outcomes:
            numbers = [counts.get((outcome.code, c), 0) for c in (ALL, *levels)]
            name = f"{outcome.number}. {outcome.label[language]}"
            rows.append((name, *(words.number(n) if n else "·" for n in numbers)))
    silent = [counts.get((NONE, c), 0) for c in (ALL, *levels)]
    if silent[0]:
        groups.append(len(rows))
        rows.append(("", *[""] * (len(levels) + 1)))
        rows.append((words.say("no_outcome"), *map(words.number, silent)))
    return Table(
        title=words.say("title_outcomes"),
        columns=(
            words.say("column_outcome"),
            words.say(f"column_{unit}"),
            *(level.label[language] for level in levels.values()),
        ),
        rows=tuple(rows),
        numeric=frozenset(range(1, len(levels) + 2)),
        widths=(3.2, *[1.2] * (len(levels) + 1)),
        group_rows=frozenset(groups),
    )


def missing_table(
    findings: Findings, framework: Framework, codebook: Codebook, words: Wording
) -> Table | None:
    """Pairs of approaches that meet elsewhere and are missing under an outcome."""
    language = words.language
    outcomes = framework.outcomes
    labels = codebook.facets["modality"].codes
    missing = findings.missing_pairs.filter(
        (pl.col("by") == "outcome")
        & (pl.col("facet") == "modality")
        & pl.col("here").is_in(list(outcomes))
        & (pl.col("chance") <= RARE)
    ).head(MISSING_SHOWN)
    if missing.is_empty():
        return None
    return Table(
        title=words.say("title_missing"),
        columns=(
            words.say("column_here"),
            words.say("column_pair"),
            words.say("column_elsewhere"),
            words.say("column_expected"),
            words.say("column_chance"),
        ),
        rows=tuple(
            (
                f"{outcomes[row['here']].number}. {outcomes[row['here']].label[language]}",
                f"{labels[row['first']].label[language]} + {labels[row['second']].label[language]}",
                words.number(row["elsewhere_together"]),
                format_decimal(row["expected"], "#,##0.0", locale=words.locale),
                format_decimal(row["chance"], "0.00", locale=words.locale),
            )
            for row in missing.iter_rows(named=True)
        ),
        numeric=frozenset({2, 3, 4}),
        widths=(2.2, 3.4, 1.1, 1, 1),
    )


def approaches_table(
    portfolio: Portfolio, framework: Framework, codebook: Codebook, words: Wording
) -> Table:
    """The appendix: group, outcome, programme, and examples in the interventions' words."""
    language = words.language
    programmes = codebook.facets["programme"].codes
    examples = _examples(portfolio)
    rows: list[tuple[str, ...]] = []
    groups = []
    for group in framework.groups:
        groups.append(len(rows))
        rows.append((group.label[language], "", ""))
        for outcome in group.outcomes:
            name = words.say(
                "outcome_number", number=outcome.number, title=outcome.title[language]
            )
            for code in outcome.programmes:
                found = examples.get(code, [])
                told = "\n".join(found) or literal(words.say("no_example"))
                rows.append(
                    (literal(name), literal(programmes[code].label[language]), told)
                )
                name = ""
    return Table(
        title=words.say("title_approaches"),
        columns=(
            words.say("column_outcome"),
            words.say("column_programme"),
            words.say("column_examples"),
        ),
        rows=tuple(rows),
        widths=(2, 1.8, 5),
        group_rows=frozenset(groups),
    )


def _examples(portfolio: Portfolio) -> dict[str, list[str]]:
    """Choose the surest passages of each programme, one an intervention, titles last."""
    capacity = portfolio.codings.filter(facet="capacity", code="cd").select(
        "passage_id", sure="confidence"
    )
    chosen = (
        portfolio.codings.filter(facet="programme")
        .select("passage_id", "code", "confidence")
        .join(capacity, on="passage_id")
        .join(portfolio.passages, on="passage_id")
        .join(
            portfolio.interventions.select(
                "intervention_id", document=pl.col("kind") == "document"
            ),
            on="intervention_id",
        )
        .with_columns(
            # What an intervention does stands before what a document says of many.
            score=pl.col("sure") * pl.col("confidence")
            - 0.6 * pl.col("document")
            - 0.3 * (pl.col("kind") == "title")
            - 0.1 * (pl.col("kind") == "indicator")
        )
        .sort("score", "passage_id", descending=[True, False])
    )
    found: dict[str, list[str]] = {}
    seen: set[tuple[str, str]] = set()
    for row in chosen.iter_rows(named=True):
        sentences = found.setdefault(row["code"], [])
        # A paper read as a source holds many sentences of one approach; a project one.
        key = (row["code"], row["text"].casefold())
        if key not in seen and len(sentences) < EXAMPLES:
            seen.add(key)
            sentences.append(literal(shortened(row["text"])))
    return found


def shortened(text: str, length: int = EXAMPLE_LENGTH) -> str:
    """Fold white space, cut at a word after ``length`` characters, end with a full stop."""
    folded = " ".join(text.split())
    if len(folded) > length:
        return folded[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return folded if folded.endswith((".", "!", "?", "…")) else f"{folded}."


def shares_table(findings: Findings, codebook: Codebook, words: Wording) -> Table:
    """Every headline share with its sentence."""
    language, unit = words.language, unit_of(findings)
    rows = []
    for share in findings.shares.filter(unit=unit).iter_rows(named=True):
        if share["value"] is None or share["question"] in ("target", "partner"):
            continue
        rows.append(
            (_question(share, codebook, words), literal(share[f"sentence_{language}"]))
        )
    return Table(
        title=words.say("title_shares"),
        columns=(words.say("column_what"), words.say("column_share")),
        rows=tuple(rows),
        widths=(2, 3),
    )


def _question(share: dict[str, str], codebook: Codebook, words: Wording) -> str:
    question, code = share["question"], share["code"]
    if question == "levels_together":
        first, second = words.say("question_levels_together"), levels_set(code, words)
        return words.say("pair", first=first, second=second)
    facet = codebook.facets.get(share["facet"])
    if facet is None or question == "capacity":
        return words.say(f"question_{question}")
    label = facet.codes[code].label[words.language]
    return literal(words.say("pair", first=facet.label[words.language], second=label))


def levels_set(code: str, words: Wording) -> str:
    """Name a set of levels: "individuals and institutions"."""
    return words.say(f"set_{code}" if code else "levels_unstated")


def aside_table(portfolio: Portfolio, words: Wording) -> Table | None:
    """Reasons for which something was set aside, with the number of cases."""
    if portfolio.set_aside.is_empty():
        return None
    return Table(
        title=words.say("title_aside"),
        columns=(
            words.say("column_cases"),
            words.say("column_reason"),
            words.say("column_remedy"),
        ),
        rows=tuple(_reasons(portfolio.set_aside, words)),
        numeric=frozenset({0}),
        widths=(0.6, 3, 3),
    )


def _reasons(set_aside: pl.DataFrame, words: Wording) -> Iterator[tuple[str, str, str]]:
    by_problem = (
        set_aside.group_by("problem", maintain_order=True)
        .agg(
            pl.len(),
            pl.col("reason", "remedy").first(),
            distinct=pl.col("reason").n_unique(),
        )
        .sort("len", descending=True, maintain_order=True)
    )
    for problem, count, reason, remedy, distinct in by_problem.iter_rows():
        told = general_reason(problem, words.language) if distinct > 1 else reason
        yield words.number(count), literal(told), literal(remedy)
