"""The framework of the how-to, written out as a reader would: one outcome, one programme."""

import re
from pathlib import Path

HOW_TO = Path(__file__).parents[1] / "docs" / "how-to" / "bring-your-own-framework.md"
_BLOCK = re.compile(r"`([\w/.-]+\.(?:yaml|jsonl))`\n\n```\w+\n(.*?)```", re.DOTALL)


def write_water(folder: Path) -> Path:
    """Write the example below ``folder`` and return its own folder."""
    for name, text in _BLOCK.findall(HOW_TO.read_text("utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "water"
