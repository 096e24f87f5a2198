"""`python -m guichet procedures preview FOLDER`: one procedure, shown to whoever is writing it.

A whole portal with its demonstration, for this machine only, in a place that is thrown away at the
end. Nothing of a portal's own environment reaches it: no database, no key, no register.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from guichet.config import serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m guichet.config.author", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", type=int, default=0)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    # Told to stop while it prepares, it still clears away; later the server listens itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="guichet-author-", ignore_cleanup_errors=True) as place:
        print(f"Making a portal for {options.folder.name} …", file=sys.stderr, flush=True)  # noqa: T201
        _move_to(Path(place), options.folder, options.version)
        return serve.main(["--bind", "127.0.0.1", "--port", str(options.port)])


def _move_to(place: Path, folder: Path, version: int) -> None:
    """Forget what a real portal was told, and say what this one needs."""
    for name in list(os.environ):
        if name.startswith("GUICHET_"):
            del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "guichet.config.author_settings",
        "GUICHET_DATA": str(place),
        "GUICHET_DEMO": "1",
        "GUICHET_LOG_LEVEL": "WARNING",
        "GUICHET_AUTHOR_FOLDER": str(folder.resolve()),
        "GUICHET_AUTHOR_VERSION": str(version),
    }


if __name__ == "__main__":
    sys.exit(main())
