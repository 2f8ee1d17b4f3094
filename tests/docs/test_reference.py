"""Pages generated from the code are what the code would generate now."""

import importlib.util
import re
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize("name", ["library", "command_line"])
def test_a_generated_page_is_current(name):
    spec = importlib.util.spec_from_file_location(name, REFERENCE / f"make_{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.PAGE.read_text("utf-8") == module.page(), (
        f"run .venv/bin/python docs/reference/make_{name}.py"
    )


def links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))


ROOT = REFERENCE.parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for link in links(page):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link
