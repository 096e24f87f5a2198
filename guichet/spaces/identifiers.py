"""Identifiers of spaces: `PP-` for a person's own, `PM-` for a professional space, 6 characters.

Capitals without the letter O, digits without 0, so that nobody mistakes one for the other when
reading them out. Case sensitive. 34 ** 6 = 1,544,804,416 for each prefix.
"""

import re
import secrets
from collections.abc import Callable

from django.utils.translation import gettext as _

from guichet.refusals import Refused

ALPHABET = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789"
LENGTH = 6
PATTERN = rf"(?:PP|PM)-[A-NP-Z1-9]{{{LENGTH}}}"


def draw(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """A random identifier. Whether it was ever given is for the database to say."""
    return f"{prefix}-{''.join(choose(ALPHABET) for _ in range(LENGTH))}"


def read(text: str) -> str:
    """An identifier as people type it: blanks, dashes and small letters do not matter."""
    signs = re.sub(r"[\W_]", "", text).upper()
    identifier = f"{signs[:2]}-{signs[2:]}"
    if not re.fullmatch(PATTERN, identifier):
        raise Refused(
            _(
                "An identifier has 2 letters, a dash and 6 letters or digits, never O or 0. "
                "Example: PM-7K2M4Q."
            ),
            code="identifier-shape",
            field="identifier",
        )
    return identifier


class IdentifierConverter:
    """A space's identifier in an address; anything else is no page."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
