"""Numbers as people write them in three languages, and as we write them back.

"1.234,50", "1 234,50", "1'234.50" and "1234.5" are one amount. A single separator with three digits
behind it is the one of thousands: nobody types tenths of a cent.
"""

import re

from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language

from guichet.procedures.rules.kinds import MICRO, NUMBER_MAX

_BLANKS = dict.fromkeys(map(ord, "  \t\u202f\u2009'’"), None)
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}", re.ASCII)


def whole(text: str) -> int | None:
    """A whole number, groups of thousands allowed; None for anything else."""
    text = text.translate(_BLANKS).replace("−", "-")
    if re.fullmatch(r"[-+]?[0-9]{1,3}([.,][0-9]{3})+", text, re.ASCII):
        text = text.replace(".", "").replace(",", "")
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if abs(number) <= NUMBER_MAX else None


def cents(text: str) -> int | None:
    """An amount in euros as cents; None for what is none, or has tenths of a cent."""
    text = text.strip().removeprefix("€").removesuffix("€").strip()
    text = re.sub(r"(?i)^eur|eur$", "", text).strip()
    number = micros(text, thousands=True)
    return None if number is None or number % (MICRO // 100) else number // (MICRO // 100)


def micros(text: str, *, thousands: bool = False) -> int | None:
    """A decimal number as millionths. `thousands`: "1.234" is one thousand, not one and a bit."""
    text = text.translate(_BLANKS).replace("−", "-")
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        other = "," if text[last] == "." else "."
        grouped = text.count(text[last]) > 1 or (
            thousands and len(text) - last == 4 and other not in text
        )
        if grouped:
            return (
                micros_of(text.replace(".", "").replace(",", ""))
                if whole(text) is not None
                else None
            )
        text = text[:last].replace(other, "") + "." + text[last + 1 :]
    return micros_of(text)


def micros_of(text: str) -> int | None:
    """ "12.5" as millionths: at most six places."""
    match = re.fullmatch(r"([-+]?)([0-9]{1,10})(?:\.([0-9]{1,6}))?", text, re.ASCII)
    if match is None:
        return None
    number = int(match[2]) * MICRO + int((match[3] or "").ljust(6, "0"))
    return -number if match[1] == "-" else number


def say_whole(number: int) -> str:
    """As the language of the page writes it."""
    return str(format_decimal(number, locale=get_language() or "fr"))


def say_euros(amount: int) -> str:
    """Cents as "1 234,50 €"."""
    return str(format_currency(amount / 100, "EUR", locale=get_language() or "fr"))


def say_cents(amount: int) -> str:
    """Cents as one types them: no sign of the currency."""
    return str(format_decimal(amount / 100, format="#,##0.00", locale=get_language() or "fr"))
