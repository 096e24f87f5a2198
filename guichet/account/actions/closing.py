"""Closing an account: asked for, thirty days to think again, then for good."""

from datetime import date
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from guichet import clock
from guichet.account import mails
from guichet.account.models import Addition
from guichet.audit.actions import record
from guichet.desk.actions import closing as the_bin
from guichet.persons.models import Account, EmailChange, Person
from guichet.post import actions as post
from guichet.refusals import Refused
from guichet.registration.actions import withdraw_access
from guichet.signon import sessions
from guichet.signon.models import Credential, Session
from guichet.spaces import actions as spaces
from guichet.spaces.actions.guarding import active_administrators, administrated
from guichet.spaces.models import Membership, RoleRequest, Space, SpaceDraft

# Stands where a date of birth has to stand.
_NO_DAY = date(1900, 1, 1)

log = structlog.get_logger("guichet.account")


def kept_open_by(person: Person) -> list[Space]:
    """Professional spaces in use that nobody else could administrate: they come first."""
    others = active_administrators().filter(space=OuterRef("space")).exclude(person=person)
    mine = active_administrators().filter(person=person).exclude(Exists(others))
    alone = mine.filter(space__in=Space.objects.in_use().professional())
    return [member.space for member in alone.select_related("space").order_by("space__name", "pk")]


def ask_closing(session: Session, *, typed: str) -> Person:
    """Close the account in thirty days. Until then one can come back, and nothing else is open.

    `typed` is the person's own address, written by hand. Whoever is the last administrator of a
    professional space is refused. The private space goes into the bin; all other sessions end;
    memberships stay until the end, but count as those of an administrator no more.
    """
    person = _person(session)
    if typed.strip().casefold() != person.email.casefold():
        raise Refused(
            _("This is not the email address of your account. Enter it as it stands above."),
            code="other-address",
            field="typed",
        )
    with administrated(*_space_ids(person)):
        at = clock.now()
        open_ones = Account.objects.filter(pk=person.pk, closing_asked_at=None, closed_at=None)
        if not open_ones.update(closing_asked_at=at):
            return person  # sent twice
        EmailChange.objects.open().filter(person=person).update(cancelled_at=at)
        Addition.objects.filter(person=person, done_at=None).delete()
        _bin_private(person)
        live = Session.objects.live(at).filter(person=person).exclude(pk=session.pk)
        for other in live.order_by("pk"):
            sessions.end(other, by=Session.End.PERSON)
        Session.objects.filter(pk=session.pk).update(cleared_for="")
        entry = record("account.closing-asked", by=person, about=person, session=session.pk)
        account = Account.objects.get(pk=person.pk)
        post.send(mails.closing_asked(person, account, key=str(entry.pk)))
    return person


def come_back(session: Session) -> Person:
    """Keep the account: everything is as it was. Refused once the thirty days are over."""
    person = _person(session)
    with administrated(*_space_ids(person)):
        account = Account.objects.select_for_update().get(pk=person.pk)
        asked_at = account.closing_asked_at
        if asked_at is None:
            return person
        if account.closed_at is not None or clock.now() >= asked_at + Account.CLOSING_LASTS:
            raise Refused(
                _("The thirty days are over. The account is being closed for good. Call us."),
                code="closing-over",
            )
        account.closing_asked_at = None
        account.save(update_fields=["closing_asked_at"])
        for member in _private(person).filter(space__binned_at__gte=asked_at):
            spaces.bring_back(member)
        entry = record("account.closing-cancelled", by=person, about=person, session=session.pk)
        post.send(mails.closing_cancelled(person, key=str(entry.pk)))
    return person


def close_due() -> int:
    """Close for good what was asked for thirty days ago, each for itself; returns how many."""
    limit = clock.now() - Account.CLOSING_LASTS
    due = Account.objects.filter(closing_asked_at__lte=limit, closed_at=None)
    closed, failed = 0, 0
    for account_id in due.order_by("closing_asked_at").values_list("pk", flat=True):
        try:
            closed += _close(account_id)
        except Exception:
            failed += 1
            log.exception("an account could not be closed", account=str(account_id))
    if failed:
        raise RuntimeError(f"{failed} accounts could not be closed")
    return closed


@transaction.atomic
def _close(account_id: UUID) -> bool:
    """All in one transaction, so that nothing is half closed; False when somebody was faster."""
    account = (
        Account.objects.select_for_update()
        .filter(
            pk=account_id,
            closed_at=None,
            closing_asked_at__lte=clock.now() - Account.CLOSING_LASTS,
        )
        .first()
    )
    if account is None:
        return False
    person = Person.objects.get(pk=account_id)
    for space_id in Space.objects.private_of(person).values_list("pk", flat=True):
        the_bin.purge(space_id)
    with administrated(*_space_ids(person)):
        _leave_spaces(person)
    at = clock.now()
    account.closed_at = at
    account.save(update_fields=["closed_at"])
    for session in Session.objects.filter(person=person, ended_at=None).order_by("pk"):
        sessions.end(session, by=Session.End.CREDENTIAL)
    mine = Credential.objects.filter(person=person)
    mine.filter(revoked_at=None).update(revoked_at=at)
    mine.update(label="")
    withdraw_access(person)
    record("account.closed", about=person, whom=person.pk)
    post.send(mails.closed(person, key=str(person.pk)))
    _forget(person)
    return True


def _leave_spaces(person: Person) -> None:
    at = clock.now()
    for member in Membership.objects.filter(person=person).select_related("space"):
        member.delete()
        member.space.changed()
        record(
            "space.left",
            about=member.space,
            space=member.space_id,
            whom=person.pk,
            why="account-closed",
        )
    asked = RoleRequest.objects.filter(person=person, granted_at=None, declined_at=None)
    asked.filter(withdrawn_at=None).update(withdrawn_at=at)
    SpaceDraft.objects.filter(person=person, finished_at=None).delete()


def _forget(person: Person) -> None:
    """What nothing needs any more. The number stays sealed, but finds nobody: see ADR 18."""
    EmailChange.objects.filter(person=person).delete()
    Person.objects.filter(pk=person.pk).update(
        email="", birth_date=_NO_DAY, national_number_index=f"closed:{person.pk}"
    )


def _bin_private(person: Person) -> None:
    for member in _private(person).filter(space__binned_at=None):
        spaces.bin_space(member, typed=member.space.identifier)


def _private(person: Person) -> QuerySet[Membership]:
    mine = Membership.objects.filter(person=person, space__owner=person)
    return mine.select_related("space", "person")


def _space_ids(person: Person) -> list[UUID]:
    return list(Membership.objects.filter(person=person).values_list("space_id", flat=True))


def _person(session: Session) -> Person:
    if session.person is None:
        raise Refused(_("Log in again to continue."), code="no-person")
    return session.person
