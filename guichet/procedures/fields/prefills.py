"""Where a first value can come from: a closed list of names. Who reads them is the page's.

Each name says which types of question can take the value; a `register-value` takes all of them.
"""

_TEXTS = ("text", "long-text")

PREFILLS: dict[str, tuple[str, ...]] = {
    "person-name": ("person-name", *_TEXTS),
    "person-given-names": _TEXTS,
    "person-family-name": _TEXTS,
    "person-born": ("date", "incomplete-date"),
    "person-national-number": ("national-id", *_TEXTS),
    "person-email": ("email", *_TEXTS),
    "person-phone": ("phone", *_TEXTS),
    "person-address": ("address", "long-text"),
    "company-name": _TEXTS,
    "company-legal-form": ("code-list", *_TEXTS),
    "company-rcs": ("rcs", *_TEXTS),
    "company-vat": ("vat", *_TEXTS),
    "company-number": ("business-id", *_TEXTS),
    "company-address": ("address", "long-text"),
    "company-permit": _TEXTS,
    "company-nace": ("code-list", *_TEXTS),
    "company-phone": ("phone", *_TEXTS),
    "company-email": ("email", *_TEXTS),
}


def require(code: str, type_name: str) -> None:
    """Raise `ValueError`, for whoever writes the definition, unless this type takes this value."""
    if code not in PREFILLS:
        raise ValueError(f"there is no prefill “{code}”; there are {', '.join(PREFILLS)}")
    if type_name not in (*PREFILLS[code], "register-value"):
        takes = ", ".join(PREFILLS[code])
        raise ValueError(f"“{code}” is for {takes} or register-value, not for {type_name}")
