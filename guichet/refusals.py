"""How the house says no, and how it shows the way elsewhere."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied


class Refused(Exception):
    """An act that the rules do not allow, with a sentence for the person who asked.

    `message` is a whole, translated sentence that says what to do next; `code` names the
    refusal for machines and tests (lower case, dashes); `field` is the form field it belongs
    to, or None for the form as a whole; `data` holds figures that a page may print.
    """

    def __init__(self, message: str, *, code: str, field: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.data = data


class Way(NamedTuple):
    """A way on from a page that says no: what the link says, and where it leads."""

    label: str
    url: str


class NotAllowed(PermissionDenied):
    """A page that somebody may not open: why, what would be needed, and the ways on.

    `message` and `hints` are whole, translated sentences; `ways` are links, the best first.
    """

    def __init__(
        self, message: str, *, hints: Sequence[str] = (), ways: Sequence[Way] = ()
    ) -> None:
        super().__init__(message)
        self.hints = tuple(hints)
        self.ways = tuple(ways)


class Moved(Exception):
    """What an identifier in the address named is found under another one, for good."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(old)
        self.old = old
        self.new = new
