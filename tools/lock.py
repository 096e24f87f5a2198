"""Compute requirements/*.lock from requirements/*.in: every package, pinned and hashed.

python -m tools.lock
"""

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requirements"
OPTIONS = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--python-version", "3.11"]


def main() -> None:
    uv = Path(sys.executable).parent / "uv"
    for name in ("run", "dev"):
        # Makers use the very versions that run: the first lock binds the second.
        bound = ["--constraints", "run.lock"] if name == "dev" else []
        subprocess.run(
            [uv, "pip", "compile", *OPTIONS, *bound, "--quiet", "--upgrade",
             "--output-file", f"{name}.lock", f"{name}.in"],
            cwd=FOLDER, check=True,
        )  # fmt: skip
        lock = FOLDER / f"{name}.lock"
        lock.write_text(without_places(lock.read_text()))


def without_places(text: str) -> str:
    """No address of a registry and no folder of this machine."""
    lines = [
        line
        for line in text.splitlines()
        if not re.match(r"\s*(--(extra-)?index-url|--find-links|# +(via +)?-c )", line)
    ]
    kept = "\n".join(lines) + "\n"
    return re.sub(
        r"(# via\s+(?:#\s+)?-[rc] )\S*?/?(requirements/)?(\w+\.(?:in|lock))", r"\1\3", kept
    )


if __name__ == "__main__":
    main()
