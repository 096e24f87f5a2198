"""Strangers' files are opened in a process of its own, with little memory and little time.

A file made to exhaust or to crash the program that opens it ends that program and nothing else. No
key is in its memory or environment; it runs as the same user, so this is no prison for a file that
takes it over. What runs there stands in `opened.py`.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, TypeAlias

Told: TypeAlias = dict[str, Any]

SECONDS_MAX = 30
_TOGETHER_MAX = 2  # each may take some hundred megabytes
_WAIT_SECONDS_MAX = 60
_PROGRAM = Path(__file__).with_name("opened.py")
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE")

_places = threading.BoundedSemaphore(_TOGETHER_MAX)


class Failed(Exception):
    """It crashed, took too long or too much memory, or said something else than JSON."""


def run(job: str, *arguments: str) -> Told:
    """Run one of the functions of `opened.py` and return what it told. Raises `Failed`."""
    if not _places.acquire(timeout=_WAIT_SECONDS_MAX):
        raise Failed("no place within a minute")
    try:
        done = subprocess.run(  # noqa: S603 - our own program; arguments are data to it
            [sys.executable, "-I", "-W", "ignore", str(_PROGRAM), job, *arguments],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        told = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError) as fault:
        raise Failed(job) from fault
    finally:
        _places.release()
    if not isinstance(told, dict):
        raise Failed(f"{job} ended with {done.returncode}")
    return told


def _environment() -> dict[str, str]:
    """What programs need to start; none of the portal's own settings, keys least of all."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    measured = {name: text for name, text in os.environ.items() if name.startswith("COVERAGE_")}
    return {**kept, **measured}
