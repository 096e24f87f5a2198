"""What we write on paper about spaces. To persons at the register's address, never a typed one."""

from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from guichet.persons.models import Person
from guichet.post.actions import Letter
from guichet.registers.base import Citizen
from guichet.spaces.models import Appointment, Company

SUBJECT = _("An administrator was appointed for a business eSpace")


def appointed(appointment: Appointment, person: Person, citizen: Citizen) -> Letter:
    """To the new administrator, or to somebody who was administrator before."""
    name = f"{citizen.title} {citizen.name}".strip()
    return _appointed(
        appointment,
        (name, *citizen.address.lines),
        language=person.language,
        key=str(person.pk),
        to=person,
        is_you=person.pk == appointment.person_id,
    )


def appointed_to_company(appointment: Appointment, company: Company) -> Letter:
    """To the seat of the company: whoever opens its letters learns it too."""
    place = f"{company.postal_code} {company.locality}".strip()
    lines = (company.address_line1, company.address_line2, place)
    foreign = "" if company.country == "LU" else company.country
    return _appointed(
        appointment,
        (company.name, *[line for line in (*lines, foreign) if line]),
        language=appointment.person.language,
        key="company",
    )


def _appointed(
    appointment: Appointment,
    addressee: tuple[str, ...],
    *,
    language: str,
    key: str,
    to: Person | None = None,
    **more: Any,
) -> Letter:
    at = appointment.consented_at
    with translation.override(language):
        day = date_format(localtime(at), "DATE_FORMAT") if at else ""
    return Letter(
        "spaces/letter/appointed",
        subject=SUBJECT,
        addressee=addressee,
        language=language,
        context={
            "addressee": addressee[0],
            "chosen": appointment.person.name,
            "identifier": appointment.space.identifier,
            "day": day,
            **more,
        },
        key=f"administrator_appointed:{appointment.pk}:{key}",
        whose=to.pk if to else None,
        tell=to.email if to else "",
    )
