"""First values for a draft, from what the account, the space and the registers know already."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.procedures.definitions.form import Form
from guichet.procedures.fields import Question, Scene, type_name
from guichet.procedures.fields.known import RegisterValue
from guichet.procedures.models import Content
from guichet.registers import actions as registers
from guichet.registers.base import Address, Citizen, LegalForm, Unavailable
from guichet.spaces.company import CompanyData
from guichet.spaces.models import Company, Membership

ACCOUNT, POPULATION, BUSINESS, SPACE = "account", "population", "business", "space"

_COMPOSED = ("address", "person-name")

SOURCES = {
    ACCOUNT: _("Your account"),
    POPULATION: _("Population register"),
    BUSINESS: _("Business register"),
    SPACE: _("This eSpace"),
}


class Value(NamedTuple):
    """What is known: in words, as the map of a composed question if it has one, and from where."""

    text: str
    source: str
    whole: Mapping[str, str] | None = None


class Known:
    """What is known of a member and her space; each register is asked once, when first needed."""

    def __init__(self, member: Membership) -> None:
        self.member = member

    @cached_property
    def citizen(self) -> Citizen | None:
        """Of the population register; None when it does not know or does not answer."""
        person = self.member.person
        try:
            return registers.look_up_citizen(person.national_number, by=person, purpose="procedure")
        except Unavailable:
            return None

    @cached_property
    def company(self) -> CompanyData | None:
        """Of the space; None for a private one."""
        row = Company.objects.filter(space=self.member.space_id).first()
        return CompanyData.in_row(row) if row else None

    def value(self, code: str) -> Value | None:
        """What stands behind a name of `fields.prefills`; None when it is not known."""
        reader = _READERS.get(code)
        found = reader(self) if reader else None
        return found if found and found.text else None

    def vouched(self, code: str) -> Value | None:
        """The same as a register says it, dates in words; None when none does."""
        reader = _OF_CITIZEN.get(code)
        if reader is None:
            found = self.value(code)
            return found if found and found.source == BUSINESS else None
        return Value(reader(self.citizen), POPULATION) if self.citizen else None


def filled_in(form: Form, member: Membership) -> Content:
    """A draft's first content: what is known, and from where. What does not fit is left empty."""
    return _known(_prefilled(form), form, member)


def unsaid(form: Form, content: Content) -> list[Question]:
    """What a register was to say when the draft was begun and did not. Nobody can type it."""
    return [
        item
        for item in _prefilled(form)
        if isinstance(item, RegisterValue) and item.id not in content.answers
    ]


def said_now(form: Form, content: Content, member: Membership) -> Content:
    """What registers say of that now; nothing else."""
    return _known(unsaid(form, content), form, member)


def _prefilled(form: Form) -> list[Question]:
    """The questions outside rows that have a first value."""
    return [item for item in form.questions() if item.prefill and not form.rows_of[item.id]]


def _known(questions: list[Question], form: Form, member: Membership) -> Content:
    known, content = Known(member), Content()
    scene = Scene(form.words(get_language() or "fr"), clock.today())
    for item in questions:
        if item.prefill is None:
            continue
        # What a register is to vouch for comes from the register itself.
        vouched = isinstance(item, RegisterValue)
        found = known.vouched(item.prefill) if vouched else known.value(item.prefill)
        answer = _shaped(item, found, scene) if found else None
        if found and answer is not None:
            content.answers[item.id] = answer
            content.sources[item.id] = {"from": found.source, "at": clock.now().isoformat()}
    return content


def _shaped(item: Question, found: Value, scene: Scene) -> Any:
    """The value as this type of question answers; None when it would not stand."""
    try:
        answer: Any
        if isinstance(item, RegisterValue):
            answer = {
                "value": found.text,
                "source": str(SOURCES[found.source]),
                "read_at": clock.now().isoformat(),
            }
        elif item.prefill == "person-born":
            answer = found.text
        elif found.whole is not None and type_name(type(item)) in _COMPOSED:
            answer = dict(found.whole)
        else:
            answer = item.read(found.text, scene)
        if answer is not None:
            item.check(answer, scene)
    except ValidationError:
        return None
    return answer


# --- What is known, by name

Reader = Callable[[Known], Value | None]


def _of_company(read: Callable[[CompanyData], str]) -> Reader:
    def found(known: Known) -> Value | None:
        company = known.company
        return Value(read(company), _said_by(company)) if company else None

    return found


def _said_by(company: CompanyData) -> str:
    return BUSINESS if company.is_from_register else SPACE


def _name(known: Known) -> Value:
    person = known.member.person
    whole = {"given": person.given_names, "family": person.family_name}
    return Value(person.name, ACCOUNT, whole)


def _home(known: Known) -> Value | None:
    if known.citizen is None:
        return None
    address = known.citizen.address
    return Value("\n".join(address.lines), POPULATION, _address(address))


def _address(address: Address) -> dict[str, str]:
    parts = {
        "line1": address.street,
        "postal_code": address.postal_code,
        "locality": address.locality,
        "country": "LU" if address.postal_code else "",
    }
    return {name: text for name, text in parts.items() if text}


def _seat(known: Known) -> Value | None:
    company = known.company
    if company is None:
        return None
    parts = {
        "line1": company.address_line1,
        "line2": company.address_line2,
        "postal_code": company.postal_code,
        "locality": company.locality,
        "country": company.country,
    }
    last = f"{company.postal_code} {company.locality}".strip()
    lines = [line for line in (company.address_line1, company.address_line2, last) if line]
    whole = {name: text for name, text in parts.items() if text}
    return Value("\n".join(lines), _said_by(company), whole)


_OF_CITIZEN: dict[str, Callable[[Citizen], str]] = {
    "person-name": lambda citizen: citizen.name,
    "person-given-names": lambda citizen: citizen.given_names,
    "person-family-name": lambda citizen: citizen.family_name,
    "person-born": lambda citizen: date_format(citizen.birth_date, "DATE_FORMAT"),
    "person-national-number": lambda citizen: citizen.national_number,
    "person-address": lambda citizen: ", ".join(citizen.address.lines),
}
_READERS: dict[str, Reader] = {
    "person-name": _name,
    "person-given-names": lambda known: Value(known.member.person.given_names, ACCOUNT),
    "person-family-name": lambda known: Value(known.member.person.family_name, ACCOUNT),
    "person-born": lambda known: Value(known.member.person.birth_date.isoformat(), ACCOUNT),
    "person-national-number": lambda known: Value(known.member.person.national_number, ACCOUNT),
    "person-email": lambda known: Value(known.member.person.email, ACCOUNT),
    "person-address": _home,
    "company-name": _of_company(lambda company: company.name),
    "company-legal-form": _of_company(lambda company: str(LegalForm(company.legal_form).label)),
    "company-rcs": _of_company(lambda company: company.rcs),
    "company-vat": _of_company(lambda company: company.vat),
    # A self-employed person's own number is not given on.
    "company-number": _of_company(
        lambda company: company.national_number if len(company.national_number) == 11 else ""
    ),
    "company-address": _seat,
    "company-permit": _of_company(lambda company: company.permit),
    "company-nace": _of_company(lambda company: company.nace),
    "company-email": _of_company(lambda company: company.email),
    "company-phone": _of_company(lambda company: company.phone),
}
