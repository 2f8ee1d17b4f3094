"""Write docs/reference/library.md from the docstrings of the package.

Run it after changing a public name: ``.venv/bin/python docs/reference/make_library.py``.
A test fails while the page is behind.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "capmap"
PAGE = Path(__file__).with_name("library.md")

INTRODUCTION = """\
# Library

Generated from the docstrings by `docs/reference/make_library.py`; do not edit.

Public functions and classes of each module, in the order of the layers (see
[architecture.md](../architecture.md)). The docstrings in the code say more: shapes,
units, errors, sources.
"""

LAYERS = (
    "wording", "tables.py", "frameworks", "sources", "coding", "analysis",
    "publishing", "pipeline",
)  # fmt: skip


def page() -> str:
    """Return the page as Markdown."""
    return INTRODUCTION + "".join(_layers())


def _layers() -> Iterator[str]:
    for layer in LAYERS:
        path = PACKAGE / layer
        modules = [path] if path.is_file() else sorted(path.rglob("*.py"))
        for module in modules:
            yield from _module(module)


def _module(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    name = name.removesuffix(".__init__")
    rows = [row for node in tree.body for row in _names(node)]
    if path.name == "__init__.py" and not rows:
        yield f"\n## {name}\n\n{_first(tree)}\n"
    elif rows:
        yield f"\n### {name}\n\n{_first(tree)}\n\n| name | what |\n| --- | --- |\n"
        yield from rows


def _names(node: ast.stmt) -> Iterator[str]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return
    said = _first(node)
    if node.name.startswith("_") or not said:
        return
    arguments = ""
    if isinstance(node, ast.FunctionDef):
        spec = node.args
        names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
        names += [f"*{spec.vararg.arg}"] if spec.vararg else []
        keywords = [argument.arg for argument in spec.kwonlyargs]
        names += (["*"] if keywords and not spec.vararg else []) + keywords
        arguments = f"({', '.join(names)})"
    yield f"| `{node.name}{arguments}` | {said.replace('|', chr(92) + '|')} |\n"


def _first(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    """Return the first paragraph of a docstring on one line."""
    text = ast.get_docstring(node) or ""
    return " ".join(text.split("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
