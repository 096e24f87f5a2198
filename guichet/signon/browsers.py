"""Browsers that somebody has signed on with before.

Whoever guesses at a UserID blocks it at most for strangers, not for its holder: her browser carries
a signed cookie and is counted on its own, wherever it is. The cookie signs nobody on.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from guichet import sealing

REMEMBERED = timedelta(days=365)
_MARKS_MAX = 8
_SALT = "signon.browser"


@dataclass(frozen=True)
class Browser:
    """A browser, and marks of the UserIDs that signed on with it. Unknown without a cookie."""

    id: str = ""
    marks: tuple[str, ...] = ()

    def knows(self, user_id_index: str) -> bool:
        """Whether this UserID signed on here before."""
        return _mark(user_id_index) in self.marks

    def remembering(self, user_id_index: str) -> "Browser":
        """The same browser, knowing this UserID too; the oldest of many is forgotten."""
        others = tuple(mark for mark in self.marks if mark != _mark(user_id_index))
        kept = (*others, _mark(user_id_index))[-_MARKS_MAX:]
        return Browser(self.id or secrets.token_urlsafe(16), kept)

    def cookie(self) -> str:
        """The value of the cookie."""
        return signing.dumps([self.id, *self.marks], salt=_SALT)


NEW = Browser()


def of_cookie(value: str | None) -> Browser:
    """The browser that a cookie names; a new one when it is missing, altered or a year old."""
    if not value:
        return NEW
    try:
        browser, *marks = signing.loads(value, salt=_SALT, max_age=REMEMBERED)
    except (signing.BadSignature, ValueError, TypeError):
        return NEW
    return Browser(browser, tuple(marks))


def _mark(user_id_index: str) -> str:
    return sealing.index(user_id_index, context=_SALT)[:16]
