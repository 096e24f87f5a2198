"""The cast: invented people whom tests and the demonstration share.

Léa Guichet is the guide's own new user: she holds a Token and nobody knows her yet. Ada Muller,
Tom Weber and Marc Klein are registered. Names and numbers are the population register's.

    ada = a_person("Ada Muller")
    signed_on(client, ada)
    with travel(hours=72): ...
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.test import Client

import guichet
from guichet import clock
from guichet.desk import actions as desk
from guichet.desk import previews
from guichet.ids import new_id
from guichet.persons.actions import name_authority, take_on_agent
from guichet.persons.models import Account, Agent, Person
from guichet.registration import actions as registration
from guichet.signon import actions, sessions, totp
from guichet.signon.levels import Level
from guichet.signon.models import Credential, Session
from guichet.spaces import actions as spaces
from guichet.spaces.models import Appointment, Membership, Merger, Space, SpaceDraft

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
    """A valid 13-digit national number of somebody born that day; drawn, nobody's of the cast."""
    digits = f"{born:%Y%m%d}{(next(_serials) if serial is None else serial) % 1000:03d}"
    number = digits + _luhn(digits) + _verhoeff(digits)
    taken = {entry.get("national_number") for entry in _population().values()}
    return a_number(born) if serial is None and number in taken else number


def known(name: str) -> dict[str, Any]:
    """What the invented population register says of somebody of the cast; nothing of others."""
    return _population().get(name, {})


def a_person(
    name: str = "Ada Muller",
    *,
    born: date | None = None,
    number: str = "",
    email: str = "",
    language: str = "fr",
    with_terms: bool = True,
    **fields: Any,
) -> Person:
    """A registered person. Without the terms, she has still to accept the portal's own."""
    entry = known(name)
    given, _, family = name.rpartition(" ")
    born = born or date.fromisoformat(entry.get("birth_date", "1985-04-12"))
    at = clock.now()
    account = Account.objects.create(kind=Account.Kind.PERSON)
    person = Person(
        account=account,
        given_names=entry.get("given_names", given),
        family_name=entry.get("family_name", family),
        birth_date=born,
        register_checked_at=at,
        language=language,
        email=email or f"{account.pk.hex[-8:]}@example.lu",
        email_confirmed_at=at,
        **fields,
    )
    person.national_number = number or entry.get("national_number") or a_number(born)
    person.save()
    registration.grant_access(person, portal_terms=None if with_terms else 0)
    return person


def an_agent(
    name: str = "Claire Meyer",
    *,
    duties: Iterable[str] = (Agent.Duty.HELP_DESK,),
    authority: str = "ctie",
    language: str = "fr",
) -> Agent:
    """Somebody who works for an authority, with an account of their own."""
    given, _, family = name.rpartition(" ")
    return take_on_agent(
        name_authority(code=authority, names={"fr": f"Administration {authority}"}),
        given_names=given,
        family_name=family,
        email=f"{family.lower()}@example.lu",
        language=language,
        duties=duties,
    )


def a_credential(
    person: Person | Agent | None = None, *, level: int = Level.HIGH, **fields: Any
) -> Credential:
    """A product in somebody's hand; without `person` it is Léa's, and nobody knows her yet."""
    at = clock.now()
    names = {"given_names": "LEA", "family_name": "GUICHET"}
    if person is not None:
        names = {
            "given_names": person.given_names.upper(),
            "family_name": person.family_name.upper(),
        }
    given = {"product": "token", "issuer": "tests", "subject": f"{next(_serials):020d}"}
    return Credential.objects.create(
        **{**given, **names, **fields},
        person=person if isinstance(person, Person) else None,
        agent=person if isinstance(person, Agent) else None,
        level=level,
        created_at=at,
        activated_at=at,
    )


def a_token(
    person: Person | Agent | None = None, *, user_id: str = "LEAG1", **given: Any
) -> Credential:
    """A whole Token with UserID, password and codes: what signing on through the pages needs."""
    number = next(_serials)
    values: dict[str, Any] = {
        "password": PASSWORD,
        "picture": number % 192,
        "serial": f"T{number:09d}",
        "secret": f"{number:020d}".encode(),
        "given_names": person.given_names.upper() if person else "LEA",
        "family_name": person.family_name.upper() if person else "GUICHET",
    }
    credential = actions.issue_token(user_id=user_id, **{**values, **given})
    if isinstance(person, Agent):
        actions.bind_agent(credential, person)
    elif person is not None:
        actions.bind_person(credential, person)
    return credential


