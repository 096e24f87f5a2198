"""What people type into one line, without what nobody can see.

A name that others read must not turn the text around it (U+202E), hide letters between letters,
or look like nothing at all; and a database does not take every sign.
"""

import unicodedata

# They join what stands beside them: emoji of several parts, letters of Persian or Hindi.
_JOINERS = "\u200c\u200d"
# Letters and signs by their category, and blank all the same.
_BLANK = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))


def line(text: str) -> str:
    """`text` in one line: blanks of every kind as one, controls and marks of direction left out.

    Empty when nothing remains that can be seen.
    """
    composed = unicodedata.normalize("NFC", text).translate(_BLANK)
    kept = "".join(sign for sign in composed if sign.isspace() or _shows(sign))
    return " ".join(kept.split()) if kept.translate(_NO_JOINERS).strip() else ""


def _shows(sign: str) -> bool:
    return sign in _JOINERS or not unicodedata.category(sign).startswith("C")


_NO_JOINERS = str.maketrans(dict.fromkeys(_JOINERS))
