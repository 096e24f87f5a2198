"""Sending a code: the first, another one, or one to another address."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.post import actions as post
from guichet.refusals import Refused
from guichet.registration import codes, mails
from guichet.registration.actions.confirming import (
    confirmation_of,
    count_guess,
    let_guess,
    unknown_code,
    why_not,
)
from guichet.registration.actions.live import ended, lock, my_request
from guichet.registration.models import (
    Confirmation,
    Request,
)
from guichet.signon import throttle
from guichet.signon.models import Session

RESEND_AFTER = timedelta(seconds=60)


def resend_mail(session: Session) -> Request:
    """Send a new code to the same address; the one before it works no longer.

    At most three an hour. Raises `Refused` within 60 seconds of the last, and after the third.
    """
    request = my_request(session)
    _hurry_slowly(request)
    throttle.hit("confirmation-mail", request.pk)
    return _renew(request, email=None)


def correct_email(session: Session, *, email: str) -> Request:
    """Send a new code to another address, as long as none was confirmed."""
    request = my_request(session)
    if request.mail_confirmed_at is not None:
        raise Refused(
            _("Your email address is confirmed already. Log in again to continue."),
            code="already-confirmed",
        )
    if email == request.email and _just_sent(request):
        return request
    throttle.hit("confirmation-mail", request.pk)
    return _renew(request, email=email)


def renew_link(*, code: str, address: str) -> Request:
    """Send a new code to whoever holds one that ran out. `address` is the browser's, to count."""
    let_guess(address)
    confirmation = confirmation_of(code)
    request = confirmation.request if confirmation is not None else None
    if request is None or not request.is_live or request.mail_confirmed_at is not None:
        refusal = why_not(code) or Refused(unknown_code(), code="code-unknown")
        count_guess(refusal, address)
        raise refusal
    _hurry_slowly(request)
    throttle.hit("confirmation-mail", request.pk)
    return _renew(request, email=None)


def _just_sent(request: Request) -> bool:
    since = clock.now() - RESEND_AFTER
    return request.confirmations.filter(superseded_at=None, sent_at__gt=since).exists()


def _hurry_slowly(request: Request) -> None:
    if request.waits_for_the_register:
        raise Refused(
            _("The register has not answered yet. We will write to you when it does."),
            code="register-unavailable",
        )
    if _just_sent(request):
        raise Refused(
            _("We have just sent the email. Wait one minute, then ask again."), code="just-sent"
        )


@transaction.atomic
def _renew(request: Request, *, email: str | None) -> Request:
    """Under the lock, so that two clicks send one mail."""
    locked = lock(request)
    if locked is None:
        raise ended()
    if email is not None and email != locked.email:
        locked.email = email
        locked.save(update_fields=["email"])
        record("registration.address-corrected", about=locked)
    elif _just_sent(locked):
        return locked
    if not locked.waits_for_the_register:
        send_code(locked)
    return locked


def send_code(request: Request) -> None:
    """`request` is locked or new. The code leaves the house in the mail and nowhere else."""
    at = clock.now().replace(microsecond=0)
    request.confirmations.filter(superseded_at=None).update(superseded_at=clock.now())
    code = codes.new_code()
    confirmation = Confirmation.objects.create(
        request=request,
        code_index=Confirmation.index_of(code),
        sent_at=at,
        expires_at=at + Confirmation.VALIDITY,
    )
    # A mailbox that gets too many is left in peace; nobody is told, so nobody learns from it.
    if throttle.count("mailbox", request.email.casefold()) is None:
        post.send(mails.confirm(request, code, confirmation.expires_at))
        record("registration.mail-sent", about=request)
    else:
        record("registration.mail-held-back", about=request)
