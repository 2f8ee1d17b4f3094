"""The ``capmap`` command: options only, no logic."""

# Each adds its commands to the app.
from capmap.cli import estimate, examples, learning, portfolio, review, site
from capmap.cli.shared import app

__all__ = ["app", "estimate", "examples", "learning", "portfolio", "review", "site"]
