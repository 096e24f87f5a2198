"""Giving a paper to a browser so that it is saved and never run.

Whoever calls has asked who may have it. What everybody may have is `published`. A file may look like two things at once (a PDF that is
also a page): the media type is one of four, the browser must not guess another (`nosniff`), saves
instead of showing, and runs nothing of it.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from guichet.files import actions, names, scanning
from guichet.files.models import File, State
from guichet.refusals import Refused

_CHUNK_BYTES = 1 << 16
_SHOWN = ("image/", "video/", "text/vtt")
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def answer(file: File, name: str = "") -> FileResponse:
    """A stranger's paper as a download, named `name` or as it was handed in.

    Raises `Refused` while the virus scanner has not passed it (`not-scanned`, `virus`), and
    `actions.Damaged` when its bytes are not there.
    """
    require_clean(file)
    return own(file, name)


def own(file: File, name: str = "") -> FileResponse:
    """A paper that we made ourselves, as a download. Raises `actions.Damaged`."""
    stream = actions.open_file(file)
    media_type = (
        file.media_type if file.media_type in names.SUFFIXES else "application/octet-stream"
    )
    response = FileResponse(stream, content_type=media_type)
    if media_type == "text/plain":  # it was looked into: nothing else was accepted
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Length"] = str(file.size_bytes)
    response.headers["Content-Disposition"] = disposition(name or file.name)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def published(file: File, *, asked: str = "") -> HttpResponseBase:
    """A file of ours that everybody may have, under an address that names its digest.

    Pictures, films and captions are shown, everything else is saved. `asked` is the header `Range`:
    of a film a browser asks for pieces (RFC 9110, 14.2; one range). Raises `actions.Damaged`.
    """
    size = file.size_bytes
    start, end = _range(asked, size)
    response: HttpResponseBase
    if start > end:
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
    else:
        stream = actions.open_file(file)
        stream.seek(start)
        response = StreamingHttpResponse(
            _Piece(stream, end - start + 1),
            status=206 if end - start + 1 < size else 200,
            content_type=file.media_type,
        )
        response.headers["Content-Length"] = str(end - start + 1)
        if response.status_code == 206:
            response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    if not file.media_type.startswith(_SHOWN):
        response.headers["Content-Disposition"] = disposition(file.name)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _range(asked: str, size: int) -> tuple[int, int]:
    """The first and the last byte asked for: all of them, unless one range is; none if `start` is more."""
    found = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", asked, re.ASCII)
    if found is None or asked == "bytes=-":
        return 0, size - 1
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size - 1)
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if not last or int(first) <= int(last) else (0, size - 1)


class _Piece:
    """Some bytes of an open file, from where it stands; closes it."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (read := self._stream.read(min(self._left, _CHUNK_BYTES))):
            self._left -= len(read)
            yield read

    def close(self) -> None:
        self._stream.close()


def require_clean(file: File) -> None:
    """Raise `Refused` unless the virus scanner has passed these bytes."""
    state = scanning.state_of(file)
    if state is State.WAITING:
        raise Refused(
            _("We are still checking this file for viruses. Try again in a minute."),
            code="not-scanned",
        )
    if state is State.REFUSED:
        raise Refused(virus_found(), code="virus")


def virus_found() -> str:
    """What somebody is told whose paper was refused by the scanner."""
    return _("We found a virus in this file. Remove it and add another file.")


def disposition(name: str) -> str:
    """`attachment` with the name in ASCII and, RFC 5987, as it is; RFC 6266, appendix D."""
    cleaned = names.cleaned(name)
    plain = "".join(sign if sign.isascii() and sign not in '"\\%;' else "_" for sign in cleaned)
    if plain == cleaned:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
