"""All phrases of the codebook in one pass, against one compiled union of the same.

    python benchmarks/speed/matching.py

Both are given the same folded English texts, made here, and the phrases that count in
English. The union is what one would write first: every phrase as a regular expression,
joined by ``|`` and searched for with ``finditer``.
"""

import random
import re
import time

from capmap.coding.phrases import Folded, fold
from capmap.coding.reading import Reader
from capmap.frameworks.codebook import load_codebook

_ENGLISH = 1
_WORDS = [
    "the",
    "programme",
    "will",
    "support",
    "rural",
    "roads",
    "water",
    "points",
    "and",
    "clinics",
    "in",
    "five",
    "districts",
    "so",
    "that",
    "families",
    "can",
    "reach",
    "markets",
    "schools",
    "hospitals",
    "before",
    "rain",
    "season",
    "with",
    "funds",
    "from",
    "government",
    "partners",
    "over",
    "three",
    "years",
    "training",
    "of",
    "labour",
    "inspectors",
    "on",
    "safety",
    "at",
    "work",
    "and",
    "trade",
    "unions",
    "in",
    "textile",
    "sector",
    "a",
    "manual",
    "was",
    "drafted",
    "for",
    "judges",
    "while",
    "ministry",
    "officers",
    "keep",
    "their",
    "own",
    "register",
    "cash",
    "transfers",
    "to",
    "households",
    "hit",
    "by",
    "floods",
]


def texts(count: int) -> list[tuple[str, Folded]]:
    """Return passages of some 250 characters, the same in every run."""
    chance = random.Random(312)
    made = [" ".join(chance.choices(_WORDS, k=42)) for _ in range(count)]
    return [(text, fold(text)) for text in made]


def union(reader: Reader) -> tuple[re.Pattern[str], int]:
    """Return the union of all phrases that count in English, longest first."""
    phrases = sorted(
        {pattern for pattern, languages in reader.patterns() if languages & _ENGLISH},
        key=len,
        reverse=True,
    )
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases)), len(phrases)


def main() -> None:
    reader = Reader(load_codebook())
    pattern, count = union(reader)
    many, few = texts(2000), texts(20)
    for text, folded in many:  # warm: tails are compiled when first met
        reader.matcher.find(folded, text, _ENGLISH)
    started = time.perf_counter()
    hits = sum(len(reader.matcher.find(f, t, _ENGLISH)) for t, f in many)
    ours = (time.perf_counter() - started) / sum(len(t) for t, _ in many)
    started = time.perf_counter()
    union_hits = sum(1 for _, f in few for _ in pattern.finditer(f.text))
    theirs = (time.perf_counter() - started) / sum(len(t) for t, _ in few)
    print(f"{count:,} phrases; {hits / len(many):.1f} hits a passage in one pass,")
    print(f"{union_hits / len(few):.1f} in the union (it reports no overlaps)")
    print(f"one pass   {1e-6 / ours:8.2f} MB/s")
    print(f"union      {1e-6 / theirs:8.4f} MB/s")
    print(f"ratio      {theirs / ours:8.0f} times")


if __name__ == "__main__":
    main()
