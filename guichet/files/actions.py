"""Storing and reading papers, taking them piece by piece. Who may is decided by the room that asks.

A paper of ours is stored as it is (`store`). A paper of somebody else is looked into (`look_into`)
and waits for the virus scanner (`keep`); `finish` does both for an upload; see `looking`, `scanning`.

Other rooms also use `tus` (pieces), `plain` (a form), `looking` (limits), `scanning` (states),
`serving` (downloads), `papers` (made of others) and `packing`.
"""

import fcntl
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.files import disk, names, scanning, tasks
from guichet.files.looking import Limits, look
from guichet.files.models import File, Upload, upload_expires_at
from guichet.refusals import Refused

log = structlog.get_logger("guichet.files")


class Damaged(Exception):
    """The bytes on disk are missing or are not the ones that were stored."""


class Locked(Exception):
    """Somebody else is writing to this upload now, or has just ended it. Ask again."""


class WrongOffset(Exception):
    """The piece does not begin where the upload ends; `upload.received_bytes` says where."""


class Broken(Exception):
    """The piece ended before it was whole. What had arrived is kept."""


class Taken(Protocol):
    """A file of somebody else on disk, synced, not looked into yet (`plain.Taken`)."""

    path: Path
    digest: str
    size_bytes: int
    typed_name: str


# --- Files


def store(content: bytes | BinaryIO, *, name: str, media_type: str) -> File:
    """Keep `content`, a paper of ours, for good and return its row, part of the caller's transaction."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    digest, size = disk.write(stream)
    return File.objects.create(
        digest=digest, size_bytes=size, name=name[:200], media_type=media_type[:100]
    )


def look_into(taken: Taken, limits: Limits) -> File:
    """What somebody handed in with a form, looked into and on disk; `keep` writes its row.

    Looking takes a process of its own: before the transaction, so that nobody waits for it. What is
    not kept then is swept. Raises `Refused` as `Limits.require_size` and `looking.look` do.
    """
    name = names.cleaned(taken.typed_name)
    limits.require_size(name, taken.size_bytes)
    seen = look(taken.path, limits)
    disk.place(taken.path, taken.digest)
    return _strange(taken.digest, taken.size_bytes, name, seen.media_type)


def made(content: bytes, *, name: str, media_type: str) -> File:
    """What we made out of strangers' papers, on disk; `keep` writes its row. It is scanned as theirs are."""
    digest, size = disk.write(io.BytesIO(content))
    return _strange(digest, size, names.cleaned(name), media_type)


def again(file: File) -> File:
    """The same paper for another purpose, with a life of its own; `keep` writes its row."""
    return _strange(file.digest, file.size_bytes, file.name, file.media_type)


@transaction.atomic
def keep(file: File) -> File:
    """Write the row of a stranger's paper that is on disk, and have it scanned; in the caller's transaction."""
    scan = scanning.ask(file.digest)
    if scan.checked_at is None:
        tasks.scan.enqueue(file.digest)
    file.save(force_insert=True)
    return file


def open_file(file: File) -> BinaryIO:
    """The bytes as an open binary file, to be closed by the caller. Raises `Damaged`."""
    try:
        return disk.place_of(file.digest).open("rb")
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


def _strange(digest: str, size_bytes: int, name: str, media_type: str) -> File:
    """A stranger's paper that lies on disk, without its row."""
    return File(
        digest=digest,
        size_bytes=size_bytes,
        name=names.fitting(name, media_type),
        media_type=media_type,
    )


# --- Uploads


def begin(name: str, size_bytes: int, limits: Limits) -> Upload:
    """Announce a paper that will come piece by piece, in the caller's transaction.

    Raises `Refused`: `too-large`, `empty`.
    """
    name = names.cleaned(name)
    limits.require_size(name, size_bytes)
    return Upload.objects.create(name=name, size_bytes=size_bytes)


def look_again(upload: Upload) -> None:
    """Set `received_bytes` to what is on disk and synced, also after a server died in a piece.

    Raises `Locked`, `Damaged`.
    """
    with _alone_with(upload) as part:
        if part is not None:
            _note(upload, part)


def append(upload: Upload, offset: int, read: Callable[[int], bytes]) -> None:
    """Add a piece: what `read` gives, until it gives nothing. Returns once it is synced.

    Of two who append at the same instant one writes. Whatever happens, what has arrived is kept,
    and `upload.received_bytes` tells how much that is.

    Raises `Locked`, `Damaged`, `WrongOffset`, `Broken` when `read` raises `OSError`, `Refused`
    when there is more than was announced (`too-large`) or no room on disk (`no-room`).
    """
    with _alone_with(upload) as part:
        if part is None:
            if offset != upload.size_bytes or read(1):
                raise WrongOffset
            return
        _note(upload, part)
        if offset != upload.received_bytes:
            raise WrongOffset
        try:
            _copy(upload, part, read)
        finally:
            _note(upload, part)


