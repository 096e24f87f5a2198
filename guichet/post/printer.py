"""The folder from which the printing house takes letters."""

import os
from pathlib import Path

from django.conf import settings


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


def take_away(name: str) -> None:
    """Take a file out of the print queue again; it may be gone already."""
    (print_queue() / name).unlink(missing_ok=True)


def print_queue() -> Path:
    """Where letters wait for the printing house."""
    return Path(settings.DATA) / "print-queue"
