"""Codes that people read in a mail and may type: 12 characters of Crockford's base 32, 60 bits."""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_GROUP = 4
LENGTH = 12


def new_code() -> str:
    """A new code, `XXXX-XXXX-XXXX`, without letters that look like digits."""
    return shown("".join(secrets.choice(_ALPHABET) for _ in range(LENGTH)))


def clean(typed: str) -> str | None:
    """What was typed, as `new_code` writes it; None when it cannot be a code.

    Small letters, spaces and dashes do not matter; O is read as 0, I and L as 1.
    """
    code = "".join(typed.upper().split()).replace("-", "").translate(_LOOKALIKES)
    if len(code) != LENGTH or not set(code) <= set(_ALPHABET):
        return None
    return shown(code)


def shown(code: str) -> str:
    """In three groups of four."""
    return "-".join(code[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))
