"""The ``capmap`` command: options only, no logic."""

from capmap.cli import learning, portfolio, site  # each adds its commands to the app
from capmap.cli.shared import app

__all__ = ["app", "learning", "portfolio", "site"]
