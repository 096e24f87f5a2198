"""What somebody may do with their own account, and the doors to what is theirs."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from guichet import clock
from guichet.account.models import Addition
from guichet.persons.models import Account, Person
from guichet.registers import names
from guichet.signon.models import Credential, Session

# A sign-on ends the session before it and opens its own in one transaction.
_AT_ONCE = timedelta(seconds=5)


def credential(person: Person, credential_id: UUID) -> Credential:
    """The one door to a product: one's own, or none (`Http404`)."""
    found = Credential.objects.filter(pk=credential_id, person=person).first()
    if found is None:
        raise Http404
    return found


def session(person: Person, session_id: UUID) -> Session:
    """The one door to a session: one's own that is still open, or none (`Http404`)."""
    found = live_sessions(person).filter(pk=session_id).first()
    if found is None:
        raise Http404
    return found


def live_sessions(person: Person) -> "QuerySet[Session]":
    """Where somebody is signed on now."""
    live: QuerySet[Session] = Session.objects.live(clock.now()).filter(
        person=person, credential__suspended_at=None, credential__revoked_at=None
    )
    return live


def addition(sign_on: Session, browser_hash: str) -> Addition | None:
    """What this sign-on was for: a product that somebody began to add in the session before it."""
    if not browser_hash:
        return None
    begun = Addition.objects.live().filter(browser_hash=browser_hash)
    found = begun.select_related("person").order_by("-asked_at").first()
    if found is None:
        return None
    before = Session.objects.filter(pk=found.session, ended_by=Session.End.REPLACED).first()
    if before is None or before.ended_at is None:
        return None
    follows = before.ended_at <= sign_on.signed_on_at <= before.ended_at + _AT_ONCE
    return found if follows else None


def may_add(sign_on: Session, person: Person) -> bool:
    """Whether the product of this session may become the person's.

    Nobody's yet, usable, and its certificate names this person.
    """
    product = sign_on.credential
    account = Account.objects.get(pk=person.pk)
    return (
        product.person_id is None
        and product.agent_id is None
        and product.is_usable
        and account.is_active
        and account.closing_asked_at is None
        and names.agree(
            product.given_names, product.family_name, person.given_names, person.family_name
        )
    )


def usable(person: Person) -> "QuerySet[Credential]":
    """The products that open this account now."""
    return Credential.objects.filter(person=person, suspended_at=None, revoked_at=None)
