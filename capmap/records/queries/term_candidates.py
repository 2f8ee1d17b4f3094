"""Terms that the work of reviewers suggests: words they marked, suggestions they refuse,
words to which a model that learned from them gives weight."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from capmap.coding.phrases import Phrase, PhraseMatcher, fold
from capmap.frameworks.export import written_term
from capmap.records.models import Coder, Coding, LearnedModel, Passage, TermChange
from capmap.records.permissions import Access
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.codebook_use import codings_seen
from capmap.wording import LANGUAGES

#: Quotations under a candidate, and candidates on the page.
QUOTES, MOST = 3, 40

#: Words longer than this are a sentence, not a term.
_LONGEST = 80


@dataclass(slots=True)
class Candidate:
    """A term that could be added or taken away, with what speaks for it."""

    facet: str
    code: str
    language: str
    term: str
    removes: bool
    passages: set[int] = field(default_factory=set)
    quotes: list[tuple[Passage, list[list[int]]]] = field(default_factory=list)
    accepted: int = 0
    rejected: int = 0
    #: F1 of the code by the lexicon without the term and with it, cross-validated.
    f1: tuple[float, float] | None = None


def marked(access: Access) -> list[Candidate]:
    """Return words that people marked for a code which no machine had suggested."""
    own = codings_seen(access).accepted().filter(coder__kind=Coder.Kind.PERSON)
    codings = list(own.exclude(spans=[]).select_related("passage__intervention"))
    suggested = set(
        Coding.objects.filter(passage__in={c.passage_id for c in codings})
        .exclude(coder__kind=Coder.Kind.PERSON)
        .values_list("passage_id", "facet", "code")
    )
    found: dict[tuple[str, str, str, str], Candidate] = {}
    for coding in codings:
        if (coding.passage_id, coding.facet, coding.code) in suggested:
            continue
        language = coding.passage.language
        for start, end in coding.spans:
            words = fold(coding.passage.text[start:end]).text.strip(" .,;:!?")
            if not 2 < len(words) <= _LONGEST or language not in LANGUAGES:
                continue
            key = (coding.facet, coding.code, language, words)
            one = found.setdefault(key, Candidate(*key, removes=False))
            if coding.passage_id not in one.passages and len(one.quotes) < QUOTES:
                one.quotes.append((coding.passage, [[start, end]]))
            one.passages.add(coding.passage_id)
    left = _not_yet(access, list(found.values()))
    effects = {_key(term): term for term in _tried(access)}
    for one in left:
        if term := effects.get((one.facet, one.code, one.language, one.term)):
            one.f1 = (term["f1_before"], term["f1_after"])
    return sorted(left, key=lambda c: (-len(c.passages), c.facet, c.code, c.term))[
        :MOST
    ]


def weighty(access: Access) -> list[Candidate]:
    """Return words of weight in the newest model with which the lexicon codes better."""
    terms = [term for term in _tried(access) if term["weight"]]
    found = [
        Candidate(*_key(term), removes=False, f1=(term["f1_before"], term["f1_after"]))
        for term in terms
    ]
    inside = access.interventions().values("pk")
    for one, term in zip(found, terms, strict=True):
        passages = Passage.objects.filter(
            pk__in=term["passages"], intervention__in=inside
        ).select_related("intervention")
        one.passages = {passage.pk for passage in passages}
        one.quotes = [(p, _spans(p, one.term)) for p in passages[:QUOTES]]
    left = _not_yet(access, found)
    return sorted(left, key=lambda c: (_loss(c), c.facet, c.code, c.term))[:MOST]


def _tried(access: Access) -> list[dict[str, Any]]:
    """Return the words that were tried as terms when the coder last learned."""
    newest = (
        LearnedModel.objects.filter(portfolio=access.portfolio)
        .exclude(state=LearnedModel.State.DISMISSED)
        .values_list("report__terms", flat=True)
        .first()
    )
    return newest or []


def _key(term: dict[str, Any]) -> tuple[str, str, str, str]:
    return term["facet"], term["code"], term["language"], term["term"]


def _loss(candidate: Candidate) -> float:
    before, after = candidate.f1 or (0.0, 0.0)
    return before - after


def _spans(passage: Passage, term: str) -> list[list[int]]:
    """Return where a term stands in a passage."""
    text = fold(passage.text)
    hits = PhraseMatcher([Phrase(term, 0, 1)]).find(text, passage.text, 1)
    return [list(text.span(hit.start, hit.end)) for hit in hits]


def refused(access: Access) -> list[Candidate]:
    """Return terms whose suggestions people reject more often than they accept."""
    decided = codings_seen(access).exclude(status=Coding.Status.SUGGESTED)
    terms = _terms(access)
    found: dict[tuple[str, str, str, str], Candidate] = {}
    refusals = defaultdict[tuple[str, str, str, str], list[Coding]](list)
    for coding in (
        decided.exclude(coder__kind=Coder.Kind.PERSON)
        .exclude(basis="model")
        .select_related("passage__intervention")
        .order_by("pk")
    ):
        phrase = (coding.facet, coding.code, coding.passage.language, coding.because)
        if phrase not in terms:
            continue
        key = (*phrase[:3], terms[phrase])
        one = found.setdefault(key, Candidate(*key, removes=True))
        one.passages.add(coding.passage_id)
        if coding.status == Coding.Status.ACCEPTED:
            one.accepted += 1
        else:
            one.rejected += 1
            refusals[key].append(coding)
    worse = [c for c in found.values() if c.rejected > c.accepted]
    for one in worse:
        key = (one.facet, one.code, one.language, one.term)
        one.quotes = [(c.passage, c.spans) for c in refusals[key][:QUOTES]]
    left = _not_yet(access, worse)
    return sorted(left, key=lambda c: (c.accepted - c.rejected, c.term))[:MOST]


def _terms(access: Access) -> dict[tuple[str, str, str, str], str]:
    """Return the terms that hold, written, by facet, code, language and phrase."""
    return {
        (code.facet, code.code, language, term.phrase): written_term(term)
        for code in codebook_of(access.portfolio).codes()
        for language, terms in code.terms.items()
        for term in terms
    }


def _not_yet(access: Access, candidates: list[Candidate]) -> list[Candidate]:
    """Leave out what is in the codebook already, and what is proposed."""
    proposed = set(
        TermChange.objects.proposed()
        .filter(portfolio=access.portfolio)
        .values_list("facet", "code", "language", "term", "removes")
    )
    terms = _terms(access)
    return [
        c
        for c in candidates
        if (c.facet, c.code, c.language, c.term, c.removes) not in proposed
        and (c.removes or (c.facet, c.code, c.language, c.term) not in terms)
    ]
