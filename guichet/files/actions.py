"""Storing and reading papers. Who may read them is decided by the room that holds the row.

What is acknowledged is on disk: bytes go to a temporary name, are synced, take their digest as
name, the folder is synced, and only then comes the row. A row without its file cannot be; a file
without a row (its transaction was undone) is swept away after a day.
"""

import fcntl
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import structlog
from django.conf import settings
from django.db import transaction

from guichet.files.models import File

ORPHANS_KEPT = timedelta(days=1)
_CHUNK_BYTES = 1 << 18

log = structlog.get_logger("guichet.files")


class Damaged(Exception):
    """The bytes on disk are missing or are not the ones that were stored."""


def store(content: bytes | BinaryIO, *, name: str, media_type: str) -> File:
    """Keep `content` for good and return its row, part of the caller's transaction."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    digest, size = _written(stream)
    return File.objects.create(
        digest=digest, size_bytes=size, name=name[:200], media_type=media_type[:100]
    )


def open_file(file: File) -> BinaryIO:
    """The bytes as an open binary file, to be closed by the caller. Raises `Damaged`."""
    try:
        return _place(file.digest).open("rb")
    except FileNotFoundError as fault:
        raise Damaged(file.digest) from fault


def read(file: File) -> bytes:
    """All the bytes, compared with their digest. For papers that fit into memory."""
    with open_file(file) as stream:
        content = stream.read()
    if hashlib.sha256(content).hexdigest() != file.digest:
        raise Damaged(file.digest)
    return content


@transaction.atomic
def discard(file: File) -> None:
    """Delete the row; the sweep deletes the bytes when no other row names them."""
    file.delete()


def sweep() -> int:
    """Delete what no row has named for a day, and what was never finished; returns how many."""
    swept = sum(_swept(path) for path in _folder().glob("??/*") if _is_old(path))
    if swept:
        log.info("orphans swept", files=swept)
    return swept


def _swept(path: Path) -> bool:
    if File.objects.filter(digest=path.name).exists():
        return False
    with _locked(fcntl.LOCK_EX):
        if not _is_old(path):  # stored again meanwhile, or swept by another
            return False
        path.unlink()
    return True


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > ORPHANS_KEPT.total_seconds()
    except FileNotFoundError:
        return False


@contextmanager
def _locked(how: int) -> Iterator[None]:
    """Any number may store at a time; nobody stores while a file is being swept."""
    with (_folder() / "lock").open("ab") as file:
        fcntl.flock(file, how)
        yield


def _written(stream: BinaryIO) -> tuple[str, int]:
    """Write to a temporary name, sync, rename to the digest, sync the folder."""
    handle, draft = tempfile.mkstemp(dir=_drafts(), prefix="draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            digest, size = _copied(stream, file)
            file.flush()
            os.fsync(file.fileno())
        place = _place(digest)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            _sync(place.parent.parent)
        with _locked(fcntl.LOCK_SH):
            # Also over an equal file: that renews its age, so that no sweep takes it.
            Path(draft).replace(place)
        _sync(place.parent)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return digest, size


def _copied(stream: BinaryIO, file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    return digest.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folder() -> Path:
    return Path(settings.DATA) / "files"


def _drafts() -> Path:
    """Two characters, so that the sweep finds what was never finished."""
    folder = _folder() / "--"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(digest: str) -> Path:
    return _folder() / digest[:2] / digest
