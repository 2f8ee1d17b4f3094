"""Terms added to a codebook and taken from it, as values: the files stay as they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from capmap.frameworks.check import check
from capmap.frameworks.codebook import Codebook, Term
from capmap.frameworks.export import written_term
from capmap.frameworks.findings import Finding
from capmap.wording import LANGUAGES

_PARTS = re.compile(r"\[(\+|-|weak)\s*([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class TermEdit:
    """A term for a code in a language, to add or to take away.

    ``term`` is written as ``export.written_term`` writes it:
    ``school* [+ <staff>] [- bus] [weak]``.
    """

    facet: str
    code: str
    language: str
    term: str
    removes: bool = False


def read_term(written: str) -> Term:
    """Read a term from one line, its neighbours in brackets.

    >>> read_term("school* [+ <staff>, head] [weak]")
    Term(phrase='school*', near=('<staff>', 'head'), without=(), weak=True)
    """
    near: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    weak = False
    for sign, listed in _PARTS.findall(written):
        words = tuple(word.strip() for word in listed.split(",") if word.strip())
        near += words if sign == "+" else ()
        without += words if sign == "-" else ()
        weak = weak or sign == "weak"
    phrase = " ".join(_PARTS.sub(" ", written).split())
    return Term(phrase, near, without, weak)


def changed(codebook: Codebook, edits: Iterable[TermEdit], version: str) -> Codebook:
    """Return the codebook with ``edits`` applied one after the other, under ``version``.

    An edit of a code that the codebook no longer has, a term taken away that is not
    there and one added that is there change nothing.
    """
    facets = dict(codebook.facets)
    for edit in edits:
        facet = facets.get(edit.facet)
        code = facet.codes.get(edit.code) if facet else None
        if facet is None or code is None:
            continue
        before = code.terms.get(edit.language, ())
        kept = tuple(t for t in before if written_term(t) != _written(edit.term))
        added = () if edit.removes else (read_term(edit.term),)
        if not edit.removes and len(kept) < len(before):
            continue
        terms = {**code.terms, edit.language: kept + added}
        codes = {**facet.codes, code.code: replace(code, terms=terms)}
        facets[edit.facet] = replace(facet, codes=codes)
    return replace(codebook, version=version, facets=facets)


def difference(here: Codebook, there: Codebook) -> list[TermEdit]:
    """Return the edits that lead from the terms of ``here`` to those of ``there``."""
    edits = []
    for code in here.codes():
        facet = there.facets.get(code.facet)
        other = facet.codes.get(code.code) if facet else None
        if other is None:
            continue
        for language in LANGUAGES:
            has = [written_term(term) for term in code.terms.get(language, ())]
            wants = [written_term(term) for term in other.terms.get(language, ())]
            name = (code.facet, code.code, language)
            edits += [TermEdit(*name, t, removes=True) for t in has if t not in wants]
            edits += [TermEdit(*name, t) for t in wants if t not in has]
    return edits


def has_term(codebook: Codebook, edit: TermEdit) -> bool:
    """Whether the codebook has the term of an edit as it is written."""
    facet = codebook.facets.get(edit.facet)
    code = facet.codes.get(edit.code) if facet else None
    terms = code.terms.get(edit.language, ()) if code else ()
    return any(written_term(term) == _written(edit.term) for term in terms)


def wrong_with(codebook: Codebook, edit: TermEdit) -> Finding | None:
    """Return the first thing that would be wrong with the codebook after an edit, if any.

    What was wrong before is not held against it.
    """
    place = f"{edit.code}, terms, {edit.language}"
    known = codebook.facets.get(edit.facet)
    if known is None or edit.code not in known.codes or edit.language not in LANGUAGES:
        return Finding("", "no_such_code", place=place, values={"code": edit.code})
    values = {"term": edit.term}
    if edit.removes:
        if not has_term(codebook, edit):
            return Finding(known.file, "term_not_there", place=place, values=values)
        return None
    if not _balanced(edit.term) or not read_term(edit.term).phrase:
        return Finding(known.file, "unreadable_term", place=place, values=values)
    if has_term(codebook, edit):
        return Finding(known.file, "term_twice", place=place, values=values)
    before = {(f.problem, f.place, str(f.values)) for f in check(codebook)}
    for finding in check(changed(codebook, [edit], codebook.version)):
        if (finding.problem, finding.place, str(finding.values)) not in before:
            return finding
    return None


def _written(term: str) -> str:
    return written_term(read_term(term))


def _balanced(written: str) -> bool:
    """Whether square brackets hold neighbours only, and each is closed."""
    rest = _PARTS.sub(" ", written)
    return not re.search(r"[\[\]{}<>\\]", rest)
