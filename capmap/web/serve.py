"""Start the site: web server and worker, watched over until someone stops them.

This process holds neither Django nor Polars: the database is prepared by one child, the
pages are served by another, long work is done by a third, which is started again if it
dies.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from capmap.wording import Wording

#: Seconds that a child has to end by itself: requests are answered, a job is finished.
_PATIENCE = 20
#: Seconds in which the web server has to answer its first request.
_FIRST_ANSWER = 60
_THREADS = 2


class CannotStart(Exception):
    """The site cannot start; its text says why and what to do."""


class Stopped(Exception):
    """Someone asked the site to stop."""


def serve(
    *,
    host: str,
    port: int,
    workers: int,
    sample: bool,
    words: Wording,
    tell: Callable[[str], None],
) -> int:
    """Prepare and run the site until it is stopped; return the exit code."""
    _require_free(host, port, words)
    named = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    shown = f"[{named}]" if ":" in named else named
    os.environ.setdefault("CAPMAP_URL", f"http://{shown}:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capmap.web.settings")
    # Several processes share the cores: threads of their own would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    tell(words.say("serve_preparing"))
    prepared = _prepare(sample, words)
    site = _Site(host, port, workers)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        site.start()
        _wait_for_answer(f"http://{shown}:{port}/alive/", site, words)
        tell(words.say("serve_address", address=prepared["url"]))
        if prepared["start"]:
            link = f"{prepared['url'].rstrip('/')}{prepared['start']}"
            tell(words.say("serve_first_link", link=link))
        tell(words.say("serve_stop_by"))
        return site.watch()
    except Stopped:
        tell(words.say("serve_stopping"))
        return 0
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        site.stop()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _require_free(host: str, port: int, words: Wording) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except (OSError, OverflowError) as error:
            told = getattr(error, "strerror", None) or str(error)
            raise CannotStart(
                words.say("serve_port_taken", host=host, port=str(port), error=told)
            ) from None


def _prepare(sample: bool, words: Wording) -> dict[str, str]:
    """Bring the database up to date; return the site's address and the first link."""
    done = subprocess.run(
        [*_COMMAND, "prepare", *([] if sample else ["--no-sample"])],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise CannotStart(words.say("serve_not_prepared", error=last))
    sys.stderr.write(done.stderr)
    prepared: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return prepared


_COMMAND = (sys.executable, "-m", "capmap.web.command")


def web_server(host: str, port: int, workers: int) -> tuple[str, ...]:
    """Return the command of the web server alone.

    Each process loads the site for itself: Polars must not be forked after use. Few
    threads, since pages are work for a processor: more would only wait for one another.
    """
    bind = f"[{host}]" if ":" in host else host
    return (
        sys.executable, "-m", "gunicorn", "capmap.web.wsgi:application",
        "--bind", f"{bind}:{port}", "--workers", str(workers),
        "--worker-class", "gthread", "--threads", str(_THREADS),
        "--timeout", "120", "--graceful-timeout", str(_PATIENCE),
        "--log-level", "warning",
    )  # fmt: skip


@dataclass
class _Site:
    """The web server and the worker as children of this process."""

    host: str
    port: int
    workers: int
    web: "subprocess.Popen[bytes] | None" = None
    worker: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.web = _child(*web_server(self.host, self.port, self.workers))
        self._start_worker()

    def _start_worker(self) -> None:
        # One thread for tables: the pages need the other processors.
        self.worker = _child(*_COMMAND, "work", POLARS_MAX_THREADS="1")

    def watch(self) -> int:
        """Start the worker again whenever it dies; return when the web server does."""
        assert self.web is not None
        while self.web.poll() is None:
            if self.worker is None or self.worker.poll() is not None:
                now = time.monotonic()
                self.deaths = [at for at in self.deaths if now - at < 60]
                time.sleep(min(30, 2 ** len(self.deaths) - 1))
                self.deaths.append(now)
                self._start_worker()
            time.sleep(0.5)
        return self.web.returncode or 1

    def stop(self) -> None:
        """Ask both to end; ask again, and then end them, if they take too long."""
        children = [one for one in (self.web, self.worker) if one is not None]
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            for child in children:
                if child.poll() is None:
                    child.send_signal(number)
            until = time.monotonic() + _PATIENCE
            while time.monotonic() < until:
                if all(child.poll() is not None for child in children):
                    return
                time.sleep(0.05)


def _child(*command: str, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own, so that Ctrl+C reaches this process alone."""
    return subprocess.Popen(
        command, start_new_session=True, env={**os.environ, **environment}
    )


def _wait_for_answer(address: str, site: _Site, words: Wording) -> None:
    until = time.monotonic() + _FIRST_ANSWER
    while time.monotonic() < until:
        if site.web is None or site.web.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise CannotStart(words.say("serve_no_answer", address=address))
