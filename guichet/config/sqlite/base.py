"""Django's SQLite backend, with writers of one process in a fair queue.

SQLite itself makes a second writer sleep and try again, and the unlucky one sleeps for seconds.
Within a process we know better: whoever asked first writes first. `BEGIN IMMEDIATE` follows at
once; only other processes (the worker) are still met by SQLite's own waiting.
"""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.db.utils import OperationalError

WAIT_SECONDS_MAX = 20.0


class FairLock:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._queue)

    def acquire(self, timeout: float) -> bool:
        """True once it is ours; False after `timeout` seconds."""
        with self._guard:
            if not self._held and not self._queue:
                self._held = True
                return True
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():  # handed over between the time-out and here
                return True
            self._queue.remove(turn)
            return False

    def release(self) -> None:
        """Hand over to whoever has waited longest."""
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


_locks: dict[str, FairLock] = {}


class Operations(DatabaseOperations):
    """Emptying the whole database (after a test) also empties tables whose rows are guarded."""

    def sql_flush(self, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        """Triggers that refuse to delete rows step aside, as TRUNCATE lets them on PostgreSQL."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = [row for row in cursor.fetchall() if row[1] in tables]
        dropped = [f"DROP TRIGGER {self.quote_name(name)};" for name, _table, _sql in guards]
        made_again = [f"{sql};" for _name, _table, sql in guards]
        return [*dropped, *super().sql_flush(style, tables, **options), *made_again]


class DatabaseWrapper(base.DatabaseWrapper):
    """One transaction at a time in this process, first come, first served."""

    ops_class = Operations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._writing: FairLock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        lock = _locks.setdefault(str(self.settings_dict["NAME"]), FairLock())
        if not lock.acquire(WAIT_SECONDS_MAX):
            raise OperationalError("database is locked: waited in the queue of writers")
        self._writing = lock
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._stop_writing()
            raise

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        super().set_autocommit(autocommit, *args, **kwargs)
        if autocommit:
            self._stop_writing()

    def close(self) -> None:
        """Close; whatever was begun is rolled back by SQLite, so the next writer may go on."""
        super().close()
        if not self.is_in_memory_db():
            self._stop_writing()

    def _stop_writing(self) -> None:
        lock, self._writing = self._writing, None
        if lock is not None:
            lock.release()
