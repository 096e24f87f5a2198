"""The portal's settings, in a folder of their own, quick where that changes no answer."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

_folder = Path(tempfile.mkdtemp(prefix="guichet-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
(_folder / "static").mkdir()

os.environ["GUICHET_DATA"] = str(_folder)
os.environ["GUICHET_DEMO"] = "1"  # so that the demonstration's room is installed
os.environ["GUICHET_STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
os.environ.setdefault("GUICHET_LOG_LEVEL", "WARNING")

from guichet.config.catalogues import compile_changed  # noqa: E402
from guichet.config.settings import *  # noqa: E402, F403
from guichet.config.settings import DATABASES, TEMPLATES  # noqa: E402
from tests.undefined import Undefined  # noqa: E402

compile_changed()

# Off, as in production; tests of the demonstration switch it on (see conftest.py).
DEMO = False
TIMESTAMP_AUTHORITY = ""  # tests bring their own
ROOT_URLCONF = "tests.urls"

# The least that argon2 takes: the same code, a thousandth of the work.
PASSWORD_COST_KIB = 8

_database: dict[str, Any] = DATABASES["default"]
if _database["ENGINE"] == "guichet.config.sqlite":
    # A file, not memory: threads then have connections of their own and race for real.
    _database["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    _database["OPTIONS"]["init_command"] = _database["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
else:
    _database["CONN_MAX_AGE"] = 0

# What a template forgot to define fails when it is printed.
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined()  # type: ignore[index]
