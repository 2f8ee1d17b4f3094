"""The whole codebook as one table and as a text to read."""

from collections.abc import Iterable, Sequence

import polars as pl

from capmap.frameworks.codebook import Code, Codebook, Facet, Term
from capmap.frameworks.examples import WorkedExample, shown
from capmap.wording import LANGUAGES, Wording

_TEXTS = ("label", "definition", "include", "exclude")
#: Worked examples of a code in a text that is read as a whole; half as many near misses.
_EXAMPLES = 3


def codebook_table(
    codebook: Codebook, examples: Sequence[WorkedExample] = ()
) -> pl.DataFrame:
    """Return one row a code: facet, code, group, outcome, then each text by language.

    ``terms_en`` and so on hold all terms of a language, one a line, as ``written_term``
    writes them. With ``examples``, ``examples_en`` and so on hold passages of the code,
    one a line, ``near_misses_en`` those that only seem to be, each with the reason.
    """
    rows = []
    kinds = (*_TEXTS, "terms", *(("examples", "near_misses") if examples else ()))
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
            if examples:
                key = (code.facet, code.code)
                carrying, missing = shown(examples, key, language)
                row[f"examples_{language}"] = "\n".join(map(_line, carrying))
                row[f"near_misses_{language}"] = "\n".join(
                    f"{_line(one)} [{one.near[key]}]" for one in missing
                )
        rows.append(row)
    texts = [f"{kind}_{language}" for kind in kinds for language in LANGUAGES]
    columns = ["facet", "code", "group", "outcome", *texts]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))


def codebook_markdown(
    codebook: Codebook, language: str, examples: Sequence[WorkedExample] = ()
) -> str:
    """Return the codebook as a reference to read: facets, codes, rules, number of terms.

    With ``examples``, some of each code in that language, and near misses with the reason.
    """
    words = Wording("codebook_text", language)
    parts = [
        f"# {words.say('title')}",
        words.say("intro", version=codebook.version),
        *(
            part
            for facet in codebook.facets.values()
            for part in _facet(facet, words, language, examples)
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


def _facet(
    facet: Facet, words: Wording, language: str, examples: Sequence[WorkedExample]
) -> Iterable[str]:
    yield f"## {_plain(facet.label[language])} (`{facet.facet}`)"
    several = words.say("several" if facet.several else "one_only")
    question = _plain(facet.question[language])
    yield f"{question} {several}".strip()
    for code in facet.codes.values():
        yield f"### {_plain(code.label[language])} (`{code.code}`)"
        yield from _code(code, words, language)
        yield from _examples(code, words, language, examples)


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


def _examples(
    code: Code, words: Wording, language: str, examples: Sequence[WorkedExample]
) -> Iterable[str]:
    key = (code.facet, code.code)
    carrying, missing = shown(examples, key, language, _EXAMPLES)
    if carrying:
        told = [words.say("quoted", text=_plain(_line(one))) for one in carrying]
        yield f"{words.say('examples')}\n\n" + "\n".join(f"- {line}" for line in told)
    if missing:
        told = [
            words.say("missed", text=_plain(_line(one)), why=_plain(one.near[key]))
            for one in missing
        ]
        yield f"{words.say('near_misses')}\n\n" + "\n".join(f"- {t}" for t in told)


def _line(example: WorkedExample) -> str:
    """Return the passage on one line."""
    return " ".join(example.text.split())


def _plain(text: str) -> str:
    """Keep what a file says from being taken for Markdown or HTML; codes keep their ticks."""
    for sign in "\\*_<>[]#|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split(" "))
