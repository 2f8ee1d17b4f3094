"""A PostgreSQL server for the tests, in a folder of its own, reached by a socket file."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

_folder: Path | None = None


def _binaries() -> Path:
    """Return the folder with the newest PostgreSQL of this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise SystemExit(
            "--postgresql needs a PostgreSQL server on this machine: apt install postgresql"
        )
    return Path(on_path).resolve().parent


def _run(*command: str) -> None:
    """Run as an ordinary user: the server refuses to be root."""
    demoted = {"user": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **demoted)


def start() -> str:
    """Start a server and return its address as a DATABASE_URL."""
    global _folder
    _folder = Path(tempfile.mkdtemp(prefix="capmap-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(_folder, owner.pw_uid, owner.pw_gid)
    data = str(_folder / "data")
    _run(
        str(_binaries() / "initdb"), "-D", data, "-U", "capmap", "-A", "trust",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    options = f"-k {_folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    _run(
        str(_binaries() / "pg_ctl"), "-D", data, "-w", "-l", str(_folder / "log"),
        "-o", options, "start",
    )  # fmt: skip
    socket = str(_folder).replace("/", "%2F")
    return f"postgresql://capmap@{socket}/postgres"


def stop() -> None:
    """Stop the server and remove its folder."""
    if _folder is None:
        return
    _run(
        str(_binaries() / "pg_ctl"),
        "-D",
        str(_folder / "data"),
        "-m",
        "immediate",
        "stop",
    )
    shutil.rmtree(_folder, ignore_errors=True)
