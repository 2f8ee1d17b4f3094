"""The lists of an import to download, as CSV or XLSX."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from capmap.records.models import Import
from capmap.records.permissions import Access
from capmap.records.queries import imports as query
from capmap.web.csv_answer import csv_answer
from capmap.web.doors import in_portfolio
from capmap.web.templatetags.capmap import language, said
from capmap.web.templatetags.imports import countries, value
from capmap.web.views.import_preview import import_or_404
from capmap.web.views.imports import may_import
from capmap.web.xlsx_answer import xlsx_answer

Rows = Iterator[list[Any]]
_ANSWERS = {"csv": csv_answer, "xlsx": xlsx_answer}


@require_safe
@in_portfolio(may_import)
def download(
    request: HttpRequest, access: Access, pk: int, what: str, form: str
) -> HttpResponse:
    """Give one of the lists of an import."""
    imported = import_or_404(access, pk)
    if what not in _LISTS or form not in _ANSWERS:
        raise Http404
    keys, rows = _LISTS[what]
    heads = [str(said(f"imports.{key}")) for key in keys]
    return _ANSWERS[form](f"import-{pk}-{what}", heads, rows(imported))


def _files(imported: Import) -> Rows:
    for row in query.files_of(imported):
        file = row.file
        yield [
            file.name, file.kind, file.size, file.interventions, file.passages,
            row.remarks,
        ]  # fmt: skip


def _new(imported: Import) -> Rows:
    for one in query.new_of(imported).iterator(1_000):
        where = [(each.code, each.percentage) for each in one.countries.all()]
        yield [
            one.identifier, one.title, one.kind, countries(where), one.starts_on,
            one.ends_on, one.budget_amount, one.budget_currency, one.source, one.place,
        ]  # fmt: skip


def _changed(imported: Import) -> Rows:
    for row in query.changed_of(imported):
        for name, before, after in row.fields:
            label = said(f"imports.f_{name}")
            one = row.intervention
            yield [one.identifier, one.title, label, value(before), value(after)]
        if row.added or row.gone:
            one = row.intervention
            told = said("imports.passages_changed", added=row.added, gone=row.gone)
            yield [one.identifier, one.title, said("imports.passages"), "", told]


def _aside(imported: Import) -> Rows:
    for row in query.set_aside_of(imported, language()):
        scope = said(f"imports.scope_{row['scope']}")
        yield [row["source"], row["place"], scope, row["reason"], row["remedy"]]


_LISTS: dict[str, tuple[tuple[str, ...], Callable[[Import], Rows]]] = {
    "files": (("file", "kind", "size", "interventions", "passages", "set_aside"), _files),
    "new": (
        (
            "f_identifier", "f_title", "f_kind", "f_countries", "f_starts_on",
            "f_ends_on", "f_budget_amount", "f_budget_currency", "f_source", "f_place",
        ),
        _new,
    ),
    "changed": (("f_identifier", "f_title", "field", "before", "after"), _changed),
    "set-aside": (("file", "place", "scope", "reason", "remedy"), _aside),
}  # fmt: skip
