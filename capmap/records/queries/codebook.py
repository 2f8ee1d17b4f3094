"""The codebook, framework and coder of a portfolio, its adopted versions applied."""

from datetime import datetime
from functools import lru_cache

from capmap.coding.learned.combined import CombinedCoder
from capmap.coding.learned.model import Model
from capmap.coding.learned.starting import starting_model
from capmap.coding.lexicon import LexiconCoder, version_of
from capmap.frameworks.changed import TermEdit, changed
from capmap.frameworks.codebook import Codebook, load_codebook
from capmap.frameworks.framework import Framework, load_framework
from capmap.records.models import (
    CodebookVersion,
    Coder,
    LearnedModel,
    Portfolio,
    TermChange,
)

#: What the name of a coder begins with that joins lexicon and model.
_MODEL = "model "

#: Stands for the starting model where others have the number of their record.
_START = 0

MachineCoder = LexiconCoder | CombinedCoder
"""Whatever codes by machine: the lexicon alone, or lexicon and model together."""


@lru_cache(maxsize=1)
def _shipped() -> tuple[Codebook, Framework]:
    return load_codebook(), load_framework()


def shipped_codebook() -> Codebook:
    """Return the codebook from which every portfolio starts."""
    return _shipped()[0]


def codebook_of(portfolio: Portfolio) -> Codebook:
    """Return the codebook by which a portfolio is coded, with all that was adopted.

    Asked once a revision of the portfolio; each adoption makes a new one.
    """
    return _at_revision(portfolio.pk, portfolio.created_at, portfolio.revision)


def codebook_at(portfolio: Portfolio, number: int) -> Codebook:
    """Return the codebook of a version of the portfolio; 0 is the one that ships."""
    return _at_number(portfolio.pk, portfolio.created_at, number)


def framework_of(portfolio: Portfolio) -> Framework:
    """Return the results framework of a portfolio."""
    return _shipped()[1]


def coder_of(portfolio: Portfolio) -> MachineCoder:
    """Return the coder of a portfolio: its lexicon with the model in use, or the starting one.

    Without either the lexicon codes alone. Building one costs some tenths of a second; it
    is kept.
    """
    return coder_at(portfolio, newest_number(portfolio))


def coder_name(portfolio: Portfolio) -> str:
    """Return the name that ``coder_of`` has, without building it."""
    lexicon = version_of(codebook_of(portfolio))
    in_use = LearnedModel.objects.filter(
        portfolio=portfolio, state=LearnedModel.State.IN_USE
    )
    model = in_use.values_list("version", flat=True).first()
    if model is None and (start := model_at_start()) is not None:
        model = start.version
    return _joined(model, lexicon) if model else lexicon


def coder_at(portfolio: Portfolio, number: int) -> MachineCoder:
    """Return the coder with version ``number`` of the codebook, and the model that codes."""
    in_use = _model_that_codes(portfolio)
    if in_use is None:
        return _lexicon(portfolio.pk, portfolio.created_at, number)
    return _combined(portfolio.pk, portfolio.created_at, number, in_use)


def lexicon_of(portfolio: Portfolio) -> LexiconCoder:
    """Return the lexicon coder of a portfolio, whatever model is in use."""
    return _lexicon(portfolio.pk, portfolio.created_at, newest_number(portfolio))


def combined(lexicon: LexiconCoder, model: Model) -> CombinedCoder:
    """Join a lexicon and a model; the name says both, since either may change alone."""
    coder = CombinedCoder(lexicon, model)
    coder.version = _joined(model.version, lexicon.version)
    return coder


def _joined(model: str, lexicon: str) -> str:
    return f"{_MODEL}{model.removeprefix(_MODEL)} with {lexicon}"


def with_model_of(portfolio: Portfolio, lexicon: LexiconCoder) -> MachineCoder:
    """Return ``lexicon`` joined with the model by which the portfolio is coded, if any."""
    in_use = _model_that_codes(portfolio)
    if in_use is None:
        return lexicon
    return combined(lexicon, _model(in_use, portfolio.created_at))


def model_in_use(portfolio: Portfolio) -> int | None:
    """Return the key of the learned model that a portfolio adopted, if it uses one."""
    found = LearnedModel.objects.filter(
        portfolio=portfolio, state=LearnedModel.State.IN_USE
    )
    return found.values_list("pk", flat=True).first()


@lru_cache(maxsize=1)
def model_at_start() -> Model | None:
    """Return the model that codes before one is adopted: what worked examples taught."""
    return starting_model()


def _model_that_codes(portfolio: Portfolio) -> int | None:
    """Return the key of the model in use, ``_START`` for the starting one, None for neither."""
    in_use = model_in_use(portfolio)
    if in_use is None and model_at_start() is not None:
        return _START
    return in_use


def machine(name: str) -> Coder:
    """Return the record of a coder that is no person, by the name of its version."""
    kind = Coder.Kind.MODEL if name.startswith(_MODEL) else Coder.Kind.LEXICON
    coder, _ = Coder.objects.get_or_create(kind=kind, name=name)
    return coder


def newest_number(portfolio: Portfolio) -> int:
    """Return the number of the adopted version that holds now; 0 where there is none."""
    return _newest(portfolio.pk)


def edits_of(changes: "list[TermChange]") -> list[TermEdit]:
    """Return changes as the library takes them."""
    return [
        TermEdit(c.facet, c.code, c.language, c.term, removes=c.removes)
        for c in changes
    ]


def version_name(portfolio: Portfolio, number: int) -> str:
    """Name a version so that a stored coding says by which it was made."""
    shipped = shipped_codebook().version
    return f"{shipped} rev {number} of {portfolio.slug}" if number else shipped


def _newest(portfolio: int) -> int:
    newest = CodebookVersion.objects.filter(portfolio=portfolio).first()
    return newest.number if newest else 0


# Keys hold the moment a portfolio was made, so that no other of its number is meant.


@lru_cache(maxsize=64)
def _at_revision(portfolio: int, made: datetime, revision: int) -> Codebook:
    return _at_number(portfolio, made, _newest(portfolio))


@lru_cache(maxsize=16)
def _at_number(portfolio: int, made: datetime, number: int) -> Codebook:
    if not number:
        return shipped_codebook()
    adopted = list(
        TermChange.objects.adopted()
        .filter(portfolio=portfolio, version__number__lte=number)
        .order_by("version__number", "pk")
    )
    found = Portfolio.objects.get(pk=portfolio)
    return changed(shipped_codebook(), edits_of(adopted), version_name(found, number))


@lru_cache(maxsize=1)
def _shipped_lexicon() -> LexiconCoder:
    return LexiconCoder(*_shipped())


@lru_cache(maxsize=4)
def _lexicon(portfolio: int, made: datetime, number: int) -> LexiconCoder:
    if not number:
        return _shipped_lexicon()
    found = Portfolio.objects.get(pk=portfolio)
    return LexiconCoder(_at_number(portfolio, made, number), framework_of(found))


@lru_cache(maxsize=1)
def _starting_coder() -> CombinedCoder:
    return combined(_shipped_lexicon(), _model(_START, datetime.min))


@lru_cache(maxsize=4)
def _combined(portfolio: int, made: datetime, number: int, model: int) -> CombinedCoder:
    if not number and model == _START:
        return _starting_coder()
    return combined(_lexicon(portfolio, made, number), _model(model, made))


@lru_cache(maxsize=2)
def _model(model: int, made: datetime) -> Model:
    if model == _START and (start := model_at_start()) is not None:
        return start
    found = LearnedModel.objects.get(pk=model)
    return Model.from_bytes(bytes(found.content), f"model {found.number}")
