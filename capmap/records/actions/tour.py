"""The first-hour tour of a person: over once finished or closed."""

from django.db import transaction
from django.utils import timezone

from capmap.records.actions import history
from capmap.records.models import User


@transaction.atomic
def finish_tour(*, by: User) -> None:
    """Show the tour to ``by`` no more. Who has finished it before keeps that time."""
    now = timezone.now()
    if not User.objects.filter(pk=by.pk, toured_at=None).update(toured_at=now):
        return
    by.toured_at = now
    history.record(
        by=by,
        action="tour.finish_tour",
        about=by,
        before={"toured_at": None},
        after=history.fields_of(by, ["toured_at"]),
    )
