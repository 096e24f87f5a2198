"""What Guichet needs from the system: look, install when allowed, else say the one line to run.

    python3.11 -m tools.system_packages run     the library that draws letters
    python3.11 -m tools.system_packages test    that, a browser, PostgreSQL, a virus scanner, a
                                                verifier of DKIM, and the HTML checkers

Installing happens only as root where `apt-get` exists (a container, a CI machine).
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

POSTGRESQL = 15


def has_library(name: str) -> bool:
    """The dynamic linker finds it."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """At least one outline font is installed where fontconfig looks."""
    places = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    kinds = ("*.ttf", "*.otf", "*.ttc")
    return any(next(place.rglob(kind), None) for place in places for kind in kinds)


def chromium() -> str | None:
    """The browser of the journeys."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def clamd() -> str | None:
    """The virus scanner; Debian puts it where only root's PATH looks."""
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def verifies_dkim() -> bool:
    """Debian's Python knows somebody else's reading of RFC 6376 and RFC 8463."""
    asked = ["/usr/bin/python3", "-c", "import dkim, nacl"]
    return Path(asked[0]).exists() and not subprocess.run(asked, check=False).returncode


def postgresql_binaries() -> Path | None:
    """The folder that holds `initdb` and `postgres`, newest of the supported first."""
    debian = Path("/usr/lib/postgresql")
    folders = [Path(os.environ.get("GUICHET_POSTGRESQL_BIN", "/nonexistent"))]
    folders += [debian / str(POSTGRESQL) / "bin"]
    folders += sorted(debian.glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


# What must be there, and the Debian packages that bring it.
Need = tuple[str, Callable[[], object], tuple[str, ...]]

LETTERS: list[Need] = [
    ("Pango", lambda: has_library("libpango-1.0.so.0"), ("libpango-1.0-0",)),
    ("Pango for FreeType", lambda: has_library("libpangoft2-1.0.so.0"), ("libpangoft2-1.0-0",)),
    ("HarfBuzz", lambda: has_library("libharfbuzz-subset.so.0"), ("libharfbuzz-subset0",)),
    ("fonts", has_fonts, ("fonts-dejavu-core", "fonts-liberation")),
]
TESTS: list[Need] = [
    ("Chromium", chromium, ("chromium",)),
    # The Node.js that comes with Playwright is linked against it.
    ("libatomic", lambda: has_library("libatomic.so.1"), ("libatomic1",)),
    ("PostgreSQL", postgresql_binaries, (f"postgresql-{POSTGRESQL}",)),
    ("clamd", clamd, ("clamav-daemon",)),
    ("OpenSSL", lambda: shutil.which("openssl"), ("openssl",)),
    ("Java", lambda: shutil.which("java"), ("default-jre-headless",)),
    ("Node.js", lambda: shutil.which("node"), ("nodejs",)),
    ("dkimpy", verifies_dkim, ("python3-dkim", "python3-nacl")),
    ("npm", lambda: shutil.which("npm"), ("npm",)),
]
PURPOSES = {"run": LETTERS, "test": [*LETTERS, *TESTS]}


def missing(purpose: str) -> dict[str, tuple[str, ...]]:
    """What is not there: its name, and the packages that bring it."""
    return {name: packages for name, is_there, packages in PURPOSES[purpose] if not is_there()}


def main(purpose: str) -> None:
    lacking = missing(purpose)
    if not lacking:
        return
    packages = sorted({package for group in lacking.values() for package in group})
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"{', '.join(lacking)} missing. Run: sudo {' '.join(install)}")
    print(f"Installing {', '.join(lacking)} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install):
        done = subprocess.run(
            command,
            env=quiet,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            sys.exit(f"{done.stdout}\n{' '.join(command)} failed; the lines above say why.")
    if still := missing(purpose):
        sys.exit(f"{', '.join(still)} still missing after {' '.join(install)}.")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PURPOSES:
        sys.exit(__doc__)
    main(sys.argv[1])
