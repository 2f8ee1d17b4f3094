"""``capmap serve``: from an empty folder to a page, and back to nothing that runs."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

CAPMAP = Path(sys.executable).parent / "capmap"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def start(tmp_path):
    """Start the site in an empty folder; whatever still runs at the end is ended."""
    started = []

    def begin(*options):
        output = tmp_path / f"output-{len(started)}"
        with output.open("w") as file:
            process = subprocess.Popen(
                [CAPMAP, "serve", *map(str, options)],
                cwd=tmp_path,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(tmp_path),
                    "CAPMAP_HOME": str(tmp_path / "site"),
                    **{k: v for k, v in os.environ.items() if k == "DATABASE_URL"},
                },
            )
        process.output = output
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def said(process, pattern, seconds=120):
    """Wait until the process has said something; return what matched."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = process.output.read_text()
        if found := re.search(pattern, text):
            return found
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(process.output.read_text())


def children(parent):
    """The processes that ``parent`` started and that still run, by what they are."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found["web" if "gunicorn" in command else "worker"] = int(entry.name)
    return found


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_the_site_starts_answers_mends_its_worker_and_stops(start, tmp_path):
    port = free_port()
    process = start("--port", port, "--workers", 1, "--no-sample")

    link = said(process, r"http://127\.0\.0\.1:\d+/start/\S+")[0]
    assert f":{port}/" in link
    with socket.create_connection(("127.0.0.1", port), 10) as one:
        one.sendall(b"GET /alive/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in one.recv(100)

    first = children(process.pid)
    assert set(first) == {"web", "worker"}
    os.kill(first["worker"], signal.SIGKILL)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        now = children(process.pid)
        if now.get("worker") not in (None, first["worker"]):
            break
        time.sleep(0.2)
    else:
        raise AssertionError("the worker was not started again")

    second = start("--port", port, "--no-sample")
    assert second.wait(60) == 1
    assert f"Port {port}" in second.output.read_text()
    assert len(second.output.read_text().splitlines()) == 1

    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert "Stopping" in process.output.read_text()
    for pid in now.values():
        assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), 1)


@pytest.mark.slow
@pytest.mark.enable_socket
def test_a_wrong_setting_is_said_in_one_line(capmap):
    done = capmap("serve", "--port", free_port(), CAPMAP_URL="example.org")

    assert done.returncode == 1
    assert "CAPMAP_URL is 'example.org'; write it as" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_loads_nothing_of_the_site():
    asked = "import sys, capmap.cli; print([m for m in sys.modules if 'django' in m])"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_without_the_site_the_command_says_how_to_install_it(tmp_path):
    asked = (
        "import sys, importlib.util as u, capmap.cli.site as cli; real = u.find_spec;"
        "cli.find_spec = lambda name: None if name == 'django' else real(name);"
        "sys.argv = ['capmap', 'serve', '--language', 'fr']; cli.app()"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, cwd=tmp_path
    )

    assert done.returncode == 2
    assert 'pip install "capmap[web]"' in done.stderr
    assert not any(tmp_path.iterdir())
