"""The products of one person: adding, naming, removing, bringing back."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.account import mails, policy
from guichet.account.models import Addition
from guichet.audit.actions import record
from guichet.persons.models import Account, Person
from guichet.post import actions as post
from guichet.refusals import Refused
from guichet.registration import actions as registration
from guichet.registration.models import Known
from guichet.signon import sessions
from guichet.signon.actions import bind_person
from guichet.signon.models import Credential, Session
from guichet.spaces.actions.guarding import administrated
from guichet.spaces.models import Membership

ADDITIONS_KEPT = timedelta(days=1)


@transaction.atomic
def begin_addition(session: Session, *, browser_hash: str) -> Addition:
    """Mean to add a product, in this browser, within ten minutes. What was begun before is off."""
    person = _person(session)
    Account.objects.select_for_update().get(pk=person.pk)
    Addition.objects.filter(person=person, done_at=None).delete()
    added = Addition.objects.create(person=person, session=session.pk, browser_hash=browser_hash)
    record("account.addition-begun", by=person, about=added, session=session.pk)
    return added


def add_product(session: Session, *, browser_hash: str) -> Person:
    """The product of this session becomes the person's who began to add one; so does the session.

    Everything is looked at once more. One sentence for a name that does not fit and for a
    product that is somebody's. Tells the person by mail, and by letter if the register answers.
    """
    added = policy.addition(session, browser_hash)
    if added is None:
        raise addition_over()
    if not policy.may_add(session, added.person):
        raise cannot_be_added()
    known = registration.known_of(added.person, purpose="product-added")  # may take long
    return _add(session, added, known)


@transaction.atomic
def _add(session: Session, added: Addition, known: Known | None) -> Person:
    person = Person.objects.get(pk=added.person_id)
    Account.objects.select_for_update().get(pk=person.pk)
    taken = Addition.objects.live().filter(pk=added.pk)
    if not taken.update(done_at=clock.now(), credential=session.credential):
        raise addition_over()
    if not policy.may_add(session, person):
        raise cannot_be_added()
    try:
        bind_person(session.credential, person)
    except Refused:
        raise cannot_be_added() from None
    session.person = person
    record("account.product-added", by=person, about=session.credential, session=session.pk)
    registration.announce_product(person, known, clock.now(), key=str(added.pk))
    return person


@transaction.atomic
def name_product(person: Person, *, credential: Credential, label: str) -> Credential:
    """Call it something, for oneself; an empty name is none."""
    credential.label = " ".join(label.split())
    credential.save(update_fields=["label"])
    record("account.product-named", by=person, about=credential)
    return credential


def lost_with(credential: Credential) -> list[Membership]:
    """The memberships that end with a product: spaces that open with it only."""
    found = Membership.objects.filter(only_with=credential, person=credential.person_id)
    return list(found.select_related("space").order_by("space__name", "pk"))


def remove_product(session: Session, *, credential: Credential) -> Credential:
    """From now on the product opens nothing: its sessions end, as do memberships that need it.

    Never the product in use, so never the last one; never where a professional space would be
    left without an administrator who can open it. It stays this person's: nobody else can
    register it.
    """
    person = _person(session)
    spaces = Membership.objects.filter(person=person).values_list("space_id", flat=True)
    with administrated(*spaces):
        _remove(session, person, credential.pk)
    return credential


def _remove(session: Session, person: Person, credential_id: UUID) -> None:
    Account.objects.select_for_update().get(pk=person.pk)  # two removals go one after the other
    left = policy.usable(person).exclude(pk=credential_id)
    if not left.exists():
        raise Refused(
            _("This is your last product. Add another one before you remove it."),
            code="last-product",
        )
    if not left.filter(pk=session.credential_id).exists():
        raise Refused(
            _("You are logged in with this product. Log in with another one to remove it."),
            code="product-in-use",
        )
    mine = Credential.objects.filter(pk=credential_id, person=person, revoked_at=None)
    if not mine.update(revoked_at=clock.now()):
        return  # sent twice
    credential = Credential.objects.get(pk=credential_id)
    for member in lost_with(credential):
        member.delete()
        member.space.changed()
        record(
            "space.left",
            by=person,
            about=member.space,
            space=member.space_id,
            why="product-removed",
        )
    sessions.end_all_of(credential_id, by=Session.End.CREDENTIAL)
    entry = record("account.product-removed", by=person, about=credential, session=session.pk)
    post.send(mails.product_removed(person, key=str(entry.pk)))


@transaction.atomic
def bring_back_product(session: Session, *, credential: Credential) -> None:
    """Use a product again that one removed. Whoever signs on with it still has to prove it."""
    person = _person(session)
    removed = Credential.objects.filter(pk=credential.pk, person=person).exclude(revoked_at=None)
    if not removed.update(revoked_at=None):
        return
    entry = record("account.product-brought-back", by=person, about=credential, session=session.pk)
    post.send(mails.product_brought_back(person, key=str(entry.pk)))


def forget_additions() -> None:
    """Delete what was begun and not finished a day ago."""
    Addition.objects.filter(done_at=None, asked_at__lte=clock.now() - ADDITIONS_KEPT).delete()


def addition_over() -> Refused:
    """Nothing was begun here, or it took too long."""
    return Refused(
        _("There is no product to add here any more. Start again in your account."),
        code="addition-over",
    )


def cannot_be_added() -> Refused:
    """One sentence, whatever the reason: it says nothing about other people's products."""
    return Refused(
        _(
            "This product cannot be added to the account. Its certificate must be in your name, and it must not be in use."
        ),
        code="cannot-be-added",
    )


def _person(session: Session) -> Person:
    person = session.person
    if person is None:
        raise Refused(_("Log in again to continue."), code="no-person")
    return person
