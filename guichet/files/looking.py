"""Looking before believing: what a paper is, is decided by its content, never by its name.

    limits = Limits(count=3, size_bytes=10_000_000, families=(Family.PDF, Family.IMAGE))
    limits.words()                     "PDF, JPG or PNG, 10 MB each, 3 files at most"
    look(path, limits).media_type      "application/pdf", or a refusal

Who takes papers says the limits' words before anybody chooses a file.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from pathlib import Path

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.files import apart
from guichet.refusals import Refused

MEGABYTE = 1_000_000
_HEAD_BYTES = 16
_CHUNK_BYTES = 1 << 18
# Control characters, but for tabs and the ends of lines and pages.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
# A page that somebody scans in colour has half a megabyte; a form of the State has forty pages.
PAGES_MAX = 200


class Family(StrEnum):
    """What papers may be. Archives are none: nobody can look into them before opening them."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True)
class Limits:
    """How many papers may be added, of what kind, and how large each may be."""

    count: int = 3
    size_bytes: int = 10 * MEGABYTE
    families: tuple[Family, ...] = (Family.PDF, Family.IMAGE)
    pages: int = PAGES_MAX

    def words(self) -> str:
        """The limits in one line, without a stop, in the page's language."""
        values = {"kinds": self.kinds(), "size": _megabytes(self.size_bytes), "count": self.count}
        if self.count == 1:
            return _("%(kinds)s, %(size)s MB at most, 1 file") % values
        return (
            ngettext(
                "%(kinds)s, %(size)s MB each, %(count)s file at most",
                "%(kinds)s, %(size)s MB each, %(count)s files at most",
                self.count,
            )
            % values
        )

    def kinds(self) -> str:
        """What is accepted: "PDF, JPG or PNG"."""
        of_family = {
            Family.PDF: ["PDF"],
            Family.IMAGE: ["JPG", "PNG"],
            Family.TEXT: ["CSV", "TXT"],
        }
        kinds = [kind for family in Family if family in self.families for kind in of_family[family]]
        if len(kinds) == 1:
            return kinds[0]
        return _("%(several)s or %(last)s") % {
            "several": ", ".join(kinds[:-1]),
            "last": kinds[-1],
        }

    @property
    def accept(self) -> str:
        """For the attribute `accept` of a file field: a hint to the browser, checked by nobody."""
        types = {
            Family.PDF: ".pdf,application/pdf",
            Family.IMAGE: ".jpg,.jpeg,.png,image/jpeg,image/png",
            Family.TEXT: ".csv,.txt,text/csv,text/plain",
        }
        return ",".join(types[family] for family in Family if family in self.families)

    def require_size(self, name: str, size_bytes: int) -> None:
        """Raise `Refused` (`too-large`, `empty`) when a file of this size is not taken."""
        if size_bytes > self.size_bytes:
            raise self.too_large(name, size_bytes)
        if size_bytes <= 0:
            raise Refused(
                _("The file “%(name)s” is empty. Choose another file.") % {"name": name},
                code="empty",
            )

    def too_large(self, name: str, size_bytes: int) -> Refused:
        """The refusal of a file that has, or would have had, this size."""
        return Refused(
            _("The file “%(name)s” is too big: %(size)s MB. Maximum: %(limit)s MB.")
            % {
                "name": name,
                "size": _megabytes(size_bytes),
                "limit": _megabytes(self.size_bytes),
            },
            code="too-large",
        )


@dataclass(frozen=True)
class Seen:
    """What a paper turned out to be. `pages` is 1 for what has none."""

    family: Family
    media_type: str
    pages: int = 1


def look(path: Path, limits: Limits) -> Seen:
    """What the file is. Its size is the caller's business.

    Raises `Refused`: `file-type` (not of the families), `unreadable` (protected or damaged),
    `program` (a PDF that starts or carries one), `too-many-pages`, `too-many-pixels`.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"%PDF-"):
        return _pdf(path, limits)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _image(path, limits)
    if Family.TEXT in limits.families and _is_text(path):
        return Seen(Family.TEXT, "text/plain")
    raise _not_accepted(limits)


def _pdf(path: Path, limits: Limits) -> Seen:
    if Family.PDF not in limits.families:
        raise _not_accepted(limits)
    told = _opened("look_into_pdf", path)
    pages: int = told["pages"]
    if pages > limits.pages:
        raise Refused(
            ngettext(
                "The PDF has %(pages)s pages. Maximum: %(limit)s page.",
                "The PDF has %(pages)s pages. Maximum: %(limit)s pages.",
                limits.pages,
            )
            % {"pages": pages, "limit": limits.pages},
            code="too-many-pages",
        )
    return Seen(Family.PDF, "application/pdf", pages)


def _image(path: Path, limits: Limits) -> Seen:
    if Family.IMAGE not in limits.families:
        raise _not_accepted(limits)
    return Seen(Family.IMAGE, _opened("look_into_image", path)["media_type"])


def _opened(job: str, path: Path) -> apart.Told:
    """What a process of its own found; its findings against the paper as refusals."""
    try:
        told = apart.run(job, str(path))
    except apart.Failed as fault:
        raise unreadable() from fault
    if told.get("problem") == "program":
        raise Refused(
            _(
                "This PDF holds a program or another file. Print it as a new PDF. "
                "Then add the new PDF."
            ),
            code="program",
        )
    if told.get("problem") == "pixels":
        raise Refused(
            _("This image has too many pixels. Take a smaller photo or add a PDF."),
            code="too-many-pixels",
        )
    if "problem" in told:
        raise unreadable()
    return told


def unreadable() -> Refused:
    """The refusal of what cannot be opened."""
    return Refused(
        _("We cannot open this file. It is protected or damaged. Add another file."),
        code="unreadable",
    )


def _not_accepted(limits: Limits) -> Refused:
    return Refused(
        _("This type of file is not accepted. Use %(kinds)s.") % {"kinds": limits.kinds()},
        code="file-type",
    )


def _is_text(path: Path) -> bool:
    """UTF-8 without control characters, with or without its mark, read piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return all(_is_plain(decoder.decode(chunk, not chunk)) for chunk in _chunks(path))
    except UnicodeDecodeError:
        return False


def _chunks(path: Path) -> Iterator[bytes]:
    """The last one is empty, so that the decoder learns of the end."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
    yield b""


def _is_plain(text: str) -> bool:
    return _CONTROLS.search(text) is None


def _megabytes(size_bytes: int) -> str:
    """With one decimal where it has one; rounded up, so that what is over a limit looks so."""
    tenths = ceil(size_bytes * 10 / MEGABYTE)
    return str(number_format(tenths / 10, 0 if tenths % 10 == 0 else 1, use_l10n=True))
