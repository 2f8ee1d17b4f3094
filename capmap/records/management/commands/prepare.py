"""Bring the database up to date and say how to come in; called by ``capmap serve``."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from capmap.records.actions.people import first_link
from capmap.records.actions.sample import load_sample
from capmap.records.models import Portfolio


class Command(BaseCommand):
    help = "Migrate, load the sample into an empty site, print address and first link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-sample", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        if not options["no_sample"] and not Portfolio.objects.exists():
            load_sample()
        told = {"url": settings.URL, "start": first_link() or ""}
        self.stdout.write(json.dumps(told))
