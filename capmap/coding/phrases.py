"""Find every phrase of the codebook in a text, all of them in one pass.

A text is *folded* first: lower case, no accents, ligatures spelt out, quotation marks,
hyphens and apostrophes as spaces, words joined again that the page had split. Folding
keeps the place of every character, so that evidence always marks the text as it was
given. One Aho-Corasick automaton (Aho and Corasick 1975, doi:10.1145/360825.360855)
then finds the beginnings of all phrases at once; what it finds is checked for word
boundaries, endings and gaps.

A phrase is written as a person would write it, with four signs::

    trade union*        any ending of a word
    (law|bill) drafted  one or the other; (the |) for a word that may stand
    spent ... with      up to six words between, in the same sentence
    SCORE               in capitals: found in capitals only, in every language
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick_rs

_SPACES = "\t\n\r\x0b\x0c\xa0‐‑‒–—―−-/\\()[]{}<>\"'`´‘’‚‛“”„‟«»‹›*_•·▪●◦■§©®™=~^¿¡\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u2028\u2029"
_GONE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SPELT = {"œ": "oe", "æ": "ae", "ß": "ss", "Œ": "oe", "Æ": "ae", "ﬁ": "fi", "ﬂ": "fl"}


def _fold_table() -> dict[int, str]:
    """Characters that fold to exactly one character."""
    table = {ord(sign): " " for sign in _SPACES}
    for number in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFKD", chr(number))[0].lower()
        if base.isascii() and base.isalpha() and chr(number) not in _SPELT:
            table[number] = base
    for superscript, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True):
        table[ord(superscript)] = digit
    return table


_TABLE = _fold_table()
#: The same for texts in ASCII alone, as bytes: most English titles.
_ASCII_TABLE = bytes(
    ord(chr(number).translate(_TABLE).lower()) if number < 128 else number
    for number in range(256)
)
#: Signs of a text whose folding changes its length, spaces apart.
_UNEVEN = re.compile(rf"[{''.join(_SPELT)}{_GONE}\u0300-\u036f]|[^\W\d_]-\s|[ﬀ-ﬄ]|İ")
_SPACES_IN_A_ROW = re.compile("  +")
_SPLIT_WORD = re.compile(
    r"(?<=[^\W\d_][^\W\d_])-\s+(?=[^\W\d_A-ZÀ-Þ])(?!(?:and|or|to|et|ou|y|o|e|u)\b)"
    r"|(?<=[^\W\d_])-[ \t]*\r?\n\s*(?=[^\W\d_])"
)


class Folded(NamedTuple):
    """A folded text. ``text`` starts and ends with a space that the original has not.

    ``places[i]`` is the place in the original of character ``i`` of ``text``; ``None``
    means that every character stands one place further right than in the original.
    """

    text: str
    places: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of the characters ``start`` to ``end``."""
        if self.places is None:
            return start - 1, end - 1
        return self.places[start], self.places[end - 1] + 1

    def position(self, original: int) -> int:
        """Return the first folded place that stands at or after ``original``."""
        if self.places is None:
            return original + 1
        low, high = 1, len(self.places) - 1
        while low < high:
            middle = (low + high) // 2
            if self.places[middle] < original:
                low = middle + 1
            else:
                high = middle
        return low


def fold(text: str) -> Folded:
    """Fold ``text``. Between two words of the folded text stands one space only.

    >>> fold("Renforce-\\nment « l’État »").text
    ' renforcement l etat '
    """
    if _plainly_even(text) or not _UNEVEN.search(text):
        if text.isascii():
            folded = f" {text.encode().translate(_ASCII_TABLE).decode()} "
        else:
            folded = f" {text.translate(_TABLE).lower()} "
        if len(folded) == len(text) + 2:
            return _squeezed(folded) if "  " in folded else Folded(folded, None)
    return _fold_unevenly(text)


def _plainly_even(text: str) -> bool:
    """Tell cheaply, for most English texts, that no character is dropped or spelt out."""
    return text.isascii() and ("-" not in text or not _UNEVEN.search(text))


