"""Write docs/reference/command-line.md from the command's own help.

Run it after changing an option: ``.venv/bin/python docs/reference/make_command_line.py``.
A test fails while the page is behind.
"""

import os
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("command-line.md")

INTRODUCTION = """\
# Command line

Generated from `capmap --help` by `docs/reference/make_command_line.py`; do not edit.
Help is in the language that `CAPMAP_LANGUAGE` or `--language` names. Exit codes and
settings: [results.md](results.md).
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [INTRODUCTION]
    for command in (
        [], ["map"], ["explain"], ["codebook"], ["examples", "check"],
        ["examples", "add"], ["evaluate"], ["learn"], ["review-order"], ["estimate"],
    ):  # fmt: skip
        name = " ".join(["capmap", *command])
        parts.append(f"\n## {name}\n\n```text\n{_help(command)}\n```\n")
    return "".join(parts)


def _help(command: list[str]) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "COLUMNS": "100",
        "TERM": "dumb",
        "CAPMAP_LANGUAGE": "en",
        "_TYPER_STANDARD_TRACEBACK": "1",
        "TYPER_USE_RICH": "0",
    }
    done = subprocess.run(
        [Path(sys.executable).parent / "capmap", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
