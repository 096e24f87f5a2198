"""Everything that somebody or something owns, in one ZIP: data, a page to read it, papers.

    sections = [Section("users", _("Users"), {"name": _("Name")}, [{"name": "Ada Muller"}])]
    for chunk in pack(_("eSpace PM-7K2M4Q"), "fr", sections, papers): …

A room says what it keeps as a `Kept`: sections, and rows of `File`. Whoever hands the ZIP out has
asked before who may have it.
"""

import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.files import actions
from guichet.files.models import File

Word = str | Promise
Row = Mapping[str, Any]

_CHUNK_BYTES = 1 << 16
_NAME_LENGTH_MAX = 80


class Said(NamedTuple):
    """A value that programs and people read in different words: `administrator`, "Administrator"."""

    value: str
    text: Word


@dataclass(frozen=True)
class Section:
    """One kind of thing: `data/<name>.json` for programs, a heading with a table for people.

    `columns` name what rows hold: keys for programs, words for people, in the order of the page.
    Values are text, numbers, truth, times, `Said`, lists of these, or None. `is_one`: there is
    always exactly one row, drawn as a list of terms, not as a table.
    """

    name: str
    title: Word
    columns: Mapping[str, Word]
    rows: Sequence[Row]
    note: Word = ""
    is_one: bool = False

    @property
    def count(self) -> int:
        """How many things it holds."""
        return len(self.rows)


@dataclass(frozen=True)
class Kept:
    """What a room keeps of somebody or something. `sent`: how much of it authorities have got."""

    sections: list[Section] = field(default_factory=list)
    papers: list[File] = field(default_factory=list)
    sent: int = 0


def pack(
    title: Word, language: str, sections: Sequence[Section], papers: Iterable[File] = ()
) -> Iterator[bytes]:
    """The ZIP, piece by piece, while it is made: a paper is never in memory as a whole.

    Holds `export.json`, `data/<section>.json`, `files/<number>-<name>` and `index.html`, which
    needs nothing from elsewhere. A paper whose bytes are missing or damaged is named as such.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "export.json", _text_of(_about(title, language, sections)))
        for section in sections:
            _write(archive, f"data/{section.name}.json", _json_of(section))
            yield from pipe.taken()
        packed = []
        for number, file in enumerate(papers, start=1):
            paper = _Packed(file, f"files/{number:03}-{safe_name(file.name)}")
            for _written in _copied(archive, paper):
                yield from pipe.taken()
            packed.append(paper)
        _write(archive, "data/files.json", _text_of([paper.facts for paper in packed]))
        _write(archive, "index.html", _page(title, language, sections, packed))
    yield from pipe.taken(everything=True)


def safe_name(name: str) -> str:
    """A file's name that is no path, hides nothing and is legal everywhere."""
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in composed)
    stem, dot, suffix = kept.strip("._").rpartition(".")
    suffix = suffix[:10]
    return f"{stem[: _NAME_LENGTH_MAX - len(suffix)]}{dot}{suffix}" or "file"


@dataclass
class _Packed:
    """A paper and its place in the ZIP."""

    file: File
    path: str
    is_whole: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "path": self.path if self.is_whole else None,
            "name": self.file.name,
            "media_type": self.file.media_type,
            "size_bytes": self.file.size_bytes,
            "sha256": self.file.digest,
            "stored_at": localtime(self.file.stored_at).isoformat(),
        }


class _Pipe(io.RawIOBase):
    """What the ZIP is written into: holds it only until it is taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self, *, everything: bool = False) -> Iterator[bytes]:
        """What is held, once it is worth sending."""
        if len(self._held) >= _CHUNK_BYTES or (everything and self._held):
            held, self._held = bytes(self._held), bytearray()
            yield held


def _write(archive: zipfile.ZipFile, path: str, text: str) -> None:
    archive.writestr(_info(path), text.encode())


def _info(path: str, size_bytes: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, localtime(clock.now()).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    info.file_size = size_bytes  # decides whether it takes the long form
    return info


def _copied(archive: zipfile.ZipFile, paper: _Packed) -> Iterator[None]:
    """Copy piece by piece, comparing with the digest."""
    digest, info = hashlib.sha256(), _info(paper.path, paper.file.size_bytes)
    try:
        with actions.open_file(paper.file) as source, archive.open(info, "w") as target:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
                yield
    except actions.Damaged:
        return
    paper.is_whole = digest.hexdigest() == paper.file.digest


# --- For programs


def _about(title: Word, language: str, sections: Sequence[Section]) -> dict[str, Any]:
    with translation.override(language):
        return {
            "title": str(title),
            "language": language,
            "made_at": localtime(clock.now()).isoformat(),
            "data": {section.name: section.count for section in sections},
        }


def _json_of(section: Section) -> str:
    rows = [{name: _plain(row.get(name)) for name in section.columns} for row in section.rows]
    return _text_of(rows[0] if section.is_one and rows else rows)


def _text_of(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return value.value
    if isinstance(value, datetime):
        return localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


# --- For people


def _page(
    title: Word, language: str, sections: Sequence[Section], papers: Sequence[_Packed]
) -> str:
    filled = [section for section in sections if section.count]
    with translation.override(language):
        nothing = [str(section.title) for section in sections if not section.count]
        context = {
            "nothing": ", ".join(nothing if papers else [*nothing, _("Papers")]),
            "title": str(title),
            "language": language,
            "made_at": clock.now(),
            "sections": [
                {
                    "name": section.name,
                    "title": section.title,
                    "note": section.note,
                    "is_one": section.is_one,
                    "count": section.count,
                    "labels": list(section.columns.values()),
                    "rows": [_cells(section, row) for row in section.rows],
                }
                for section in filled
            ],
            "papers": papers,
        }
        return render_to_string("files/paper/pack.html", context)


def _cells(section: Section, row: Row) -> list[tuple[Word, str]]:
    return [(label, _shown(row.get(name))) for name, label in section.columns.items()]


def _shown(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, Said):
        return str(value.text)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return str(value)
