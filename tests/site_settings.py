"""Settings of the tests: those of the site, in a folder of their own, on the database
that the command line asks for. Read before any conftest, so they cannot come too late."""

import atexit
import os
import shutil
import sys
import tempfile

import postgresql_server

os.environ["CAPMAP_HOME"] = tempfile.mkdtemp(prefix="capmap-tests-")
atexit.register(shutil.rmtree, os.environ["CAPMAP_HOME"], ignore_errors=True)

# Workers of xdist inherit DATABASE_URL from the process that starts the server.
if "--postgresql" in sys.argv and "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = postgresql_server.start()
    atexit.register(postgresql_server.stop)

from capmap.web.settings import *  # noqa: E402, F403

#: Tests make many people: hash their passwords quickly.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
