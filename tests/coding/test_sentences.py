"""Sentences and list items end where a reader would end them."""

import pytest

from capmap.coding.sentences import sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Convention No. 169 was ratified. It is in force.", 2),
        ("See Arts. 3 and 4 of the Act (s. 12).", 1),
        ("La loi n° 12 a été votée. Le décret suit.", 2),
        ("Según el art. 5, la Sra. Paz firmó. ¿Y después?", 2),
        ("• trained inspectors • drafted rules", 2),
        ("Output 1\n(a) a course\n(b) a manual", 3),
        ("They met at 3.30 p.m. on the 4th.", 1),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len([1 for a, b in sentences(text) if text[a:b].strip()]) == count


def test_sentences_cover_the_text() -> None:
    text = "One. Two!\n• Three; four.\n\n5. Five"
    assert "".join(text[a:b] for a, b in sentences(text)) == text
