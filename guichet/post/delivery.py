"""Delivering: at least once, by any number of workers, never two at the same moment.

A claim is a conditional UPDATE that counts the try and sets the time of the next one. So a worker
that dies in the middle needs no cleaning up: the next try simply comes. A mail that went out twice
for that reason carries the same Message-ID.
"""

import smtplib
from datetime import timedelta
from email.utils import format_datetime, parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q

from guichet import clock
from guichet.audit.actions import record
from guichet.design import paper
from guichet.files import actions as files
from guichet.files.models import File
from guichet.post import bounces, dkim, printer
from guichet.post.models import Dispatch

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = [
    _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 12 * _HOUR,
]  # fmt: skip
TRIES_MAX = len(PAUSES) + 1
_AT_ONCE_MAX = 200

log = structlog.get_logger("guichet.post")


class Undeliverable(Exception):
    """No later try will help. Holds the error's code."""


class _Withheld(Exception):
    """Our mails come back from there: this one waits until somebody has confirmed the address."""


def deliver(dispatch_id: str) -> bool:
    """Send one piece, if it is waiting and nobody else is at it; True when it has left."""
    dispatch = _claimed(dispatch_id)
    if dispatch is None:
        return False
    try:
        _LEAVE[Dispatch.Kind(dispatch.kind)](dispatch)
    except Undeliverable as fault:
        _give_up(dispatch, str(fault))
        return False
    except Exception as fault:
        _failed(dispatch, _code(fault))
        return False
    _left(dispatch)
    return True


def deliver_due() -> int:
    """Try everything whose time has come, the longest waiting first; returns how many left."""
    due = Dispatch.objects.due().order_by("next_try_at").values_list("pk", flat=True)
    return sum(deliver(str(pk)) for pk in list(due[:_AT_ONCE_MAX]))


def _claimed(dispatch_id: str) -> Dispatch | None:
    """The piece, with one more try counted, ours until its next try; or None."""
    found = Dispatch.objects.waiting().filter(pk=dispatch_id).select_related("file").first()
    if found is None:
        return None
    if found.tries >= TRIES_MAX:  # the worker died in the last try
        _give_up(found, found.last_error or "worker-lost")
        return None
    now = clock.now()
    ours = Dispatch.objects.waiting().filter(
        Q(tries=0) | Q(next_try_at__lte=now), pk=found.pk, tries=found.tries
    )
    pause = PAUSES[min(found.tries, len(PAUSES) - 1)]
    if not ours.update(tries=found.tries + 1, next_try_at=now + pause):
        return None
    found.tries += 1
    return found


def sender_domain() -> str:
    """The domain that mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


class _Signed(EmailMultiAlternatives):
    """Signed with each key that an operator has given."""

    def message(self, *args: Any, **more: Any) -> Any:
        message: Any = super().message(*args, **more)
        travels = message.as_bytes(linesep="\r\n")
        for value in dkim.signatures(travels, domain=sender_domain(), keys=settings.DKIM_KEYS):
            message[dkim.HEADER] = value
        return message


def _mail(dispatch: Dispatch) -> None:
    if not dispatch.proves_address and bounces.unreachable(dispatch.to):
        raise _Withheld
    message = _Signed(
        from_email=bounces.return_path(dispatch)
        or None,  # of the envelope; whom one reads is below
        subject=dispatch.subject,
        body=dispatch.text,
        to=[dispatch.to],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": f"<{dispatch.pk}@{sender_domain()}>",
            "Date": format_datetime(dispatch.created_at),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
            "X-Auto-Response-Suppress": "All",
            "Content-Language": dispatch.language,
        },
    )
    message.attach_alternative(dispatch.html, "text/html")
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        for code, said in refusal.recipients.values():
            if 500 <= code < 600:
                status = bounces.status_of(code, said)
                if bounces.is_for_good(status):
                    bounces.mark(dispatch.to, status)
                raise Undeliverable(f"recipient-{code}") from None
        raise


def _letter(dispatch: Dispatch) -> None:
    file = dispatch.file or _printed(dispatch)
    printer.hand_over(dispatch.paper_name, files.read(file))


@transaction.atomic
def _printed(dispatch: Dispatch) -> File:
    """The PDF, made once: a later try hands over the same."""
    pdf = paper.pdf(dispatch.html)
    file = files.store(pdf, name=f"{dispatch.pk}.pdf", media_type="application/pdf")
    dispatch.file, dispatch.html, dispatch.rendered_at = file, "", clock.now()
    dispatch.save(update_fields=["file", "html", "rendered_at"])
    return file


_LEAVE = {Dispatch.Kind.MAIL: _mail, Dispatch.Kind.LETTER: _letter}


def _left(dispatch: Dispatch) -> None:
    """Its words have gone with it; we do not keep a copy of confirmation codes."""
    Dispatch.objects.waiting().filter(pk=dispatch.pk).update(
        sent_at=clock.now(), text="", html="", last_error=""
    )
    log.info("sent", kind=dispatch.kind, dispatch=str(dispatch.pk), tries=dispatch.tries)


def _failed(dispatch: Dispatch, code: str) -> None:
    if dispatch.tries >= TRIES_MAX:
        _give_up(dispatch, code)
        return
    Dispatch.objects.waiting().filter(pk=dispatch.pk).update(last_error=code)
    log.warning("not sent", dispatch=str(dispatch.pk), error=code, tries=dispatch.tries)


@transaction.atomic
def _give_up(dispatch: Dispatch, code: str) -> None:
    ours = Dispatch.objects.waiting().filter(pk=dispatch.pk)
    if ours.update(gave_up_at=clock.now(), last_error=code):
        record("post.dispatch-given-up", about=dispatch, kind=dispatch.kind, code=code)
        log.error("given up", dispatch=str(dispatch.pk), error=code, tries=dispatch.tries)


def _code(fault: Exception) -> str:
    """What went wrong, without a server's words: they repeat the address."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in fault.recipients.values()]
        return f"recipient-{codes[0]}" if codes else "recipient"
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"smtp-{fault.smtp_code}"
    if isinstance(fault, _Withheld):
        return "address-unreachable"
    if isinstance(fault, TimeoutError):
        return "timeout"
    if isinstance(fault, smtplib.SMTPException | OSError):
        return "connection"
    return type(fault).__name__[:60]
