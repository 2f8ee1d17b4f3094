"""No word in a template that is not in the wording; no key that the wording lacks."""

import re
from pathlib import Path

import pytest

from capmap.wording import topic

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "capmap" / "web" / "templates"
TAGS = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
#: Names that are the same in every language.
NAMES = {"capmap", "English", "Français", "Español", "IATI", "CSV", "XLSX", "PDF", "SVG",
         "PNG", "Parquet", "DOCX", "JSONL", "XML", "Markdown", "Enter", "Esc", "Shift"}  # fmt: skip
SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')


def templates():
    return sorted(TEMPLATES.rglob("*.html")) + sorted(TEMPLATES.rglob("*.txt"))


@pytest.mark.parametrize(
    "path", templates(), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_a_template_holds_no_words_of_its_own(path):
    bare = TAGS.sub(" ", path.read_text(encoding="utf-8"))
    bare = re.sub(
        r"<(script|style)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>",
        "",
        bare,
        flags=re.DOTALL | re.I,
    )
    spoken = " ".join(SPOKEN.findall(bare))
    shown = re.sub(r"<[^>]*>", " ", bare)
    shown = re.sub(r"&\w+;", " ", shown)

    words = re.findall(r"[^\W\d_]{2,}", f"{shown} {spoken}")

    assert [word for word in words if word not in NAMES] == []


def used_keys():
    """Every key that a template or a Python file of the site names as a whole."""
    found = set()
    for path in templates():
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""\{% say ["']([a-z_]+\.[\w-]+)["']""", text))
    for path in (ROOT / "capmap" / "web").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:said|named)\(\s*"([a-z_]+\.[\w-]+)"', text))
    return sorted(key.partition(".")[::2] for key in found)


def test_the_wording_has_every_key():
    missing = [
        f"{name}.{key}" for name, key in used_keys() if key not in topic(f"site_{name}")
    ]

    assert missing == []
