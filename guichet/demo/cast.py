"""The people of the demonstration, and how each came where they stand: by the portal's own acts.

Their secrets are drawn anew in each installation; only the passwords are known to everybody.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guichet import clock, content
from guichet.ids import new_id
from guichet.persons.actions import name_authority, take_on_agent
from guichet.persons.models import Account, Agent, Person
from guichet.post.models import Dispatch
from guichet.registers import invented
from guichet.registers.base import Citizen
from guichet.registration import actions as registration
from guichet.registration.models import Document, Known, Text
from guichet.signon import actions as signon
from guichet.signon import sessions
from guichet.signon.models import Credential, LocalSecret, Session
from guichet.signon.products.token import user_id_index
from guichet.spaces import actions as spaces
from guichet.spaces.models import Membership, Role

PASSWORD = "Guichet-2026"  # noqa: S105 - printed on a page of the demonstration
_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")

# Invented as everything here; publishing again what stands there changes nothing.
_NEWS = Path(content.__file__).parent / "data" / "news.json"

# Nobody's browser: whoever goes on from here does so from another one.
_BROWSER = secrets.token_hex(32)

Act = Callable[["Member", list[Credential]], None]


@dataclass(frozen=True)
class Member:
    """Somebody of the cast: what they hold, and the acts that brought them where they stand."""

    number: str
    user_ids: tuple[str, ...]
    story: str | Promise
    acts: tuple[Act, ...] = ()
    language: str = "fr"
    email: str = ""
    name: str = ""  # of somebody whom the population register does not know

    @property
    def citizen(self) -> Citizen | None:
        """What the population register says."""
        return invented.citizens().get(self.number)

    @property
    def full_name(self) -> str:
        """As the register writes it."""
        return self.citizen.name if self.citizen else self.name

    @property
    def certificate_names(self) -> tuple[str, str]:
        """Given names and family name in capitals without accents, as certificates have them."""
        if self.citizen is None:
            given, _space, family = self.name.partition(" ")
        else:
            given, family = self.citizen.given_names, self.citizen.family_name
        return _in_capitals(given), _in_capitals(family)

    @property
    def known(self) -> Known:
        """What the register says, as a registration keeps it."""
        if self.citizen is None:
            raise LookupError(self.number)
        return Known(
            given_names=self.citizen.given_names,
            family_name=self.citizen.family_name,
            title=self.citizen.title,
            birth_date=self.citizen.birth_date,
            address=self.citizen.address.lines,
        )


@dataclass(frozen=True)
class Official:
    """An agent of the cast: whom they work for, what for, the Token they sign on with."""

    user_id: str
    given_names: str
    family_name: str
    email: str
    authority: str  # a code of `AUTHORITIES`
    duties: tuple[Agent.Duty, ...]
    story: str | Promise
    language: str = "fr"

    @property
    def full_name(self) -> str:
        """Given names and family name."""
        return f"{self.given_names} {self.family_name}"

    @property
    def authority_name(self) -> str:
        """As its own language writes it."""
        return AUTHORITIES[self.authority]["fr"]


# --- What they have done


def asks(member: Member, tokens: list[Credential]) -> None:
    """Fills in the registration form; a mail is sent."""
    session, _key = sessions.open_session(tokens[0])
    registration.request_registration(
        session, email=member.email, national_number=member.number, language=member.language
    )
    sessions.end(session, by=Session.End.PERSON)


def asked_four_days_ago(member: Member, tokens: list[Credential]) -> None:
    """Fills in the form and forgets about it: the link of the mail has run out."""
    with clock.earlier(timedelta(days=4)):
        asks(member, tokens)


def confirms(member: Member, _tokens: list[Credential]) -> None:
    """Opens the mail and presses its button."""
    mail = Dispatch.objects.filter(to=member.email).latest("created_at")
    found = _CODE.search(mail.text)
    if found is None:
        raise LookupError("no code in the mail")
    registration.confirm_mail(code=found[0], browser_hash=_BROWSER, address="demonstration")


def registered_three_weeks_ago(member: Member, tokens: list[Credential]) -> None:
    """Goes all the way of the guide, to the letter that confirms it."""
    with clock.earlier(timedelta(days=21)):
        asks(member, tokens)
        confirms(member, tokens)
        session, _key = sessions.open_session(tokens[0])
        person = registration.complete(
            session, digest=_digest(Document.ACCESS, member), browser_hash=_BROWSER
        )
        registration.accept_terms(person, digest=_digest(Document.PORTAL, member), session=session)
        sessions.end(session, by=Session.End.PERSON)


def is_registered(member: Member, tokens: list[Credential]) -> None:
    """Is a person with the current terms accepted."""
    _enrol(member, tokens, portal_terms=None)


def is_registered_under_old_terms(member: Member, tokens: list[Credential]) -> None:
    """Accepted the first version of the terms; the next sign-on asks again."""
    _enrol(member, tokens, portal_terms=1)


def _enrol(member: Member, tokens: list[Credential], *, portal_terms: int | None) -> None:
    for token in tokens:
        registration.enrol(
            token,
            national_number=member.number,
            known=member.known,
            email=member.email,
            language=member.language,
            portal_terms=portal_terms,
        )


def has_a_private_space(member: Member, tokens: list[Credential]) -> None:
    """Opens the one private space."""
    person = _person(tokens[0])
    spaces.open_private(person, notification_email=member.email, credential=tokens[0])


def administrates(*numbers: str) -> Act:
    """Opens a professional space for each of these businesses."""

    def open_them(member: Member, tokens: list[Credential]) -> None:
        for number in numbers:
            _open_business(_person(tokens[0]), tokens[0], number, member.email)

    return open_them


def _open_business(person: Person, token: Credential, number: str, email: str) -> None:
    name = next(b.name for b in invented.businesses() if b.national_number == number)
    draft = spaces.start_professional(person, once=new_id(), name=name)
    draft = spaces.choose_company(person, draft=draft, revision=draft.revision, reference=number)
    spaces.open_professional(
        person,
        credential=token,
        draft=draft,
        revision=draft.revision,
        notification_email=email,
    )


def works_with(**roles: str) -> Act:
    """Shares the professional spaces with these holders of Tokens, who are there already."""

    def let_in(_member: Member, tokens: list[Credential]) -> None:
        person = _person(tokens[0])
        for own in Membership.objects.filter(person=person, space__owner=None):
            for user_id, role in roles.items():
                other = _person(_held(user_id))
                Membership.objects.create(
                    space_id=own.space_id,
                    person=other,
                    role=role,
                    origin=Membership.Origin.INVITATION,
                    created_by=person,
                    role_from=person,
                    notification_email=other.email,
                )

    return let_in


def is_invited_by(
    user_id: str, role: Role, *, limits: tuple[str, ...] = (), accepts: bool = True
) -> Act:
    """Is invited into the professional spaces of this holder of a Token, and accepts, or not yet."""

    def come_in(member: Member, tokens: list[Credential]) -> None:
        given, family = tokens[0].given_names, tokens[0].family_name
        session, _key = sessions.open_session(tokens[0])
        for inviter in _administrated(_person(_held(user_id))):
            invitation = spaces.invite(
                inviter,
                email=member.email,
                given_names=given.title(),
                family_name=family.title(),
                role=role,
                limits=limits,
                language=member.language,
            )
            if accepts:
                spaces.accept_invitation(session, invitation=invitation)
        sessions.end(session, by=Session.End.PERSON)

    return come_in


def puts_into_the_bin(number: str) -> Act:
    """Deletes the space of this business; for thirty days it can be brought back."""

    def delete(_member: Member, tokens: list[Credential]) -> None:
        for own in _administrated(_person(tokens[0])):
            if own.space.company.business_number == number:
                spaces.bin_space(own, typed=own.space.identifier)

    return delete


def _administrated(person: Person) -> list[Membership]:
    own = Membership.objects.filter(person=person, role=Role.ADMINISTRATOR, space__owner=None)
    return list(own.select_related("space__company", "person").order_by("since", "pk"))


def dies(_member: Member, tokens: list[Credential]) -> None:
    """The population register reports a death: the account opens nothing any more."""
    Account.objects.filter(pk=_person(tokens[0]).pk).update(suspended_at=clock.now())


def loses_the_product(_member: Member, tokens: list[Credential]) -> None:
    """The provider suspends the product, for instance because it was reported lost."""
    Credential.objects.filter(pk=tokens[0].pk).update(suspended_at=clock.now())


# --- Who they are

CAST = [
    Member(
        number="1983081974925",
        user_ids=("LEAG1",),
        email="lea.guichet@guichet.lu",
        story=_("Has just received her Token. She is the new user of the guide."),
    ),
    Member(
        number="1979030230876",
        user_ids=("TOMW1",),
        email="tom.weber@example.lu",
        story=_("Roofer. Has a private eSpace and administers his company’s."),
        acts=(is_registered, has_a_private_space, administrates("20062401398")),
    ),
    Member(
        number="1985041274188",
        user_ids=("ADAM1",),
        email="ada.muller@example.lu",
        story=_("Baker. Administers three business eSpaces and chooses one after logging in."),
        acts=(is_registered, administrates("20122400809", "20157001168", "20186102720")),
    ),
    Member(
        number="1990113032458",
        user_ids=("MARC1",),
        email="marc.klein@example.lu",
        story=_(
            "Registered three weeks ago and has created no eSpace yet. "
            "His letter is among the letters."
        ),
        acts=(registered_three_weeks_ago,),
    ),
    Member(
        number="1996022952222",
        user_ids=("NORA1",),
        email="nora.schmit@example.lu",
        story=_("Has asked to be registered. The email with the link waits to be opened."),
        acts=(asks,),
    ),
    Member(
        number="1962071438564",
        user_ids=("JEAN1",),
        email="jean.hoffmann@example.lu",
        story=_("Has confirmed his address on another computer and must log in again."),
        acts=(asks, confirms),
    ),
    Member(
        number="1988120583396",
        user_ids=("EVAW1",),
        email="eva.wagner@example.lu",
        story=_("Asked to be registered four days ago. The link in her email has run out."),
        acts=(asked_four_days_ago,),
    ),
    Member(
        number="1971052337651",
        user_ids=("PAUL1",),
        email="paul.thill@example.lu",
        story=_("Accepted the previous version of the general terms. The new one is asked first."),
        acts=(is_registered_under_old_terms, has_a_private_space),
    ),
    Member(
        number="2001090930351",
        user_ids=("ZOEB1",),
        email="zoe.braun@example.lu",
        story=_("Reported her Token lost: the product is suspended and opens nothing."),
        acts=(is_registered, has_a_private_space, loses_the_product),
    ),
    Member(
        number="1957011720079",
        user_ids=("LUCR1", "LUCR2"),
        email="luc.reuter@example.lu",
        story=_("Holds two Tokens. Both open the same eSpaces: he is one person."),
        acts=(is_registered, has_a_private_space),
    ),
    Member(
        number="1957011720079",
        user_ids=("LUCR3",),
        email="luc.reuter@example.lu",
        story=_("Luc’s third Token lies unused in a drawer. He can add it to his account."),
    ),
    Member(
        number="1993062171674",
        user_ids=("INES1",),
        email="ines.albuquerque@example.lu",
        story=_("Has long names, to see whether pages and letters have room for them."),
        acts=(is_registered, has_a_private_space),
    ),
    Member(
        number="1968100312583",
        user_ids=("KARL1",),
        language="de",
        email="karl.steinmetz@example.lu",
        story=_("Reads and writes German. His emails and letters are in German."),
        acts=(is_registered, has_a_private_space, administrates("19982203301")),
    ),
    Member(
        number="1979083051744",
        user_ids=("PATS1",),
        email="patricia.schiltz@example.lu",
        story=_(
            "Accountant. Uses the eSpace of a client for taxes only, has one of her own, "
            "and has not yet answered an invitation."
        ),
        acts=(
            is_registered,
            administrates("19946101314"),
            is_invited_by("KARL1", Role.MANAGER, limits=("taxes",)),
            is_invited_by("TOMW1", Role.MANAGER, accepts=False),
        ),
    ),
    Member(
        number="1971040510283",
        user_ids=("MILS1",),
        email="mila.schiltz@example.lu",
        story=_(
            "Administers two business eSpaces that she could merge, "
            "and has put a third one into the bin."
        ),
        acts=(
            is_registered,
            administrates("19896103787", "19956102467", "19896102160"),
            puts_into_the_bin("19896102160"),
        ),
    ),
    Member(
        number="1970122126395",
        user_ids=("JULR1",),
        email="julie.reding@example.lu",
        story=_("Manages the eSpace of a bookshop whose only administrator has died."),
        acts=(is_registered,),
    ),
    Member(
        number="1974041498600",
        user_ids=("GUYM1",),
        email="guy.muller@example.lu",
        story=_("Reads along in the eSpace of the same bookshop."),
        acts=(is_registered,),
    ),
    Member(
        number="1945081392691",
        user_ids=("FRAP1",),
        email="francois.pletschette@example.lu",
        story=_(
            "Has died. He was the only administrator of his bookshop’s eSpace: "
            "the help desk can appoint somebody."
        ),
        acts=(
            is_registered,
            administrates("20052400830"),
            works_with(JULR1=Role.MANAGER, GUYM1=Role.READER),
            dies,
        ),
    ),
    Member(
        number="1999041732185",
        user_ids=("MIAK1",),
        email="mia.kremer@example.lu",
        name="Mia Kremer",
        story=_("Holds a Token, but the population register does not know her."),
    ),
]


AUTHORITIES = {
    "ctie": {
        "fr": "Centre des technologies de l’information de l’État",
        "de": "Zentrum für Informationstechnologien des Staates",
        "en": "Government IT Centre",
    },
    "acd": {
        "fr": "Administration des contributions directes",
        "de": "Steuerverwaltung",
        "en": "Luxembourg Inland Revenue",
    },
}

AGENTS = [
    Official(
        user_id="AGNT1",
        given_names="Claire",
        family_name="Meyer",
        email="claire.meyer@etat.example.lu",
        authority="ctie",
        duties=(Agent.Duty.HELP_DESK,),
        story=_("Works at the help desk. Finds a business eSpace and proposes an administrator."),
    ),
    Official(
        user_id="AGNT2",
        given_names="Yves",
        family_name="Kieffer",
        email="yves.kieffer@etat.example.lu",
        authority="ctie",
        duties=(Agent.Duty.HELP_DESK,),
        story=_("Works at the help desk too. Consents to what his colleague proposes, or not."),
    ),
    Official(
        user_id="AGNT3",
        given_names="Sonia",
        family_name="Lentz",
        email="sonia.lentz@etat.example.lu",
        authority="acd",
        duties=(Agent.Duty.ACCESS_CODES,),
        story=_("Works at an administration that gives companies access codes."),
    ),
]


def load() -> None:
    """Make those of the cast who are not there yet; the others stay as they are."""
    registration.load_terms()
    call_command("publish_news", _NEWS)
    for member in CAST:
        if not _is_there(member.user_ids[0]):
            _begin(member)
    for official in AGENTS:
        if not _is_there(official.user_id):
            _take_on(official)


def member_with(user_id: str) -> Member | None:
    """Which person holds the Token with this UserID."""
    return next((member for member in CAST if user_id in member.user_ids), None)


def agent_with(user_id: str) -> Official | None:
    """Which agent holds the Token with this UserID."""
    return next((official for official in AGENTS if user_id == official.user_id), None)


def token_of(user_id: str) -> Credential | None:
    """The Token with this UserID, its device in the same query."""
    found = Credential.objects.select_related("otp", "person")
    return found.filter(local__user_id_index=user_id_index(user_id)).first()


def _is_there(user_id: str) -> bool:
    return LocalSecret.objects.filter(user_id_index=user_id_index(user_id)).exists()


def _begin(member: Member) -> None:
    tokens = [_token(user_id, *member.certificate_names) for user_id in member.user_ids]
    for act in member.acts:
        act(member, tokens)


def _take_on(official: Official) -> None:
    agent = take_on_agent(
        name_authority(code=official.authority, names=AUTHORITIES[official.authority]),
        given_names=official.given_names,
        family_name=official.family_name,
        email=official.email,
        language=official.language,
        duties=official.duties,
    )
    names = (_in_capitals(official.given_names), _in_capitals(official.family_name))
    signon.bind_agent(_token(official.user_id, *names), agent)


def _token(user_id: str, given: str, family: str) -> Credential:
    return signon.issue_token(
        user_id=user_id,
        password=PASSWORD,
        picture=secrets.randbelow(192),
        serial=f"GT-{user_id}",
        secret=secrets.token_bytes(20),
        given_names=given,
        family_name=family,
    )


def _held(user_id: str) -> Credential:
    token = token_of(user_id)
    if token is None:
        raise LookupError(user_id)
    return token


def _person(token: Credential) -> Person:
    token.refresh_from_db(fields=["person"])
    if token.person is None:
        raise LookupError("not registered")
    return token.person


def _digest(document: str, member: Member) -> str:
    """Of the text in force, as the page that shows it sends it back."""
    texts = Text.objects.filter(version__document=document, language=member.language)
    in_force = texts.filter(version__effective_from__lte=clock.today())
    return in_force.latest("version__number").digest


def _in_capitals(name: str) -> str:
    """Certificates are written without accents: LEA GUICHET."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).upper()
