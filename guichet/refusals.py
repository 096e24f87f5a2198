"""How the house says no."""

from typing import Any


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
