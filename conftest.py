"""What holds for every test: a closed network, a true clock, no order but the asked one."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.test import override_settings
from django.utils import translation

from guichet.content import latest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only what asks the database: everything else is the same on either engine",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        left = [item for item in items if not _asks_the_database(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _asks_the_database(item)]


def _asks_the_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or "db" in fixtures


@pytest.fixture(autouse=True)
def _one_test_leaves_nothing() -> Iterator[None]:
    """No language, no request and no moved clock of the test before."""
    translation.deactivate()
    structlog.contextvars.clear_contextvars()
    latest.forget()
    yield
    translation.deactivate()
    (Path(settings.DATA) / "demo-clock").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _demonstration(request: pytest.FixtureRequest) -> Iterator[None]:
    """On for the demonstration's own tests and for those marked `demo`; off elsewhere."""
    own = "guichet/demo/" in request.node.nodeid
    with override_settings(DEMO=bool(own or request.node.get_closest_marker("demo"))):
        yield


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests talk to this machine only."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(host, str) and host not in ("", "127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test opened a connection to {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(autouse=True)
def _rows_in_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query without an order comes back shuffled: nothing may rely on a database's habit."""
    fetch = QuerySet._fetch_all

    def shuffled(self: Any) -> None:
        fresh = self._result_cache is None
        fetch(self)
        if fresh and not self.ordered:
            random.shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", shuffled)
