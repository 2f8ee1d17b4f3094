"""Fixtures that every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real input, named by CAPMAP_DATA; default ../shared/data."""
    path = Path(os.environ.get("CAPMAP_DATA", ROOT.parent / "shared" / "data"))
    if not path.is_dir():
        pytest.skip(f"No real input at {path}; set CAPMAP_DATA to run this test.")
    return path


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample portfolio that ships with the project."""
    return ROOT / "sample"
