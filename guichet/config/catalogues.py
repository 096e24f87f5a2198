"""Compiled catalogues: written where they are missing or older than their text."""

import io
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def compile_changed() -> int:
    """Compile what has changed, in place; returns how many. Must come before Django reads them.

    Where the code is read-only, they were compiled when it was installed.
    """
    stale = [po for po in PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po") if _is_stale(po)]
    for po in stale:
        _compile(po)
    return len(stale)


def _is_stale(po: Path) -> bool:
    try:
        return po.with_suffix(".mo").stat().st_mtime_ns < po.stat().st_mtime_ns
    except FileNotFoundError:
        return True


def _compile(po: Path) -> None:
    from babel.messages.mofile import write_mo  # only who has something to compile waits for it
    from babel.messages.pofile import read_po

    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.parent.name)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    draft = po.with_suffix(f".{os.getpid()}.new")
    draft.write_bytes(compiled.getvalue())
    draft.replace(po.with_suffix(".mo"))
