"""The command as a user calls it: a process of its own, in a folder of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from own_framework import write_water

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def water(tmp_path: Path) -> Path:
    """A framework of one's own, that of the how-to."""
    return write_water(tmp_path)


@pytest.fixture
def capmap(tmp_path: Path) -> Run:
    """Run the command in an empty folder, in English unless told otherwise."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).parent / "capmap", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(tmp_path),
                "COLUMNS": "100",
                **environment,
            },
        )

    return run
