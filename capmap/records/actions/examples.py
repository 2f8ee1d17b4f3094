"""Propose passages as worked examples, confirm or decline them, take them back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from capmap.frameworks.examples import Key
from capmap.frameworks.examples_check import check_examples
from capmap.frameworks.findings import Finding
from capmap.records.actions import history
from capmap.records.models import OwnExample, Passage, Portfolio, User
from capmap.records.permissions import Access, granted, require
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.decided import decided_on, is_decided
from capmap.records.queries.example_candidates import codes_of
from capmap.records.queries.examples import (
    as_worked,
    identifier_of,
    of_framework,
    own_of,
)
from capmap.records.queries.review import blind_item

_State = OwnExample.State
_FIELDS = [
    "state", "text", "codes", "near", "wording", "note", "answer", "proposed_by_id",
    "proposed_at", "decided_by_id", "decided_at",
]  # fmt: skip


class Refused(Exception):
    """It cannot be done; ``reason`` is a key of ``site_examples.yaml``.

    ``findings`` say which rules of worked examples are broken, where that is the reason.
    """

    def __init__(self, reason: str, findings: list[Finding] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.findings = findings or []


@transaction.atomic
def propose(*, passage: Passage, by: User, note: str = "") -> OwnExample:
    """Propose a passage that people decided as a worked example of the portfolio."""
    require(_sees(granted(by, passage.intervention.portfolio), passage))
    if not is_decided(passage):
        raise Refused("not_decided")
    held = _locked(passage)
    if held.state in (_State.PROPOSED, _State.CONFIRMED) and held.pk:
        raise Refused(f"{held.state}_already")
    before = history.fields_of(held, _FIELDS) if held.pk else None
    held.state, held.note, held.answer = _State.PROPOSED, note.strip(), ""
    held.text = passage.text
    held.proposed_by, held.proposed_at = by, timezone.now()
    held.decided_by = held.decided_at = None
    return _kept(held, by, "examples.propose", before)


@transaction.atomic
def confirm(
    *,
    passage: Passage,
    by: User,
    text: str,
    wording: str = "",
    near: Mapping[Key, str] | None = None,
) -> OwnExample:
    """Make a passage a worked example, with the codes that people decided.

    ``text`` is the passage or a part of it. The example must pass the check that those
    of the framework pass. It teaches when the coder learns the next time.
    """
    portfolio = passage.intervention.portfolio
    _require_decider(granted(by, portfolio), passage)
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    held = _locked(passage)
    if held.pk and held.state == _State.CONFIRMED:
        raise Refused("confirmed_already")
    before = history.fields_of(held, _FIELDS) if held.pk else None
    decided = decided_on(portfolio, [passage.pk]).get(passage.pk)
    if decided is None or not is_decided(passage):
        raise Refused("not_decided")
    held.text = text.replace("\r\n", "\n").strip()
    if not held.text or " ".join(held.text.split()) not in " ".join(
        passage.text.split()
    ):
        raise Refused("not_of_passage")
    codes = codes_of(decided, codebook_of(portfolio))
    held.codes = {facet: list(given) for facet, given in codes.items()}
    held.near = {":".join(key): why.strip() for key, why in (near or {}).items()}
    held.wording = wording if codes.get("capacity") == ("cd",) else ""
    held.state, held.decided_by, held.decided_at = _State.CONFIRMED, by, timezone.now()
    held.answer = ""
    if findings := _wrong_with(held):
        raise Refused("not_sound", findings)
    return _kept(held, by, "examples.confirm", before)


@transaction.atomic
def decline(*, passage: Passage, by: User, answer: str = "") -> OwnExample:
    """Say no to a passage as a worked example: it is not put forward again."""
    _require_decider(granted(by, passage.intervention.portfolio), passage)
    held = _locked(passage)
    if held.pk and held.state != _State.PROPOSED:
        raise Refused(f"{held.state}_already")
    before = history.fields_of(held, _FIELDS) if held.pk else None
    held.state, held.answer = _State.DECLINED, answer.strip()
    held.decided_by, held.decided_at = by, timezone.now()
    return _kept(held, by, "examples.decline", before)


@transaction.atomic
def take_back(*, example: OwnExample, by: User) -> OwnExample:
    """Take an example back: it teaches and shows nothing any more.

    An analyst takes back what was confirmed; who proposed it, what waits.
    """
    passage = example.passage
    allowed = granted(by, example.portfolio)
    held = OwnExample.objects.select_for_update().get(pk=example.pk)
    own = held.state == _State.PROPOSED and held.proposed_by_id == by.pk
    require(_sees(allowed, passage) and (own or allowed.analyses_everywhere))
    if held.state not in (_State.PROPOSED, _State.CONFIRMED):
        raise Refused("taken_back_already")
    before = history.fields_of(held, _FIELDS)
    held.state, held.decided_by, held.decided_at = _State.TAKEN_BACK, by, timezone.now()
    return _kept(held, by, "examples.take_back", before)


def _sees(allowed: Access, passage: Passage) -> bool:
    """Whether a person may know what was decided on a passage."""
    return (
        allowed.sees(passage.intervention) and blind_item(passage, allowed.user) is None
    )


def _require_decider(allowed: Access, passage: Passage) -> None:
    """Examples teach for all countries, so that who sees only some does not decide."""
    require(allowed.analyses_everywhere and _sees(allowed, passage))


def _locked(passage: Passage) -> OwnExample:
    """Return what is known of a passage as an example, or a record that is not kept yet."""
    Passage.objects.select_for_update().get(pk=passage.pk)
    held: OwnExample | None = (
        OwnExample.objects.select_for_update().filter(passage=passage).first()
    )
    if held is None:
        portfolio = passage.intervention.portfolio
        return OwnExample(portfolio=portfolio, passage=passage, text=passage.text)
    held.passage, held.portfolio = passage, passage.intervention.portfolio
    return held


def _kept(
    held: OwnExample, by: User, action: str, before: dict[str, Any] | None
) -> OwnExample:
    held.save()
    history.record(
        by=by, action=action, about=held, portfolio=held.portfolio, before=before,
        after=history.fields_of(held, _FIELDS),
    )  # fmt: skip
    return held


def _wrong_with(held: OwnExample) -> list[Finding]:
    """Return what keeps a passage from being an example: rules, and what it repeats."""
    others = [one for one in own_of(held.portfolio) if one.pk != held.pk]
    texts = [
        *((e.identifier, e.text) for e in of_framework().examples),
        *((identifier_of(one), one.text) for one in others),
    ]
    return check_examples([as_worked(held)], codebook_of(held.portfolio), texts)
