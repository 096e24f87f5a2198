"""Passwords of products that we check ourselves: argon2id (RFC 9106), and the same work always.

Whoever is unknown is checked against a password nobody has, so that time tells nothing.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from django.conf import settings
from django.utils.translation import gettext as _

from guichet.refusals import Refused

LENGTH_MIN = 12
LENGTH_MAX = 128


def check(password: str) -> None:
    """Raise `Refused` when a new password is too short or too long."""
    if len(password) < LENGTH_MIN:
        raise Refused(
            _("Choose a password of at least %(length)d characters.") % {"length": LENGTH_MIN},
            code="password-too-short",
            field="password",
        )
    if len(password) > LENGTH_MAX:
        raise Refused(
            _("Choose a password of at most %(length)d characters.") % {"length": LENGTH_MAX},
            code="password-too-long",
            field="password",
        )


def hashed(password: str) -> str:
    """What is stored of a password: a PHC string."""
    return _hasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; with None, False after the same work."""
    try:
        right = _hasher().verify(stored or _nobodys(settings.PASSWORD_COST_KIB), password)
    except (Argon2Error, InvalidHashError):
        return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether `stored` was computed at another cost than today's."""
    return _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    # OWASP, Password Storage: argon2id with 19 MiB, two passes, one lane.
    return PasswordHasher(time_cost=2, memory_cost=settings.PASSWORD_COST_KIB, parallelism=1)


@cache
def _nobodys(_cost: int) -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