def code_of(credential: Credential) -> str:
    """What this Token shows now."""
    device = credential.otp
    return totp.code(device.secret, clock.now(), device.period_seconds, device.digits)


def a_private_space(person: Person) -> Space:
    """The one private space of this person."""
    return spaces.open_private(person, notification_email=person.email)


def a_draft(
    person: Person, name: str = "Boulangerie Muller", *, with_company: bool = True
) -> SpaceDraft:
    """A professional space in preparation; with the company, only the last step is missing."""
    draft = spaces.start_professional(person, once=new_id(), name=name)
    if with_company:
        draft = spaces.type_company(
            person,
            draft=draft,
            revision=draft.revision,
            name=name,
            legal_form="sarl",
            address_line1="4, place du Puits-Vert",
            postal_code="L-4205",
            locality="Esch-sur-Alzette",
            country="LU",
        )
    return draft


def a_professional_space(person: Person, name: str = "Boulangerie Muller") -> Space:
    """A space of a company, administrated by this person."""
    draft = a_draft(person, name)
    return spaces.open_professional(
        person,
        credential=_credential_of(person),
        draft=draft,
        revision=draft.revision,
        notification_email=person.email,
    )


def a_headless_space(name: str = "Librairie Theisen") -> Space:
    """A space of a company whose only administrator has died."""
    gone = a_person("François Pletschette", number=a_number(date(1945, 8, 13)))
    space = a_professional_space(gone, name)
    Account.objects.filter(pk=gone.pk).update(suspended_at=clock.now())
    return space


def a_proposal(agent: Agent, space: Space, person: Person | None = None) -> Appointment:
    """The help desk proposes this person as administrator, by national number."""
    person = person or a_person("Julie Reding")
    _credential_of(person)
    return spaces.propose_administrator(
        agent,
        space=space,
        who="",
        national_number=person.national_number,
        asked_by="Me Weis, notaire",
        proof=Appointment.Proof.DEATH,
        proof_words="",
        reason="L’administrateur est décédé.",
    )


def a_merger(person: Person) -> Merger:
    """Two professional spaces of one person; she has asked, and has still to consent."""
    absorbed, kept = (a_professional_space(person, name) for name in ("Levain", "Fournil"))
    members = {
        member.space_id: member
        for member in Membership.objects.filter(person=person).select_related("space", "person")
    }
    return desk.ask(
        members[absorbed.pk],
        other=members[kept.pk],
        identifier=kept.identifier,
        keeps=False,
        seen=previews.foresee(absorbed, kept).digest,
    )


def signed_on(client: Client, who: Person | Agent | Credential | None = None) -> Session:
    """Give `client` the session of a person or agent, or of a credential nobody knows yet."""
    credential = who if isinstance(who, Credential) else _credential_of(who)
    session, key = sessions.open_session(credential, attempt_number="964542")
    client.cookies[settings.SESSION_COOKIE] = key
    return session


def a_session(who: Person | Agent | Credential | None = None) -> Session:
    """What somebody who has signed on hands to the door of a room: `policy.membership(…)`."""
    credential = who if isinstance(who, Credential) else _credential_of(who)
    return sessions.open_session(credential, attempt_number="964542")[0]


@contextmanager
def travel(by: timedelta | None = None, **units: float) -> Iterator[datetime]:
    """Be later: `travel(hours=72)`. Time goes on from there."""
    then = datetime.now(UTC) + (by or timedelta(**units))
    with time_machine.travel(then, tick=True):
        yield then


def _credential_of(person: Person | Agent | None) -> Credential:
    if person is None:
        return a_credential()
    return person.credentials.order_by("created_at").first() or a_credential(person)


@cache
def _population() -> dict[str, dict[str, Any]]:
    file = Path(guichet.__file__).parent / "registers" / "data" / "persons.json"
    entries = json.loads(file.read_text(encoding="utf-8"))
    return {f"{entry['given_names']} {entry['family_name']}": entry for entry in entries}


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
