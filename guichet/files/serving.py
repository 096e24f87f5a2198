"""Giving a paper to a browser so that it is saved and never run.

Whoever calls has asked who may have it. A file may look like two things at once (a PDF that is
also a page): the media type is one of four, the browser must not guess another (`nosniff`), saves
instead of showing, and runs nothing of it.
"""

from urllib.parse import quote

from django.http import FileResponse
from django.utils.translation import gettext as _

from guichet.files import actions, names, scanning
from guichet.files.models import File, State
from guichet.refusals import Refused

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
