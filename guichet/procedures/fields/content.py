"""What one reads between questions."""

from typing import ClassVar, Literal

from guichet.procedures.fields.base import Content


class Note(Content):
    """A paragraph under a title, or a callout (5.6, type 53). Its texts: `title`, `text`."""

    type: Literal["note"]
    look: Literal["plain", "info", "warning"] = "plain"

    seconds: ClassVar[int] = 10

    def texts(self) -> list[tuple[str, ...]]:
        return [("questions", self.id, "text")]
