"""The codebook, framework and coder of a portfolio, its adopted versions applied."""

from datetime import datetime
from functools import lru_cache

from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.changed import TermEdit, changed
from capmap.frameworks.codebook import Codebook, load_codebook
from capmap.frameworks.framework import Framework, load_framework
from capmap.records.models import CodebookVersion, Portfolio, TermChange


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


def coder_of(portfolio: Portfolio) -> LexiconCoder:
    """Return the lexicon coder of a portfolio; building one costs some tenths of a second."""
    return _coder(portfolio.pk, portfolio.created_at, newest_number(portfolio))


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


@lru_cache(maxsize=4)
def _coder(portfolio: int, made: datetime, number: int) -> LexiconCoder:
    found = Portfolio.objects.get(pk=portfolio)
    return LexiconCoder(_at_number(portfolio, made, number), framework_of(found))
