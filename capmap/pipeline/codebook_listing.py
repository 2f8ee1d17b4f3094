"""The codebook for a terminal and for other programs: list, one code, check, export."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from xlsxwriter import Workbook

from capmap.frameworks.check import check
from capmap.frameworks.codebook import Code, Codebook, Facet, load_codebook
from capmap.frameworks.export import codebook_markdown, codebook_table
from capmap.frameworks.findings import FrameworkError
from capmap.frameworks.framework import Framework, load_framework
from capmap.wording import LANGUAGES, Wording


class NoSuchCode(Exception):
    """The codebook has no facet or code of this name."""


class UnknownEnding(Exception):
    """The ending of a file does not say a form that can be written."""


def counts(book: Codebook) -> dict[str, int]:
    """Count facets, codes and terms."""
    codes = [code for facet in book.facets.values() for code in facet.codes.values()]
    return {
        "facets": len(book.facets),
        "codes": len(codes),
        "terms": sum(len(terms) for code in codes for terms in code.terms.values()),
    }


def faults(folders: Sequence[Path], framework: Path | None, language: str) -> list[str]:
    """Return every fault of a framework and its codebook as a sentence."""
    try:
        found = check(load_codebook(*folders), load_framework(framework))
    except FrameworkError as error:
        found = [error.finding]
    return [finding.sentence(language) for finding in found]


def _named(book: Codebook, name: str) -> list[Facet] | list[Code]:
    if not name:
        return list(book.facets.values())
    if name in book.facets:
        return [book.facets[name]]
    codes = [f.codes[name] for f in book.facets.values() if name in f.codes]
    if not codes:
        raise NoSuchCode(name)
    return codes


def listing(book: Codebook, name: str, language: str) -> RenderableType:
    """Return all facets with their codes, one facet, or a code with its rules and terms."""
    words = Wording("command_line", language)
    parts: list[RenderableType] = []
    for one in _named(book, name):
        parts.append(
            _facet(one, words) if isinstance(one, Facet) else _code(one, book, words)
        )
    return Group(*parts)


def _facet(facet: Facet, words: Wording) -> RenderableType:
    language = words.language
    title = f"{facet.label[language]} ({facet.facet}): {facet.question[language]}"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column(words.say("heading_code"), style="dim", no_wrap=True)
    table.add_column(words.say("heading_label"))
    table.add_column(words.say("heading_terms"), justify="right")
    for code in facet.codes.values():
        terms = sum(len(terms) for terms in code.terms.values())
        table.add_row(code.code, code.label[language], words.number(terms))
    return Group(table, "")


def _code(code: Code, book: Codebook, words: Wording) -> RenderableType:
    language = words.language
    facet = book.facets[code.facet]
    parts: list[RenderableType] = [
        Text(code.label[language], style="bold"),
        Text(f"{facet.label[language]}, {code.code}", style="dim"),
        "",
    ]
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for key in ("definition", "include", "exclude"):
        text = getattr(code, key).get(language, "")
        if text:
            table.add_row(Text(words.say(f"heading_{key}"), style="dim"), Text(text))
    for tongue in LANGUAGES:
        terms = code.terms.get(tongue, ())
        if terms:
            shown = ", ".join(term.phrase for term in terms)
            name = f"{words.say('heading_terms')} {tongue}"
            table.add_row(Text(name, style="dim", justify="left"), Text(shown))
    return Group(*parts, table, "")


def as_values(book: Codebook, name: str) -> list[dict[str, Any]]:
    """Return the rows of the exported table as values: all, of a facet, or of a code."""
    named = _named(book, name)
    wanted = {
        (code.facet, code.code)
        for one in named
        for code in (one.codes.values() if isinstance(one, Facet) else [one])
    }
    rows = codebook_table(book).to_dicts()
    return [row for row in rows if (row["facet"], row["code"]) in wanted]


def export(book: Codebook, framework: Framework, path: Path, language: str) -> None:
    """Write the codebook to ``path`` in the form that its ending says."""
    match path.suffix.lower():
        case ".csv":
            codebook_table(book).write_csv(path, include_bom=True)
        case ".xlsx":
            # A codebook may come from anyone: its texts are texts, never formulas.
            with Workbook(path, {"strings_to_formulas": False}) as workbook:
                codebook_table(book).write_excel(workbook, autofit=True)
        case ".md":
            path.write_text(codebook_markdown(book, language), encoding="utf-8")
        case _:
            raise UnknownEnding(path)
