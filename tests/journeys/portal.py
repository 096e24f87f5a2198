"""The portal as `make run` starts it, on a port and with data of its own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = os.environ.get("GUICHET_DATABASE_URL", "")
STARTS_WITHIN_SECONDS = 90
ENDS_WITHIN_SECONDS = 30


class Portal:
    """A server with its worker and its mail server, from `start` to `stop`."""

    command: tuple[str, ...] = ("-m", "guichet.config.serve")

    def __init__(self, data: Path, database: str = "", told: dict[str, str] | None = None) -> None:
        self.data = data
        self.database = database
        self.told = told or {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and wait for the first page; returns how many seconds that took."""
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() - began > STARTS_WITHIN_SECONDS:
                self.stop()
                raise AssertionError(f"the portal did not start:\n{self.said()}")
            time.sleep(0.1)
        return time.monotonic() - began

    def environment(self) -> dict[str, str]:
        """What the server is told; nothing of the tests' own settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GUICHET_", "DJANGO_"))}
        told = {
            "GUICHET_DEMO": "1",
            "GUICHET_DATA": str(self.data),
            "GUICHET_SMTP_PORT": str(free_port()),
            "PORT": str(self.port),
        }
        if self.database:
            told["GUICHET_DATABASE_URL"] = self.database
        return {**kept, **told, **self.told}

    def answers(self) -> bool:
        """Whether the home page is there."""
        try:
            with urlopen(f"{self.url}/fr/", timeout=5) as answer:
                return bool(answer.status == 200)
        except HTTPError:
            return False
        except (URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> None:
        """What Ctrl-C does. Whatever the server started must end with it."""
        if self._process is None:
            return
        group = self._process.pid
        _signal_group(group, signal.SIGINT)
        until = time.monotonic() + ENDS_WITHIN_SECONDS
        while _members(group) and time.monotonic() < until:
            self._process.poll()
            time.sleep(0.05)
        left = _members(group)
        _signal_group(group, signal.SIGKILL)
        self._process.wait()
        self._process = None
        assert not left, f"still running after Ctrl-C: {left}"

    def settle(self) -> None:
        """Wait until the worker has sent every mail, printed every letter and has nothing to do."""
        waiting = "django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while self.rows(waiting):
            assert time.monotonic() < until, f"not done: {self.rows(waiting)}"
            time.sleep(0.2)

    def later(self, by: timedelta) -> None:
        """Move the demonstration's clock forward, as its page does."""
        file = self.data / "demo-clock"
        ahead = float(file.read_text()) if file.exists() else 0.0
        draft = self.data / "demo-clock.draft"
        draft.write_text(str(ahead + by.total_seconds()))
        draft.replace(file)

    def said(self) -> str:
        """Everything that server and worker have written."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table, straight from the database."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                return connection.execute(f"SELECT * FROM {table}").fetchall()
        # Closed at once: whoever closes last takes the write-ahead log away, also under a copy.
        with closing(sqlite3.connect(self.data / "guichet.sqlite3")) as embedded:
            return embedded.execute(f"SELECT * FROM {table}").fetchall()


class Origin:
    """A portal that was started once and stopped, from which fresh ones are copied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.first_start = 0.0
        first = Portal(folder / "origin", self._database("origin", ""))
        self.first_start = first.start()
        first.settle()
        first.stop()
        self.database = first.database

    @contextmanager
    def portal(self, **told: str) -> Iterator[Portal]:
        """A running portal with the cast as it is on the first day; `told` are its settings."""
        self.count += 1
        data = self.folder / f"copy{self.count}"
        shutil.copytree(self.folder / "origin", data)
        portal = Portal(data, self._database(f"copy{self.count}", self.database), told)
        portal.start()
        try:
            yield portal
        finally:
            portal.stop()

    def _database(self, name: str, template: str) -> str:
        """A new PostgreSQL database, empty or a copy; nothing with SQLite, whose file is copied."""
        if not POSTGRESQL:
            return ""
        name = f"journey_{os.getpid()}_{name}"
        from_template = f' TEMPLATE "{urlsplit(template).path[1:]}"' if template else ""
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"{from_template}')
        return urlsplit(POSTGRESQL)._replace(path=f"/{name}").geturl()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _members(session: int) -> list[str]:
    """Living processes of a session, with their names."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _parent, _group, of_session = rest.split()[:4]
        if int(of_session) == session and state != "Z":
            found.append(name + ")")
    return found


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