def _squeezed(folded: str) -> Folded:
    """Make one space of several, noting the place of each character that is left."""
    places = [0]
    kept = 1  # folded characters up to here have their places
    for match in _SPACES_IN_A_ROW.finditer(folded):
        places += range(kept - 1, match.start())
        kept = match.end()
    places += range(kept - 1, len(folded) - 1)
    return Folded(_SPACES_IN_A_ROW.sub(" ", folded), places)


def _fold_unevenly(text: str) -> Folded:
    """Fold character by character, noting the place of each."""
    dropped = bytearray(len(text))
    for match in _SPLIT_WORD.finditer(text):
        dropped[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    signs, places = [" "], [0]
    for place, sign in enumerate(text):
        if dropped[place] or sign in _GONE or unicodedata.combining(sign):
            continue
        folded = _TABLE.get(ord(sign)) or _SPELT.get(sign) or sign.lower()
        if folded == " " and signs[-1] == " ":
            continue
        if len(folded) > 1 and sign not in _SPELT:
            folded = folded[0]
        for letter in folded:
            signs.append(letter)
            places.append(place)
    if signs[-1] != " ":
        signs.append(" ")
        places.append(len(text))
    return Folded("".join(signs), places)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase to find. ``languages``: bits of the languages in which it counts."""

    text: str
    signal: int  # what it stands for, as numbered by the caller
    languages: int

    @property
    def has_gap(self) -> bool:
        """Tell whether words that are not its own may stand within it."""
        return "..." in self.text


class Hit(NamedTuple):
    """A phrase found at ``start`` to ``end`` of the folded text."""

    start: int
    end: int
    phrase: Phrase

    def is_part_of(self, other: "Hit") -> bool:
        """Tell whether this stands within the longer ``other``."""
        return (
            other.start <= self.start
            and self.end <= other.end
            and self.end - self.start < other.end - other.start
        )


class _Check:
    """What must hold where the automaton found the beginning of a phrase."""

    __slots__ = ("any_ending", "capitals", "languages", "phrase", "tail", "tail_match")

    def __init__(self, phrase: Phrase, tail: str) -> None:
        self.phrase = phrase
        self.languages = phrase.languages
        self.capitals = is_name(phrase.text)
        self.any_ending = tail == _ENDING
        self.tail = "" if self.any_ending else tail
        # Compiled when first needed: most phrases are never met in a portfolio.
        self.tail_match: Callable[[str, int], re.Match[str] | None] | None = None

    def compiled(self) -> Callable[[str, int], re.Match[str] | None]:
        """Return what matches the tail from a place on."""
        match = re.compile(self.tail + r"(?![^\W\d_])").match
        self.tail_match = match
        return match


class PhraseMatcher:
    """Finds all phrases in a folded text. Built once; safe to share between threads."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        checks: dict[str, list[_Check]] = {}
        for phrase in phrases:
            for spelling in _endings_apart(phrase.text):
                beginnings, tail = _compile(spelling)
                check = _Check(phrase, tail)
                for beginning in beginnings:
                    checks.setdefault(beginning, []).append(check)
        self._checks = [tuple(group) for group in checks.values()]
        # The same checks by the bits of the languages asked for: most phrases count in
        # one language only.
        self._of_languages: dict[int, list[tuple[_Check, ...]]] = {}
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(checks), matchkind=ahocorasick_rs.MatchKind.Standard
        )

    def find(self, folded: Folded, original: str, languages: int) -> list[Hit]:
        """Return the phrases of ``languages`` in the text, in the order of their ends."""
        text = folded.text
        hits = []
        checks = self._of_languages.get(languages) or self._only(languages)
        for number, start, end in self._automaton.find_matches_as_indexes(
            text, overlapping=True
        ):
            word_end = -1  # of the word in which the beginning stops, looked up once
            for check in checks[number]:
                stop = end
                if check.tail:
                    match = (check.tail_match or check.compiled())(text, end)
                    if match is None:
                        continue
                    stop = match.end()
                elif text[end].isalpha():
                    if not check.any_ending:
                        continue
                    if word_end < 0:
                        word_end = end
                        while text[word_end].isalpha():
                            word_end += 1
                    stop = word_end
                if check.capitals:
                    first, last = folded.span(start + 1, stop)
                    if not original[first:last].isupper():
                        continue
                hits.append(Hit(start + 1, stop, check.phrase))
        return hits

    def _only(self, languages: int) -> list[tuple[_Check, ...]]:
        """Return the checks of the phrases that count in one of ``languages``."""
        kept = [
            tuple(check for check in group if check.languages & languages)
            for group in self._checks
        ]
        self._of_languages[languages] = kept
        return kept


