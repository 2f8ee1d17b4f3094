"""Every problem that the readers can meet has its words in three languages."""

import ast
import string
from pathlib import Path

import pytest

import capmap.sources
from capmap.sources.file_kinds import _OFFICE_TYPES, _OPEN_DOCUMENT, _SIGNATURES
from capmap.wording import LANGUAGES, topic

SOURCES = Path(capmap.sources.__file__).parent
NAMES = {"SetAside": 1, "Kind": 1, "WorkbookError": 0, "_skip": 1, "add": 0, "count": 0}


def problems_in(path: Path) -> set[str]:
    """Return the problems written as such in calls that make or note one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if name in ("add", "count") and "remarks" not in ast.unparse(node.func):
                continue
            at = NAMES.get(name)
            if (
                at is not None
                and len(node.args) > at
                and isinstance(node.args[at], ast.Constant)
            ):
                found.add(node.args[at].value)
    return found - {""}


def test_every_problem_in_the_code_has_its_words():
    found = {p for path in SOURCES.glob("*.py") for p in problems_in(path)}
    found |= {problem for _, problem, _ in _SIGNATURES}
    found |= {problem for *_, problem, _ in _OFFICE_TYPES} | {
        p for _, p, _ in _OPEN_DOCUMENT.values()
    }

    assert {"xml_truncated", "archive_damaged", "file_empty", "file_password"} < found
    assert found - {""} <= set(topic("set_aside"))


@pytest.mark.parametrize("problem", sorted(topic("set_aside")))
def test_words_stand_in_three_languages_with_the_same_placeholders(problem):
    told = topic("set_aside")[problem]

    assert set(told) == {"reason", "remedy"}
    for texts in told.values():
        assert set(texts) == set(LANGUAGES)
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in texts.values()
        ]
        assert fields[0] == fields[1] == fields[2]
