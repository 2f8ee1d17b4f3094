"""The filter of the history of changes: it stands in the address."""

from datetime import date
from typing import Any

from django import forms

from capmap.records.models import Portfolio
from capmap.records.queries.history import people_who_changed
from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import said
from capmap.web.templatetags.history import action_words, record_words
from capmap.wording import topic


class Day(forms.DateField):
    """A day, chosen or written as 2026-11-24."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)

    def to_python(self, value: Any) -> date | None:
        self.error_messages["invalid"] = said("history.not_a_date")
        return super().to_python(value)


class HistoryFilter(forms.Form):
    """By whom, what kind of record, what was done, and when."""

    person: Any = forms.ModelChoiceField(
        None,
        required=False,
        label=named("history.person"),
        empty_label=named("history.anyone"),
    )
    record = forms.ChoiceField(required=False, label=named("history.kind"))
    action = forms.ChoiceField(required=False, label=named("history.action"))
    since = Day(required=False, label=named("history.since"))
    until = Day(required=False, label=named("history.until"))

    def __init__(self, data: Any, portfolio: Portfolio | None) -> None:
        super().__init__(data, auto_id="filter-%s", use_required_attribute=False)
        people: Any = self.fields["person"]
        people.queryset = people_who_changed(portfolio)
        records: Any = self.fields["record"]
        records.choices = [
            ("", said("history.any_kind")),
            *_sorted((name, record_words(name)) for name in _keys("record_")),
        ]
        actions: Any = self.fields["action"]
        actions.choices = [
            ("", said("history.any_action")),
            *((_dotted(key), action_words(_dotted(key))) for key in _keys("action_")),
        ]

    def chosen(self) -> dict[str, Any]:
        """Return what was filled in rightly, as ``queries.history.changes`` takes it."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "person" in given:
            given["person"] = given["person"].pk
        return given


def _keys(start: str) -> list[str]:
    return [k.removeprefix(start) for k in topic("site_history") if k.startswith(start)]


def _dotted(key: str) -> str:
    """Return the action of a key: the module's name has no underscore."""
    return key.replace("_", ".", 1)


def _sorted(choices: Any) -> list[tuple[str, str]]:
    return sorted(choices, key=lambda one: one[1].casefold())
