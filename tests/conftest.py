"""Fixtures that every test may ask for."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["site_fixtures"]

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


def pytest_addoption(parser):
    parser.addoption(
        "--postgresql",
        action="store_true",
        help="run the tests of records and pages on PostgreSQL instead of SQLite",
    )


def pytest_configure(config):
    if config.getoption("--postgresql"):
        from django.conf import settings

        engine = settings.DATABASES["default"]["ENGINE"]
        assert engine.endswith("postgresql"), "the settings were read too early"
