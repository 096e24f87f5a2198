"""Run a command with a PostgreSQL of its own, in a temporary folder, gone afterwards.

    python3.11 -m tools.with_postgres [--durable] command …

The command finds the database in GUICHET_DATABASE_URL. Without `--durable` nothing is synced to
disk: right for tests, wrong for measuring. Missing binaries are a failure, never a skip.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tools import system_packages

NAME = "guichet"
STARTS_WITHIN_SECONDS = 60
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """The address of a fresh, empty database, `postgres://…`, for as long as the block runs."""
    binaries = system_packages.postgresql_binaries()
    if binaries is None:
        sys.exit(
            "PostgreSQL's binaries are missing. "
            f"Run: sudo apt-get install -y postgresql-{system_packages.POSTGRESQL}"
        )
    folder = Path(tempfile.mkdtemp(prefix="guichet-postgresql-"))
    owner = _owner(folder)
    try:
        password = _initialise(binaries, folder, owner)
        port = _free_port()
        server = _start(binaries, folder, port, owner, durable)
        try:
            _wait(server, port, folder)
            _create_database(binaries, port, password, owner)
            yield f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as the user Debian made for it."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, folder: Path, owner: dict[str, Any]) -> str:
    password = secrets.token_hex(16)
    words = folder / "password"
    words.write_text(password)
    if owner:
        os.chown(words, owner["user"], owner["group"])
    done = subprocess.run(
        [
            binaries / "initdb", "--pgdata", folder / "data", "--username", NAME,
            "--pwfile", words, "--auth", "scram-sha-256", "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--no-sync",
        ],
        check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", **owner,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"initdb failed:\n{done.stdout}")
    return password


def _start(
    binaries: Path, folder: Path, port: int, owner: dict[str, Any], durable: bool
) -> subprocess.Popen[bytes]:
    values = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        **({} if durable else QUICK),
    }
    options = [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        # A group of its own: Ctrl-C stops the command first and the database after it.
        return subprocess.Popen(
            command, stdout=log, stderr=log, cwd="/", start_new_session=True, **owner
        )


def _wait(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    """Until the port answers and the server says that it is ready."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        if "ready to accept connections" in (folder / "log").read_text(errors="replace"):
            return
        time.sleep(0.05)
    sys.exit(f"PostgreSQL did not start on port {port}:\n{(folder / 'log').read_text()}")


def _create_database(binaries: Path, port: int, password: str, owner: dict[str, Any]) -> None:
    subprocess.run(
        [binaries / "createdb", "--host=127.0.0.1", f"--port={port}", f"--username={NAME}", NAME],
        check=True, env={**os.environ, "PGPASSWORD": password}, cwd="/", **owner,
    )  # fmt: skip


def _stop(server: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(request)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: list[str]) -> int:
    durable = arguments[:1] == ["--durable"]
    command = arguments[1:] if durable else arguments
    if not command:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, _end)
    with postgresql(durable=durable) as address:
        child = subprocess.Popen(command, env={**os.environ, "GUICHET_DATABASE_URL": address})
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
