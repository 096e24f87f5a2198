"""What one reads between questions. Files lie in the folder `files` of the version."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from guichet.procedures.fields.base import Code, Content

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}\.[a-z0-9]{2,4}$")]
Enclosed = FileName | dict[Code, FileName]


class Note(Content):
    """A paragraph under a title, or a callout (5.6, type 53). Its texts: `title`, `text`."""

    type: Literal["note"]
    look: Literal["plain", "info", "warning"] = "plain"

    seconds: ClassVar[int] = 10

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "text")]


class Heading(Content):
    """A heading between questions (5.6, type 53). Its text: `title`. A `level` below the page's."""

    type: Literal["heading"]
    level: Literal[2, 3] = 2

    seconds: ClassVar[int] = 1

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "title")]


class Family(StrEnum):
    """What a file of a version is for."""

    PICTURE = "picture"
    FILM = "film"
    CAPTIONS = "captions"
    DOCUMENT = "document"


class Enclosing(Content):
    """Something with a file of the version, the same for all languages or one for each."""

    file: Enclosed

    def enclosed(self) -> Iterator[tuple[str, Enclosed, Family]]:
        """Its files: the setting, the name or names, what they have to be."""
        raise NotImplementedError


class Image(Enclosing):
    """A picture (5.6, type 53). Its text `alt` says what it shows to those who do not see it.

    A text `text` stands below it, for everybody.
    """

    type: Literal["image"]

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "alt")]

    def enclosed(self) -> Iterator[tuple[str, Enclosed, Family]]:
        yield "file", self.file, Family.PICTURE


class Video(Enclosing):
    """A film (5.6, type 53). Its text `transcript` says all that is heard and seen.

    `captions` are by language, unless it is `silent`. `width` and `height` in pixels keep its place
    on the page before it is there.
    """

    type: Literal["video"]
    width: Annotated[int, Field(ge=16, le=4000)] = 640
    height: Annotated[int, Field(ge=16, le=4000)] = 360
    captions: dict[Code, FileName] = {}
    silent: bool = False

    seconds: ClassVar[int] = 60

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, end) for end in ("title", "transcript")]

    def enclosed(self) -> Iterator[tuple[str, Enclosed, Family]]:
        yield "file", self.file, Family.FILM
        yield "captions", self.captions, Family.CAPTIONS


class Download(Enclosing):
    """A file to take along (5.6, type 53). Its text `label` names it; kind and size are computed."""

    type: Literal["download"]

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "label")]

    def enclosed(self) -> Iterator[tuple[str, Enclosed, Family]]:
        yield "file", self.file, Family.DOCUMENT


class Help(Content):
    """An explanation to open (5.6, type 54); open on paper. Its texts: `title`, `text`."""

    type: Literal["help"]

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, end) for end in ("title", "text")]


class Signature(Content):
    """Who signs, as a block of the paper (5.6, type 45). Its texts: `title`, `text`.

    `signers` are further signers of the definition, after whoever sends. Nobody answers it: one
    signs by sending, and what is signed is what the review page showed.
    """

    type: Literal["signature"]
    signers: tuple[Code, ...] = ()

    seconds: ClassVar[int] = 20

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, end) for end in ("title", "text")]
