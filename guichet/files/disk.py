"""Bytes on disk: drafts that are being written, and files under their digest.

What is acknowledged is on disk: bytes go to a draft, are synced, take their digest as name, the
folder is synced, and only then comes the row. A row without its file cannot be; a file without a
row (its transaction was undone) is swept away after a day. A later home for the bytes, such as an
object storage, replaces this module.
"""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

CHUNK_BYTES = 1 << 18
ORPHANS_KEPT = timedelta(days=1)


def write(stream: BinaryIO) -> tuple[str, int]:
    """Keep what `stream` holds under its digest; returns SHA-256 in hexadecimal and the length."""
    handle, name = tempfile.mkstemp(dir=drafts(), prefix="draft-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest, size = _copied(stream, file)
            sync(file)
        place(draft, digest)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return digest, size


def new_draft() -> tuple[Path, BinaryIO]:
    """An empty file for bytes that come piece by piece, open for writing, closed by the caller."""
    handle, name = tempfile.mkstemp(dir=drafts(), prefix="draft-")
    return Path(name), os.fdopen(handle, "wb")


def place(draft: Path, digest: str) -> None:
    """Give a synced draft its digest as name. The draft is no more."""
    path = place_of(digest)
    if not path.parent.exists():
        path.parent.mkdir(exist_ok=True)
        sync_folder(path.parent.parent)
    with locked(fcntl.LOCK_SH):
        # Also over an equal file: that renews its age, so that no sweep takes it.
        os.utime(draft)
        draft.replace(path)
        draft.unlink(missing_ok=True)  # two names of one file do not replace each other
    sync_folder(path.parent)


def part_of(upload: UUID) -> Path:
    """Where the pieces of an upload are put together."""
    return drafts() / f"upload-{upload}"


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def aged() -> Iterator[Path]:
    """Files and drafts that nobody has touched for `ORPHANS_KEPT`."""
    return (path for path in folder().glob("??/*") if is_old(path))


def is_old(path: Path) -> bool:
    """Whether it is there and nobody has touched it for `ORPHANS_KEPT`."""
    try:
        return time.time() - path.stat().st_mtime > ORPHANS_KEPT.total_seconds()
    except FileNotFoundError:
        return False


@contextmanager
def locked(how: int) -> Iterator[None]:
    """Any number may store at a time; nobody stores while a file is being swept."""
    with (folder() / "lock").open("ab") as file:
        fcntl.flock(file, how)
        yield


def write_all(file: int, content: bytes) -> None:
    """Write to a descriptor, past every buffer: what a full disk refuses is not tried again."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def sync(file: BinaryIO) -> None:
    """Return when what was written is on disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Return when the names in a folder are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def folder() -> Path:
    """Where everything lies."""
    return Path(settings.DATA) / "files"


def drafts() -> Path:
    """What is being written. Two characters, so that the sweep finds what was never finished."""
    path = folder() / "--"
    path.mkdir(parents=True, exist_ok=True)
    return path


def place_of(digest: str) -> Path:
    """Where the bytes of a digest lie."""
    return folder() / digest[:2] / digest


def _copied(stream: BinaryIO, file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    return digest.hexdigest(), size
