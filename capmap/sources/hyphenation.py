"""Lines that a page broke -> running text, with its own hyphens and not the page's."""

import re
from collections.abc import Iterable

CERTAIN_SOFT = "\u00ad"
"""At the end of a line: a hyphen that the typesetter put there."""
CERTAIN_HARD = "\u2011"
"""At the end of a line: a hyphen of the text itself."""

_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011'’][^\W_]+)*")
_LAST_PART = re.compile(r"([^\W_]+)[-\u2010]$")
_LAST_WORD = re.compile(r"((?:[^\W_]+[-\u2010])*[^\W_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"[^\W_]+(?:[-\u2010][^\W_]+)*")


def words_within_lines(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of a document, but for those that an end of line may have cut."""
    found: set[str] = set()
    for line in lines:
        words = _WORD.findall(line.casefold().replace("\u2011", "-"))
        if line.rstrip().endswith(("-", "\u2010", CERTAIN_HARD, CERTAIN_SOFT)):
            words = words[:-1]
        found.update(words)
    return frozenset(found)


def running_text(lines: Iterable[str], words: frozenset[str] = frozenset()) -> str:
    """Join lines with a space, or with nothing where a hyphen or slash ends one.

    ``words`` are the document's words, which decide whether a hyphen stays.

    >>> running_text(["a small pro-", "gramme and an Ex-", "Post survey by HIV/", "AIDS"])
    'a small programme and an Ex-Post survey by HIV/AIDS'
    """
    text = ""
    for line in map(str.strip, lines):
        if not text or not line:
            text += line
        elif text.endswith(CERTAIN_SOFT):
            text = text[:-1] + line
        elif text.endswith(CERTAIN_HARD):
            text = text[:-1] + "-" + line
        elif _LAST_PART.search(text):
            text = (text if _hyphen_stays(text, line, words) else text[:-1]) + line
        elif re.search(r"[^\W_]/$", text):
            text += line
        else:
            text = f"{text} {line}"
    return text


def _hyphen_stays(text: str, line: str, words: frozenset[str]) -> bool:
    """Judge a hyphen at the end of a line by the words of the rest of the document."""
    before, after = _LAST_WORD.search(text), _FIRST_WORD.match(line)
    if before is None or after is None or not after[0][0].islower():
        return True  # South-South, 2012-15, a dash before a sign
    if (before[1].isupper() and len(before[1]) > 1) or before[1][-1].isdigit():
        return True  # an abbreviation or a number makes a compound
    left, right = before[1].casefold(), after[0].casefold()
    if left + right in words:
        return False
    if f"{left}-{right}" in words:
        return True
    # Two whole words make a compound, a syllable and a rest do not.
    return len(left) > 3 and len(right) > 3 and {left, right} <= words
