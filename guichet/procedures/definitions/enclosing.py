"""Files that a version encloses, in its folder `files`: pictures, films with captions, forms to fill in.

They are part of the version as its words are: of its digest, and kept with it when it is published.
What a file is, is decided by its content; its name has to agree. No SVG: it may hold a program.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from guichet.procedures.definitions.ids import placed
from guichet.procedures.definitions.model import Definition
from guichet.procedures.fields.content import Enclosed, Enclosing, Family, Video

Step = tuple[str | int, ...]
Said = tuple[Step, str]  # a place in `form.yaml`, and a sentence

PIXELS_MAX = 4_000  # of each side of a picture
_BYTES_MAX = {
    Family.PICTURE: 500_000,
    Family.FILM: 20_000_000,
    Family.CAPTIONS: 200_000,
    Family.DOCUMENT: 5_000_000,
}
# By the end of the name.
_TYPES = {
    "png": (Family.PICTURE, "image/png"),
    "jpg": (Family.PICTURE, "image/jpeg"),
    "jpeg": (Family.PICTURE, "image/jpeg"),
    "webp": (Family.PICTURE, "image/webp"),
    "mp4": (Family.FILM, "video/mp4"),
    "webm": (Family.FILM, "video/webm"),
    "vtt": (Family.CAPTIONS, "text/vtt"),
    "pdf": (Family.DOCUMENT, "application/pdf"),
    "odt": (Family.DOCUMENT, "application/vnd.oasis.opendocument.text"),
}


@dataclass(frozen=True)
class Enclosure:
    """One file. `width` and `height` are those of a picture, in pixels."""

    sha256: str
    size_bytes: int
    media_type: str
    width: int = 0
    height: int = 0

    @property
    def is_shown(self) -> bool:
        """On the page; otherwise it is saved."""
        return not self.media_type.startswith("application/")


Enclosures = Mapping[str, Enclosure]  # by name


def written(enclosures: Enclosures) -> dict[str, Any]:
    """As JSON."""
    return {name: asdict(one) for name, one in sorted(enclosures.items())}


def read_back(found: Mapping[str, Any]) -> dict[str, Enclosure]:
    """The other way."""
    return {name: Enclosure(**one) for name, one in found.items()}


def folder_of(version: Path) -> Path:
    """Where the files of a version's folder lie."""
    return version / "files"


class Read(NamedTuple):
    """The files that a definition names, what is wrong with them, and those that nothing shows."""

    found: dict[str, Enclosure]
    wrong: list[Said]
    unused: list[str]


def read(version: Path, definition: Definition) -> Read:
    """What lies in a version's folder."""
    found: dict[str, Enclosure] = {}
    wrong: list[Said] = []
    named = list(_named(definition, wrong))
    for path, name, family in named:
        try:
            found.setdefault(name, _looked_at(folder_of(version) / name, family))
        except _Wrong as fault:
            wrong.append((path, f"files/{name}: {fault}"))
    folder = folder_of(version)
    there = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
    return Read(found, wrong, sorted(there - {name for _path, name, _family in named}))


class _Wrong(Exception):
    """Why a file cannot be enclosed."""


def _named(definition: Definition, wrong: list[Said]) -> Iterator[tuple[Step, str, Family]]:
    languages = [code for code, _name in settings.LANGUAGES]
    for path, item in placed(definition):
        if not isinstance(item, Enclosing):
            continue
        if isinstance(item, Video) and bool(item.captions) == item.silent:
            said = "A film has captions in every language, or says `silent: true`."
            wrong.append(((*path, "captions"), said))
        for setting, named, family in item.enclosed():
            wrong += [((*path, setting), said) for said in _languages(named, languages)]
            for name in [named] if isinstance(named, str) else named.values():
                if _TYPES.get(_end(name), (None,))[0] is family:
                    yield (*path, setting), name, family
                else:
                    ends = ", ".join(end for end, (of, _type) in _TYPES.items() if of is family)
                    said = f"“{name}” is no {family}. These are: {ends}."
                    wrong.append(((*path, setting), said))


def _languages(named: Enclosed, languages: list[str]) -> Iterator[str]:
    """A file for each language has one for all of them, and for no other."""
    if isinstance(named, str) or not named:
        return
    yield from (f"There is no file for “{code}”." for code in languages if code not in named)
    yield from (f"“{code}” is no language of the portal." for code in named.keys() - {*languages})


def _end(name: str) -> str:
    return name.rpartition(".")[2]


def _looked_at(file: Path, family: Family) -> Enclosure:
    try:
        content = file.read_bytes()
    except OSError:
        raise _Wrong("this file is missing.") from None
    most = _BYTES_MAX[family]
    if len(content) > most:
        raise _Wrong(f"this file is larger than {most // 1000:,} kB.")
    media_type = _TYPES[_end(file.name)][1]
    size = _size(content, media_type) if family is Family.PICTURE else (0, 0)
    if family is not Family.PICTURE and not _IS[media_type](content):
        raise _Wrong(f"its content is not {media_type}.")
    digest = hashlib.sha256(content).hexdigest()
    return Enclosure(digest, len(content), media_type, *size)


def _size(content: bytes, media_type: str) -> tuple[int, int]:
    from PIL import Image  # takes a while, and few versions have pictures

    kind = media_type.removeprefix("image/").upper()
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            size = picture.size
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _Wrong(f"its content is not {media_type}.") from None
    if max(size) > PIXELS_MAX:
        raise _Wrong(f"it has {size[0]} × {size[1]} pixels; {PIXELS_MAX} a side are enough.")
    return size


def _is_captions(content: bytes) -> bool:
    try:
        return content.decode("utf-8-sig").startswith("WEBVTT")
    except UnicodeDecodeError:
        return False


def _is_odt(content: bytes) -> bool:
    """OpenDocument 1.3, part 2, 3.3: its type is the first entry. One with a program is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = file.namelist()
            is_one = names[:1] == ["mimetype"] and file.read("mimetype") == _ODT.encode()
    except (zipfile.BadZipFile, KeyError, NotImplementedError):
        return False
    return is_one and not any(name.startswith(("Basic/", "Scripts/")) for name in names)


_ODT = _TYPES["odt"][1]
_IS = {
    "video/mp4": lambda content: content[4:8] == b"ftyp",
    "video/webm": lambda content: content.startswith(b"\x1a\x45\xdf\xa3"),
    "text/vtt": _is_captions,
    "application/pdf": lambda content: content.startswith(b"%PDF-"),
    _ODT: _is_odt,
}
