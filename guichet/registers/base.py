"""What a register answers with, and what its connector has to do.

A connector is one class in one module, named by a setting. It knows how its register is reached
and nothing of the portal; time limits, repetition and what is recorded are `actions`' concern.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

Title = Literal["Madame", "Monsieur"]


class Unavailable(Exception):
    """The register did not answer. It says nothing about whether the person or business exists.

    A page shows a sentence and a way on: only "not found" may stop somebody.
    """

    def __init__(self, register: str = "") -> None:
        super().__init__(register)
        self.register = register


class Closed(Unavailable):
    """The register says itself that it is closed for now: asking again at once is no use."""


class LegalForm(TextChoices):
    """What kind of business it is. The values are stable; the labels are for people."""

    SARL = "sarl", _("Private limited liability company (Sàrl)")
    SARL_S = "sarl-s", _("Simplified private limited liability company (Sàrl-S)")
    SA = "sa", _("Public limited liability company (SA)")
    SAS = "sas", _("Simplified joint stock company (SAS)")
    SECS = "secs", _("Limited partnership (SECS)")
    SENC = "senc", _("General partnership (SENC)")
    SCI = "sci", _("Non-trading property company (SCI)")
    COOPERATIVE = "cooperative", _("Cooperative company")
    GIE = "gie", _("Economic interest grouping (GIE)")
    ASBL = "asbl", _("Non-profit association (ASBL)")
    FOUNDATION = "foundation", _("Foundation")
    SELF_EMPLOYED = "self-employed", _("Self-employed person")
    BRANCH = "branch", _("Branch of a foreign company")
    PUBLIC = "public", _("Public establishment")
    OTHER = "other", _("Other legal form")


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives or a business has its seat, as it is written on an envelope.

    In Luxembourg the lines are "11, allée du Guichet" and "L-0000 Luxembourg".
    """

    lines: tuple[str, ...]

    @property
    def street(self) -> str:
        """House number and street: the first line."""
        return self.lines[0] if self.lines else ""

    @property
    def postal_code(self) -> str:
        """ "L-1234"; empty for an address abroad."""
        return self._last_line()[0]

    @property
    def locality(self) -> str:
        """The place that follows the postal code; for an address abroad, the last line."""
        return self._last_line()[1]

    def _last_line(self) -> tuple[str, str]:
        last = self.lines[-1] if self.lines else ""
        code, _space, place = last.partition(" ")
        return (code, place) if code.startswith("L-") else ("", last)


@dataclass(frozen=True, slots=True)
class Citizen:
    """A natural person as the national register (RNPP) knows them."""

    national_number: str  # 13 digits
    given_names: str  # all of them, in order, "Léa Marie"
    family_name: str
    birth_date: date
    title: Title
    address: Address

    @property
    def name(self) -> str:
        """Given names and family name."""
        return f"{self.given_names} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody entitled to act for a business."""

    name: str
    national_number: str  # 13 digits, or empty where it is not the asker's to know


@dataclass(frozen=True, slots=True)
class Business:
    """A company, association or self-employed person, as the business register knows it.

    An identifier that the business does not have is an empty string.
    """

    name: str
    legal_form: LegalForm
    rcs: str  # "B123456"
    vat: str  # "LU15027442"
    national_number: str  # 11 digits; a self-employed person's own 13
    address: Address
    nace_code: str = ""  # "10.71"
    activity: str = ""  # the label of that code, in French
    founded_on: date | None = None
    managers: tuple[Manager, ...] = ()

    @property
    def reference(self) -> str:
        """What finds this business again, without any person's number: RCS, VAT or 11 digits."""
        return self.rcs or self.vat or self.national_number

    def without_personal_numbers(self) -> Self:
        """The same, for pages: the 13-digit number of a person is not for others to read."""
        own = "" if self.legal_form is LegalForm.SELF_EMPLOYED else self.national_number
        managers = tuple(replace(manager, national_number="") for manager in self.managers)
        return replace(self, national_number=own, managers=managers)


class PopulationRegister(Protocol):
    """Tells who holds a national identification number, and where they live."""

    def citizen(self, national_number: str) -> Citizen | None:
        """The living person with these 13 digits, or None if there is none.

        Raises `Unavailable`, or any error of the network: both mean "no answer".
        """


class BusinessRegister(Protocol):
    """Tells which businesses exist, by name and by each of their numbers.

    The numbers given are clean (see `identifiers`). Each method raises `Unavailable` or an
    error of the network when there is no answer.
    """

    def by_name(self, words: str, *, limit: int) -> list[Business]:
        """At most `limit` businesses with a word that starts like each of `words`, best first.

        Accents and capitals do not count.
        """

    def by_rcs(self, rcs: str) -> Business | None:
        """The business with this number of the trade and companies register, "B123456"."""

    def by_vat(self, vat: str) -> Business | None:
        """The business with this VAT number, "LU15027442"."""

    def by_national_number(self, number: str) -> Business | None:
        """The business with these 11 digits, or the self-employed person with these 13."""
