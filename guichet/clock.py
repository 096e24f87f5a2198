"""One source of now. A demonstration may move it forward; nothing else can."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

_read: tuple[float, timedelta] = (-1.0, timedelta())
_earlier: ContextVar[timedelta] = ContextVar("earlier", default=timedelta())


def now() -> datetime:
    """The current time, aware, in UTC; in a demonstration, plus what `move` has added."""
    return timezone.now() + shift()  # noqa: TID251


def today() -> date:
    """The current day in the portal's own time zone."""
    return timezone.localdate(now())


def shift() -> timedelta:
    """How far a demonstration's clock is ahead. Always zero outside a demonstration."""
    global _read
    if not settings.DEMO:
        return timedelta()
    try:
        changed_at = os.stat(_file()).st_mtime
    except FileNotFoundError:
        return -_earlier.get()
    if changed_at != _read[0]:
        _read = (changed_at, timedelta(seconds=float(_file().read_text())))
    return _read[1] - _earlier.get()


def move(by: timedelta) -> None:
    """Move a demonstration's clock forward, for the server and its worker alike."""
    if not settings.DEMO:
        raise RuntimeError("The clock moves in a demonstration only.")
    if by < timedelta():
        raise ValueError("The clock does not go back.")
    draft = _file().with_suffix(".new")
    draft.write_text(str((shift() + by).total_seconds()))
    os.replace(draft, _file())


@contextmanager
def earlier(by: timedelta) -> Iterator[None]:
    """Tell a demonstration's past: within, for this thread alone, it is `by` earlier."""
    if not settings.DEMO:
        raise RuntimeError("The past is told in a demonstration only.")
    token = _earlier.set(by)
    try:
        yield
    finally:
        _earlier.reset(token)


def _file() -> Path:
    return Path(settings.DATA) / "demo-clock"
