"""Who fills in, signs and sends in tests of this room."""

from typing import Any

from django.test import Client

from guichet.persons.models import Person
from guichet.procedures import actions, catalogue
from guichet.procedures.changes import NOTHING, Change, shown
from guichet.procedures.fields import Rows
from guichet.procedures.filling import Place
from guichet.procedures.models import Draft, Signature, Submission
from guichet.procedures.presented import presented
from guichet.procedures.tests.given import a_draft, member_of
from guichet.signon.models import Session
from guichet.spaces.models import Membership, Role, Space
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space
from tests.cast import a_person, a_session, a_token, code_of, signed_on

COMPLETE: dict[str, Any] = {
    "full_name": "Ada Muller",
    "born": "1985-04-12",
    "size": 80,
    "fence": False,
}
HIGH_FENCE: dict[str, Any] = {**COMPLETE, "fence": True, "fence_height": 250}


class Somebody:
    """A person with a Token, her place in a space, and a session."""

    def __init__(self, name: str, space: Space | None = None, role: str = Role.MANAGER) -> None:
        self.person: Person = a_person(name, language="en")
        self.token = a_token(self.person, user_id=f"{name[:3].upper()}{self.person.pk.hex[-4:]}")
        self.space = space or a_private_space(self.person)
        if space is None:
            self.member = member_of(self.person, self.space)
        else:
            a_member(self.person, space, role)
            self.member = member_of(self.person, space)
        self.session: Session = a_session(self.token)

    @property
    def code(self) -> str:
        return code_of(self.token)

    def at_the_desk(self) -> Client:
        client = Client()
        signed_on(client, self.token)
        return client


def a_company(first: str = "Ada Muller", second: str = "Tom Weber") -> tuple[Somebody, Somebody]:
    """The first administrates it, the second is its manager."""
    ada = Somebody(first)
    ada.space = a_professional_space(ada.person, credential=ada.token)
    ada.member = member_of(ada.person, ada.space)
    return ada, Somebody(second, ada.space)


def answered(member: Membership, answers: dict[str, Any] | None = None) -> Draft:
    """A draft with these answers; ready to be sent, unless others are given."""
    draft = a_draft(member)
    save(member, draft, **(COMPLETE if answers is None else answers))
    return fresh(draft)


def fresh(draft: Draft) -> Draft:
    """As it is now."""
    return Draft.objects.select_related("version", "space").get(pk=draft.pk)


def said(draft: Draft, was: str | None = None, **answers: Any) -> list[Change]:
    """What a page says that was drawn from this draft as it is now, or had shown `was`."""
    content = fresh(draft).content
    return [
        Change(Place(name), answer, None, shown(content, Place(name)) if was is None else was)
        for name, answer in answers.items()
    ]


def save(member: Membership, draft: Draft, **answers: Any) -> actions.Saved:
    return actions.save(member, draft=draft, said=said(draft, **answers))


def save_blindly(member: Membership, draft: Draft, **answers: Any) -> actions.Saved:
    """From a page that had shown nothing."""
    return actions.save(member, draft=draft, said=said(draft, NOTHING, **answers))


def send(somebody: Somebody, draft: Draft, **more: Any) -> Any:
    """Sign and send the draft as it is now."""
    more.setdefault("digest", presented(fresh(draft)).digest)
    more.setdefault("code", somebody.code)
    return actions.sign_and_send(
        somebody.member, somebody.session, draft=fresh(draft), language="en", **more
    )


def ask(ada: Somebody, neighbour: Somebody, draft: Draft | None = None) -> tuple[Draft, Signature]:
    """Ada has signed and presented a high fence; the neighbour has to sign in another space."""
    draft = draft or answered(ada.member, HIGH_FENCE)
    assert send(ada, draft, spaces_of={"neighbour": neighbour.space.identifier}) is None
    return fresh(draft), asked(draft)


def asked(draft: Draft) -> Signature:
    """The signature that is awaited, or was."""
    rows = Signature.objects.select_related("draft__version", "draft__space", "asked_by")
    return rows.exclude(signer=Signature.SENDER).filter(draft=draft).latest("asked_at")


def co_sign(somebody: Somebody, signature: Signature, **more: Any) -> Submission | None:
    more.setdefault("digest", signature.digest)
    more.setdefault("code", somebody.code)
    return actions.co_sign(somebody.member, somebody.session, signature=signature, **more)


def trees(draft: Draft) -> Rows:
    """The repetition of the garden permit."""
    found = catalogue.form_of(draft.version).items["trees"]
    assert isinstance(found, Rows)
    return found
