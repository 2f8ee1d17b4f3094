"""Have the coder learn from readings; adopt what it learned, dismiss it, go back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from capmap.coding.learned.model import Model
from capmap.coding.learned.training import LEAST_PASSAGES, Learned, TooFewDecisions
from capmap.coding.learned.training import learn as train
from capmap.records import tasks
from capmap.records.actions import history
from capmap.records.actions.recoding import in_chunks
from capmap.records.models import Job, LearnedModel, Portfolio, User
from capmap.records.permissions import granted, require
from capmap.records.queries import term_candidates
from capmap.records.queries.codebook import coder_of, combined, lexicon_of
from capmap.records.queries.examples import with_worked
from capmap.records.queries.learning import examples_of, part_of
from capmap.records.queries.recoding import everywhere, weigh
from capmap.records.queries.term_effects import terms_with_effect
from capmap.records.queries.trial import Effect
from capmap.records.tasks import Progress
from capmap.wording import Wording

_State = LearnedModel.State
_DECIDED = ["state", "decided_by_id", "decided_at"]


class Refused(Exception):
    """It cannot be done; ``reason`` is a key of ``site_learning.yaml``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def learn(*, portfolio: Portfolio, by: User) -> Job:
    """Have the worker learn from all that was read; nothing codes by it before it is adopted."""
    require(granted(by, portfolio).analyses_everywhere)
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    if Job.objects.unfinished().filter(portfolio=portfolio, kind="learn").exists():
        raise Refused("learning_already")
    return tasks.start(portfolio=portfolio, kind="learn", by=by)


@transaction.atomic
def adopt(*, model: LearnedModel, by: User) -> LearnedModel:
    """Let a proposed model code together with the lexicon; the worker then codes anew."""
    return _take(model, by, _State.PROPOSED, "learning.adopt")


@transaction.atomic
def dismiss(*, model: LearnedModel, by: User) -> LearnedModel:
    """Say no to a proposed model: its report stays, what it learned is let go."""
    portfolio = model.portfolio
    require(granted(by, portfolio).analyses_everywhere)
    locked = _locked(model, _State.PROPOSED)
    _put_aside(locked, by, "learning.dismiss")
    return locked


@transaction.atomic
def go_back(
    *, portfolio: Portfolio, by: User, to: LearnedModel | None
) -> LearnedModel | None:
    """Code by a model that was in use before, or by the coder as it starts (None), anew."""
    require(granted(by, portfolio).analyses_everywhere)
    if to is not None:
        require(to.portfolio_id == portfolio.pk)
        return _take(to, by, _State.RETIRED, "learning.go_back")
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    in_use = LearnedModel.objects.filter(portfolio=portfolio, state=_State.IN_USE)
    if (held := in_use.first()) is None:
        raise Refused("start_already")
    _decide(held, by, _State.RETIRED, "learning.go_back")
    _code_anew(portfolio, by)
    return None


@transaction.atomic
def code_anew(*, portfolio: Portfolio, by: User) -> Job:
    """Code anew what nobody has read: an earlier coder than the one that holds coded it."""
    require(granted(by, portfolio).analyses_everywhere)
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    if Job.objects.unfinished().filter(portfolio=portfolio, kind="recode").exists():
        raise Refused("anew_already")
    return tasks.start(portfolio=portfolio, kind="recode", by=by)


def run_learning(job: Job, progress: Progress) -> dict[str, Any]:
    """Learn from what was read, beside worked examples; find out what would change; a job."""
    portfolio = job.portfolio
    examples = examples_of(portfolio)
    lexicon = lexicon_of(portfolio)
    try:
        if not examples:  # worked examples alone are what the coder starts with
            raise TooFewDecisions(0, LEAST_PASSAGES)
        learned = train(
            with_worked(portfolio, examples),
            lexicon,
            progress=lambda part: progress("learning", part, 1, ""),
        )
    except TooFewDecisions as few:
        language = job.asked_by.language if job.asked_by else "en"
        told = Wording("site_learning", language or "en").say(
            "too_few", passages=few.passages, needed=few.needed
        )
        raise tasks.Refused(told) from few
    marked = _marked(portfolio, job.asked_by)
    terms = terms_with_effect(portfolio, examples, learned.report, marked, progress)
    effect = _effect(portfolio, learned.model, progress)
    model = _keep(job, learned, terms, effect)
    return {"number": model.number}


