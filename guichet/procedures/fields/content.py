"""What one reads between questions. Files lie in the folder `files` of the version."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from guichet.procedures.fields.base import Code, Content

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}\.[a-z0-9]{2,4}$")]


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


class Image(Content):
    """A picture (5.6, type 53). Its text `alt` says what it shows to those who do not see it."""

    type: Literal["image"]
    file: FileName

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "alt")]


class Video(Content):
    """A film (5.6, type 53). Its text `transcript` says all that is heard and seen."""

    type: Literal["video"]
    file: FileName
    captions: FileName | None = None

    seconds: ClassVar[int] = 60

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, end) for end in ("title", "transcript")]


class Download(Content):
    """A file to take along (5.6, type 53). Its text `label` names it; kind and size are computed."""

    type: Literal["download"]
    file: FileName

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "label")]


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
