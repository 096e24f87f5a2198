"""People, products and spaces to measure with, made through the rooms' own actions.

    python -m tools.bench.prepare <signers> <creators> <newcomers> <senders>    prints it as JSON

Needs the environment of the portal to be measured. The people are as invented as the cast.
"""

import json
import os
import secrets
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from guichet import clock  # noqa: E402
from guichet.ids import new_id  # noqa: E402
from guichet.persons.models import Account, Person  # noqa: E402
from guichet.procedures import actions as procedures  # noqa: E402
from guichet.registers.identifiers import make_person_number  # noqa: E402
from guichet.registration.actions import enrol  # noqa: E402
from guichet.registration.models import Known  # noqa: E402
from guichet.signon import sessions  # noqa: E402
from guichet.signon.actions import issue_token  # noqa: E402
from guichet.signon.models import Credential  # noqa: E402
from guichet.spaces import actions as spaces  # noqa: E402
from guichet.spaces.company import CompanyData  # noqa: E402
from guichet.spaces.models import Membership, Role, Space  # noqa: E402
from tools.bench.drafts import FISHING  # noqa: E402
from tools.bench.scenarios import COMPANY  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Guichet-2026"
FIRST_BIRTHDAY = date(1950, 1, 1)


def main(signers: int, creators: int, newcomers: int = 0, senders: int = 0) -> dict[str, Any]:
    """Migrated, static files in place, procedures published, and so many people who will sign on,
    create spaces, ask to be registered, or send something."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    procedures.publish()
    return {
        "signers": [_signer(number) for number in range(signers)],
        "creators": [_creator(signers + number) for number in range(creators)],
        "reader": _reader(signers + creators),
        "accountant": _accountant(signers + creators + 1),
        "filler": _filler(signers + creators + 2 + senders),
        "newcomers": [_newcomer(entry) for entry in _population()[:newcomers]],
        "senders": [_sender(signers + creators + 2 + number) for number in range(senders)],
    }


def _signer(number: int) -> dict[str, str]:
    """Somebody with a whole Token and a private space to land in."""
    secret = secrets.token_bytes(20)
    credential, person = _person(number, secret)
    spaces.open_private(person, notification_email=person.email, credential=credential)
    return {"user_id": f"BENCH{number}", "password": PASSWORD, "secret": secret.hex()}


def _creator(number: int) -> dict[str, str]:
    """Somebody who is signed on and has no space yet."""
    credential, _ = _person(number, secrets.token_bytes(20))
    return {"session": sessions.open_session(credential)[1]}


def _sender(number: int) -> dict[str, str]:
    """Somebody who is signed on, with a private space to send from and a Token to sign with."""
    secret = secrets.token_bytes(20)
    credential, person = _person(number, secret)
    space = spaces.open_private(person, notification_email=person.email, credential=credential)
    return {
        "session": sessions.open_session(credential)[1],
        "secret": secret.hex(),
        "space": space.identifier,
    }


def _filler(number: int) -> dict[str, str]:
    """Somebody who is signed on and fills in a draft."""
    sender = _sender(number)
    rows = Membership.objects.select_related("space", "person")
    member = rows.get(space__identifier=sender["space"])
    draft = procedures.begin(member, code=FISHING.code, once=new_id())
    place = f"/fr/espaces/{sender['space']}/demarches/brouillons/{draft.pk}/"
    return {"session": sender["session"], "draft": place}


def _newcomer(entry: dict[str, Any]) -> dict[str, str]:
    """Somebody of the invented register who holds a Token, is signed on, and not registered."""
    number = entry["national_number"]
    credential = issue_token(
        user_id=f"NEW{number}",
        password=PASSWORD,
        picture=0,
        serial=f"N{number}",
        secret=secrets.token_bytes(20),
        given_names=entry["given_names"].upper(),
        family_name=entry["family_name"].upper(),
    )
    return {
        "session": sessions.open_session(credential)[1],
        "national_number": number,
        "email": f"n{number}@example.lu",
    }


def _population() -> list[dict[str, Any]]:
    file = ROOT / "guichet" / "registers" / "data" / "persons.json"
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return entries


def _reader(number: int) -> dict[str, str]:
    """Somebody who is signed on and has a private and a professional space."""
    credential, person = _person(number, secrets.token_bytes(20))
    spaces.open_private(person, notification_email=person.email, credential=credential)
    space = professional_space(person, credential, "Atelier Bench")
    return {"session": sessions.open_session(credential)[1], "space": space.identifier}


def _accountant(number: int) -> dict[str, str]:
    """Somebody with 200 professional spaces, the first of which has 500 users."""
    credential, person = _person(number, secrets.token_bytes(20))
    opened = [professional_space(person, credential, f"Client {n:03d}") for n in range(200)]
    Membership.objects.bulk_create(
        [
            Membership(
                space=opened[0],
                person=other,
                role=Role.MANAGER,
                origin=Membership.Origin.INVITATION,
                created_by=person,
                role_from=person,
                notification_email=other.email,
            )
            for other in people(499)
        ]
    )
    return {"session": sessions.open_session(credential)[1], "space": opened[0].identifier}


def professional_space(person: Person, credential: Credential, name: str) -> Space:
    """A space of a company that was typed by hand."""
    draft = spaces.start_professional(person, once=new_id(), name=name)
    company = CompanyData.typed(**COMPANY, name=f"{name} Sàrl")
    draft = spaces.save_company(person, draft=draft, revision=draft.revision, company=company)
    return spaces.open_professional(
        person,
        credential=credential,
        draft=draft,
        revision=draft.revision,
        notification_email=person.email,
    )


def people(number: int) -> list[Person]:
    """So many rows of people who never sign on, written in bulk."""
    at = clock.now()
    accounts = Account.objects.bulk_create(
        [Account(kind=Account.Kind.PERSON) for _number in range(number)], batch_size=500
    )
    return Person.objects.bulk_create(
        [
            Person(
                account=account,
                national_number_sealed=b"x",
                national_number_index=account.pk.hex,
                given_names="Anne",
                family_name=f"Mesure {place:05d}",
                birth_date=FIRST_BIRTHDAY,
                register_checked_at=at,
                language="fr",
                email=f"p{place}@example.lu",
                email_confirmed_at=at,
            )
            for place, account in enumerate(accounts)
        ],
        batch_size=500,
    )


def somebody(number: int) -> tuple[Credential, Person]:
    """A person with a Token."""
    return _person(number, secrets.token_bytes(20))


def _person(number: int, secret: bytes) -> tuple[Credential, Person]:
    credential = issue_token(
        user_id=f"BENCH{number}",
        password=PASSWORD,
        picture=number % 192,
        serial=f"B{number:09d}",
        secret=secret,
        given_names="ANNE",
        family_name="MESURE",
    )
    born = FIRST_BIRTHDAY + timedelta(days=number)
    known = Known("Anne", "Mesure", "Madame", born, ("1, rue du Chronomètre", "L-1234 Luxembourg"))
    person = enrol(
        credential,
        national_number=make_person_number(born, number % 1000),
        known=known,
        email=f"anne.mesure{number}@example.lu",
        language="fr",
    )
    return credential, person


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:]))))
