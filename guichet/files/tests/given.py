"""Papers to try things with."""

import io
import zlib
from datetime import timedelta
from typing import Any

from PIL import Image

from guichet.files.looking import Family, Limits

LIMITS = Limits(size_bytes=2_000_000)
ALL = Limits(size_bytes=2_000_000, families=tuple(Family))


def a_pdf(pages: int = 1, **root: Any) -> bytes:
    """A small PDF; `root` are entries of its catalogue."""
    import pikepdf

    with pikepdf.new() as pdf:
        for _number in range(pages):
            pdf.add_blank_page()
        for name, thing in root.items():
            pdf.Root[f"/{name}"] = thing(pdf) if callable(thing) else thing
        return saved(pdf, deterministic_id=True)  # the same bytes each time


def saved(pdf: Any, **more: Any) -> bytes:
    kept = io.BytesIO()
    pdf.save(kept, **more)
    return kept.getvalue()


def an_image(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(kept, form, **more)
    return kept.getvalue()


def a_bomb() -> bytes:
    """A PNG of some kilobytes that says it is 30,000 pixels wide and high."""
    import struct

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
        )

    header = struct.pack("!IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


DAY = timedelta(days=1)
