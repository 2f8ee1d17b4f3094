"""Say of a whole intervention whether it develops capacity."""

from django.db import transaction
from django.utils import timezone

from capmap.records.actions import history
from capmap.records.models import Intervention, User, Verdict
from capmap.records.permissions import granted, require


@transaction.atomic
def decide(
    *, intervention: Intervention, by: User, answer: str, note: str = ""
) -> Verdict:
    """Answer yes, no or unclear for an intervention; a later answer takes its place."""
    _require_may_decide(intervention, by)
    require(answer in Verdict.Answer.values)
    # Two who answer at once wait for each other here, so that neither fails.
    Intervention.objects.select_for_update().get(pk=intervention.pk)
    found = Verdict.objects.filter(intervention=intervention).first()
    before = history.fields_of(found) if found else None
    verdict = found or Verdict(intervention=intervention)
    if found and (found.answer, found.note) == (answer, note):
        return found
    verdict.answer, verdict.note = answer, note
    verdict.decided_by, verdict.decided_at = by, timezone.now()
    verdict.save()
    history.record(
        by=by,
        action="verdicts.decide",
        about=verdict,
        portfolio=intervention.portfolio,
        before=before,
        after=history.fields_of(verdict),
    )
    intervention.portfolio.touch()
    return verdict


@transaction.atomic
def withdraw(*, intervention: Intervention, by: User) -> None:
    """Take the verdict on an intervention away; it stays on record."""
    _require_may_decide(intervention, by)
    verdict = (
        Verdict.objects.select_for_update().filter(intervention=intervention).first()
    )
    if verdict is None:
        return
    history.record(
        by=by,
        action="verdicts.withdraw",
        about=verdict,
        portfolio=intervention.portfolio,
        before=history.fields_of(verdict),
    )
    verdict.delete()
    intervention.portfolio.touch()


def _require_may_decide(intervention: Intervention, by: User) -> None:
    allowed = granted(by, intervention.portfolio)
    require((allowed.can_review or allowed.can_correct) and allowed.sees(intervention))
