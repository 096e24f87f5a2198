"""Codes of receipts: 16 characters of Crockford's base 32, 80 random bits, in groups of four.

So many that guessing is hopeless: with a thousand million receipts and a million tries a second, the
first hit takes years. Looking one up therefore needs no throttle.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
LENGTH = 16
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_code() -> str:
    """`9TC9EEDJPXVV2K7M`, as it is stored."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def grouped(code: str) -> str:
    """`9TC9-EEDJ-PXVV-2K7M`, as it is printed and as it stands in addresses."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def cleaned(typed: str) -> str | None:
    """The code as it is stored, however it was typed; None if it can be none.

    The whole address of its page is taken too: that is what a scanner puts in one's hands.
    """
    code = "".join(typed.rpartition("/")[2].split()).replace("-", "").upper().translate(_READ_AS)
    return code if len(code) == LENGTH and not set(code) - set(ALPHABET) else None
