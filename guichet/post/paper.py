"""From words to paper: tagged PDF, and the folder from which the printer takes it."""

import os
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings


def pdf(html: str) -> bytes:
    """The page as PDF/UA-1 (ISO 14289-1): tagged, titled, its language set. Loads nothing."""
    from weasyprint import HTML  # half a second to import: only who prints pays for it

    document: Any = HTML(string=html, url_fetcher=_nothing)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def hand_over(name: str, content: bytes) -> None:
    """Lay a PDF into the print queue: a folder that the printing house empties.

    Laying the same name twice is laying it once. A file appears there whole or not at all.
    """
    folder = print_queue()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}"
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)


def print_queue() -> Path:
    """Where letters wait for the printing house."""
    return Path(settings.DATA) / "print-queue"


def _nothing(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError("letters load nothing from elsewhere")
