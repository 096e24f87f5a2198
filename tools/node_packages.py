"""Make `tests/tools/node_modules` what its lock says: axe, the HTML checkers.

    python3.11 -m tools.node_packages

No package's scripts are run.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "tools"
STAMP = FOLDER / "node_modules" / ".installed"


def main() -> None:
    digest = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return
    print("Installing what tests/tools/package-lock.json names …", flush=True)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(["npm", "ci", *quiet], cwd=FOLDER, check=False).returncode:
        sys.exit("The checkers could not be installed; the lines above say why.")
    STAMP.write_text(digest)


if __name__ == "__main__":
    main()
