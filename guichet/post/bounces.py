"""Mails that come back: which one it was, for good or for now, and whom we no longer reach.

Each mail travels with a return path of its own (`retours+…@`) that names it and proves that we
sent it, so that a report is believed without believing anything that it says of addresses. The
report itself is read as RFC 3464 has it, from bytes that may be anything.
"""

import email
import hmac
import re
from datetime import timedelta
from email.message import Message
from typing import NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from guichet import clock, sealing
from guichet.audit.actions import record
from guichet.post.models import Dispatch, Unreachable

REPORT_BYTES_MAX = 1_000_000
UNREACHABLE_KEPT = timedelta(days=90)  # then one mail is tried again
_PARTS_MAX = 50
_PROOF_CHARS = 16
_CONTEXT = "post.bounces"
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")
# Refused for good, but not because of the address: full, too large, what it says (RFC 3463).
_NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.", "5.4.", "5.5.", "5.6.", "5.7.")

log = structlog.get_logger("guichet.post")


class Report(NamedTuple):
    """What a mail server says of one recipient: `failed` or `delayed`, and its status."""

    action: str
    status: str


def is_for_good(status: str) -> bool:
    """No later mail will arrive there either: the address does not exist, or takes nothing.

    `status` is an enhanced one ("5.1.1", RFC 3463), or the reply of a server ("550") that gave none.
    """
    return status.startswith("5") and not status.startswith(_NOT_THE_ADDRESS)


def status_of(code: int, said: bytes) -> str:
    """The enhanced status in a server's reply, or its code."""
    found = _STATUS.match(said.decode("ascii", "replace"))
    return ".".join(found.groups()) if found else str(code)


def return_path(dispatch: Dispatch) -> str:
    """Where a mail comes back to: names it, and cannot be made up. Empty when nobody listens."""
    name, _, domain = settings.BOUNCES.partition("@")
    return f"{name}+{dispatch.pk.hex}{_proof(dispatch.pk)}@{domain}" if domain else ""


def take(recipient: str, message: bytes) -> bool:
    """Record that a mail came back; False when this is no report of one of ours.

    `recipient` is the address that the report was sent to. Twice is once.
    """
    pk = _dispatch_of(recipient)
    report = read(message) if pk else None
    if pk is None or report is None or report.action != "failed":
        log.info("no bounce", known=pk is not None, action=report.action if report else "")
        return False
    return _came_back(pk, report.status)


def read(message: bytes) -> Report | None:
    """The first recipient's part of a delivery status notification (RFC 3464), if it is one."""
    try:
        parts = email.message_from_bytes(message[:REPORT_BYTES_MAX]).walk()
        for part, _count in zip(parts, range(_PARTS_MAX), strict=False):
            if part.get_content_type() == "message/delivery-status" and part.is_multipart():
                return _first([block for block in part.get_payload() if isinstance(block, Message)])
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        log.warning("unreadable report")
    return None


def unreachable(*addresses: str) -> list[Unreachable]:
    """Those of these addresses that our mails come back from."""
    known = {address.lower() for address in addresses}
    return list(Unreachable.objects.filter(address__in=known).order_by("address"))


@transaction.atomic
def mark(address: str, status: str) -> None:
    """Nothing arrives at this address any more, until somebody has confirmed it."""
    Unreachable.objects.get_or_create(address=address.lower(), defaults={"status": status})


@transaction.atomic
def reached(address: str) -> None:
    """Somebody has read a mail there: it is written to as before, and what waited leaves now."""
    if Unreachable.objects.filter(address=address.lower()).delete()[0]:
        waiting = Dispatch.objects.waiting().filter(to__iexact=address)
        waiting.filter(tries__gt=0).update(next_try_at=clock.now())


def forget_unreachable() -> None:
    """After ninety days one mail is tried again."""
    Unreachable.objects.filter(since__lte=clock.now() - UNREACHABLE_KEPT).delete()


@transaction.atomic
def _came_back(pk: UUID, status: str) -> bool:
    sent = Dispatch.objects.exclude(sent_at=None).filter(pk=pk, bounced_at=None)
    if not sent.update(bounced_at=clock.now(), bounce=status):
        return False
    dispatch = Dispatch.objects.get(pk=pk)
    record("post.mail-came-back", about=dispatch, code=status)
    log.warning("came back", dispatch=str(pk), status=status)
    if is_for_good(status) and dispatch.to:
        mark(dispatch.to, status)
    return True


def _first(blocks: list[Message]) -> Report | None:
    for block in blocks:
        action, status = block.get("Action"), block.get("Status")
        found = _STATUS.match(str(status or ""))
        if action and found:
            return Report(str(action).strip().lower()[:20], ".".join(found.groups()))
    return None


def _dispatch_of(recipient: str) -> UUID | None:
    name, _, domain = settings.BOUNCES.lower().partition("@")
    ours = re.fullmatch(
        rf"<?{re.escape(name)}\+([0-9a-f]{{32}})([0-9a-f]{{{_PROOF_CHARS}}})@{re.escape(domain)}>?",
        recipient.strip().lower(),
    )
    if not domain or ours is None:
        return None
    pk = UUID(ours[1])
    return pk if hmac.compare_digest(ours[2], _proof(pk)) else None


def _proof(pk: UUID) -> str:
    return sealing.index(pk.hex, context=_CONTEXT)[:_PROOF_CHARS]
