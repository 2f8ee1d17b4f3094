"""Fixtures that every test may ask for."""

import os
import shutil
import tempfile
from pathlib import Path

import postgresql_server
import pytest

# The site keeps its files in a folder of its own, not in the working folder.
os.environ["CAPMAP_HOME"] = tempfile.mkdtemp(prefix="capmap-tests-")

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


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    # Workers of xdist inherit DATABASE_URL from the process that starts the server.
    if config.getoption("--postgresql") and "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = postgresql_server.start()
        config.add_cleanup(postgresql_server.stop)


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords():
    """Hash passwords quickly: tests make many people."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure(config):
    shutil.rmtree(os.environ["CAPMAP_HOME"], ignore_errors=True)