def finish(upload: Upload, limits: Limits) -> File:
    """Make a paper of an upload that is whole, in a transaction of its own; twice is once.

    Raises `Refused` as `keep` does, and the upload is gone then; `Locked`, `Damaged`.
    """
    with _alone_with(upload):
        if upload.file is not None:
            return upload.file
        path = disk.part_of(upload.pk)
        try:
            limits.require_size(upload.name, upload.size_bytes)
            seen = look(path, limits)
        except Refused:
            _end(upload)
            raise
        digest = disk.digest_of(path)
        # A second name, so that the upload is still whole should the transaction fail.
        second = path.with_name(f"draft-{upload.pk}")
        second.unlink(missing_ok=True)
        os.link(path, second)
        disk.place(second, digest)
        with transaction.atomic(durable=True):
            file = keep(_strange(digest, upload.size_bytes, upload.name, seen.media_type))
            upload.file, upload.finished_at = file, clock.now()
            upload.save(update_fields=["file", "finished_at"])
        path.unlink(missing_ok=True)
    return file


def stop(upload: Upload) -> None:
    """Give an upload up, with what has arrived. A finished one keeps its file. Raises `Locked`."""
    with _alone_with(upload) as part:
        if part is not None:
            _end(upload)


def _end(upload: Upload) -> None:
    key: UUID = upload.pk
    upload.delete()
    disk.part_of(key).unlink(missing_ok=True)


@contextmanager
def _alone_with(upload: Upload) -> Iterator[int | None]:
    """The upload's bytes as a descriptor, for this thread alone; None when it is finished.

    The row is read anew. The lock is the file's: it goes when its holder dies. Raises `Locked`, `Damaged`.
    """
    path = disk.part_of(upload.pk)
    part = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise Locked(upload.pk) from fault
        if not _is_still(path, part):
            raise Locked(upload.pk)
        try:
            upload.refresh_from_db()
        except Upload.DoesNotExist as fault:
            path.unlink()
            raise Locked(upload.pk) from fault
        if upload.finished_at is not None:
            path.unlink()
            yield None
            return
        if os.fstat(part).st_size < upload.received_bytes:
            raise Damaged(str(upload.pk))
        yield part
    finally:
        # Said, not left to the closing: a process that is just being started holds a copy.
        fcntl.flock(part, fcntl.LOCK_UN)
        os.close(part)


def _is_still(path: Path, part: int) -> bool:
    """Nobody has finished or stopped the upload between our opening and our locking."""
    try:
        return os.path.samestat(path.stat(), os.fstat(part))
    except FileNotFoundError:
        return False


def _copy(upload: Upload, part: int, read: Callable[[int], bytes]) -> None:
    os.lseek(part, 0, os.SEEK_END)
    left = upload.size_bytes - upload.received_bytes
    while chunk := _read(read, min(left + 1, disk.CHUNK_BYTES)):
        if len(chunk) > left:
            raise Refused(_("The file is larger than was said. Choose it again."), code="too-large")
        try:
            disk.write_all(part, chunk)
        except OSError as fault:
            log.error("no room for uploads", error=type(fault).__name__)
            raise no_room() from fault
        left -= len(chunk)


def _read(read: Callable[[int], bytes], most: int) -> bytes:
    try:
        return read(most)
    except OSError as fault:
        raise Broken from fault


def _note(upload: Upload, part: int) -> None:
    """Sync what is there, then say so in the row."""
    os.fsync(part)
    received = min(os.fstat(part).st_size, upload.size_bytes)
    if received != upload.received_bytes:
        upload.received_bytes, upload.expires_at = received, upload_expires_at()
        upload.save(update_fields=["received_bytes", "expires_at"])


def no_room() -> Refused:
    """The refusal when the disk is full."""
    return Refused(
        _("We cannot take files now. Your request is not lost. Try again in 5 minutes."),
        code="no-room",
    )


# --- Later


def forget_uploads() -> int:
    """Delete uploads whose time is over, and papers that nobody took; returns how many uploads."""
    over = list(Upload.objects.filter(expires_at__lte=clock.now()).order_by("expires_at")[:1000])
    for upload in over:
        if upload.finished_at is None:
            try:
                stop(upload)
            except (Locked, Damaged):
                continue
        else:
            _forget_finished(upload)
    return len(over)


@transaction.atomic
def _forget_finished(upload: Upload) -> None:
    file = upload.file
    upload.delete()
    if file is not None and not _is_named(file):
        file.delete()


def _is_named(file: File) -> bool:
    """Whether a row of any room names it."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: file}).exists()
        for relation in File._meta.related_objects
    )


def sweep() -> int:
    """Delete what no row has named for a day, and what was never finished; returns how many."""
    swept = sum(_swept(path) for path in disk.aged())
    if swept:
        log.info("orphans swept", files=swept)
    return swept


def _swept(path: Path) -> bool:
    if File.objects.filter(digest=path.name).exists() or _is_an_upload(path.name):
        return False
    with disk.locked(fcntl.LOCK_EX):
        if not disk.is_old(path):  # stored again meanwhile, or swept by another
            return False
        path.unlink()
    return True


def _is_an_upload(name: str) -> bool:
    """Its time is another one than the orphans'."""
    try:
        return Upload.objects.filter(pk=UUID(name.removeprefix("upload-"))).exists()
    except ValueError:
        return False
