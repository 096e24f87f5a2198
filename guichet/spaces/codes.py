"""Access codes: 16 letters and digits that one can read aloud without a mistake, 80 bits.

O and 0, I and 1 are left out: nobody has to ask which of the two it is.
"""

import secrets

from guichet import sealing

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 16
_GROUP = 4
_CONTEXT = "spaces.AccessCode.digest"


def draw() -> str:
    """A new code, `XXXX-XXXX-XXXX-XXXX`."""
    return shown("".join(secrets.choice(ALPHABET) for _sign in range(LENGTH)))


def clean(typed: str) -> str | None:
    """What was typed, as `draw` writes it; None when it cannot be a code.

    Small letters, spaces and dashes do not matter.
    """
    code = "".join(sign for sign in typed.upper() if not sign.isspace() and sign not in "-–.")
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return shown(code)


def digest(code: str) -> str:
    """What is kept of a code in its clean form: finds it again, and gives nothing back."""
    return sealing.index(code, context=_CONTEXT)


def shown(code: str) -> str:
    """In groups of four."""
    return "-".join(code[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))
