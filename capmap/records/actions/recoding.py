"""Code stored passages anew, or find out what coding them anew would change."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.changed import TermEdit, changed, difference
from capmap.records.models import Coder, Coding, Job, Passage, TermChange
from capmap.records.queries.codebook import (
    coder_at,
    edits_of,
    framework_of,
    machine,
    newest_number,
    with_model_of,
)
from capmap.records.queries.recoding import (
    CHUNK,
    Weighed,
    can_differ,
    passages_to_code,
    standing_now,
    weigh,
)
from capmap.records.queries.trial import Effect
from capmap.records.tasks import Progress


def run_trial(job: Job, progress: Progress) -> dict[str, Any]:
    """Find out what edits would change; nothing is changed."""
    portfolio = job.portfolio
    chosen = TermChange.objects.filter(pk__in=job.about["changes"], portfolio=portfolio)
    edits = edits_of(list(chosen.order_by("pk")))
    edits += [TermEdit(**edit) for edit in job.about["edits"]]
    before = coder_at(portfolio, job.about["base"])
    lexicon = LexiconCoder(
        changed(before.codebook, edits, "trial"), framework_of(portfolio)
    )
    coder = with_model_of(portfolio, lexicon)
    effect = Effect(before)
    countries = job.about["countries"]
    differs = can_differ(edits)
    numbers = _numbers(passages_to_code(portfolio, countries))
    for chunk in in_chunks(numbers, progress):
        effect.add(list(weigh(chunk, coder, before.version, differs)))
    return {
        **effect.result(portfolio, countries),
        "edits": [asdict(edit) for edit in edits],
    }


def recode(job: Job, progress: Progress) -> dict[str, Any]:
    """Code all current passages by the coder that holds; decided codings stay."""
    portfolio = job.portfolio
    number = newest_number(portfolio)
    coder, before = (coder_at(portfolio, n) for n in (number, max(0, number - 1)))
    differs = can_differ(difference(before.codebook, coder.codebook))
    by = machine(coder.version)
    counts = {"passages": 0, "added": 0, "removed": 0}
    to_code = passages_to_code(portfolio).filter(is_read=False)
    for chunk in in_chunks(_numbers(to_code), progress):
        counts["passages"] += len(chunk)
        # Coded before anything is locked: people go on reading meanwhile.
        weighed = list(weigh(chunk, coder, before.version, differs))
        with transaction.atomic():
            unread = Passage.objects.select_for_update().filter(
                pk__in=chunk, is_read=False
            )
            now = standing_now(list(unread.values_list("pk", flat=True)))
            same = [one for one in weighed if now.get(one.passage.pk) == one.standing]
            changed_since = now.keys() - {one.passage.pk for one in same}
            again = weigh(sorted(changed_since), coder, before.version, differs)
            _write([*same, *again], by, counts)
    portfolio.touch()
    return counts


def in_chunks(numbers: list[int], progress: Progress) -> Iterator[list[int]]:
    """Yield the numbers of passages in parts, and tell how far the work on them has come."""
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]
        progress("coding", min(start + CHUNK, len(numbers)), len(numbers), "")


def _numbers(passages: "QuerySet[Passage]") -> list[int]:
    return list(passages.order_by("pk").values_list("pk", flat=True))


def _write(weighed: list[Weighed], by: Coder, counts: dict[str, int]) -> None:
    """Replace suggestions that differ; those that stay now say which version gave them."""
    gone: list[int] = []
    keep: list[int] = []
    new: list[Coding] = []
    for one in weighed:
        if one.wanted is None:
            keep += [c.pk for c in one.stored if c.coder_id != by.pk]
            continue
        wanted = {_said(s): s for s in one.suggestions}
        for coding in one.stored:
            if wanted.pop(_said(coding), None) is None:
                gone.append(coding.pk)
            elif coding.coder_id != by.pk:
                keep.append(coding.pk)
        new += [
            Coding(
                passage=one.passage, coder=by, facet=s.facet, code=s.code,
                confidence=s.confidence, doubtful=s.doubtful, basis=s.basis,
                because=s.because, spans=[list(span) for span in s.spans],
            )
            for s in wanted.values()
        ]  # fmt: skip
    Coding.objects.filter(pk__in=gone, status=Coding.Status.SUGGESTED).delete()
    Coding.objects.filter(pk__in=keep).update(coder=by)
    Coding.objects.bulk_create(new, batch_size=CHUNK)
    counts["added"] += len(new)
    counts["removed"] += len(gone)


def _said(coded: Any) -> tuple[object, ...]:
    spans = tuple((start, end) for start, end in coded.spans)
    return (
        coded.facet, coded.code, round(coded.confidence, 9), coded.doubtful, coded.basis,
        coded.because, spans,
    )  # fmt: skip
