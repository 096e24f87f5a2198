"""Writers of one process write in the order in which they asked."""

import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import load_backend

from guichet.config.sqlite.base import FairLock, _locks


@pytest.fixture
def open_database(tmp_path: Path, django_db_blocker):
    """Opens connections to one new database file through the portal's own backend."""
    path = tmp_path / "queue.sqlite3"
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("CREATE TABLE line (who INTEGER)")
    backend = load_backend("guichet.config.sqlite")
    opened: list[Any] = []

    def connect() -> Any:
        settings = {
            "ENGINE": "guichet.config.sqlite",
            "NAME": path,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 5},
            "ATOMIC_REQUESTS": False,
            "AUTOCOMMIT": True,
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": False,
            "TIME_ZONE": None,
            "TEST": {},
        }
        connection = backend.DatabaseWrapper(settings, alias=f"queue-{len(opened)}")
        connection.inc_thread_sharing()
        opened.append(connection)
        return connection

    with django_db_blocker.unblock():
        yield connect
        for connection in opened:
            connection.close()


def begin(connection: Any) -> None:
    connection.ensure_connection()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def finish(connection: Any) -> None:
    connection.commit()
    connection.set_autocommit(True)


def waits(connection: Any, many: int) -> bool:
    """Whether so many wait for the writer on this connection's file."""
    return _locks[str(connection.settings_dict["NAME"])].waiting == many


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_writers_are_served_in_the_order_in_which_they_asked(open_database):
    first = open_database()
    begin(first)
    served: list[int] = []

    def write(who: int) -> None:
        connection = open_database()
        begin(connection)
        served.append(who)
        connection.cursor().execute("INSERT INTO line VALUES (%s)", [who])
        finish(connection)

    threads = [threading.Thread(target=write, args=[who]) for who in range(8)]
    for who, thread in enumerate(threads):
        thread.start()
        until(partial(waits, first, who + 1))  # so that they ask in this order
    assert served == []
    finish(first)
    for thread in threads:
        thread.join(10)
    assert served == list(range(8))


def test_a_rolled_back_writer_lets_the_next_one_write(open_database):
    one, two = open_database(), open_database()
    begin(one)
    one.rollback()
    one.set_autocommit(True)
    begin(two)
    finish(two)


def test_a_connection_closed_in_its_transaction_lets_the_next_one_write(open_database):
    one, two = open_database(), open_database()
    begin(one)
    one.in_atomic_block = True
    one.close()
    begin(two)
    finish(two)


def test_another_process_that_holds_the_file_is_waited_for_and_then_told(open_database, tmp_path):
    stranger = sqlite3.connect(tmp_path / "queue.sqlite3", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    ours = open_database()
    ours.settings_dict["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 0.1}
    with pytest.raises(OperationalError, match="locked"):
        begin(ours)
    stranger.execute("ROLLBACK")
    stranger.close()
    again = open_database()
    begin(again)
    finish(again)


def test_whoever_waits_too_long_leaves_the_queue_and_blocks_nobody():
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)
    lock.release()
