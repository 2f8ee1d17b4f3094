"""Do the jobs that wait, one after the other: the worker of the site."""

import logging
import os
import signal
import threading
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from capmap.records.actions.imports import follow_lost

#: Seconds between two looks for jobs whose worker died.
_BETWEEN_LOOKS = 30
_BETWEEN_JOBS = 0.5

#: Pages go before long work where both want the processor.
_NICENESS = 10

logger = logging.getLogger("capmap")


class Command(BaseCommand):
    help = "Do the jobs that wait, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(_NICENESS)
        watch = threading.Thread(target=_watch, args=(os.getppid(),), daemon=True)
        watch.start()
        call_command(
            "db_worker", interval=_BETWEEN_JOBS, verbosity=0, startup_delay=False,
            reload=False,
        )  # fmt: skip


def _watch(parent: int) -> None:
    """Set right what dead workers left, and end with the process that started this one."""
    looked = 0.0
    while True:
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        if time.monotonic() - looked > _BETWEEN_LOOKS:
            looked = time.monotonic()
            try:
                follow_lost()
            except Exception:
                logger.exception("Lost jobs could not be set right")
            finally:
                connection.close()
        time.sleep(1)
