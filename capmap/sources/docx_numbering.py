"""Numbers and bullets that Word computes: they stand in no text of a DOCX."""

from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = "decimal"
    pattern: str = "%1."
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of a document, counted on as its paragraphs are read in order."""

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)  # list -> its definition
    counts: dict[str, list[int]] = field(default_factory=dict)

    def mark(self, list_id: str, level: int) -> str:
        """Return the mark of the next paragraph of a list: "3.", "(b)", "•", or ""."""
        definition = self.lists.get(list_id)
        found = self.levels.get((definition, level)) if definition else None
        if definition is None or found is None or not 0 <= level < 9:
            return ""
        if found.form in ("bullet", "none"):
            return "•" if found.form == "bullet" else ""
        counts = self.counts.setdefault(definition, [0] * 9)
        counts[level] = counts[level] + 1 if counts[level] else found.start
        counts[level + 1 :] = [0] * (8 - level)
        text = found.pattern
        for upper in range(level + 1):
            form = self.levels.get((definition, upper), found).form
            number = counts[upper] or 1
            text = text.replace(f"%{upper + 1}", _written(number, form))
        return text


def read_numbering(root: etree._Element | None) -> Numbering:
    """Read ``word/numbering.xml``; without one, no paragraph gets a mark."""
    numbering = Numbering()
    if root is None:
        return numbering
    for definition in root.iterfind(f"{W}abstractNum"):
        name = definition.get(f"{W}abstractNumId", "")
        for level in definition.iterfind(f"{W}lvl"):
            depth = number_of(level.get(f"{W}ilvl"))
            start = number_of(value(level, "start"), 1)
            numbering.levels[name, depth] = _Level(
                value(level, "numFmt") or "decimal", value(level, "lvlText"), start
            )
    for each in root.iterfind(f"{W}num"):
        numbering.lists[each.get(f"{W}numId", "")] = value(each, "abstractNumId")
    return numbering


def value(element: etree._Element, path: str) -> str:
    """Return ``w:val`` of the child at ``path`` ("pPr/pStyle"), or ``""``."""
    child = element.find("/".join(W + step for step in path.split("/")))
    return "" if child is None else child.get(f"{W}val", "")


def number_of(text: str | None, default: int = 0) -> int:
    """Read a small whole number; what is none, or beyond all reason, is ``default``."""
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and len(text) < 5
        else default
    )


def _written(number: int, form: str) -> str:
    match form:
        case "lowerLetter" | "upperLetter":
            # After z Word goes on with aa, bb, cc.
            letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letter if form == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman":
            return _roman(number) if form == "lowerRoman" else _roman(number).upper()
    return str(number)


def _roman(number: int) -> str:
    text = ""
    for worth, sign in (
        *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
        *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
    ):
        count, number = divmod(number, worth)
        text += sign * count
    return text
