"""Put a change on record. Every other action calls this; none writes a Change itself."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from capmap.records.models import Change, Portfolio, User


def fields_of(record: models.Model, names: list[str] | None = None) -> dict[str, Any]:
    """Return the stored fields of a record as plain values; all, or those named."""
    everything = [field.attname for field in record._meta.concrete_fields]
    wanted = everything if names is None else names
    values = {name: getattr(record, name) for name in wanted}
    return dict(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def record(
    *,
    by: User | None,
    action: str,
    about: models.Model,
    portfolio: Portfolio | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    restores: Change | None = None,
) -> Change:
    """Write what ``action`` did to the record ``about``.

    ``before`` and ``after`` hold the fields that differ; None where there was nothing, or
    where nothing is left. Fields that stayed as they were are left out.
    """
    if before is not None and after is not None:
        same = [key for key in before if key in after and before[key] == after[key]]
        before = {key: value for key, value in before.items() if key not in same}
        after = {key: value for key, value in after.items() if key not in same}
    return Change.objects.create(
        by=by,
        action=action,
        record=about._meta.model_name or "",
        record_id=about.pk,
        label=str(about)[:300],
        portfolio=portfolio,
        before=before,
        after=after,
        restores=restores,
    )
