"""Dates as people and machines write them."""

import re
from datetime import date
from functools import lru_cache

#: Years outside are placeholders (1900-01-01, 9999-12-31) or slips, never development.
YEARS = range(1950, 2101)

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?![0-9])")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?![0-9])")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{1,2})$|(\d{1,2})/(\d{4})$")
_YEAR = re.compile(r"(\d{4})(?:\.0)?$")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|º)?\s+(?:de\s+)?)?([^\W\d]{3,12})\.?,?\s+(?:de\s+)?(\d{4})$"
)

#: The first letters that tell a month in English, French and Spanish, accents taken off.
_MONTHS = {
    start: number
    for number, starts in enumerate(
        ("jan ene", "feb fev", "mar", "apr avr abr", "may mai", "jun juin", "jul juil",
         "aug aou ago", "sep set", "oct", "nov", "dec dic"), start=1,
    )
    for start in starts.split()
}  # fmt: skip


@lru_cache(maxsize=4096)  # a portfolio has few days, each many times
def iso_date(text: str) -> date | None:
    """Read an ISO date; a time or time zone behind it does not count.

    None if it is not one, or its year is no year of a project.

    >>> iso_date("2004-03-01Z")
    datetime.date(2004, 3, 1)
    >>> iso_date("2004-02-30"), iso_date("1900-01-01Z")
    (None, None)
    """
    match = _ISO.match(text)
    return _date(*match.groups()) if match else None


def written_date(text: str, *, end: bool = False) -> date | None:
    """Read a date as it is typed into a sheet; day before month where both may be.

    A month or year alone is its first day, or its last where ``end`` is true.

    >>> written_date("31/12/2011"), written_date("mars 2010"), written_date("2015", end=True)
    (datetime.date(2011, 12, 31), datetime.date(2010, 3, 1), datetime.date(2015, 12, 31))
    """
    text = text.strip()
    if match := _ISO.match(text):
        return _date(*match.groups())
    if match := _DAY_FIRST.match(text):
        day, _, month, year = match.groups()
        # 12/31/2011 can only be read the American way.
        return _date(year, month, day) or _date(year, day, month)
    if match := _YEAR_MONTH.match(text):
        year, month = match[1] or match[4], match[2] or match[3]
        return _month(int(year), int(month), end)
    if match := _YEAR.match(text):
        return _month(int(match[1]), 12 if end else 1, end)
    if match := _NAMED.match(text):
        return _named(match[1], match[2], int(match[3]), end)
    return None


def _named(day: str | None, word: str, year: int, end: bool) -> date | None:
    plain = word.lower().translate(str.maketrans("éûô", "euo"))
    month = _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])
    if month is None:
        return None
    return _date(str(year), str(month), day) if day else _month(year, month, end)


def _month(year: int, month: int, end: bool) -> date | None:
    if year not in YEARS or not 1 <= month <= 12:
        return None
    if not end:
        return date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year in YEARS else None
