"""The codebook for a terminal and for other programs: list, one code, check, export."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from xlsxwriter import Workbook

from capmap.frameworks.check import check
from capmap.frameworks.codebook import DERIVED, Code, Codebook, Facet, load_codebook
from capmap.frameworks.examples import WorkedExample, shown
from capmap.frameworks.export import codebook_markdown, codebook_table
from capmap.frameworks.findings import FrameworkError
from capmap.frameworks.framework import load_framework
from capmap.pipeline.explanation import shortened
from capmap.wording import LANGUAGES, Wording

#: Signs of a passage and terms of a language that are shown of a code.
_SHOWN, _TERMS = 400, 24
#: Facets that are named below an example.
_TOLD = (
    "outcome",
    "programme",
    "modality",
    "level",
    "constituent",
    "target",
    "partner",
)


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


def listing(
    book: Codebook, name: str, language: str, examples: Sequence[WorkedExample] = ()
) -> RenderableType:
    """Return all facets with their codes, one facet, or a code with all that explains it.

    That is its rules, ``examples`` in the language asked for, near misses with the reason
    why not, and the first of its terms.
    """
    words = Wording("command_line", language)
    parts: list[RenderableType] = []
    for one in _named(book, name):
        parts.append(
            _facet(one, words)
            if isinstance(one, Facet)
            else _code(one, book, words, examples)
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


def _code(
    code: Code, book: Codebook, words: Wording, examples: Sequence[WorkedExample]
) -> RenderableType:
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
    return Group(
        *parts, table, *_examples(code, book, words, examples), *_terms(code, words), ""
    )


def _examples(
    code: Code, book: Codebook, words: Wording, examples: Sequence[WorkedExample]
) -> Iterator[RenderableType]:
    """Yield passages that carry a code, and near misses with the reason why not."""
    if not examples or code.facet in DERIVED:
        return
    key = (code.facet, code.code)
    carrying, missing = shown(examples, key, words.language)
    yield Text(f"\n{words.say('heading_examples')}", style="bold")
    if not carrying:
        yield Padding(Text(words.say("no_examples"), style="dim"), (0, 0, 0, 2))
    for one in carrying:
        wording = [words.say(f"wording_{one.wording}")] if one.wording else []
        below = [one.identifier, *wording, _labels(one, book, words.language)]
        yield from _passage(
            one, words, Text("; ".join(filter(None, below)), style="dim")
        )
    if missing:
        yield Text(f"\n{words.say('heading_near')}", style="bold")
    for one in missing:
        below = [words.say("why_not", why=one.near[key])]
        if instead := _labels(one, book, words.language, (code.facet,)) or _labels(
            one, book, words.language, ("capacity",)
        ):
            below.append(words.say("coded_instead", codes=instead))
        yield from _passage(one, words, Text("\n".join(below), style="dim"))


def _passage(
    example: WorkedExample, words: Wording, below: Text
) -> Iterator[RenderableType]:
    quote = words.say("quoted", quote=shortened(example.text, _SHOWN))
    yield Padding(Text(quote), (0, 0, 0, 2))
    yield Padding(below, (0, 0, 0, 4))


def _labels(
    example: WorkedExample, book: Codebook, language: str, facets: Sequence[str] = _TOLD
) -> str:
    """Name the codes of an example in ``facets``."""
    return ", ".join(
        facet.codes[code].label[language]
        for name in facets
        for code in example.codes.get(name, ())
        for facet in [book.facets.get(name)]
        if facet is not None and code in facet.codes
    )


def _terms(code: Code, words: Wording) -> Iterator[RenderableType]:
    """Yield the first terms of each language; some codes have a thousand."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    is_cut = False
    for tongue in LANGUAGES:
        if terms := code.terms.get(tongue, ()):
            first = ", ".join(term.phrase for term in terms[:_TERMS])
            if len(terms) > _TERMS:
                more = words.say("more_terms", count=len(terms) - _TERMS)
                first, is_cut = f"{first} {more}", True
            table.add_row(Text(tongue, style="dim"), Text(first))
    if table.row_count:
        yield Text(f"\n{words.say('heading_terms')}", style="bold")
        yield Padding(table, (0, 0, 0, 2))
    if is_cut:
        yield Padding(
            Text(words.say("terms_where", code=code.code), style="dim"), (0, 0, 0, 2)
        )


def as_values(
    book: Codebook,
    name: str,
    language: str = "en",
    examples: Sequence[WorkedExample] = (),
) -> list[dict[str, Any]]:
    """Return the rows of the exported table as values: all, of a facet, or of a code.

    With ``examples``, each has those of its code in one language, and near misses of it.
    """
    named = _named(book, name)
    wanted = {
        (code.facet, code.code)
        for one in named
        for code in (one.codes.values() if isinstance(one, Facet) else [one])
    }
    rows = codebook_table(book).to_dicts()
    told = [row for row in rows if (row["facet"], row["code"]) in wanted]
    for row in told if examples else ():
        key = (row["facet"], row["code"])
        carrying, missing = shown(examples, key, language)
        row["examples"] = [_example(one) for one in carrying]
        row["near_misses"] = [
            _example(one) | {"why_not": one.near[key]} for one in missing
        ]
    return told


def _example(example: WorkedExample) -> dict[str, Any]:
    return {
        "id": example.identifier,
        "language": example.language,
        "text": example.text,
        "context": example.context,
        "codes": {facet: list(codes) for facet, codes in example.codes.items()},
        "wording": example.wording,
    }


def export(
    book: Codebook,
    path: Path,
    language: str,
    examples: Sequence[WorkedExample] = (),
) -> None:
    """Write the codebook to ``path`` in the form that its ending says."""
    match path.suffix.lower():
        case ".csv":
            codebook_table(book, examples).write_csv(path, include_bom=True)
        case ".xlsx":
            # A codebook may come from anyone: its texts are texts, never formulas.
            with Workbook(path, {"strings_to_formulas": False}) as workbook:
                codebook_table(book, examples).write_excel(workbook, autofit=True)
        case ".md":
            path.write_text(
                codebook_markdown(book, language, examples), encoding="utf-8"
            )
        case _:
            raise UnknownEnding(path)
