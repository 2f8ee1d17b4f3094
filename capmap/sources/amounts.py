"""Amounts and percentages as people and machines write them."""

import math
import re

#: No budget is above this in any currency; a bigger number is a slip of the keyboard.
LARGEST = 1e15

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")


def amount(text: str) -> float | None:
    """Read an amount with thousands separated or not, a point or a comma for decimals.

    A lone comma or point followed by exactly three digits separates thousands, unless
    nothing but ``0`` stands before it. None if it is no amount, or larger than any.

    >>> amount("1,234,567.50"), amount("1.234.567,50"), amount("12 500"), amount("0,125")
    (1234567.5, 1234567.5, 12500.0, 0.125)
    >>> amount("about 5"), amount("1e400")
    (None, None)
    """
    text = _SPACES.sub("", text)
    if not _NUMBER.match(text) or re.match(r"[-+]?[1-9]\d{0,2}\.\d{3}$", text):
        text = _plain(text)
    if not _NUMBER.match(text):
        return None
    value = float(text)
    return value if math.isfinite(value) and abs(value) < LARGEST else None


def decimal(text: str) -> float | None:
    """Read an ``xsd:decimal``, in which a point is always the decimal sign.

    Publishers write thousands separators all the same; those are understood.

    >>> decimal("1.500"), decimal("100,000.00")
    (1.5, 100000.0)
    """
    text = text.strip()
    if not _NUMBER.match(text):
        return amount(text)
    value = float(text)
    return value if math.isfinite(value) and abs(value) < LARGEST else None


def percentage(text: str) -> float | None:
    """Read a percentage from 0 to 100, with or without its sign.

    >>> percentage("51.00"), percentage("25 %"), percentage("120")
    (51.0, 25.0, None)
    """
    value = decimal(text.replace("%", "").replace(",", "."))
    return value if value is not None and 0 <= value <= 100 else None


def _plain(text: str) -> str:
    """Write a number with a point for decimals and nothing between thousands."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimals = (",", ".") if point > comma else (".", ",")
        return text.replace(thousands, "").replace(decimals, ".")
    sign = "," if comma >= 0 else "."
    whole, *groups = text.split(sign)
    lone_decimal = len(groups) == 1 and (
        len(groups[0]) != 3 or whole.strip("-+0") == ""
    )
    if lone_decimal:
        return f"{whole}.{groups[0]}"
    return whole + "".join(groups) if all(len(g) == 3 for g in groups) else text
