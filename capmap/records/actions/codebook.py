"""Propose terms, decline them, try changes out, adopt them as a version, go back."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from capmap.frameworks.changed import (
    TermEdit,
    changed,
    difference,
    read_term,
    wrong_with,
)
from capmap.frameworks.export import written_term
from capmap.frameworks.findings import Finding
from capmap.records import tasks
from capmap.records.actions import history
from capmap.records.models import (
    CodebookVersion,
    Job,
    Portfolio,
    TermChange,
    User,
)
from capmap.records.permissions import granted, require
from capmap.records.queries.codebook import codebook_at, edits_of, newest_number

_FIELDS = ["facet", "code", "language", "term", "removes", "reason"]


class Refused(Exception):
    """A change cannot be made; ``reason`` is a key of ``site_codebook.yaml``.

    ``finding`` says what is wrong with a term, where that is the reason.
    """

    def __init__(
        self, reason: str, finding: Finding | None = None, **values: object
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.finding = finding
        self.values = values


class Overtaken(Exception):
    """Another person adopted a version meanwhile: ``version``."""

    def __init__(self, version: CodebookVersion | None) -> None:
        super().__init__("overtaken")
        self.version = version


@transaction.atomic
def propose(
    *,
    portfolio: Portfolio,
    by: User,
    facet: str,
    code: str,
    language: str,
    term: str,
    removes: bool = False,
    reason: str = "",
) -> TermChange:
    """Propose a term to add to a code, or to take from it."""
    allowed = granted(by, portfolio)
    require(allowed.can_review)
    edit = TermEdit(facet, code, language, written_term(read_term(term)), removes)
    _check(portfolio, [TermEdit(facet, code, language, term.strip(), removes)])
    alike = TermChange.objects.proposed().filter(
        portfolio=portfolio, facet=facet, code=code, language=language, term=edit.term,
        removes=removes,
    )  # fmt: skip
    if alike.exists():
        raise Refused("already_proposed", term=edit.term)
    made = TermChange.objects.create(
        portfolio=portfolio, facet=facet, code=code, language=language, term=edit.term,
        removes=removes, reason=reason.strip(), proposed_by=by,
    )  # fmt: skip
    history.record(
        by=by, action="codebook.propose", about=made, portfolio=portfolio,
        after=history.fields_of(made, _FIELDS),
    )  # fmt: skip
    return made


@transaction.atomic
def decline(*, change: TermChange, by: User, answer: str = "") -> TermChange:
    """Say no to a proposal, with the reason; who proposed it may take it back."""
    allowed = granted(by, change.portfolio)
    own = change.proposed_by_id == by.pk
    require(allowed.can_analyse or (allowed.can_review and own))
    locked = TermChange.objects.select_for_update().get(pk=change.pk)
    if locked.state != TermChange.State.PROPOSED:
        raise Refused("already_decided")
    names = ["state", "answer", "decided_by_id", "decided_at"]
    before = history.fields_of(locked, names)
    locked.state, locked.answer = TermChange.State.DECLINED, answer.strip()
    locked.decided_by, locked.decided_at = by, timezone.now()
    locked.save()
    history.record(
        by=by, action="codebook.decline", about=locked, portfolio=locked.portfolio,
        before=before, after=history.fields_of(locked, names),
    )  # fmt: skip
    declined: TermChange = locked
    return declined


@transaction.atomic
def start_trial(
    *,
    portfolio: Portfolio,
    by: User,
    changes: Sequence[TermChange] = (),
    edits: Sequence[TermEdit] = (),
) -> Job:
    """Have the worker find out what proposals, and other edits, would change."""
    allowed = granted(by, portfolio)
    require(allowed.can_review)
    _open(changes, portfolio)
    wanted = [*edits_of(list(changes)), *edits]
    if not wanted:
        raise Refused("nothing_to_try")
    _check(portfolio, wanted)
    return tasks.start(
        portfolio=portfolio,
        kind="trial",
        by=by,
        about={
            "changes": [change.pk for change in changes],
            "edits": [_as_values(edit) for edit in edits],
            "base": newest_number(portfolio),
            "countries": list(allowed.countries),
        },
    )


@transaction.atomic
def adopt(
    *,
    portfolio: Portfolio,
    by: User,
    base: int,
    changes: Sequence[TermChange] = (),
    edits: Sequence[TermEdit] = (),
    note: str = "",
    effect: dict[str, Any] | None = None,
) -> CodebookVersion:
    """Make the next version of the codebook; the worker then codes anew.

    ``base`` is the version that the person had before their eyes: ``Overtaken`` if
    another was adopted since. All countries are coded anew, so that who sees only some
    does not adopt.
    """
    allowed = granted(by, portfolio)
    require(allowed.analyses_everywhere)
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    _open(changes, portfolio)
    wanted = [*edits_of(list(changes)), *edits]
    if not wanted:
        raise Refused("nothing_to_adopt")
    # Checked before there is a version: a codebook is remembered by its number.
    if base == newest_number(portfolio):
        _check(portfolio, wanted)
    version = _next_version(portfolio, by, base, note, effect or {})
    return _adopted(version, changes, edits, "codebook.adopt")


@transaction.atomic
def revert(
    *, portfolio: Portfolio, by: User, base: int, to: int, note: str = ""
) -> CodebookVersion:
    """Go back to the terms of version ``to`` by adopting the reverse; 0 ships."""
    allowed = granted(by, portfolio)
    require(allowed.analyses_everywhere)
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    newest = newest_number(portfolio)
    if not 0 <= to <= newest:
        raise Refused("no_such_version")
    here = codebook_at(portfolio, newest)
    edits = difference(here, codebook_at(portfolio, to))
    if not edits:
        raise Refused("nothing_to_adopt")
    version = _next_version(portfolio, by, base, note, {"back_to": to})
    return _adopted(version, (), edits, "codebook.revert")


def _open(changes: Sequence[TermChange], portfolio: Portfolio) -> None:
    """Refuse changes of another portfolio, and those decided meanwhile."""
    numbers = {change.pk for change in changes}
    open_ones = TermChange.objects.proposed().filter(pk__in=numbers)
    if open_ones.filter(portfolio=portfolio).count() != len(numbers):
        raise Refused("already_decided")


def _check(portfolio: Portfolio, edits: Sequence[TermEdit]) -> None:
    """Refuse edits that would leave something wrong, each after those before it."""
    book = codebook_at(portfolio, newest_number(portfolio))
    for number, edit in enumerate(edits):
        finding = wrong_with(book, edit)
        if finding is not None:
            raise Refused("wrong_term", finding, term=edit.term)
        if number < len(edits) - 1:
            book = changed(book, [edit], book.version)


def _next_version(
    portfolio: Portfolio, by: User, base: int, note: str, effect: dict[str, Any]
) -> CodebookVersion:
    newest = CodebookVersion.objects.filter(portfolio=portfolio).first()
    number = newest.number if newest else 0
    if number != base:
        raise Overtaken(newest)
    try:
        with transaction.atomic():
            return CodebookVersion.objects.create(
                portfolio=portfolio, number=base + 1, note=note.strip(), effect=effect,
                made_by=by,
            )  # fmt: skip
    except IntegrityError:
        newest = CodebookVersion.objects.filter(portfolio=portfolio).first()
        raise Overtaken(newest) from None


def _adopted(
    version: CodebookVersion,
    changes: Sequence[TermChange],
    edits: Sequence[TermEdit],
    action: str,
) -> CodebookVersion:
    """Give a new version its changes, put it on record and have everything coded anew."""
    portfolio, by = version.portfolio, version.made_by
    decided = {
        "state": TermChange.State.ADOPTED,
        "version": version,
        "decided_by": by,
        "decided_at": version.made_at,
    }
    TermChange.objects.filter(pk__in=[change.pk for change in changes]).update(
        **decided
    )
    TermChange.objects.bulk_create(
        TermChange(portfolio=portfolio, proposed_by=by, **_as_values(edit), **decided)
        for edit in edits
    )
    everything = [*edits_of(list(changes)), *edits]
    told = [
        f"{'-' if e.removes else '+'} {e.facet}:{e.code} {e.term}" for e in everything
    ]
    history.record(
        by=by, action=action, about=version, portfolio=portfolio,
        after={"number": version.number, "note": version.note, "terms": told},
    )  # fmt: skip
    portfolio.touch()
    portfolio.refresh_from_db(fields=["revision"])
    tasks.start(
        portfolio=portfolio, kind="recode", by=by, about={"version": version.number}
    )
    return version


def _as_values(edit: TermEdit) -> dict[str, Any]:
    return {
        "facet": edit.facet,
        "code": edit.code,
        "language": edit.language,
        "term": edit.term,
        "removes": edit.removes,
    }
