"""Make the sample portfolio: ``python -m capmap.web.command load_sample``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from capmap.records.actions.sample import load_sample
from capmap.records.models import Intervention


class Command(BaseCommand):
    help = "Make a portfolio of the sample, through the way that every import takes."

    def handle(self, *args: Any, **options: Any) -> None:
        portfolio = load_sample()
        if portfolio is None:
            raise CommandError("The sample is not part of this installation.")
        count = Intervention.objects.current().filter(portfolio=portfolio).count()
        self.stdout.write(f"{portfolio.title}: {count}")
