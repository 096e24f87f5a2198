"""Numbers that the State gives: read from what people type, checked, and made.

Each function takes text as people write it (spaces, dots, dashes, lower case), returns the one
clean form that is stored and compared, and raises `Refused` with the sentence for the person.
`field` is the form field that the refusal belongs to.

Sources: the 13 digits, law of 19 June 2013 (date of birth, serial, Luhn and Verhoeff digits, both
over the first eleven); the 11 digits, grand-ducal regulation of 21 December 1987 (weights, and the
remainder 1 that is never allocated); VAT, the first six digits modulo 89.
"""

import re
import unicodedata
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum import luhn, verhoeff
from stdnum.exceptions import ValidationError
from stdnum.lu import tva

from guichet import clock
from guichet.refusals import Refused

PERSON_DIGITS = 13
BUSINESS_DIGITS = 11

_SEPARATORS = re.compile(r"[\s.\-_/:,'’·\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]+")
_BUSINESS_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_FIRST_YEAR_OF_BUSINESSES = 1800


def compact(text: str) -> str:
    """`text` in capitals without anything that people put between the digits of a number."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


# --- A natural person


def person_number(text: str, *, field: str | None = None) -> str:
    """The 13 digits of a natural person ("matricule")."""
    digits = _digits_of_person(text, field)
    if _birth_date(digits) is None:
        raise Refused(
            _(
                "The identification number starts with the date of birth: year, month, day. "
                "Check the first 8 digits."
            ),
            code="person-number-date",
            field=field,
        )
    if digits[11:] != _person_check_digits(digits[:11]):
        raise Refused(
            _("One digit of the identification number is wrong. Check your social security card."),
            code="person-number-check",
            field=field,
        )
    return digits


def birth_date(number: str) -> date:
    """The date of birth in a clean 13-digit number."""
    return date(int(number[:4]), int(number[4:6]), int(number[6:8]))


def make_person_number(born: date, serial: int) -> str:
    """The number that the person born on that day with that serial (0 to 999) would get.

    For invented people: real numbers are given by the register alone.
    """
    if not 0 <= serial <= 999:
        raise ValueError("a serial has three digits")
    first = f"{born:%Y%m%d}{serial:03d}"
    return first + _person_check_digits(first)


def _digits_of_person(text: str, field: str | None) -> str:
    digits = compact(text)
    if not digits:
        raise Refused(
            _("Enter the national identification number, 13 digits."),
            code="person-number-missing",
            field=field,
        )
    if not _only_digits(digits):
        raise Refused(
            _("Use digits only for the identification number. Example: 1983 0819 74925."),
            code="person-number-digits",
            field=field,
        )
    if len(digits) != PERSON_DIGITS:
        raise Refused(
            _("The identification number has 13 digits. You entered %(count)d.")
            % {"count": len(digits)},
            code="person-number-length",
            field=field,
            count=len(digits),
        )
    return digits


def _birth_date(digits: str) -> date | None:
    try:
        born = birth_date(digits)
    except ValueError:
        return None
    return born if born <= clock.today() else None


def _person_check_digits(eleven: str) -> str:
    return str(luhn.calc_check_digit(eleven)) + str(verhoeff.calc_check_digit(eleven))


# --- A legal person


def business_number(text: str, *, strict: bool = True, field: str | None = None) -> str:
    """The 11 digits of a legal person.

    `strict` takes the one check digit of the rule. Without it, the second and third digits are
    taken too which the regulation allowed once the serials of a year had run out.
    """
    digits = _digits_of_business(text, field)
    allowed = _business_check_digits(digits[:10])[: 1 if strict else 3]
    if int(digits[10]) not in allowed:
        raise Refused(
            _("One digit of the national number is wrong. Check the number on an official letter."),
            code="business-number-check",
            field=field,
        )
    if not _FIRST_YEAR_OF_BUSINESSES <= int(digits[:4]) <= clock.today().year:
        raise Refused(
            _("The national number starts with the year of formation. Check the first 4 digits."),
            code="business-number-year",
            field=field,
        )
    return digits


def business_or_person_number(text: str, *, field: str | None = None) -> str:
    """The 11 digits of a company or association, or the 13 of a self-employed person."""
    digits = compact(text)
    if len(digits) == BUSINESS_DIGITS:
        return business_number(digits, strict=False, field=field)
    if len(digits) == PERSON_DIGITS:
        return person_number(digits, field=field)
    if digits and not _only_digits(digits):
        raise _not_digits(field)
    raise Refused(
        _(
            "The national number has 11 digits. That of a self-employed person has 13. "
            "You entered %(count)d."
        )
        % {"count": len(digits)},
        code="national-number-length",
        field=field,
        count=len(digits),
    )


def make_business_number(year: int, form_code: str, serial: int) -> str | None:
    """The number of the business founded in that year with that two-digit code of its form.

    None where the rule gives no digit (remainder 1): the next serial is taken instead. For
    invented businesses: real numbers are given by the register alone.
    """
    if len(form_code) != 2 or not 0 <= serial <= 9999:
        raise ValueError("a form code has two digits and a serial four")
    first = f"{year:04d}{form_code}{serial:04d}"
    digits = _business_check_digits(first)
    return f"{first}{digits[0]}" if digits else None


def _digits_of_business(text: str, field: str | None) -> str:
    digits = compact(text)
    if not digits:
        raise Refused(
            _("Enter the national number of the business, 11 digits."),
            code="business-number-missing",
            field=field,
        )
    if not _only_digits(digits):
        raise _not_digits(field)
    if len(digits) != BUSINESS_DIGITS:
        raise Refused(
            _("The national number of a business has 11 digits. You entered %(count)d.")
            % {"count": len(digits)},
            code="business-number-length",
            field=field,
            count=len(digits),
        )
    return digits


def _not_digits(field: str | None) -> Refused:
    return Refused(
        _("Use digits only for the national number. Example: 2021 2400 026."),
        code="business-number-digits",
        field=field,
    )


def _business_check_digits(ten: str) -> list[int]:
    """The digit of the rule, then the second and third that were allowed when serials ran out."""
    products = (int(digit) * weight for digit, weight in zip(ten, _BUSINESS_WEIGHTS, strict=True))
    remainder = sum(products) % 11
    if remainder == 0:
        return [0]
    # Remainder 1 would need the digit 10: such a number is never allocated.
    return [digit for digit in (11 - remainder, 12 - remainder, 13 - remainder) if digit <= 9]


# --- Numbers of a business in other registers


def rcs_number(text: str, *, field: str | None = None) -> str:
    """A number of the trade and companies register, "B123456"."""
    clean = compact(text).removeprefix("RCS")
    # "R.C.S. Luxembourg B 123456" is how letterheads print it.
    clean = clean.removeprefix("LUXEMBOURG")
    if not clean:
        raise Refused(_("Enter the RCS number. Example: B123456."), code="rcs-missing", field=field)
    if not ("A" <= clean[0] <= "Z"):
        raise Refused(
            _("The RCS number starts with a letter. Example: B123456."),
            code="rcs-letter",
            field=field,
        )
    if not _only_digits(clean[1:]) or len(clean) > 7:
        raise Refused(
            _("The RCS number has one letter, then 1 to 6 digits. Example: B123456."),
            code="rcs-digits",
            field=field,
        )
    return clean


def vat_number(text: str, *, field: str | None = None) -> str:
    """A Luxembourg VAT number, "LU15027442"."""
    digits = compact(text).removeprefix("TVA").removeprefix("LU")
    if not digits:
        raise Refused(
            _("Enter the VAT number. Example: LU 150 274 42."), code="vat-missing", field=field
        )
    if _only_digits(digits) and len(digits) != 8:
        raise Refused(
            _("The VAT number has 8 digits after LU. You entered %(count)d.")
            % {"count": len(digits)},
            code="vat-length",
            field=field,
            count=len(digits),
        )
    try:
        if not _only_digits(digits):
            raise ValidationError
        return "LU" + str(tva.validate(digits))
    except ValidationError:
        raise Refused(
            _("The VAT number is not correct. Example: LU 150 274 42."),
            code="vat-check",
            field=field,
        ) from None


def make_vat_number(serial: int) -> str:
    """The VAT number with this six-digit serial. For invented businesses."""
    first = f"{serial:06d}"
    return f"LU{first}{tva.calc_check_digits(first)}"


# --- Where and how to reach somebody


def postal_code(text: str, *, field: str | None = None) -> str:
    """A Luxembourg postal code, "L-1234"."""
    digits = compact(text).removeprefix("LU").removeprefix("L")
    if not digits:
        raise Refused(
            _("Enter the postal code. Example: L-1234."), code="postal-code-missing", field=field
        )
    if not _only_digits(digits) or len(digits) != 4:
        raise Refused(
            _("The postal code has 4 digits. Example: L-1234."),
            code="postal-code-length",
            field=field,
        )
    # The guide's own address is in L-0000; only a demonstration knows the place.
    if digits[0] == "0" and not (settings.DEMO and digits == "0000"):
        raise Refused(
            _("There is no postal code that starts with 0. Check the postal code."),
            code="postal-code-unknown",
            field=field,
        )
    return f"L-{digits}"


def phone_number(text: str, *, field: str | None = None) -> str:
    """A telephone number with its country code, "+35226123456"; without one, of Luxembourg."""
    clean = compact(text).replace("(0)", "").replace("(", "").replace(")", "")
    if clean.startswith("00"):
        clean = "+" + clean[2:]
    if not clean:
        raise Refused(
            _("Enter the phone number. Example: +352 26 12 34 56."),
            code="phone-missing",
            field=field,
        )
    number = clean if clean.startswith("+") else f"+352{clean}"
    # ITU-T E.164: at most 15 digits. Short numbers of Luxembourg have four to six.
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise Refused(
            _("The phone number is not complete. Example: +352 26 12 34 56."),
            code="phone-length",
            field=field,
        )
    return number


def _only_digits(text: str) -> bool:
    return re.fullmatch(r"[0-9]+", text) is not None
