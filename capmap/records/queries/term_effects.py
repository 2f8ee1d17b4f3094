"""What a word would do as a term: how far the lexicon codes better with it, cross-validated.

Words come from the model's weights, and from those that people marked. All are tried
together in one lexicon, on the passages that were read: what changes for a code on a
passage is put down to each word of that code that stands in it. Cross-validated by
document: in each part a word counts as added only if it helped in the other parts.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from capmap.coding.evaluation import Example
from capmap.coding.learned.training import Report
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.phrases import Phrase, PhraseMatcher, fold
from capmap.frameworks.changed import TermEdit, changed
from capmap.frameworks.codebook import Code, Codebook
from capmap.records.models import Portfolio
from capmap.records.queries.codebook import codebook_of, framework_of, lexicon_of
from capmap.records.queries.recoding import Key
from capmap.records.tasks import Progress
from capmap.wording import LANGUAGES

#: Words tried of each code, and accepted passages in which one must stand.
_OF_A_CODE, _LEAST = 8, 3

#: Gain in F1 below which a word of weight is not worth a term.
_GAIN = 0.01

#: Parts of cross-validation.
_PARTS = 5

#: Accepted passages noted with a term, for its quotations.
_NOTED = 50

_PLAIN = re.compile(r"[^\W\d_][\w ]{2,78}\w")


@dataclass(slots=True)
class Tried:
    """A word of a code as a term, with the F1 of the code without it and with it.

    ``weight`` is the model's; 0 for what people marked. ``passages``: accepted for the
    code, with the word in them.
    """

    facet: str
    code: str
    language: str
    term: str
    weight: float
    passages: list[int] = field(default_factory=list)
    count: int = 0
    f1_before: float = 0.0
    f1_after: float = 0.0

    @property
    def gain(self) -> float:
        return self.f1_after - self.f1_before


def terms_with_effect(
    portfolio: Portfolio,
    examples: Sequence[Example],
    report: Report,
    marked: Sequence[tuple[str, str, str, str]],
    progress: Progress,
) -> list[dict[str, Any]]:
    """Return what each word would do, as plain values: those of weight that help, and all
    that people ``marked`` (facet, code, language, word).
    """
    book = codebook_of(portfolio)
    progress("terms", 0, 1, "")
    words = {
        (*key, word): weight
        for key, one in report.codes.items()
        for word, weight in _new_words(book, key, one.for_it)
    }
    folded = [fold(example.text).text for example in examples]
    found = _standing(words, examples, folded)
    known = {(t.facet, t.code, t.language, t.term) for t in found}
    found += _marked([key for key in marked if key not in known], examples, folded)
    if not found:
        return []
    _measure(portfolio, book, found, examples, folded)
    progress("terms", 1, 1, "")
    return [asdict(t) for t in found if not t.weight or t.gain >= _GAIN]


def _new_words(
    book: Codebook, key: Key, weights: Sequence[tuple[str, float]]
) -> list[tuple[str, float]]:
    """Return the words of weight in which no term of the code stands already."""
    facet = book.facets.get(key[0])
    code = facet.codes.get(key[1]) if facet else None
    if code is None:
        return []
    terms = _matcher(code)
    new = []
    for word, weight in weights:
        folded = fold(word)
        term = folded.text.strip()
        if weight > 0 and _PLAIN.fullmatch(term) and not terms.find(folded, word, 1):
            new.append((term, weight))
    return new[:_OF_A_CODE]


def _matcher(code: Code) -> PhraseMatcher:
    phrases = {term.phrase for terms in code.terms.values() for term in terms}
    return PhraseMatcher([Phrase(text, 0, 1) for text in sorted(phrases)])


def _standing(
    words: dict[tuple[str, str, str], float],
    examples: Sequence[Example],
    folded: Sequence[str],
) -> list[Tried]:
    """Note where words stand in accepted passages; drop those that hardly do."""
    tried = []
    for (facet, code, word), weight in words.items():
        inside = [
            example
            for example, text in zip(examples, folded, strict=True)
            if code in example.codes.get(facet, ()) and f" {word} " in text
        ]
        languages = Counter(e.language for e in inside if e.language in LANGUAGES)
        if not languages:
            continue
        language = languages.most_common(1)[0][0]
        inside = [e for e in inside if e.language == language]
        if len(inside) >= _LEAST and len({e.document for e in inside}) > 1:
            numbers = [int(e.identifier) for e in inside]
            tried.append(
                Tried(
                    facet, code, language, word, weight, numbers[:_NOTED], len(numbers)
                )
            )
    return tried


def _marked(
    marked: Sequence[tuple[str, str, str, str]],
    examples: Sequence[Example],
    folded: Sequence[str],
) -> list[Tried]:
    tried = []
    for facet, code, language, word in marked:
        if _PLAIN.fullmatch(word):
            inside = [
                int(e.identifier)
                for e, text in zip(examples, folded, strict=True)
                if code in e.codes.get(facet, ()) and f" {word} " in text
            ]
            tried.append(
                Tried(facet, code, language, word, 0.0, inside[:_NOTED], len(inside))
            )
    return tried


def _measure(
    portfolio: Portfolio,
    book: Codebook,
    tried: Sequence[Tried],
    examples: Sequence[Example],
    folded: Sequence[str],
) -> None:
    edits = [TermEdit(t.facet, t.code, t.language, t.term) for t in tried]
    without = lexicon_of(portfolio)
    together = LexiconCoder(changed(book, edits, "tried"), framework_of(portfolio))
    words = sorted({t.term for t in tried})
    standing = [{word for word in words if f" {word} " in text} for text in folded]
    before = [_codes(without, example) for example in examples]
    after = [
        _codes(together, example) if held else codes
        for example, held, codes in zip(examples, standing, before, strict=True)
    ]
    documents = sorted({example.document for example in examples})
    part = {document: n % _PARTS for n, document in enumerate(documents)}
    parts = [part[example.document] for example in examples]
    for one in tried:
        key = (one.facet, one.code)
        true = [one.code in e.codes.get(one.facet, ()) for e in examples]
        plain = _counts(true, [key in codes for codes in before], parts)
        added = [
            key in (new if one.term in held else old)
            for new, old, held in zip(after, before, standing, strict=True)
        ]
        helped = _counts(true, added, parts)
        one.f1_before = _f1(sum(plain, Counter()))
        one.f1_after = _f1(_where_it_helps(plain, helped))


def _where_it_helps(
    plain: Sequence[Counter[str]], helped: Sequence[Counter[str]]
) -> Counter[str]:
    """Add up the parts, each with the word only if it helped in all other parts together."""
    total: Counter[str] = Counter()
    for number in range(_PARTS):
        rest = [n for n in range(_PARTS) if n != number]
        without = _f1(sum((plain[n] for n in rest), Counter()))
        with_it = _f1(sum((helped[n] for n in rest), Counter()))
        total += helped[number] if with_it > without else plain[number]
    return total


def _counts(
    true: Sequence[bool], given: Sequence[bool], parts: Sequence[int]
) -> list[Counter[str]]:
    counts: list[Counter[str]] = [Counter() for _ in range(_PARTS)]
    for real, found, part in zip(true, given, parts, strict=True):
        if real or found:
            kind = "right" if real and found else "missed" if real else "wrong"
            counts[part][kind] += 1
    return counts


def _f1(counts: Counter[str]) -> float:
    right = counts["right"]
    whole = 2 * right + counts["wrong"] + counts["missed"]
    return 2 * right / whole if whole else 0.0


def _codes(coder: LexiconCoder, example: Example) -> set[Key]:
    return {
        (s.facet, s.code)
        for s in coder.suggest(
            example.text, language=example.language, context=example.context
        )
    }
