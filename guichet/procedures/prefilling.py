"""First values for a draft, from what the account, the space and the registers know already."""

from collections.abc import Callable
from typing import Any

from guichet import clock
from guichet.procedures.definitions.form import Form
from guichet.procedures.fields import Question, Rows
from guichet.procedures.models import Content
from guichet.registers import actions as registers
from guichet.registers.base import Citizen, Unavailable
from guichet.spaces.company import CompanyData
from guichet.spaces.models import Company, Membership

ACCOUNT, POPULATION, BUSINESS, SPACE = "account", "population", "business", "space"


class Known:
    """What is known of a member and her space; each register is asked once, when first needed."""

    def __init__(self, member: Membership) -> None:
        self._member = member
        self._citizen: Citizen | bool | None = False  # False: not asked yet
        self._company: CompanyData | bool | None = False

    @property
    def citizen(self) -> Citizen | None:
        """Of the population register; None when it does not know or does not answer."""
        if self._citizen is False:
            person = self._member.person
            try:
                self._citizen = registers.look_up_citizen(
                    person.national_number, by=person, purpose="procedure"
                )
            except Unavailable:
                self._citizen = None
        return self._citizen  # type: ignore[return-value]

    @property
    def company(self) -> CompanyData | None:
        """Of the space; None for a private one."""
        if self._company is False:
            row = Company.objects.filter(space=self._member.space_id).first()
            self._company = CompanyData.in_row(row) if row else None
        return self._company  # type: ignore[return-value]

    def value(self, code: str) -> tuple[Any, str] | None:
        """The value that a prefill names, as an answer, and its source; None when not known."""
        found = _READERS[code](self) if code in _READERS else None
        return found if found and found[0] not in (None, "") else None


def filled_in(form: Form, member: Membership) -> Content:
    """A draft's first content: what is known, and from where."""
    known, content = Known(member), Content()
    inside = {
        inner.id
        for item in form.items.values()
        if isinstance(item, Rows)
        for inner in item.questions
    }
    for item in form.items.values():
        if not isinstance(item, Question) or not item.prefill or item.id in inside:
            continue
        found = known.value(item.prefill)
        if found is not None:
            content.answers[item.id] = found[0]
            content.sources[item.id] = {"from": found[1], "at": clock.now().isoformat()}
    return content


def _of_citizen(read: Callable[[Citizen], Any]) -> Callable[[Known], tuple[Any, str] | None]:
    return lambda known: (read(known.citizen), POPULATION) if known.citizen else None


def _of_company(read: Callable[[CompanyData], Any]) -> Callable[[Known], tuple[Any, str] | None]:
    def found(known: Known) -> tuple[Any, str] | None:
        company = known.company
        if company is None:
            return None
        return read(company), BUSINESS if company.is_from_register else SPACE

    return found


def _name(known: Known) -> tuple[Any, str]:
    citizen = known.citizen
    if citizen:
        return {"given": citizen.given_names, "family": citizen.family_name}, POPULATION
    person = known._member.person
    return {"given": person.given_names, "family": person.family_name}, ACCOUNT


_READERS: dict[str, Callable[[Known], tuple[Any, str] | None]] = {
    "person-name": _name,
    "person-given-names": lambda known: (_name(known)[0]["given"], _name(known)[1]),
    "person-family-name": lambda known: (_name(known)[0]["family"], _name(known)[1]),
    "person-email": lambda known: (known._member.person.email, ACCOUNT),
    "person-national-number": lambda known: (known._member.person.national_number, ACCOUNT),
    "person-born": _of_citizen(lambda citizen: citizen.birth_date.isoformat()),
    "company-name": _of_company(lambda company: company.name),
    "company-rcs": _of_company(lambda company: company.rcs),
    "company-vat": _of_company(lambda company: company.vat),
    "company-permit": _of_company(lambda company: company.permit),
    "company-email": _of_company(lambda company: company.email),
    "company-phone": _of_company(lambda company: company.phone),
}
