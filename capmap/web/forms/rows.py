"""A field of several rows, each of several columns: countries with their per cent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import said

#: Rows that a form may hold, and characters in one cell.
MOST, LONGEST = 300, 300

#: Empty rows that stand ready below the filled ones.
READY = 2

Row = dict[str, str]


class RowsWidget(forms.Widget):
    """Inputs named ``field-0-column``; a column with choices is a list to choose from."""

    def __init__(
        self,
        columns: Sequence[str],
        choices: Mapping[str, Callable[[], Iterable[tuple[str, str]]]] | None = None,
        suggestions: str = "",
    ) -> None:
        super().__init__()
        self.columns = columns
        self.choices = dict(choices or {})
        self.suggestions = suggestions  # id of the datalist of the first column
        self.wrong: set[int] = set()  # rows with an error, from 1

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        rows = []
        for number in range(MOST + READY):
            keys = {column: f"{name}-{number}-{column}" for column in self.columns}
            if not any(key in data for key in keys.values()):
                break
            rows.append({c: data.get(key, "").strip() for c, key in keys.items()})
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-{self.columns[0]}"

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        filled = [row for row in value or [] if any(row.values())]
        rows = [*filled, *(dict.fromkeys(self.columns, "") for _ in range(READY))]
        heads = format_html_join(
            "",
            '<th scope="col">{}</th>',
            ((said(f"intervention.column_{c}"),) for c in self.columns),
        )
        body = format_html_join(
            "", "<tr>{}</tr>", ((self._row(name, n, r),) for n, r in enumerate(rows))
        )
        return format_html(
            '<table class="rows" data-rows="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
            name,
            heads,
            body,
        )

    def _row(self, name: str, number: int, row: Row) -> SafeString:
        return format_html_join(
            "",
            '<td class="cell-{}" data-label="{}">{}</td>',
            (
                (
                    c,
                    said(f"intervention.column_{c}"),
                    self._cell(name, number, c, row.get(c, "")),
                )
                for c in self.columns
            ),
        )

    def _cell(self, name: str, number: int, column: str, value: str) -> SafeString:
        label = said(
            "intervention.cell",
            column=said(f"intervention.column_{column}"),
            row=number + 1,
        )
        key = f"{name}-{number}-{column}"
        wrong = SafeString(' aria-invalid="true"') if number + 1 in self.wrong else ""
        if column in self.choices:
            options = list(self.choices[column]())
            if value and value not in dict(options):
                options.append((value, value))
            chosen = format_html_join(
                "",
                '<option value="{}"{}>{}</option>',
                (
                    (code, SafeString(" selected") if code == value else "", text)
                    for code, text in options
                ),
            )
            return format_html(
                '<select name="{}" id="id_{}" aria-label="{}"{}>{}</select>',
                key, key, label, wrong, chosen,
            )  # fmt: skip
        suggested = (
            format_html(' list="{}"', self.suggestions)
            if self.suggestions and column == self.columns[0]
            else ""
        )
        return format_html(
            '<input type="text" name="{}" id="id_{}" value="{}" aria-label="{}" maxlength="{}"{}{}>',
            key, key, value, label, LONGEST, suggested, wrong,
        )  # fmt: skip


class RowsField(forms.Field):
    """Reads rows by ``read``, which gives a value or raises ``ValidationError``.

    ``write`` turns a stored value into the texts of a row.
    """

    def __init__(
        self,
        *,
        widget: RowsWidget,
        read: Callable[[Row], dict[str, Any]],
        write: Callable[[dict[str, Any]], Row],
        **kwargs: Any,
    ) -> None:
        super().__init__(widget=widget, required=False, **kwargs)
        self.read, self.write = read, write

    def prepare_value(self, value: Any) -> list[Row]:
        texts = set(self.widget.columns)
        return [
            row if set(row) == texts and all(isinstance(v, str) for v in row.values())
            else self.write(row)
            for row in value or []
        ]  # fmt: skip

    def clean(self, value: list[Row]) -> list[dict[str, Any]]:
        found, errors = [], []
        if len(value) > MOST:
            raise ValidationError(named("intervention.too_many_rows"))
        filled = [row for row in value if any(row.values())]
        for number, row in enumerate(filled, start=1):
            try:
                if any("\0" in cell or len(cell) > LONGEST for cell in row.values()):
                    raise ValidationError(str(said("intervention.wrong_text")))
                found.append(self.read(row))
            except ValidationError as error:
                problem = " ".join(error.messages)
                assert isinstance(self.widget, RowsWidget)
                self.widget.wrong.add(number)
                errors.append(
                    str(said("intervention.wrong_row", row=number, problem=problem))
                )
        if errors:
            raise ValidationError(errors)
        return found
