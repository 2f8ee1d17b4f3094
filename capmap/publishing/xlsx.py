"""mapping.xlsx: the map, its shares, synergies and gaps, and every code with its words."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
from xlsxwriter.worksheet import Worksheet

from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework
from capmap.publishing import xlsx_findings as found
from capmap.publishing import xlsx_lists as lists
from capmap.publishing.xlsx_book import ACCENT, MUTED, ROWS, Book
from capmap.publishing.xlsx_matrix import unit_of, write_matrix
from capmap.tables import Findings, LazyPortfolio, Portfolio

#: Sheets in their order, after the one that explains them.
SHEETS = (
    "map",
    "levels",
    "interventions",
    "passages",
    "shares",
    "synergies",
    "missing_pairs",
    "gaps",
    "set_aside",
    "codebook",
)

#: Paper by Excel's number; lists of many columns would be too small on A4.
A3, A4 = 8, 9
PAPER = {"interventions": A3, "passages": A3}

#: Codings in the workbook; beyond them a reader is served better by codings.csv.
MOST_CODINGS = 200_000

#: Three lines of a long text; the whole stands in the cell and in Excel's formula bar.
TEXT_HEIGHT = 43


def write_mapping(
    path: Path,
    portfolio: Portfolio | LazyPortfolio,
    findings: Findings,
    framework: Framework,
    codebook: Codebook,
    language: str,
    about: Mapping[str, str],
    *,
    most_codings: int = MOST_CODINGS,
) -> None:
    """Write the workbook of a portfolio in one language.

    ``about`` says what it was made from, all optional: title, when, framework, codebook,
    coder, capmap, files and codings are worded in the reader's language, any other key
    stands as it is.
    Codings beyond ``most_codings`` are left to codings.csv and codings.parquet, and the
    first sheet says so; nothing else is cut but at the limits of Excel.
    """
    book = Book(path, codebook, language)
    cover = book.sheet("read_me", portrait=True)
    sheets = {name: book.sheet(name, paper=PAPER.get(name, A4)) for name in SHEETS}
    codings, all_codings = lists.coded_passages(
        book, portfolio, min(most_codings, ROWS)
    )
    write_matrix(book, sheets["map"], findings, framework, ["modality"], "map_title")
    write_matrix(
        book,
        sheets["levels"],
        findings,
        framework,
        ["level", "constituent"],
        "levels_title",
    )
    book.list(
        sheets["interventions"],
        lists.INTERVENTION_COLUMNS,
        lists.intervention_rows(book, portfolio, ROWS),
        frozen=2,
        tallest=2 * TEXT_HEIGHT,
        links=_links(book, codings),
    )
    book.list(
        sheets["passages"],
        lists.PASSAGE_COLUMNS,
        lists.passage_rows(book, codings),
        frozen=2,
        tallest=TEXT_HEIGHT,
    )
    _write_shares(book, sheets["shares"], findings)
    for name, columns, rows in (
        ("synergies", found.SYNERGY_COLUMNS, found.synergy_rows(book, findings)),
        ("missing_pairs", found.MISSING_COLUMNS, found.missing_rows(book, findings)),
        ("gaps", found.GAP_COLUMNS, found.gap_rows(book, findings)),
        (
            "set_aside",
            lists.SET_ASIDE_COLUMNS,
            lists.set_aside_rows(book, portfolio, ROWS),
        ),
        ("codebook", lists.CODEBOOK_COLUMNS, lists.codebook_rows(book)),
    ):
        book.list(sheets[name], columns, rows)
    _write_cover(book, cover, portfolio, findings, about, (codings.height, all_codings))
    book.workbook.close()


def _links(book: Book, codings: pl.DataFrame) -> dict[str, str]:
    """Return where the passages of each intervention begin, as links in the workbook."""
    sheet = book.words.say("sheet_passages")
    starts = (
        codings["intervention_id"]
        .to_frame()
        .with_row_index("row")
        .group_by("intervention_id")
        .agg(pl.col("row").min())
    )
    return {
        identifier: f"internal:'{sheet}'!A{row + 2}"
        for identifier, row in starts.iter_rows()
    }


def _write_shares(book: Book, sheet: Worksheet, findings: Findings) -> None:
    columns = found.SHARE_COLUMNS
    length = book.list(sheet, columns, found.share_rows(book, findings))
    place = [column.heading for column in columns].index("value")
    bar = {
        "type": "data_bar",
        "bar_color": "#93B7D6",
        "bar_solid": True,
        "min_type": "num",
        "max_type": "num",
        "min_value": 0,
        "max_value": 1,
    }
    if length:
        sheet.conditional_format(1, place, length, place, bar)


def _write_cover(
    book: Book,
    sheet: Worksheet,
    portfolio: Portfolio | LazyPortfolio,
    findings: Findings,
    about: Mapping[str, str],
    codings: tuple[int, int],
) -> None:
    """Write what this is, what it shows, what stands where and how to read it."""
    say = book.words.say
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 84)
    title = book.format(bold=True, font_size=18, font_color=ACCENT)
    sheet.set_row(0, 30)
    sheet.write_string(
        0, 0, book.fit(about.get("title") or say("default_title")), title
    )
    texts = findings.statements[f"text_{book.words.language}"]
    row = _section(book, sheet, 2, "what_it_shows", (("", text) for text in texts))
    row = _section(
        book, sheet, row, "made_from", _made_from(book, portfolio, findings, about)
    )
    row = _section(
        book,
        sheet,
        row,
        "sheets",
        ((say(f"sheet_{name}"), say(f"about_{name}")) for name in SHEETS),
        linked=True,
    )
    reading = ["read_suggestions", "read_counts", "read_intervals"]
    notes = [say(key) for key in reading]
    if codings[0] < codings[1]:
        cut = say("more_rows", shown=codings[0], whole=codings[1])
        notes.insert(0, f"{say('sheet_passages')}: {cut}")
    _section(book, sheet, row, "how_to_read", (("", note) for note in notes))


def _section(
    book: Book,
    sheet: Worksheet,
    row: int,
    heading: str,
    lines: Iterator[tuple[str, str]],
    *,
    linked: bool = False,
) -> int:
    """Write a heading with its lines, and return the row of the next section."""
    head = book.format(bold=True, font_size=12, bottom=1)
    sheet.write_string(row, 0, book.words.say(heading), head)
    sheet.write_blank(row, 1, None, head)
    name = book.format(valign="top", font_color=MUTED, text_wrap=True)
    link = book.format(valign="top", font_color=ACCENT, underline=1)
    plain = book.format(valign="top", text_wrap=True)
    for label, text in lines:
        row += 1
        if linked:
            sheet.write_url(row, 0, f"internal:'{label}'!A1", link, label)
        elif label:
            book.write(sheet, row, 0, label, name)
        # Excel fits the height of a row to a wrapped text, other readers may not.
        width = 108 if label else 138
        sheet.set_row(row, 15 * (1 + (len(text) - 1) // width))
        if label:
            book.write(sheet, row, 1, text, plain)
        else:
            sheet.merge_range(row, 0, row, 1, "", plain)
            book.write(sheet, row, 0, text, plain)
    return row + 2


def _made_from(
    book: Book,
    portfolio: Portfolio | LazyPortfolio,
    findings: Findings,
    about: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    say = book.words.say
    known = ("when", "framework", "codebook", "coder", "capmap", "files", "codings")
    for key in known:
        if about.get(key):
            yield say(f"made_{key}"), about[key]
    for key, value in about.items():
        if key not in (*known, "title", "passages"):  # passages are counted below
            yield key, value
    capacity = findings.shares.filter(pl.col("question") == "capacity")
    totals = dict(capacity.select("unit", "denominator").iter_rows())
    if unit_of(findings) == "interventions":
        yield say("made_interventions"), book.words.number(totals["interventions"])
    yield say("made_passages"), book.words.number(totals["passages"])
    aside = int(portfolio.set_aside.lazy().select(pl.len()).collect().item())
    yield say("made_set_aside"), book.words.number(aside)
