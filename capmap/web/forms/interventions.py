"""The forms of one intervention: its facts, and the verdict on it."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

from capmap.records.models import Intervention, Verdict
from capmap.sources.activity import KINDS
from capmap.sources.amounts import amount, percentage
from capmap.sources.columns import currency_in
from capmap.sources.countries import country_code
from capmap.web.forms.fields import named
from capmap.web.forms.rows import Row, RowsField, RowsWidget
from capmap.web.templatetags.capmap import said
from capmap.web.templatetags.facts import (
    ROLES,
    country_name,
    kind_name,
    status_name,
)

#: The facts as a person sees them; the two fields of the budget are one.
FACTS = (
    "title", "kind", "status", "starts_on", "ends_on", "countries", "regions", "sectors",
    "organisations", "budget",
)  # fmt: skip

_STATUSES = ("1", "2", "3", "4", "5", "6")


def _plain_number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _wrong(key: str, **values: object) -> ValidationError:
    return ValidationError(str(said(f"intervention.{key}", **values)))


def _read_percentage(text: str) -> float | None:
    value = percentage(text) if text else None
    if text and value is None:
        raise _wrong("wrong_percentage", value=text)
    return value


def _read_country(row: Row) -> dict[str, Any]:
    in_brackets = re.search(r"\(([^()]{2,8})\)$", row["country"])
    code = country_code(in_brackets[1]) if in_brackets else ""
    code = code or country_code(row["country"])
    if not code:
        raise _wrong("wrong_country", value=row["country"])
    return {"code": code, "percentage": _read_percentage(row["percentage"])}


def _write_country(value: dict[str, Any]) -> Row:
    code = value["code"]
    return {
        "country": f"{country_name(code)} ({code})",
        "percentage": _plain_number(value["percentage"]),
    }


def _read_part(row: Row) -> dict[str, Any]:
    if not row["code"]:
        raise _wrong("wrong_code")
    return {"code": row["code"], "percentage": _read_percentage(row["percentage"])}


def _write_part(value: dict[str, Any]) -> Row:
    return {
        "code": value["code"],
        "percentage": _plain_number(value.get("percentage")),
    }


def _read_organisation(row: Row) -> dict[str, Any]:
    if not row["name"]:
        raise _wrong("wrong_organisation")
    return dict(row)


def _write_organisation(value: dict[str, Any]) -> Row:
    return {name: value.get(name) or "" for name in ("role", "name", "ref")}


def _roles() -> Iterable[tuple[str, str]]:
    yield "", ""
    for role in ROLES:
        yield role, str(said(f"intervention.role_{role}"))


def plain(value: Any) -> Any:
    """Return a value as it is after a journey through JSON, to be compared with another."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


