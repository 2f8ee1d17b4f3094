"""Spreadsheets as interventions: a row each, or several rows with one identifier."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from capmap.sources import amounts
from capmap.sources.activity import Activity, Budget, Organisation, Part, SetAside
from capmap.sources.columns import (
    TEXT_FIELDS,
    Columns,
    currency_in,
    header,
    is_prose,
    is_total,
    plain,
    read_mapping,
)
from capmap.sources.countries import country_code
from capmap.sources.dates import YEARS, written_date
from capmap.sources.iati_codes import STATUSES, language_code
from capmap.sources.iati_texts import Texts
from capmap.sources.intervention_kinds import is_country_programme, kind_of
from capmap.sources.narratives import one_line
from capmap.sources.remarks import Remarks
from capmap.sources.sheets import MOST_ROWS, Row, Sheet, Value, WorkbookError, opened

T = TypeVar("T")

#: Interventions kept open for more rows of the same identifier; memory stays bounded.
OPEN_AT_ONCE = 2_000
#: Rows among which the headings are looked for.
HEADER_ROWS = 40
_REMEMBERED = 200_000


def read_spreadsheet(
    path: Path, name: str, kind: str, mapping: Path | None = None
) -> Iterator[Activity | SetAside]:
    """Yield the interventions of all sheets, and a remark for whatever was not read.

    ``kind`` is xlsx, xls, ods or csv. ``mapping`` is a YAML file, our field to the
    heading of its column, for sheets whose columns are not recognised by name.
    """
    remarks = Remarks(name)
    fields = read_mapping(mapping, remarks) if mapping else {}
    seen: set[str] = set()
    found_rows = False
    try:
        with opened(path, kind, remarks) as sheets:
            for sheet in sheets:
                yield from remarks.take()
                first = list(islice(sheet.rows, HEADER_ROWS))
                if not first:
                    continue
                found_rows = True
                yield from _sheet(sheet, first, fields, seen, remarks)
    except WorkbookError as error:
        yield from remarks.close()
        yield SetAside(name, error.problem, values=error.values_told)
        return
    for heading in fields:
        if heading not in seen:
            remarks.add("mapping_column_missing", column=heading)
    yield from remarks.close()
    if not found_rows:
        yield SetAside(name, "sheet_without_rows")


def _sheet(
    sheet: Sheet,
    first: list[Row],
    mapping: dict[str, str],
    seen: set[str],
    remarks: Remarks,
) -> Iterator[Activity | SetAside]:
    where = f"sheet {sheet.name}, " if sheet.name else ""
    if sheet.is_hidden:
        remarks.add("sheet_hidden", f"sheet {sheet.name}")
    told = header(
        [(n, [cell_text(cell) for cell in cells]) for n, cells in first], mapping
    )
    if told is None:
        # The fullest of the first rows is the likeliest to hold the headings.
        fullest = max(first, key=lambda row: sum(isinstance(c, str) for c in row[1]))
        columns = ", ".join(cell_text(cell)[:30] for cell in fullest[1] if cell)[:200]
        place = f"sheet {sheet.name}" if sheet.name else ""
        remarks.add("sheet_without_columns", place, "file", columns=columns)
        return
    at, columns_found = told
    seen.update(plain(heading) for heading in columns_found.headings)
    reader = _Rows(columns_found, where, remarks)
    try:
        for row in chain(first[at + 1 :], sheet.rows):
            if row[0] > MOST_ROWS and sheet.name:
                place, limit = f"sheet {sheet.name}", str(MOST_ROWS)
                remarks.add("sheet_too_large", place, "file", limit=limit)
                break
            yield from reader.add(*row)
            yield from remarks.take()
    except Exception:
        # What was gathered before the damage is still good.
        yield from reader.rest()
        raise
    yield from reader.rest()


@dataclass(slots=True)
class _Open:
    """An intervention whose rows are still being gathered."""

    activity: Activity
    texts: Texts
    amounts: dict[int, list[float]] = field(default_factory=dict)  # by column
    currency: str = ""


class _Rows:
    """Turns the rows of a sheet into interventions."""

    def __init__(self, columns: Columns, where: str, remarks: Remarks) -> None:
        self.columns = columns
        self.where = where
        self.remarks = remarks
        self.open: dict[str, _Open] = {}
        self.closed: set[int] = set()
        self.last: _Open | None = None

    def add(self, number: int, cells: list[Value]) -> Iterator[Activity]:
        """Read a row; yield an intervention that is pushed out to bound memory."""
        first = next((cell_text(cell) for cell in cells if cell is not None), "")
        if is_total(first):
            self.remarks.add("row_total", f"{self.where}row {number}", value=first[:60])
            return
        identifier, title = self._one(cells, "identifier"), self._one(cells, "title")
        if not identifier and not title:
            # Rows below an intervention that name none tell more of the same.
            if self.last is not None:
                self._read(self.last, number, cells)
            return
        if not identifier:
            identifier = f"{self.remarks.source}#{self.where}row {number}"
            self.remarks.count("row_without_identifier")
        if identifier not in self.open:
            if hash(identifier) in self.closed:
                place = f"{self.where}row {number}"
                self.remarks.add("identifier_apart", place, identifier=identifier[:80])
            activity = Activity(identifier, one_line(title), source=self.remarks.source)
            activity.place = f"{self.where}row {number}"
            self.open[identifier] = _Open(activity, Texts(activity.title))
        self.last = self.open[identifier]
        self._read(self.last, number, cells)
        if len(self.open) > OPEN_AT_ONCE:
            oldest = next(iter(self.open))
            yield self._finished(self.open.pop(oldest))

    def rest(self) -> Iterator[Activity]:
        for one in self.open.values():
            yield self._finished(one)
        self.open.clear()

    def _one(self, cells: list[Value], name: str) -> str:
        for column, told in enumerate(self.columns.fields[: len(cells)]):
            if told == name and cells[column] is not None:
                return cell_text(cells[column])
        return ""

    def _read(self, one: _Open, number: int, cells: list[Value]) -> None:
        place = f"{self.where}row {number}"
        language = language_code(self._one(cells, "language"))
        one.activity.language = one.activity.language or language
        if one.activity.title == "" and (title := self._one(cells, "title")):
            one.activity.title = one.texts.title = one_line(title)
        for column, cell in enumerate(cells[: len(self.columns.fields)]):
            if cell is None:
                continue
            name, heading = self.columns.fields[column], self.columns.headings[column]
            spot = f"{place}, column {heading or column + 1}"
            if name in TEXT_FIELDS or (
                not name and isinstance(cell, str) and is_prose(cell)
            ):
                kind = TEXT_FIELDS.get(name, "cell")
                above = () if name == "title" else (one.activity.title,)
                one.texts.add(kind, spot, [(cell_text(cell), language)], *above)
            elif name in ("start", "end"):
                self._date(one.activity, name, cell, spot)
            elif name == "budget":
                self._amount(one, column, cell, spot)
            elif name == "currency":
                one.currency = one.currency or cell_text(cell).upper()
            elif name:
                self._fact(one.activity, name, cell_text(cell), spot)

    def _date(self, activity: Activity, name: str, cell: Value, place: str) -> None:
        if isinstance(cell, date):
            when = cell if cell.year in YEARS else None
        else:
            when = written_date(cell_text(cell), end=name == "end")
        if when is None:
            self.remarks.add("date_impossible", place, value=cell_text(cell)[:60])
        elif name == "start":
            activity.starts_on = min(filter(None, (activity.starts_on, when)))
        else:
            activity.ends_on = max(filter(None, (activity.ends_on, when)))

    def _amount(self, one: _Open, column: int, cell: Value, place: str) -> None:
        text = cell_text(cell)
        named = currency_in(text) if isinstance(cell, str) else ""
        if named:
            one.currency = one.currency or named
            text = "".join(c for c in text if c.isdigit() or c in ".,- '’\u00a0\u202f")
        value = cell if isinstance(cell, float) else amounts.amount(text)
        if value is None or not abs(value) < amounts.LARGEST:
            self.remarks.add("amount_impossible", place, value=cell_text(cell)[:60])
        else:
            one.amounts.setdefault(column, []).append(value)

    def _fact(self, activity: Activity, name: str, text: str, place: str) -> None:
        if name == "country":
            self._countries(activity, text, place)
        elif name == "region":
            _once(activity.regions, Part(text))
        elif name == "sector":
            codes = [
                w
                for w in text.replace(";", " ").replace(",", " ").split()
                if w.isdigit()
            ]
            for code in codes:
                if len(code) in (3, 5):
                    _once(activity.sectors, Part(code))
                else:
                    self.remarks.add("sector_unknown", place, value=code[:60])
        elif name in ("funding", "implementing"):
            for each in text.replace("\n", ";").split(";"):
                if each.strip():
                    _once(activity.organisations, Organisation(name, one_line(each)))
        elif name == "status":
            activity.status = text if text.isdigit() else STATUSES.get(text.lower(), "")
        elif name == "parent" and text != activity.identifier:
            _once(activity.parents, text)
        elif name == "kind":
            kind = kind_of(text)
            if kind:
                activity.kind = kind
            else:
                self.remarks.add("kind_unknown", place, value=text[:60])

    def _countries(self, activity: Activity, text: str, place: str) -> None:
        """Read one country, or several parted by semicolon, comma, slash or line."""
        if code := country_code(text):
            _once(activity.countries, Part(code))
            return
        for each in (
            text.replace("\n", ";").replace("/", ";").replace(",", ";").split(";")
        ):
            code = country_code(each)
            if code:
                _once(activity.countries, Part(code))
            elif each.strip():
                self.remarks.add("country_unknown", place, value=each.strip()[:60])

    def _finished(self, one: _Open) -> Activity:
        if len(self.closed) < _REMEMBERED:
            self.closed.add(hash(one.activity.identifier))
        activity = one.activity
        activity.passages = one.texts.passages()
        if "kind" not in self.columns and is_country_programme(activity.title):
            activity.kind = "country_programme"
        start, end = activity.starts_on, activity.ends_on
        if start and end and end < start:
            self.remarks.add(
                "dates_reversed", activity.place, start=str(start), end=str(end)
            )
            activity.ends_on = None
        self._add_budgets(one)
        if not activity.passages:
            self.remarks.add("activity_without_text", activity.place)
        return activity

    def _add_budgets(self, one: _Open) -> None:
        """Sum the amounts of the rows; the same one in each row is one, repeated."""
        for column, values in one.amounts.items():
            amount = values[0] if len(set(values)) == 1 else sum(values)
            currency = self.columns.currencies.get(column) or one.currency
            if len(currency) == 3 and currency.isalpha():
                one.activity.budgets.append(
                    Budget(
                        amount, currency, one.activity.starts_on, one.activity.ends_on
                    )
                )
            else:
                place = one.activity.place
                self.remarks.add("currency_missing", place, value=f"{amount:.2f}")


def _once(items: list[T], item: T) -> None:
    if item not in items:
        items.append(item)


def cell_text(cell: Value) -> str:
    """Return a cell as text: whole numbers without the point that files store."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else str(cell)
    return str(cell).strip()
