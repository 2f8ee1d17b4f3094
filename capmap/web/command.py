"""Django's own commands, for those who run a site: ``python -m capmap.web.command``."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a Django command with the settings of the site."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capmap.web.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
