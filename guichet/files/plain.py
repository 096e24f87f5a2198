"""One file with an ordinary form: what works without JavaScript.

    def _limits(request, …) -> Limits: …        asks who may, as the view does; may raise

    @plain.takes_a_file("paper", _limits)
    def add(request, …):
        limits = _limits(request, …)
        try:
            actions.attach(draft, files.look_into(plain.taken(request), limits))
        except Refused as refusal: …

The form is `multipart/form-data`, its token stands before its one `<input type="file">`. The file
is written to disk while it arrives, at most one, and no further than its limit; a file that is not
kept goes when the answer has been sent.
"""

import hashlib
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, cast

import structlog
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from guichet.files import actions, disk, names
from guichet.files.looking import Limits
from guichet.refusals import Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A browser shows our sentence only after it has sent everything. Beyond this we hang up.
DRAINED_BYTES_MAX = 100_000_000
_FIELDS_BYTES = 100_000  # what a form holds besides its file
_NAME = "_taken_file"

log = structlog.get_logger("guichet.files")


class Taken(UploadedFile):  # type: ignore[type-arg]
    """A file of somebody's form on disk, synced, not looked into yet."""

    def __init__(self, path: Path, typed_name: str, size_bytes: int, digest: str) -> None:
        super().__init__(file=None, name=names.cleaned(typed_name), size=size_bytes)
        self.path = path
        self.typed_name = typed_name
        self.size_bytes = size_bytes
        self.digest = digest

    def close(self) -> None:
        """Called when the answer has been sent: what nobody kept goes."""
        self.path.unlink(missing_ok=True)


class Receiver(FileUploadHandler):
    """Writes the one file of a field to disk while it arrives; remembers why it was not taken."""

    def __init__(self, request: HttpRequest, field: str, limits: Limits) -> None:
        super().__init__(request)
        self.refusal: Refused | None = None
        self._field = field
        self._limits = limits
        self._path: Path | None = None
        self._seen = False
        self._announced = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """What is far too large is not even read."""
        self._announced = content_length
        if content_length > max(DRAINED_BYTES_MAX, self._limits.size_bytes + _FIELDS_BYTES):
            raise RequestDataTooBig("a form with a file exceeds what is read")

    def new_file(self, field_name: str, file_name: str, *args: Any, **more: Any) -> None:
        """Begin, for the one file of the field; skip every other."""
        super().new_file(field_name, file_name, *args, **more)
        if field_name != self._field:
            raise SkipFile
        if self._seen:
            self._refuse(Refused(_("Add one file at a time."), code="one-at-a-time"))
        self._seen = True
        if self._announced > self._limits.size_bytes + _FIELDS_BYTES:
            self._refuse(self._limits.too_large(names.cleaned(file_name), self._announced))
        self._path, self._stream = disk.new_draft()
        self._digest = hashlib.sha256()
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """To disk, and on into the digest."""
        self._size += len(raw_data)
        if self._size > self._limits.size_bytes:
            self._refuse(self._limits.too_large(names.cleaned(self.file_name or ""), self._size))
        try:
            disk.write_all(self._stream.fileno(), raw_data)
        except OSError as fault:
            log.error("no room for uploads", error=type(fault).__name__)
            self._refuse(actions.no_room())
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> Taken | None:
        """Sync it."""
        if self._path is None:
            return None
        os.fsync(self._stream.fileno())
        self._stream.close()
        path, self._path = self._path, None
        return Taken(path, self.file_name or "", self._size, self._digest.hexdigest())

    def upload_interrupted(self) -> None:
        """The form broke off, or we did. Said a second time, it changes nothing."""
        self._drop()

    def _refuse(self, refusal: Refused) -> None:
        self.refusal = refusal
        self._drop()
        # The rest is read and thrown away, so that the browser comes to show our sentence.
        raise StopUpload(connection_reset=False)

    def _drop(self) -> None:
        if self._path is not None:
            self._stream.close()
            self._path.unlink(missing_ok=True)
            self._path = None


def takes_a_file(
    field: str, limits: Callable[Concatenate[HttpRequest, P], Limits]
) -> Callable[[View[P]], View[P]]:
    """Let a view take one file with its form.

    `limits` is asked with the view's own arguments, before anything of the body is read: it looks
    for what the file is for, and raises what the view would raise for somebody who may not.

    The check against forged requests happens as on every page, only later: it reads the form, and
    so must come after it is known where a file goes.
    """

    def decorate(view: View[P]) -> View[P]:
        protected: View[P] = csrf_protect(view)

        @wraps(view)
        def outer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method != "POST":
                return protected(request, *args, **kwargs)
            receiver = Receiver(request, field, limits(request, *args, **kwargs))
            request.upload_handlers = [receiver]
            setattr(request, _NAME, receiver)
            try:
                return protected(request, *args, **kwargs)
            finally:
                # Not every form that cannot be read is told to its handlers as interrupted.
                receiver.upload_interrupted()

        outer.csrf_exempt = True  # type: ignore[attr-defined]
        outer.takes_a_file = True  # type: ignore[attr-defined]
        return cast(View[P], outer)

    return decorate


def taken(request: HttpRequest) -> Taken:
    """The file that came with the form. Raises `Refused`: `no-file`, `too-large`, `one-at-a-time`,
    `no-room`; and what `actions.look_into` raises comes later."""
    receiver: Receiver = getattr(request, _NAME)
    file = request.FILES.get(receiver._field)
    if receiver.refusal is not None:
        raise receiver.refusal
    if not isinstance(file, Taken):
        raise Refused(_("Choose a file."), code="no-file")
    return file
