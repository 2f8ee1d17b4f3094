"""The habits that the docs claim, held by the code."""

import socket
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError

ROOT = Path(__file__).parents[2]

#: Source files over 400 lines, each with the reason why it is not split.
LONG_FILES: dict[str, str] = {}


def sources() -> list[Path]:
    return [
        path
        for folder in ("capmap", "tests", "benchmarks")
        for ending in ("*.py", "*.js", "*.css")
        for path in (ROOT / folder).rglob(ending)
        if not path.match("migrations/0*_records.py")  # written by Django
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_source_file_fits_on_a_few_screens(path):
    limit = 500 if path.is_relative_to(ROOT / "tests") else 400
    lines = len(path.read_text(encoding="utf-8").splitlines())
    name = str(path.relative_to(ROOT))
    assert lines <= limit or name in LONG_FILES, f"{name} has {lines} lines"


def test_no_drawers():
    drawers = {"utils", "util", "common", "helpers", "misc", "base", "core"}
    assert not [path for path in sources() if path.stem in drawers]


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_network_is_closed_in_tests():
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("\ndependencies = [")[1].split("\n]")[0]
    for line in filter(None, block.splitlines()):
        assert "#" in line, line
