"""Write docs/reference/tables.md from the columns and comments of capmap/tables.py.

Run it after changing a table: ``.venv/bin/python docs/reference/make_tables.py``. A test
fails while the page is behind.
"""

import ast
import io
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "capmap/tables.py"
PAGE = Path(__file__).with_name("tables.md")

INTRODUCTION = """\
# Tables

Generated from `capmap/tables.py` by `docs/reference/make_tables.py`; do not edit.

Each table is a Polars frame with these columns. INTERVENTIONS, PASSAGES, CODINGS and
SET_ASIDE stand in the Parquet files that a run leaves (`Portfolio`); the others are what
`capmap.analysis.findings.find` returns (`Findings`). `*` stands for all (a margin), an
empty code for "none given". A null means that nothing is known or that there is nothing
to take a share of; it is never written as 0.
"""


def comments(source: str) -> tuple[dict[int, str], dict[int, str]]:
    """Return comments by line: those beside code, and those on a line of their own."""
    beside: dict[int, str] = {}
    own: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("#: ").strip()
            is_own = not token.line[: token.start[1]].strip()
            (own if is_own else beside)[token.start[0]] = text
    return beside, own


def page() -> str:
    """Return the page as it should stand."""
    source = SOURCE.read_text(encoding="utf-8")
    beside, own = comments(source)
    parts = [INTRODUCTION]
    for node in ast.parse(source).body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Dict):
            continue
        name = ast.unparse(node.target)
        above = []
        line = node.lineno - 1
        while line in own:
            above.insert(0, own[line])
            line -= 1
        parts.append(f"## {name}\n\n{' '.join(above)}\n")
        parts.append("| column | type | what it says |\n| --- | --- | --- |")
        for key, value in zip(node.value.keys, node.value.values, strict=True):
            column = ast.literal_eval(key)
            lines = range(key.lineno, value.end_lineno + 1)
            says = " ".join(beside[n] for n in lines if n in beside)
            kind = " ".join(ast.unparse(value).replace("pl.", "").split())
            parts.append(
                f"| `{column}` | {kind} | {says.replace('|', chr(92) + '|')} |"
            )
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
