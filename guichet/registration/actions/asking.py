"""Asking to be known, and what the population register says to it."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.post import actions as post
from guichet.refusals import Refused
from guichet.registers import identifiers, names
from guichet.registers.actions import look_up_citizen
from guichet.registers.base import Unavailable
from guichet.registration import mails
from guichet.registration.actions.live import cancel_locked, lock
from guichet.registration.actions.mailing import send_code
from guichet.registration.models import (
    Known,
    Request,
    request_of,
)
from guichet.signon import throttle
from guichet.signon.models import Credential, Session

_PURPOSE = "registration"


def request_registration(
    session: Session, *, email: str, national_number: str, language: str, return_to: str = ""
) -> Request:
    """Ask to be known with the credential of `session`; the names are the certificate's.

    Asking twice answers the first request. Without an answer from the register the request is
    kept and asked again later. Raises `Refused`: a number that cannot be one, a number that the
    register does not give to these names (it never says whose it is), or too many tries.
    """
    number = identifiers.person_number(national_number, field="national_number")
    credential = session.credential
    going = request_of(credential.pk)
    if going is not None and not going.is_over:
        return going
    _count_try(credential)
    answer = ask_register(credential, number)
    if answer.known is None and answer.result != Request.Register.UNAVAILABLE:
        record(
            "registration.refused",
            about=credential,
            outcome=Entry.Outcome.REFUSED,
            session=session.pk,
            attempt=session.attempt_number,
            why=answer.result,
        )
        raise Refused(not_these_details(), code="register-refuses", field="national_number")
    request = Request(
        credential=credential,
        email=email,
        language=language,
        return_to=return_to,
        register_result=answer.result,
        register_checked_at=clock.now(),
    )
    request.national_number = number
    if answer.known is not None:
        request.known = answer.known
    return _open(request, session)


def check_register(request_id: UUID) -> None:
    """Ask the register again for a request that it could not answer. Raises `Unavailable`.

    A match sends the mail; anything else ends the request, and a mail says so.
    """
    waiting = Request.objects.live().filter(register_result=Request.Register.UNAVAILABLE)
    request = waiting.select_related("credential").filter(pk=request_id).first()
    if request is None or request.is_over:
        return
    answer = ask_register(request.credential, request.national_number)
    if answer.result == Request.Register.UNAVAILABLE:
        raise Unavailable("population")
    _settle(request_id, answer)


@transaction.atomic
def cancel(session: Session) -> None:
    """Give up the request of this credential; nothing to give up is fine."""
    request = lock(request_of(session.credential_id))
    if request is not None:
        cancel_locked(request, Request.Why.PERSON)


def close_over() -> int:
    """Cancel what nobody finished in time, so that it keeps no number; returns how many."""
    limit = clock.now() - Request.LIFETIME
    old = Request.objects.live().filter(submitted_at__lt=limit).order_by("pk")
    return sum(_close_if_over(request) for request in old)


@transaction.atomic
def _close_if_over(request: Request) -> bool:
    locked = lock(request)
    if locked is None or not locked.is_over:
        return False
    cancel_locked(locked, Request.Why.OVER)
    return True


@dataclass(frozen=True)
class Answer:
    result: str
    known: Known | None = None


def ask_register(credential: Credential, number: str) -> Answer:
    """Outside any transaction: a slow register must not keep others from writing."""
    try:
        citizen = look_up_citizen(number, by=credential, purpose=_PURPOSE)
    except Unavailable:
        return Answer(Request.Register.UNAVAILABLE)
    if citizen is None:
        return Answer(Request.Register.UNKNOWN)
    if not names.agree(
        credential.given_names, credential.family_name, citizen.given_names, citizen.family_name
    ):
        return Answer(Request.Register.MISMATCH)
    return Answer(Request.Register.MATCH, Known.of(citizen))


def _count_try(credential: Credential) -> None:
    try:
        throttle.hit("registration", credential.pk)
    except Refused as refusal:
        record(
            "registration.refused",
            about=credential,
            outcome=Entry.Outcome.REFUSED,
            why="too-many-tries",
        )
        until = date_format(timezone.localtime(refusal.data["until"]), "SHORT_DATETIME_FORMAT")
        raise Refused(
            _("You have tried 5 times. Call us: %(phone)s. You can try again from %(until)s.")
            % {"phone": settings.SUPPORT_PHONE, "until": until},
            code="too-many-tries",
            until=refusal.data["until"],
        ) from None


def not_these_details() -> str:
    """One sentence for an unknown number and for somebody else's."""
    return _(
        "We cannot register you with this number. Compare it with your social security card. "
        "If it is right, call us: %(phone)s."
    ) % {"phone": settings.SUPPORT_PHONE}


@transaction.atomic
def _open(request: Request, session: Session) -> Request:
    old = lock(request_of(request.credential_id))
    if old is not None and not old.is_over:
        return old
    if old is not None:
        cancel_locked(old, Request.Why.OVER)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:  # the other half of a double click was faster
        return Request.objects.live().get(credential=request.credential_id)
    record(
        "registration.submitted",
        about=request,
        session=session.pk,
        attempt=session.attempt_number,
        register=request.register_result,
    )
    if request.waits_for_the_register:
        _check_later(request)
    else:
        send_code(request)
    return request


def _check_later(request: Request) -> None:
    from guichet.registration.tasks import check_register as later

    later.enqueue(str(request.pk))


@transaction.atomic
def _settle(request_id: UUID, answer: Answer) -> None:
    request = lock(Request.objects.live().filter(pk=request_id).first())
    if request is None or not request.waits_for_the_register:
        return
    request.register_result = answer.result
    request.register_checked_at = clock.now()
    if answer.known is not None:
        request.known = answer.known
    request.save(update_fields=["register_result", "register_checked_at", "citizen_sealed"])
    record("registration.register-checked", about=request, register=answer.result)
    if answer.known is not None:
        send_code(request)
    else:
        cancel_locked(request, Request.Why.REGISTER)
        post.send(mails.not_these_details(request))
