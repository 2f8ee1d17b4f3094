"""The codebook, framework and coder of a portfolio."""

from functools import lru_cache

from capmap.coding.lexicon import LexiconCoder
from capmap.frameworks.codebook import Codebook, load_codebook
from capmap.frameworks.framework import Framework, load_framework
from capmap.records.models import Portfolio


@lru_cache(maxsize=1)
def _shipped() -> tuple[Codebook, Framework]:
    return load_codebook(), load_framework()


def codebook_of(portfolio: Portfolio) -> Codebook:
    """Return the codebook by which a portfolio is coded."""
    return _shipped()[0]


def framework_of(portfolio: Portfolio) -> Framework:
    """Return the results framework of a portfolio."""
    return _shipped()[1]


def coder_of(portfolio: Portfolio) -> LexiconCoder:
    """Return the lexicon coder of a portfolio; building one costs some tenths of a second."""
    return _coder(codebook_of(portfolio).version, portfolio.pk)


@lru_cache(maxsize=4)
def _coder(version: str, portfolio: int) -> LexiconCoder:
    found = Portfolio.objects.get(pk=portfolio)
    return LexiconCoder(codebook_of(found), framework_of(found))
