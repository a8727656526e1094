"""The site's own settings, in a folder of their own and with what tests may have cheaper.

Without DATABASE_URL and REDIS_URL: SQLite, in-memory layer. `python -m tests.services` sets both to private services.
The environment set here reaches the servers that tests start, too.
"""

import atexit
import os
import shutil
import tempfile

if "SAMRUM_TEST_DATA" not in os.environ:  # pytest-xdist's workers inherit the folder of the first process
    os.environ["SAMRUM_TEST_DATA"] = tempfile.mkdtemp(prefix="samrum-test-")
    atexit.register(shutil.rmtree, os.environ["SAMRUM_TEST_DATA"], ignore_errors=True)
os.environ["SAMRUM_DATA"] = os.environ["SAMRUM_TEST_DATA"]
os.environ["SAMRUM_DEMO"] = "1"

# A Redis database of its own for each of pytest-xdist's workers: clearing a cache empties the whole of it.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_SERVER = os.environ.get("SAMRUM_TEST_REDIS", "")
if REDIS_SERVER:
    os.environ["REDIS_URL"] = f"{REDIS_SERVER}/{WORKER}"

from config.settings import *  # noqa: E402, F403
from config.settings import STATIC_ROOT, STORAGES  # noqa: E402

# Pages are rendered without collecting static files first.
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# The same kind of hash at a hundredth of the price; a server under test reads it.
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
