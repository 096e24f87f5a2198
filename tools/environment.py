"""Make `.venv` what a lock file says, and nothing when it is so already.

    python3.11 -m tools.environment run     what the portal needs
    python3.11 -m tools.environment dev     what its makers need besides

Needs Python's standard library and a package registry. Every package is checked against the
hashes of the lock.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {name: ROOT / "requirements" / f"{name}.lock" for name in ("run", "dev")}


def main(wanted: str) -> None:
    if not _has_pip():
        _make()
    if _stamp(wanted).exists() and _stamp(wanted).read_text() == _digest(wanted):
        return
    print(f"Installing what requirements/{wanted}.lock names …", flush=True)
    for name in LOCKS:
        _stamp(name).unlink(missing_ok=True)
    install = [
        *(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--no-deps", "--requirement", str(LOCKS[wanted])),
    ]
    if subprocess.run(install, check=False).returncode:
        sys.exit("The packages could not be installed; the lines above say why.")
    # The lock for makers contains the lock for running: whoever has the one has the other.
    for name in ("run", "dev") if wanted == "dev" else ("run",):
        _stamp(name).write_text(_digest(name))


def _has_pip() -> bool:
    return (
        PYTHON.exists()
        and not subprocess.run(
            [PYTHON, "-c", "import pip"], check=False, stderr=subprocess.DEVNULL
        ).returncode
    )


def _make() -> None:
    """A new environment. Debian keeps a part of `venv` in a package of its own."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        _install_venv()
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def _install_venv() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"Python lacks its venv module. Run: sudo apt-get install -y {package}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=True, env=quiet)
    subprocess.run(
        ["apt-get", "install", "-qy", "--no-install-recommends", package], check=True, env=quiet
    )


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(name: str) -> str:
    return hashlib.sha256(LOCKS[name].read_bytes()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit(__doc__)
    main(sys.argv[1])
