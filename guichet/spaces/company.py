"""What is known of a company before there is a row for it: typed or read, checked, carried on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from guichet import clock
from guichet.refusals import Refused
from guichet.registers import identifiers as numbers
from guichet.registers.base import Business, LegalForm
from guichet.spaces.lines import line
from guichet.spaces.models import Company, Source

HOME = "LU"


def nace_code(text: str) -> str:
    """A NACE code as its list prints it: "10.71". There is no check digit."""
    digits = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]{2,5}", digits):
        raise Refused(
            _("The NACE code has 2 to 5 digits. Example: 10.71."), code="nace-digits", field="nace"
        )
    return digits if len(digits) == 2 else f"{digits[:2]}.{digits[2:]}"


# How each identifier is read; an empty one is left out.
READERS: dict[str, Callable[[str], str]] = {
    "rcs": lambda text: numbers.rcs_number(text, field="rcs"),
    "vat": lambda text: numbers.vat_number(text, field="vat"),
    "national_number": lambda text: numbers.business_or_person_number(
        text, field="national_number"
    ),
    "nace": nace_code,
    "phone": lambda text: numbers.phone_number(text, field="phone"),
}

# What a company's own people say of it, whoever said the rest.
CONTACT = ("permit", "phone", "email")
# Said by the portal, not by whoever describes a company.
_OURS = frozenset({"source", "checked_at"})


def _require_email(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(
            _("The email address is not complete. Example: name@example.lu."),
            code="company-email",
            field="email",
        ) from None


@dataclass(frozen=True, slots=True)
class CompanyData:
    """A company as the register or a person describes it.

    `source` is one of `Source`; `checked_at` is when it was read or typed, ISO 8601. What a
    company does not have is an empty string.
    """

    name: str
    legal_form: str
    rcs: str = ""
    vat: str = ""
    national_number: str = ""
    permit: str = ""
    nace: str = ""
    address_line1: str = ""
    address_line2: str = ""
    postal_code: str = ""
    locality: str = ""
    country: str = HOME
    phone: str = ""
    email: str = ""
    source: str = Source.TYPED
    checked_at: str = ""

    @classmethod
    def of(cls, business: Business) -> Self:
        """What the business register says, as of now."""
        address = business.address
        return cls(
            name=business.name,
            legal_form=business.legal_form,
            rcs=business.rcs,
            vat=business.vat,
            national_number=business.national_number,
            nace=business.nace_code,
            address_line1=address.street,
            address_line2=", ".join(address.lines[1:-1]),
            postal_code=address.postal_code,
            locality=address.locality,
            country=HOME if address.postal_code else "",
            source=Source.REGISTER,
            checked_at=clock.now().isoformat(),
        )

    @classmethod
    def kept(cls, values: Mapping[str, Any]) -> Self:
        """What `values()` gave some time ago, perhaps in another version of the portal."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        return cls(**{"name": "", "legal_form": "", **known})

    @classmethod
    def typed(cls, **values: str) -> Self:
        """What somebody typed, as of now, in clean form. Raises `Refused` with the field."""
        data = cls(**values, source=Source.TYPED, checked_at=clock.now().isoformat())
        return data.checked()

    def with_contact(self, **values: str) -> Self:
        """The same company, with what its people say of it themselves. Raises `Refused`."""
        return replace(self, **values).checked()

    def checked(self) -> Self:
        """The same in clean form, complete: what may become a row. Raises `Refused` with the field.

        A draft may hold anything; this stands between a draft and a space.
        """
        plain = {name: line(value) for name, value in self.values().items() if name not in _OURS}
        tidy = replace(self, **plain)
        tidy._require()
        clean = {name: read(plain[name]) for name, read in READERS.items() if plain[name]}
        if tidy.country == HOME and tidy.postal_code:
            clean["postal_code"] = numbers.postal_code(tidy.postal_code, field="postal_code")
        return replace(tidy, **clean)

    def _require(self) -> None:
        """What every company says of itself, and an address to which one can write."""
        if not self.name:
            raise Refused(_("Enter the company name."), code="company-name", field="name")
        if self.legal_form not in LegalForm.values:
            raise Refused(_("Choose the legal form."), code="legal-form", field="legal_form")
        if not self.is_from_register:  # which knows what it knows
            self._require_address()
        if self.email:
            _require_email(self.email)

    def _require_address(self) -> None:
        asked = {
            "address_line1": _("Enter the number and the street."),
            "postal_code": _("Enter the postal code. Example: L-1234."),
            "locality": _("Enter the town."),
        }
        for field, sentence in asked.items():
            if not getattr(self, field):
                raise Refused(sentence, code="company-address", field=field)
        if not re.fullmatch(r"[A-Z]{2}", self.country):
            raise Refused(_("Choose the country."), code="company-country", field="country")

    @property
    def is_from_register(self) -> bool:
        """Read in the business register: name, form, numbers and address are not typed over."""
        return self.source == Source.REGISTER

    @property
    def read_at(self) -> datetime:
        """`checked_at` as a time."""
        return datetime.fromisoformat(self.checked_at)

    def says_the_same_as(self, other: Self) -> bool:
        """Equal but for the moment of reading or typing."""
        return replace(self, checked_at="") == replace(other, checked_at="")

    def values(self) -> dict[str, Any]:
        """Plain values, for keeping."""
        return asdict(self)

    def write_to(self, company: Company) -> Company:
        """Put everything into a row, which is not saved."""
        for name, value in self.values().items():
            setattr(company, name, self.read_at if name == "checked_at" else value)
        return company

    @classmethod
    def in_row(cls, company: Company) -> Self:
        """What a row says."""
        values = {name: getattr(company, name) for name in cls.__dataclass_fields__}
        return cls(**{**values, "checked_at": company.checked_at.isoformat()})
