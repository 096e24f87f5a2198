"""Run parts of the Makefile one after the other and say how long each took.

    python3.11 -m tools.timed part …

Every part runs, also after one that failed: one look then tells everything.
"""

import os
import subprocess
import sys
import time


def main(parts: list[str]) -> int:
    make = os.environ.get("MAKE", "make")
    told = []
    for part in parts:
        print(f"— {part}", flush=True)
        started = time.monotonic()
        failed = subprocess.run([make, "--no-print-directory", part], check=False).returncode
        told.append((part, time.monotonic() - started, failed))
    print()
    for part, seconds, failed in told:
        print(f"{part:24} {'FAILED' if failed else 'passed'} {seconds:7.0f} s")
    print(f"{'altogether':24}        {sum(seconds for _, seconds, _ in told):7.0f} s")
    return 1 if any(failed for *_, failed in told) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
