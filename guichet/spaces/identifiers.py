"""Identifiers of spaces: `PP-` for a person's own, `PM-` for a professional space, 6 characters.

Capitals without the letter O, digits without 0, so that nobody mistakes one for the other when
reading them out. Case sensitive. 34 ** 6 = 1,544,804,416 for each prefix.
"""

import secrets
from collections.abc import Callable

ALPHABET = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789"
LENGTH = 6
PATTERN = rf"(?:PP|PM)-[A-NP-Z1-9]{{{LENGTH}}}"


def draw(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """A random identifier. Whether it was ever given is for the database to say."""
    return f"{prefix}-{''.join(choose(ALPHABET) for _ in range(LENGTH))}"


class IdentifierConverter:
    """A space's identifier in an address; anything else is no page."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