def is_name(phrase: str) -> bool:
    """Tell whether a phrase is written in capitals: an acronym or a brand."""
    return len(phrase) > 1 and phrase.isupper()


_ENDING = r"[^\W\d_]*"
_GAP = r" (?:[^ .;:!?|]+ ){0,6}?"
_PARTS = re.compile(r"(\([^()]*\)|\*|\s*\.\.\.\s*)")
_WITH_ENDINGS = re.compile(r"\(([^()]*\*[^()]*)\)")
_SIGNS = re.compile(r"[()*|]|\.\.\.")
#: Beginnings spelt out for one phrase; further alternatives are left to the tail.
_MOST_BEGINNINGS = 100


def _endings_apart(phrase: str) -> list[str]:
    """Write a phrase out where brackets hold endings: each alternative on its own.

    >>> _endings_apart("(insurance|benefit*) paid")
    ['insurance paid', 'benefit* paid']
    """
    bracket = _WITH_ENDINGS.search(phrase)
    if bracket is None:
        return [phrase]
    before, after = phrase[: bracket.start()], phrase[bracket.end() :]
    return [
        spelling
        for choice in bracket[1].split("|")
        for spelling in _endings_apart(before + choice + after)
    ]


def _compile(phrase: str) -> tuple[list[str], str]:
    """Return the literal beginnings of a phrase, and a regular expression of what follows.

    >>> _compile("(law|bill) draft*")
    ([' law draft', ' bill draft'], '[^\\\\W\\\\d_]*')
    """
    if not _SIGNS.search(phrase) and _fold_phrase(phrase).strip():
        return [f" {_fold_phrase(phrase).strip()}"], ""
    parts = [part for part in _PARTS.split(phrase.strip()) if part]
    if any(sign in part for part in parts if part[0] != "(" for sign in "()|"):
        raise ValueError(f"The brackets of the phrase {phrase!r} do not match.")
    beginnings = [" "]
    while parts and parts[0] != "*" and "..." not in parts[0]:
        choices = _choices(parts[0])
        if len(beginnings) * len(choices) > _MOST_BEGINNINGS:
            break
        beginnings = [begun + choice for begun in beginnings for choice in choices]
        parts.pop(0)
    if not all(begun.strip() for begun in beginnings):
        raise ValueError(f"The phrase {phrase!r} does not begin with a word.")
    tail = "".join(_pattern(part) for part in parts)
    if tail.startswith(_GAP):  # so that the beginning ends with its word
        beginnings = [f"{begun.rstrip()} " for begun in beginnings]
        tail = tail[1:]
    return [begun.replace("  ", " ") for begun in beginnings], tail


def as_patterns(phrase: str) -> list[str]:
    """Return regular expressions that say the same of a folded text, word ends included."""
    patterns = []
    for spelling in _endings_apart(phrase):
        beginnings, tail = _compile(spelling)
        patterns += [re.escape(begun) + tail + r"(?![^\W\d_])" for begun in beginnings]
    return patterns


def _choices(part: str) -> list[str]:
    written = part[1:-1].split("|") if part[0] == "(" else [part]
    return [_fold_phrase(choice) for choice in written]


def _pattern(part: str) -> str:
    if part == "*":
        return _ENDING
    if "..." in part:
        return _GAP
    choices = [re.escape(choice) for choice in _choices(part)]
    return f"(?:{'|'.join(choices)})" if len(choices) > 1 else choices[0]


def _fold_phrase(written: str) -> str:
    """Fold part of a phrase; a space at either end counts."""
    return fold(f"0{written}0").text[2:-2]
