"""Papers piece by piece over HTTP: the server's side of tus 1.0.0, without a route of its own.

Source: https://tus.io/protocols/resumable-upload, core, creation, termination, expiration. A view
of the room that takes the papers asks first whether this person may, and then:

    def begin(request, …):
        draft = policy.draft(…)
        if request.method == "OPTIONS": return tus.options(limits)
        upload = tus.create(request, limits)
        if isinstance(upload, HttpResponse): return upload
        actions.expect(draft, upload)
        return tus.created(upload, reverse("…", args=[…]))

    def piece(request, …, identifier):
        upload = policy.upload(…)
        if request.method == "HEAD": return tus.head(request, upload)
        if request.method == "DELETE": return tus.delete(request, upload)
        answer = tus.patch(request, upload)
        if answer.status_code == 204 and upload.is_whole:
            answer = tus.finish(upload, limits, page=reverse(…))
            if upload.file: actions.attach(draft, upload.file)
        return answer

An empty PATCH at the end of a whole upload finishes it, also for the second time: a client that
lost our last answer sends one. Every refusal is JSON: `{"message": …}`, a whole sentence.

The body is read as a stream and never parsed; Django's check against forged requests takes the
token from the header `X-CSRFToken`.
"""

import base64
import binascii
from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from guichet.files import actions
from guichet.files.looking import Limits
from guichet.files.models import Upload
from guichet.refusals import Refused

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
_DIGITS_MAX = 15
_STATUS = {
    "too-large": 413,
    "empty": 400,
    "file-type": 415,
    "no-room": 507,
}


def options(limits: Limits) -> HttpResponse:
    """What this server speaks."""
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(limits.size_bytes),
        },
    )


def create(request: HttpRequest, limits: Limits) -> Upload | HttpResponse:
    """The upload that was asked for, in the caller's transaction; or the answer that refuses it."""
    if refused := _wrong_version(request):
        return refused
    size = _number(request.headers.get("Upload-Length"))
    if size is None:
        return _said(400, _("The file's size is missing. Choose the file again."))
    try:
        return actions.begin(_name(request.headers.get("Upload-Metadata", "")), size, limits)
    except Refused as refusal:
        return refuse(refusal)


def created(upload: Upload, location: str) -> HttpResponse:
    """201: where the pieces go, and until when."""
    return _answer(201, {"Location": location, **_state(upload)})


def head(request: HttpRequest, upload: Upload) -> HttpResponse:
    """How much is there: what has been synced, also after a server died in the middle."""
    refused = _wrong_version(request) or _doing(upload, partial(actions.look_again, upload))
    length = {"Upload-Length": str(upload.size_bytes)}
    return refused or _answer(200, {**_state(upload), **length})


def patch(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Add a piece. 204 is the promise that it is on disk; 409 and 423 say to ask HEAD again."""
    if refused := _wrong_version(request):
        return refused
    if request.content_type != CONTENT_TYPE:
        return _said(415, _("This page takes pieces of files only. Choose the file again."))
    offset = _number(request.headers.get("Upload-Offset"))
    length = _number(request.headers.get("Content-Length"))
    if offset is None:
        return _said(400, _("The place of the piece is missing. Choose the file again."))
    if length is None:
        return _said(411, _("The size of the piece is missing. Choose the file again."))
    if offset + length > upload.size_bytes:
        return _said(413, _("The file is larger than was said. Choose it again."))
    adding = partial(actions.append, upload, offset, request.read)
    return _doing(upload, adding) or _answer(204, _state(upload))


def finish(upload: Upload, limits: Limits, *, page: str = "") -> HttpResponse:
    """Make a paper of a whole upload: `upload.file`. 204 names the page to go to as Location.

    A paper that is not accepted is gone, and the answer says why.
    """
    refused = _doing(upload, partial(actions.finish, upload, limits))
    return refused or _answer(204, {**_state(upload), **({"Location": page} if page else {})})


def delete(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Give the upload up; the room's own row goes with it."""
    refused = _wrong_version(request) or _doing(upload, partial(actions.stop, upload))
    return refused or _answer(204, {})


def refuse(refusal: Refused) -> HttpResponse:
    """Say no in the protocol's form: for what the room above refuses, such as one file too many."""
    return _said(_STATUS.get(refusal.code, 422), refusal.message)


def _doing(upload: Upload, act: Callable[[], object]) -> HttpResponse | None:
    """Carry it out; the answer when it could not be."""
    if upload.is_over:
        return _lost()
    try:
        act()
    except Refused as refusal:
        return refuse(refusal)
    except actions.Locked:
        return _said(423, _("This file is being sent already. Wait a moment."))
    except actions.WrongOffset:
        return _said(409, _("Part of this file is here already."), _state(upload))
    except actions.Broken:
        return _said(400, _("The connection broke. What has arrived is kept."), _state(upload))
    except actions.Damaged:
        return _lost()
    return None


def _lost() -> HttpResponse:
    return _said(410, _("What was sent of this file is no longer here. Choose it again."))


def _wrong_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _said(
        412,
        _("This page has changed meanwhile. Load it again."),
        {"Tus-Version": VERSION},
    )


def _state(upload: Upload) -> dict[str, str]:
    expires = {"Upload-Expires": http_date(upload.expires_at.timestamp())}
    return {
        "Upload-Offset": str(upload.received_bytes),
        **({} if upload.finished_at else expires),
    }


def _said(status: int, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return _with_headers(JsonResponse({"message": message}, status=status), headers or {})


def _answer(status: int, headers: dict[str, str]) -> HttpResponse:
    answer = HttpResponse(status=status)
    del answer.headers["Content-Type"]
    return _with_headers(answer, headers)


def _with_headers(answer: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        answer.headers[name] = value
    answer.headers["Tus-Resumable"] = VERSION
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _number(text: str | None) -> int | None:
    """A whole number as the protocol writes it; None for everything else, however long."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > _DIGITS_MAX:
        return None
    return int(text)


def _name(metadata: str) -> str:
    """The value of `filename`: keys and base64 values, with commas between; "" when there is none."""
    for pair in metadata.split(","):
        key, _blank, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError, ValueError):
                return ""
    return ""
