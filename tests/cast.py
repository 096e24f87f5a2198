"""The cast: invented people whom tests and the demonstration share.

Léa Guichet is the guide's own new user: she holds a Token and nobody knows her yet. Ada Muller,
Tom Weber and Marc Klein are registered. Names and numbers are the population register's.

    ada = a_person("Ada Muller")
    signed_on(client, ada)
    with travel(hours=72): ...
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import time_machine
from django.conf import settings
from django.test import Client

from guichet import clock
from guichet.persons.models import Account, Person
from guichet.signon import sessions
from guichet.signon.levels import Level
from guichet.signon.models import Credential, Session

PASSWORD = "Guichet-2026"

LEA_NUMBER = "1983081974925"
LEA_EMAIL = "lea.guichet@guichet.lu"

_VERHOEFF_TIMES = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_PLACE = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_serials = count(100)


def a_number(born: date, serial: int | None = None) -> str:
    """A valid 13-digit national number of somebody born that day."""
    digits = f"{born:%Y%m%d}{(next(_serials) if serial is None else serial) % 1000:03d}"
    return digits + _luhn(digits) + _verhoeff(digits)


def a_person(
    name: str = "Ada Muller",
    *,
    born: date = date(1985, 4, 12),
    number: str = "",
    email: str = "",
    language: str = "fr",
    terms: bool = True,
    **fields: Any,
) -> Person:
    """A registered person; with `terms`, she has accepted the portal's current terms."""
    given, _, family = name.rpartition(" ")
    at = clock.now()
    account = Account.objects.create(kind=Account.Kind.PERSON)
    person = Person(
        account=account,
        given_names=given,
        family_name=family,
        birth_date=born,
        register_checked_at=at,
        language=language,
        email=email or f"{account.pk.hex[-8:]}@example.lu",
        email_confirmed_at=at,
        **fields,
    )
    person.national_number = number or a_number(born)
    person.save()
    if terms:
        _accept_terms(person)
    return person


def a_credential(
    person: Person | None = None,
    *,
    given_names: str = "LEA",
    family_name: str = "GUICHET",
    level: int = Level.HIGH,
    **fields: Any,
) -> Credential:
    """A Token in somebody's hand; without `person` nobody has registered with it."""
    if person is not None:
        given_names, family_name = person.given_names.upper(), person.family_name.upper()
    at = clock.now()
    return Credential.objects.create(
        product="token",
        issuer="tests",
        subject=f"{next(_serials):020d}",
        person=person,
        given_names=given_names,
        family_name=family_name,
        level=level,
        created_at=at,
        activated_at=at,
        **fields,
    )


def signed_on(client: Client, who: Person | Credential | None = None) -> Session:
    """Give `client` the session of a person, or of a credential that nobody knows yet."""
    credential = who if isinstance(who, Credential) else _credential_of(who)
    session, key = sessions.open_session(credential, attempt_number="964542")
    client.cookies[settings.SESSION_COOKIE] = key
    return session


@contextmanager
def travel(by: timedelta | None = None, **units: float) -> Iterator[datetime]:
    """Be later: `travel(hours=72)`. Time goes on from there."""
    then = datetime.now(UTC) + (by or timedelta(**units))
    with time_machine.travel(then, tick=True):
        yield then


def _credential_of(person: Person | None) -> Credential:
    if person is None:
        return a_credential()
    return person.credentials.order_by("created_at").first() or a_credential(person)


def _accept_terms(person: Person) -> None:
    """Filled in by the registration room's own act, once it has one."""


def _luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _verhoeff(digits: str) -> str:
    check = 0
    for place, digit in enumerate(reversed(digits), start=1):
        check = int(_VERHOEFF_TIMES[check][int(_VERHOEFF_PLACE[place % 8][int(digit)])])
    inverse = next(n for n in range(10) if _VERHOEFF_TIMES[check][n] == "0")
    return str(inverse)
