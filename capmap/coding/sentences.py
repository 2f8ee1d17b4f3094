"""Sentences of a text, as places in it."""

import re
from itertools import pairwise

#: Ends that are no ends: abbreviations of English, French and Spanish texts.
_ABBREVIATIONS = frozenset(
    [
        "no",
        "nos",
        "art",
        "arts",
        "s",
        "ss",
        "sec",
        "sect",
        "para",
        "paras",
        "ch",
        "p",
        "pp",
        "vol",
        "fig",
        "cf",
        "eg",
        "ie",
        "e.g",
        "i.e",
        "vs",
        "viz",
        "al",
        "etc",
        "incl",
        "max",
        "min",
        "approx",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
        "dept",
        "gov",
        "n",
        "num",
        "núm",
        "nº",
        "m",
        "mm",
        "mme",
        "mlle",
        "pr",
        "av",
        "janv",
        "févr",
        "juil",
        "déc",
        "chap",
        "éd",
        "sr",
        "sra",
        "sres",
        "dra",
        "prof",
        "lic",
        "ing",
        "dpto",
        "ej",
        "p.ej",
        "pág",
        "págs",
        "ee.uu",
        "uu",
        "inc",
        "ltd",
        "co",
        "corp",
        "prob",
    ]
)
#: What any end begins with.
_STOP = re.compile("[.!?…][^ ]* |[\\s•●▪◦■](?<! )")
_END = re.compile(
    # a stop, then a capital or a number
    r"[.!?…]+[\"»”’)\]]*\d{0,2}(?=\s+[\"«“‘(\[¿¡]*[^\W_a-zà-öø-ÿ])"
    # a new line that begins anew
    r"|\n\s*(?=[•●▪◦■*–—-]|\(?[0-9a-z]{1,3}[.)]\s|[A-ZÀ-Ý¿¡])"
    # a bullet after a stop within the line
    r"|[•●▪◦■](?=\s?\w)"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence or list item; together they cover the text.

    >>> [(a, b) for a, b in sentences("One. Two of No. 3.")]
    [(0, 4), (4, 18)]
    """
    if not _STOP.search(text):  # most titles
        return [(0, len(text))] if text else []
    cuts = [0]
    for match in _END.finditer(text):
        if match.group()[0] == "." and _abbreviated(text, match.start()):
            continue
        cuts.append(match.start() if match.group() in "•●▪◦■" else match.end())
    cuts.append(len(text))
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _abbreviated(text: str, stop: int) -> bool:
    """Tell whether the stop at ``stop`` ends an abbreviation, an initial or a number."""
    word = text[max(0, stop - 8) : stop].split()[-1:]
    if not word:
        return True
    last = word[0].lstrip("(«“\"'").lower()
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())
