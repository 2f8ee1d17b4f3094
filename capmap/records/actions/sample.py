"""The portfolio with which a new site begins."""

from importlib.resources import files
from pathlib import Path

from capmap.records.actions import imports, portfolios
from capmap.records.models import Portfolio

TITLE = "Sample: approaches and initiatives of GB.312/POL/9"
DESCRIPTION = (
    "Approaches and initiatives that the paper GB.312/POL/9 describes; budgets, periods "
    "and results, the national projects and the country programme are illustrative."
)


def sample_folder() -> Path | None:
    """Return where the sample lies: in the package, or in the repository beside it."""
    package = Path(str(files("capmap")))
    places = (package / "sample", package.parent / "sample")
    return next((place for place in places if place.is_dir()), None)


def load_sample() -> Portfolio | None:
    """Make the sample portfolio by the way that every import takes; None without files."""
    folder = sample_folder()
    if folder is None:
        return None
    portfolio = portfolios.create(by=None, title=TITLE, description=DESCRIPTION)
    imports.load_folder(portfolio=portfolio, by=None, paths=[folder])
    return portfolio
