"""Files that nobody asked for. A page that takes one says so with `files.plain.takes_a_file`."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class NoFiles(FileUploadHandler):
    """Refuses what is larger than a form, before it is read; drops files, so that none fills a disk."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Raise `RequestDataTooBig` as for every other form."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("a form with files exceeds DATA_UPLOAD_MAX_MEMORY_SIZE")

    def new_file(self, *_: Any, **__: Any) -> None:
        """Skip it."""
        raise SkipFile
