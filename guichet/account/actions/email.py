"""Another e-mail address: both the old one and the new one have to say yes."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.account import mails
from guichet.audit.actions import record
from guichet.persons.models import EmailChange, Person
from guichet.post import actions as post
from guichet.post import bounces
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.signon.models import Session
from guichet.spaces.models import Membership, Space

KEPT = timedelta(days=90)


def ask_email_change(session: Session, *, email: str, with_spaces: bool) -> EmailChange:
    """Ask both addresses. What was asked before and is not done is off.

    An address that our mails come back from for good cannot say anything: only the new one is
    asked then. At most five a day. With `with_spaces`, memberships that use the old one change along.
    """
    person = _person(session)
    if email.casefold() == person.email.casefold():
        raise Refused(
            _("This is your address already. Enter another one."),
            code="same-address",
            field="email",
        )
    throttle.hit("email-change", person.pk)
    return _ask(person, session, email, with_spaces)


@transaction.atomic
def _ask(person: Person, session: Session, email: str, with_spaces: bool) -> EmailChange:
    person = Person.objects.select_for_update().get(pk=person.pk)
    EmailChange.objects.open().filter(person=person).update(cancelled_at=clock.now())
    old_code, new_code = _code(), _code()
    at, is_mute = clock.now(), bool(bounces.unreachable(person.email))
    change = EmailChange.objects.create(
        person=person,
        asked_at=at,
        old_confirmed_at=at if is_mute else None,
        old_email=person.email,
        new_email=email,
        with_spaces=with_spaces,
        old_code_index=EmailChange.index_of(old_code),
        new_code_index=EmailChange.index_of(new_code),
    )
    if not is_mute:
        post.send(mails.confirm_old(change, old_code))
    post.send(mails.confirm_new(change, new_code))
    record("account.email-change-asked", by=person, about=change, session=session.pk, mute=is_mute)
    return change


def resend_email_change(session: Session) -> EmailChange:
    """Send new links to whoever has not confirmed yet; the ones before work no longer."""
    person = _person(session)
    change = EmailChange.objects.live().filter(person=person).first()
    if change is None:
        raise change_over()
    throttle.hit("confirmation-mail", change.pk)
    return _resend(person, session)


@transaction.atomic
def _resend(person: Person, session: Session) -> EmailChange:
    live = EmailChange.objects.live().select_for_update(of=("self",))
    change = live.select_related("person").filter(person=person).first()
    if change is None:
        raise change_over()
    if change.old_confirmed_at is None:
        code = _code()
        change.old_code_index = EmailChange.index_of(code)
        post.send(mails.confirm_old(change, code))
    if change.new_confirmed_at is None:
        code = _code()
        change.new_code_index = EmailChange.index_of(code)
        post.send(mails.confirm_new(change, code))
    change.sent_at = clock.now()
    change.save(update_fields=["old_code_index", "new_code_index", "sent_at"])
    record("account.email-change-resent", by=person, about=change, session=session.pk)
    return change


@transaction.atomic
def confirm_email(*, code: str) -> EmailChange:
    """One of the two addresses says yes; with the second yes the address changes, once."""
    change, is_old = _locked(code)
    at = clock.now()
    if is_old:
        change.old_confirmed_at = change.old_confirmed_at or at
    else:
        change.new_confirmed_at = change.new_confirmed_at or at
    change.save(update_fields=["old_confirmed_at", "new_confirmed_at"])
    bounces.reached(change.old_email if is_old else change.new_email)
    record("account.email-confirmed", by=change.person, about=change, old=is_old)
    if change.old_confirmed_at and change.new_confirmed_at:
        _change(change)
    return change


@transaction.atomic
def refuse_email(*, code: str) -> EmailChange:
    """One of the two addresses says no: nothing changes, and the links work no longer."""
    change, _is_old = _locked(code)
    return _cancel(change)


@transaction.atomic
def cancel_email_change(session: Session) -> EmailChange:
    """Think again, from inside."""
    open_ones = EmailChange.objects.open().select_for_update(of=("self",))
    change = open_ones.select_related("person").filter(person=session.person_id).first()
    if change is None:
        raise change_over()
    return _cancel(change)


def with_code(code: str) -> tuple[EmailChange, bool] | None:
    """The change that a link was made for, and whether it went to the old address."""
    index = EmailChange.index_of(code)
    found = EmailChange.objects.select_related("person")
    for field, is_old in (("old_code_index", True), ("new_code_index", False)):
        if change := found.filter(**{field: index}).first():
            return change, is_old
    return None


def forget_email_changes() -> None:
    """Delete what is over for long: addresses are not kept without a reason."""
    EmailChange.objects.filter(asked_at__lte=clock.now() - KEPT).delete()


def change_over() -> Refused:
    """There is nothing to confirm any more."""
    return Refused(
        _("This link works no longer. Log in and ask for the change again."), code="change-over"
    )


def _locked(code: str) -> tuple[EmailChange, bool]:
    found = with_code(code)
    if found is None:
        raise change_over()
    change, is_old = found
    live = EmailChange.objects.live().select_for_update(of=("self",))
    locked = live.select_related("person__account").filter(pk=change.pk).first()
    if locked is None or not locked.person.account.is_active:
        raise change_over()
    return locked, is_old


def _change(change: EmailChange) -> None:
    at = clock.now()
    change.done_at = at
    change.save(update_fields=["done_at"])
    person = change.person
    person.email, person.email_confirmed_at = change.new_email, at
    person.save(update_fields=["email", "email_confirmed_at"])
    if change.with_spaces:
        _change_in_spaces(person, change)
    record("account.email-changed", by=person, about=change)
    post.send(mails.email_changed(change))


def _change_in_spaces(person: Person, change: EmailChange) -> None:
    """Where the old address was used, the new one is from now on."""
    mine = Membership.objects.filter(person=person, notification_email__iexact=change.old_email)
    for member in mine.select_related("space"):
        member.notification_email = change.new_email
        member.save(update_fields=["notification_email"])
        if member.space.is_private:  # there is nobody else in it
            Space.objects.filter(pk=member.space_id).update(notification_email=change.new_email)
        member.space.changed()
        record("space.member-address-changed", by=person, about=member, space=member.space_id)


def _cancel(change: EmailChange) -> EmailChange:
    change.cancelled_at = clock.now()
    change.save(update_fields=["cancelled_at"])
    record("account.email-change-cancelled", by=change.person, about=change)
    return change


def _code() -> str:
    return secrets.token_urlsafe(24)


def _person(session: Session) -> Person:
    if session.person is None:
        raise Refused(_("Log in again to continue."), code="no-person")
    return session.person
