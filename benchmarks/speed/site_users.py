"""Users that ask pages all at once, and the servers that they ask."""

import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

BIN = Path(sys.executable).parent


@dataclass
class Times:
    """Milliseconds until the answer was there, and those that the server says it took."""

    user: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)


class User:
    """Someone at a browser: cookies, one connection, and dice to choose by."""

    def __init__(self, number: int, port: int, cookies: dict[str, str]) -> None:
        self.dice = random.Random(number)
        self.cookies = dict(cookies)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(
        self, method: str, path: str, form: Sequence[tuple[str, str]] = ()
    ) -> tuple[str, float, float]:
        """Ask one page; gives its text, the time of the user and that of the server."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.connection.port}{path}"
        began = time.perf_counter()
        self.connection.request(
            method, path, urlencode(form) if form else None, headers
        )
        response = self.connection.getresponse()
        text = response.read().decode()
        spent = (time.perf_counter() - began) * 1000
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.split(";")[0].partition("=")
                self.cookies[key] = content
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status}\n{text[:800]}")
        timing = response.getheader("Server-Timing") or "dur=0"
        server = float(timing.rsplit("dur=", 1)[1])
        if response.status in (302, 303):
            where = response.getheader("Location") or "/"
            text, more, more_server = self.ask("GET", where)
            return text, spent + more, server + more_server
        return text, spent, server

    def get(self, path: str) -> tuple[float, float]:
        return self.ask("GET", path)[1:]

    def review(self, path: str) -> tuple[float, float]:
        """Accept what the open passage's page has ticked, and get the next."""
        page, _, _ = self.ask("GET", path)
        form = re.search(r'<form[^>]*id="reading"[^>]*>.*?</form>', page, re.DOTALL)
        if form is None:
            raise SystemExit(f"No form to review on {path}")
        action = re.search(r'action="([^"]+)"', form[0])
        fields = [
            (unescape(name[1]), unescape(value[1]) if value else "on")
            for tag in re.findall(r"<input[^>]*>", form[0])
            if (name := re.search(r'name="([^"]*)"', tag))
            and ('type="checkbox"' not in tag or re.search(r"\schecked", tag))
            for value in [re.search(r'value="([^"]*)"', tag)]
        ]
        return self.ask("POST", unescape(action[1]) if action else path, fields)[1:]

    def sql(self, database: str, queries: Sequence[str]) -> tuple[float, float]:
        """Ask Datasette several questions, one after another."""
        spent = 0.0
        for query in queries:
            spent += self.get(f"/{database}.json?sql={quote(query)}&_shape=arrays")[0]
        return spent, 0.0


Asked = dict[str, Callable[[User], tuple[float, float]]]


def run_users(
    users: int,
    port: int,
    pages: Asked,
    seconds: float,
    cookies: dict[str, str],
    pause: float = 0,
) -> dict[str, Times]:
    """Let ``users`` ask ``pages`` at random for some seconds; gives the times by page.

    ``pause``: seconds that a user looks at a page, on average.
    """
    until = time.monotonic() + seconds
    told = {name: Times() for name in pages}
    lock = threading.Lock()
    failed: list[BaseException] = []

    def act(number: int) -> None:
        user = User(number, port, cookies)
        try:
            while time.monotonic() < until and not failed:
                name = user.dice.choice(list(pages))
                if pause:
                    time.sleep(user.dice.uniform(0, 2 * pause))
                spent, server = pages[name](user)
                with lock:
                    told[name].user.append(spent)
                    if server:
                        told[name].server.append(server)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=act, args=(n + 1,)) for n in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return told


@contextmanager
def server(port: int) -> Iterator[None]:
    """The site as ``capmap serve`` runs it by default, without its worker."""
    from capmap.web.serve import web_server

    with _running(web_server("127.0.0.1", port, workers=3), port, "/alive/"):
        yield


@contextmanager
def datasette(port: int, database: Path) -> Iterator[None]:
    """Datasette over the database, with as much time for a query as it wants."""
    with _running(
        [str(BIN / "datasette"), "serve", "--immutable", str(database), "--port", str(port),
         "--setting", "sql_time_limit_ms", "600000", "--setting", "num_sql_threads", "8"],
        port, "/-/versions.json",
    ):  # fmt: skip
        yield


@contextmanager
def _running(command: Sequence[str], port: int, alive: str) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        for _ in range(300):
            time.sleep(0.2)
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} stopped with {process.returncode}")
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", alive)
                if connection.getresponse().status == 200:
                    break
            except OSError:
                continue
        yield
    finally:
        process.terminate()
        process.wait()
