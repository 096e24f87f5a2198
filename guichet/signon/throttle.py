"""Limits on trying: how often, within which time, and how long one then waits.

Counted in the database, so that every worker sees the same number and a restart forgets nothing.
Keys are kept as a keyed hash. Nobody is locked out for good: every pause has an end, and the
sentence names it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet import clock, sealing
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.signon.models import Throttle

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A pause grows for whoever comes back within this time after the last one.
_REMEMBERED = _DAY


@dataclass(frozen=True)
class Limit:
    """`times` within `within`, then `pause`, doubled at each further block up to `pause_max`."""

    times: int
    within: timedelta
    pause: timedelta
    pause_max: timedelta


def _limit(
    times: int, within: timedelta, pause: timedelta, pause_max: timedelta | None = None
) -> Limit:
    return Limit(times, within, pause, pause_max or pause)


LIMITS = {
    # Sign-on begun with one UserID: from one address, from a browser that signed on with it before,
    # and from anywhere, which only many addresses together reach.
    "user-id": _limit(5, 15 * _MINUTE, 15 * _MINUTE, _DAY),
    "known-browser": _limit(10, 15 * _MINUTE, 15 * _MINUTE),
    "user-id-anywhere": _limit(50, 15 * _MINUTE, 15 * _MINUTE),
    # Codes refused in a row for one UserID (signing on forgets them), the same way.
    "code": _limit(5, _DAY, 15 * _MINUTE),
    "known-browser-code": _limit(5, _DAY, 15 * _MINUTE),
    "address": _limit(settings.SIGNON_TRIES_PER_ADDRESS, 10 * _MINUTE, 10 * _MINUTE),
    "resync": _limit(3, _DAY, _DAY),
    "known-browser-resync": _limit(3, _DAY, _DAY),
    # Codes refused while signing, per product.
    "signature": _limit(5, 15 * _MINUTE, 15 * _MINUTE, _DAY),
    # Identifiers of spaces that nobody has, typed to ask for a signature there, per person.
    "signer-space": _limit(10, _HOUR, _HOUR),
    # Becoming known: forms per credential, codes of the mail (all, and those that nobody was ever
    # sent), mails, letters.
    "registration": _limit(5, _DAY, _DAY),
    "confirmation": _limit(settings.SIGNON_TRIES_PER_ADDRESS, 10 * _MINUTE, 10 * _MINUTE),
    "confirmation-code": _limit(10, _HOUR, _HOUR),
    "confirmation-mail": _limit(3, _HOUR, _HOUR),
    # Asking for another address, per person.
    "email-change": _limit(5, _DAY, _DAY),
    # Asking whether an address is read, per person.
    "address-check": _limit(5, _DAY, _DAY),
    "mailbox": _limit(10, _DAY, _DAY),
    "letter": _limit(4, 30 * _DAY, _DAY),
    # Looking companies up, per person.
    "business-search": _limit(60, _HOUR, 10 * _MINUTE),
    # Access codes that nobody was given: from one space, by one person in all her spaces, from one
    # address, behind which an accountant's whole office may sit.
    "access-code": _limit(5, _DAY, _DAY),
    "access-code-person": _limit(10, _DAY, _DAY),
    "access-code-address": _limit(30, _DAY, _HOUR),
    # Reading a company anew in its register, per space.
    "company-reading": _limit(20, _HOUR, 10 * _MINUTE),
    # Contesting what a register says, per space: each time somebody is written to.
    "contest": _limit(20, _DAY, _DAY),
    # The help desk, per agent: looking spaces up, and persons by their number.
    "help-desk-space": _limit(120, _HOUR, 10 * _MINUTE),
    "help-desk-person": _limit(30, _HOUR, 30 * _MINUTE),
    # Asking to merge spaces, per person: each request writes to others.
    "merger": _limit(10, _DAY, _DAY),
    # Inviting: all of a space, one again; and asking for a new one, for each and from one address.
    "invitation": _limit(200, _DAY, _HOUR),
    # To one address, from whatever space: nobody is flooded with official mails.
    "invitation-to": _limit(10, _DAY, _DAY),
    "invitation-again": _limit(5, _DAY, _DAY),
    "invitation-asked": _limit(2, _DAY, _DAY),
    "invitation-asked-from": _limit(10, _HOUR, _HOUR),
    # Without sign-on: codes asked for and typed from one address, and mails to one mailbox.
    "visit-from": _limit(settings.SIGNON_TRIES_PER_ADDRESS, 10 * _MINUTE, 10 * _MINUTE),
    "visit-code": _limit(settings.SIGNON_TRIES_PER_ADDRESS, 10 * _MINUTE, 10 * _MINUTE),
    "visit-mail": _limit(5, _HOUR, _HOUR, _DAY),
    # Asking for a role in a space: per person, per address, per person and space.
    "role-request": _limit(20, _DAY, _DAY),
    "role-request-address": _limit(60, _DAY, _DAY),
    "role-request-space": _limit(3, _DAY, _DAY),
}


def hit(scope: str, key: object) -> None:
    """Count one try of `key` in `scope` (of `LIMITS`); raises `Refused` when it must wait.

    Has a transaction of its own: call it before yours begins, so that a refusal does not undo
    the count. Within one it raises `RuntimeError`. The refusal's data has `until`.
    """
    with transaction.atomic(durable=True):
        until = count(scope, key)
    if until is not None:
        raise too_many(until)


def count(scope: str, key: object) -> datetime | None:
    """As `hit`, inside the caller's transaction: returns until when to wait, or None to go on.

    The try that reaches the limit is still good; it starts the pause for those after it.
    """
    limit, at = LIMITS[scope], clock.now()
    throttle = _locked(scope, key, at)
    if throttle.blocked_until is not None and throttle.blocked_until > at:
        return throttle.blocked_until
    _forget_the_old(throttle, limit, at)
    throttle.count += 1
    if throttle.count >= limit.times:
        throttle.blocked_until = at + min(limit.pause * 2**throttle.blocks, limit.pause_max)
        throttle.blocks += 1
        throttle.count = 0
        record("signon.pause-begun", outcome=Entry.Outcome.REFUSED, scope=scope)
    throttle.save()
    return None


def pause(scope: str, key: object) -> datetime | None:
    """Until when `key` has to wait, or None. Counts nothing."""
    row = Throttle.objects.filter(
        scope=scope, key_hash=_hashed(scope, key), blocked_until__gt=clock.now()
    ).first()
    return row.blocked_until if row else None


def hold(scope: str, key: object) -> datetime | None:
    """As `pause`, and whoever else tries `key` waits until the transaction ends. Counts nothing."""
    row, at = _locked(scope, key, clock.now()), clock.now()
    return row.blocked_until if row.blocked_until and row.blocked_until > at else None


def forget(scope: str, key: object) -> None:
    """Start counting anew: whoever tried has proved to be the right one."""
    Throttle.objects.filter(scope=scope, key_hash=_hashed(scope, key)).delete()


def too_many(until: datetime) -> Refused:
    """The refusal that says when one can try again."""
    return Refused(sentence(until), code="too-many-tries", until=until)


def sentence(until: datetime) -> str:
    """When one can try again: the time of day, with the day when it is not today."""
    local = timezone.localtime(until)
    when = {"time": date_format(local, "TIME_FORMAT"), "day": date_format(local, "DATE_FORMAT")}
    if local.date() == clock.today():
        return _("Too many tries. Try again from %(time)s.") % when
    return _("Too many tries. Try again from %(day)s at %(time)s.") % when


def _locked(scope: str, key: object, at: datetime) -> Throttle:
    """The row, made if need be and locked until the transaction ends."""
    key_hash = _hashed(scope, key)
    while True:
        Throttle.objects.bulk_create(
            [Throttle(scope=scope, key_hash=key_hash, window_started_at=at)], ignore_conflicts=True
        )
        mine = Throttle.objects.select_for_update().filter(scope=scope, key_hash=key_hash)
        # Somebody who proved to be the right one may just have taken the row away: `forget`.
        if row := mine.first():
            return row


def _forget_the_old(throttle: Throttle, limit: Limit, at: datetime) -> None:
    ended = throttle.blocked_until
    if ended is not None and at - ended >= _REMEMBERED:
        throttle.blocks, throttle.blocked_until = 0, None
    if at - throttle.window_started_at >= limit.within or (ended and throttle.count == 0):
        throttle.count, throttle.window_started_at = 0, at


def _hashed(scope: str, key: object) -> str:
    return sealing.index(str(key), context=f"signon.throttle.{scope}")
