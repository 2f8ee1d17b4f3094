"""The whole codebook as one table and as a text to read."""

from collections.abc import Iterable

import polars as pl

from capmap.frameworks.codebook import Code, Codebook, Facet, Term
from capmap.wording import LANGUAGES, Wording

_TEXTS = ("label", "definition", "include", "exclude")


def codebook_table(codebook: Codebook) -> pl.DataFrame:
    """Return one row a code: facet, code, group, outcome, then each text by language.

    ``terms_en`` and so on hold all terms of a language, one a line, as ``written_term``
    writes them.
    """
    rows = []
    for code in codebook.codes():
        row = {
            "facet": code.facet,
            "code": code.code,
            "group": code.group,
            "outcome": code.outcome,
        }
        for text in _TEXTS:
            for language in LANGUAGES:
                row[f"{text}_{language}"] = getattr(code, text).get(language, "")
        for language in LANGUAGES:
            terms = code.terms.get(language, ())
            row[f"terms_{language}"] = "\n".join(written_term(term) for term in terms)
        rows.append(row)
    return pl.DataFrame(rows, schema=dict.fromkeys(_columns(), pl.String))


def codebook_markdown(codebook: Codebook, language: str) -> str:
    """Return the codebook as a reference to read: facets, codes, rules, number of terms."""
    words = Wording("codebook_text", language)
    parts = [
        f"# {words.say('title')}",
        words.say("intro", version=codebook.version),
        *(
            part
            for facet in codebook.facets.values()
            for part in _facet(facet, words, language)
        ),
    ]
    return "\n\n".join(parts) + "\n"


def written_term(term: Term) -> str:
    """Write a term on one line, its neighbours in brackets.

    >>> written_term(Term("school*", near=("<staff>",), without=("bus",), weak=True))
    'school* [+ <staff>] [- bus] [weak]'
    """
    near = f" [+ {', '.join(term.near)}]" if term.near else ""
    without = f" [- {', '.join(term.without)}]" if term.without else ""
    return f"{term.phrase}{near}{without}{' [weak]' if term.weak else ''}"


def _facet(facet: Facet, words: Wording, language: str) -> Iterable[str]:
    yield f"## {_plain(facet.label[language])} (`{facet.facet}`)"
    several = words.say("several" if facet.several else "one_only")
    question = _plain(facet.question[language])
    yield f"{question} {several}".strip()
    for code in facet.codes.values():
        yield f"### {_plain(code.label[language])} (`{code.code}`)"
        yield from _code(code, words, language)


def _code(code: Code, words: Wording, language: str) -> Iterable[str]:
    if code.definition[language]:
        yield _plain(code.definition[language])
    lines = [
        words.say(key, text=_plain(text))
        for key, text in (
            ("include", code.include[language]),
            ("exclude", code.exclude[language]),
            ("outcome", f"`{code.outcome}`" if code.outcome else ""),
        )
        if text
    ]
    count = len(code.terms.get(language, ()))
    lines.append(words.say("terms", count=count) if count else words.say("no_terms"))
    yield "\n".join(f"- {line}" for line in lines)


def _plain(text: str) -> str:
    """Keep what a file says from being taken for Markdown or HTML; codes keep their ticks."""
    for sign in "\\*_<>[]#|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split(" "))


def _columns() -> list[str]:
    texts = [f"{text}_{k}" for text in (*_TEXTS, "terms") for k in LANGUAGES]
    return ["facet", "code", "group", "outcome", *texts]
