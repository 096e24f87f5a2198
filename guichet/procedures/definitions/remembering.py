"""What a file of a definition said, remembered by its digest: reading YAML takes most of a start.

A start reads some eighty files, and every process of it again; from here it takes a tenth of the
time. What is remembered can be thrown away at any moment: it is made again.
"""

import hashlib
import inspect
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from guichet.procedures.definitions import reading
from guichet.procedures.definitions.reading import Lines


def read(text: str) -> tuple[Any, Lines]:
    """As `reading.read`. Raises `Unreadable`; what cannot be read is not remembered."""
    place = _folder() / f"{hashlib.sha256(_reader() + text.encode()).hexdigest()}.json"
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
        return kept["data"], {tuple(path): line for path, line in kept["lines"]}
    except (OSError, ValueError, KeyError, TypeError):
        data, lines = reading.read(text)
    with suppress(OSError):
        _keep(place, {"data": data, "lines": [[list(path), line] for path, line in lines.items()]})
    return data, lines


def _keep(place: Path, whole: dict[str, Any]) -> None:
    """There whole or not at all, whoever else writes the same."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{uuid4().hex}")
    draft.write_text(json.dumps(whole), encoding="utf-8")
    os.replace(draft, place)


def _folder() -> Path:
    return Path(settings.DATA) / "definitions"


@cache
def _reader() -> bytes:
    """Another way of reading is another memory."""
    return inspect.getsource(reading).encode()