def _marked(portfolio: Portfolio, by: User | None) -> list[tuple[str, str, str, str]]:
    """Return what people marked and could propose: facet, code, language and words."""
    if by is None:
        return []
    found = term_candidates.marked(granted(by, portfolio))
    return [(c.facet, c.code, c.language, c.term) for c in found]


def _effect(portfolio: Portfolio, model: Model, progress: Progress) -> dict[str, Any]:
    """Say what would change, over all passages or a random part of many."""
    coder, now = combined(lexicon_of(portfolio), model), coder_of(portfolio)
    effect = Effect(now, of_part=True)
    for chunk in in_chunks(part_of(portfolio), progress):
        effect.add(list(weigh(chunk, coder, now.version, everywhere)))
    return {**effect.result(portfolio, ()), "before": now.version}


@transaction.atomic
def _keep(
    job: Job, learned: Learned, terms: list[dict[str, Any]], effect: dict[str, Any]
) -> LearnedModel:
    """Propose a model; one that still waits for a decision makes way for it."""
    portfolio, by = job.portfolio, job.asked_by
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    held = LearnedModel.objects.filter(portfolio=portfolio)
    for waiting in held.filter(state=_State.PROPOSED):
        _put_aside(waiting, by, "learning.replace")
    newest = held.first()
    model = LearnedModel.objects.create(
        portfolio=portfolio,
        number=newest.number + 1 if newest else 1,
        version=learned.model.version,
        content=learned.model.as_bytes(),
        codebook=learned.model.codebook,
        decisions=learned.model.decisions,
        report={**learned.report.as_values(), "terms": terms},
        effect=effect,
        made_by=by,
    )
    history.record(
        by=by, action="learning.learn", about=model, portfolio=portfolio,
        after=history.fields_of(model, ["number", "version", "codebook", "decisions"]),
    )  # fmt: skip
    return model


def _take(model: LearnedModel, by: User, state: str, action: str) -> LearnedModel:
    """Put a model to use in place of the one before, and have everything coded anew."""
    portfolio = model.portfolio
    require(granted(by, portfolio).analyses_everywhere)
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    locked = _locked(model, state)
    for held in LearnedModel.objects.filter(portfolio=portfolio, state=_State.IN_USE):
        _decide(held, by, _State.RETIRED, "")
    _decide(locked, by, _State.IN_USE, action)
    _code_anew(portfolio, by)
    return locked


def _locked(model: LearnedModel, state: str) -> LearnedModel:
    """Return a model that nobody else can decide on meanwhile, if it is as expected."""
    locked = LearnedModel.objects.select_for_update().get(pk=model.pk)
    if locked.state != state:
        raise Refused("decided_already")
    return locked


def _put_aside(model: LearnedModel, by: User | None, action: str) -> None:
    model.content = b""
    model.save(update_fields=["content"])
    _decide(model, by, _State.DISMISSED, action)


def _decide(model: LearnedModel, by: User | None, state: str, action: str) -> None:
    """Give a model its state; without ``action`` another change on record says so."""
    before = history.fields_of(model, _DECIDED)
    model.state, model.decided_by, model.decided_at = state, by, timezone.now()
    model.save(update_fields=["state", "decided_by", "decided_at"])
    if action:
        history.record(
            by=by, action=action, about=model, portfolio=model.portfolio,
            before=before, after=history.fields_of(model, _DECIDED),
        )  # fmt: skip


def _code_anew(portfolio: Portfolio, by: User) -> None:
    portfolio.touch()
    portfolio.refresh_from_db(fields=["revision"])
    tasks.start(portfolio=portfolio, kind="recode", by=by)