class CorrectionForm(forms.Form):
    """What a source said of an intervention, to be corrected.

    ``version`` and ``was`` tell how the intervention stood when the form was opened, so
    that it can be shown if another saves meanwhile.
    """

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        max_length=2_000,
        label=named("intervention.fact_title"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(label=named("intervention.fact_kind"))
    status = forms.ChoiceField(required=False, label=named("intervention.fact_status"))
    starts_on = forms.DateField(
        required=False,
        label=named("intervention.fact_starts_on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    ends_on = forms.DateField(
        required=False,
        label=named("intervention.fact_ends_on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    countries = RowsField(
        label=named("intervention.fact_countries"),
        help_text=named("intervention.fact_countries_help"),
        widget=RowsWidget(("country", "percentage"), suggestions="countries"),
        read=_read_country,
        write=_write_country,
    )
    out_of_sight = forms.BooleanField(
        required=False, label=named("intervention.out_of_sight_yes")
    )
    regions = RowsField(
        label=named("intervention.fact_regions"),
        help_text=named("intervention.fact_regions_help"),
        widget=RowsWidget(("code", "percentage")),
        read=_read_part,
        write=_write_part,
    )
    sectors = RowsField(
        label=named("intervention.fact_sectors"),
        help_text=named("intervention.fact_sectors_help"),
        widget=RowsWidget(("code", "percentage")),
        read=_read_part,
        write=_write_part,
    )
    organisations = RowsField(
        label=named("intervention.fact_organisations"),
        widget=RowsWidget(("role", "name", "ref"), choices={"role": _roles}),
        read=_read_organisation,
        write=_write_organisation,
    )
    budget_amount = forms.CharField(
        required=False, max_length=40, label=named("intervention.fact_budget_amount")
    )
    budget_currency = forms.CharField(
        required=False,
        max_length=10,
        label=named("intervention.fact_budget_currency"),
        help_text=named("intervention.fact_budget_currency_help"),
    )

    def __init__(self, *args: Any, intervention: Intervention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k, kind_name(k)) for k in dict.fromkeys((*KINDS, intervention.kind))]
        stated = intervention.status
        statuses = [s for s in (*_STATUSES, stated) if s]
        self._choose("kind", kinds)
        self._choose(
            "status",
            [("", str(said("intervention.not_stated")))]
            + [(s, status_name(s)) for s in dict.fromkeys(statuses)],
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @staticmethod
    def opened(intervention: Intervention, facts: dict[str, Any]) -> dict[str, Any]:
        """Return what the form holds when it is opened."""
        return {
            **facts,
            "budget_amount": _plain_number(facts["budget_amount"]),
            "version": intervention.version,
            "was": json.dumps(facts, cls=DjangoJSONEncoder),
        }

    @property
    def as_it_was(self) -> dict[str, Any]:
        """Return the facts as they stood when the form was opened; empty if that is lost."""
        try:
            was = json.loads(self.data.get("was") or "{}")
        except ValueError:
            return {}
        return was if isinstance(was, dict) else {}

    def clean_budget_amount(self) -> float | None:
        said_amount = self.cleaned_data["budget_amount"]
        value = amount(said_amount) if said_amount else None
        if said_amount and (value is None or value < 0):
            raise _wrong("wrong_amount", value=said_amount)
        return value

    def clean_budget_currency(self) -> str:
        text = self.cleaned_data["budget_currency"].strip().upper()
        if text and currency_in(text) != text and text != self._currency_before():
            raise _wrong("wrong_currency", value=text)
        return str(text)

    def _currency_before(self) -> str:
        return str(self.as_it_was.get("budget_currency") or "")

    def clean_countries(self) -> list[dict[str, Any]]:
        countries: list[dict[str, Any]] = self.cleaned_data["countries"]
        if plain(countries) == self.as_it_was.get("countries"):
            return countries  # as the source has them, even if they do not add up
        codes = [country["code"] for country in countries]
        for code in codes:
            if codes.count(code) > 1:
                raise _wrong("country_twice", country=country_name(code))
        covered = sum(country["percentage"] or 0 for country in countries)
        if covered > 100.5:
            raise _wrong("over_all", sum=_plain_number(covered))
        return countries

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _wrong("ends_before_start"))
        if {"budget_amount", "budget_currency"} <= values.keys():
            if values["budget_amount"] is not None and not values["budget_currency"]:
                self.add_error("budget_currency", _wrong("currency_missing"))
            if values["budget_amount"] is None and values["budget_currency"]:
                self.add_error("budget_amount", _wrong("amount_missing"))
        return values

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the person says, as the action takes it."""
        others = ("version", "was", "out_of_sight")
        return {n: v for n, v in self.cleaned_data.items() if n not in others}


class VerdictForm(forms.Form):
    """Whether the whole intervention develops capacity."""

    answer = forms.ChoiceField(
        label=named("intervention.verdict_question"),
        choices=[
            (value, named(f"intervention.verdict_{value}"))
            for value in Verdict.Answer.values
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        required=False,
        max_length=5_000,
        label=named("intervention.verdict_note"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def of(cls, verdict: Verdict | None) -> "VerdictForm":
        """Return the form with the verdict that stands."""
        held = {"answer": verdict.answer, "note": verdict.note} if verdict else {}
        return cls(initial=held)
