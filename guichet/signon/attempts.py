"""Signing on, from the first form to the session: one attempt, three codes at most, ten minutes.

What UserID and password were worth stays sealed in the attempt until the code is there. Then one
verdict falls, the same for whatever was wrong. Tries are counted before and outside of the act,
so that no refusal undoes a count.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.signon import sessions, throttle
from guichet.signon.browsers import NEW, Browser
from guichet.signon.models import Attempt, Credential, Session
from guichet.signon.products.token import Presented, Token, user_id_index

LASTS = timedelta(minutes=10)
TRIES_MAX = 3
FAILURES_MAX = 20  # in a row, UserID and password being right: then the product is suspended
_NUMBERS_TRIED = 50
# Asks the database the same questions for whoever is unknown.
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Visitor:
    """Who stands at the door, as far as one can tell from outside."""

    address: str = ""  # as `requests.client_address` gives it
    browser: Browser = NEW
    device: str = ""
    session: Session | None = None  # the live session of this browser, which a new one replaces


@dataclass(frozen=True)
class Opened:
    """Somebody has signed on: what the browser is to carry from now on."""

    session: Session
    key: str
    browser: Browser
    return_to: str


def begin(
    visitor: Visitor,
    token: Token,
    *,
    user_id: str,
    password: str,
    return_to: str = "",
    instead_of: Attempt | None = None,
) -> tuple[Attempt, str]:
    """A new attempt, whoever it is, and the key for its cookie.

    Raises `Refused` ("too-many-tries") when this address or this UserID has to wait.
    """
    _count_begun(visitor, user_id_index(user_id))
    # Outside of any transaction: hashing takes long, and nobody else should wait for it.
    presented = token.present(user_id, password)
    return _open(token, presented, return_to=return_to, instead_of=instead_of)


def of_browser(key: str | None) -> Attempt | None:
    """The attempt of the cookie, live or over, or None."""
    if not key:
        return None
    # With its credential in the same query: asking for it later would cost known people more.
    attempts = Attempt.objects.select_related("credential")
    return attempts.filter(browser_hash=_hash(key)).first()


def is_live(attempt: Attempt) -> bool:
    """Whether a code can still be given."""
    ended = attempt.succeeded_at or attempt.failed_at or attempt.abandoned_at
    return ended is None and attempt.expires_at > clock.now()


def authenticate(visitor: Visitor, attempt: Attempt, token: Token, *, otp: str) -> Opened:
    """Give the code: a session when UserID, password and code are right.

    Raises `Refused`, with one sentence for whatever was wrong. The attempt may be over then.
    """
    verdict = _judge(visitor, attempt, token, otp)
    attempt.refresh_from_db(fields=["tries", "succeeded_at", "failed_at", "abandoned_at"])
    if isinstance(verdict, Refused):
        raise verdict
    return verdict


@transaction.atomic
def abandon(attempt: Attempt) -> None:
    """The person changes her mind. Abandoning what is over changes nothing."""
    if Attempt.objects.unfinished().filter(pk=attempt.pk).update(abandoned_at=clock.now()):
        record("signon.attempt-abandoned", attempt=attempt.number, product=attempt.product)


def resynchronise(
    visitor: Visitor, attempt: Attempt, token: Token, *, first: str, second: str
) -> bool:
    """Learn the Token's drift from two codes in a row; True, or `Refused` for whatever is wrong."""
    throttle.hit(*_bucket("resync", "known-browser-resync", visitor, attempt.typed_id_index))
    with transaction.atomic():
        live = Attempt.objects.live(clock.now()).filter(pk=attempt.pk).exists()
        whose = attempt.credential_id if live and attempt.secrets_right else None
        learned = token.resynchronise(whose, first, second)
        record(
            "signon.token-resynchronised",
            outcome=Entry.Outcome.OK if learned else Entry.Outcome.REFUSED,
            about=attempt.credential,
            attempt=attempt.number,
        )
    if not learned:
        raise Refused(
            _("These two codes do not match. Wait for a new code, then enter two in a row."),
            code="not-resynchronised",
        )
    return True


@transaction.atomic(durable=True)
def _counted(visitor: Visitor, index: str) -> datetime | None:
    # All are counted, whichever of them says no.
    pauses = [
        throttle.count("address", visitor.address) if visitor.address else None,
        throttle.count(*_bucket("user-id", "known-browser", visitor, index)),
        None if visitor.browser.knows(index) else throttle.count("user-id-anywhere", index),
    ]
    return max((until for until in pauses if until), default=None)


def _count_begun(visitor: Visitor, index: str) -> None:
    until = _counted(visitor, index)
    if until is not None:
        raise throttle.too_many(until)


def _bucket(strangers: str, known: str, visitor: Visitor, index: str) -> tuple[str, str]:
    """Who is counted together: this UserID on this one browser, or from this one address.

    Whoever tries a UserID from elsewhere makes its holder wait nowhere else.
    """
    if visitor.browser.knows(index):
        return known, f"{index} {visitor.browser.id}"
    return strangers, f"{index} {visitor.address}".rstrip()


@transaction.atomic
def _open(
    token: Token, presented: Presented, *, return_to: str, instead_of: Attempt | None
) -> tuple[Attempt, str]:
    if instead_of is not None:
        abandon(instead_of)
    key, at = secrets.token_urlsafe(32), clock.now()
    attempt = Attempt(
        browser_hash=_hash(key),
        product=token.code,
        return_to=return_to,
        typed_id_index=presented.typed_id_index,
        credential=presented.credential,
        secrets_right=presented.secrets_right,
        picture=presented.picture,
        started_at=at,
        expires_at=at + LASTS,
    )
    _number(attempt)
    record("signon.attempt-begun", attempt=attempt.number, product=token.code)
    return attempt, key


def _number(attempt: Attempt) -> None:
    """Save it under six digits that no live attempt has."""
    for _try in range(_NUMBERS_TRIED):
        attempt.number = f"{secrets.randbelow(10**6):06d}"
        _free(attempt.number)
        try:
            with transaction.atomic():
                attempt.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise RuntimeError("no free number for a sign-on attempt")


def _free(number: str) -> None:
    """A number whose time ran out can be given again."""
    late = Attempt.objects.unfinished().filter(number=number, expires_at__lte=clock.now())
    late.update(abandoned_at=F("expires_at"))


@transaction.atomic(durable=True)
def _judge(visitor: Visitor, attempt: Attempt, token: Token, otp: str) -> Opened | Refused:
    """The verdict, returned rather than raised: a refusal keeps what was counted."""
    at = clock.now()
    # Takes one of the tries, and the row until the end: of two requests one goes first.
    mine = Attempt.objects.live(at).filter(pk=attempt.pk, tries__lt=TRIES_MAX)
    if not mine.update(tries=F("tries") + 1):
        return _over()
    attempt.tries = Attempt.objects.values_list("tries", flat=True).get(pk=attempt.pk)
    bucket = _bucket("code", "known-browser-code", visitor, attempt.typed_id_index)
    until = throttle.pause(*bucket)
    if until is not None:
        return _fail(attempt, Attempt.Failure.BLOCKED, throttle.sentence(until), retry_at=until)
    # A code given with a wrong password is not used up: it may be typed again with the right one.
    whose = attempt.credential_id if attempt.secrets_right else None
    if not token.proves(whose, otp) or whose is None:
        return _refuse(attempt, bucket, whose or _NOBODY)
    credential = Credential.objects.select_related("person__account", "agent__account").get(
        pk=whose
    )
    if not _may_sign_on(credential):
        return _fail(attempt, Attempt.Failure.SUSPENDED, _("This product cannot be used."))
    throttle.forget(*bucket)
    throttle.forget(*_bucket("user-id", "known-browser", visitor, attempt.typed_id_index))
    return _succeed(visitor, attempt, credential, at)


def _may_sign_on(credential: Credential) -> bool:
    holder = credential.holder
    return credential.is_usable and (holder is None or holder.account.is_active)


def _succeed(
    visitor: Visitor, attempt: Attempt, credential: Credential, at: datetime
) -> Opened | Refused:
    if not Attempt.objects.live(at).filter(pk=attempt.pk).update(succeeded_at=at):
        return _over()
    Credential.objects.filter(pk=credential.pk).update(failures_in_a_row=0, last_success_at=at)
    if visitor.session is not None:
        sessions.end(visitor.session, by=Session.End.REPLACED)
    record(
        "signon.attempt-succeeded",
        by=credential.holder,
        about=credential,
        attempt=attempt.number,
        product=attempt.product,
    )
    session, key = sessions.open_session(
        credential, attempt_number=attempt.number, device=visitor.device
    )
    browser = visitor.browser.remembering(attempt.typed_id_index)
    return Opened(session, key, browser, attempt.return_to)


def _refuse(attempt: Attempt, bucket: tuple[str, str], whose: UUID) -> Refused:
    _count_failure(attempt, whose)
    throttle.count(*bucket)
    wrong = _("The UserID, the password or the code is not correct.")
    until = throttle.pause(*bucket)
    if until is not None:
        return _fail(attempt, Attempt.Failure.BLOCKED, wrong, retry_at=until)
    if attempt.tries >= TRIES_MAX:
        return _fail(attempt, Attempt.Failure.TRIES, wrong)
    _record_refusal(attempt, "code")
    left = TRIES_MAX - attempt.tries
    tries = ngettext("You have %(left)d try left.", "You have %(left)d tries left.", left)
    return Refused(
        f"{wrong} {tries % {'left': left}}", code="not-correct", field="otp", tries_left=left
    )


def _fail(
    attempt: Attempt, failure: Attempt.Failure, sentence: str, retry_at: datetime | None = None
) -> Refused:
    Attempt.objects.unfinished().filter(pk=attempt.pk).update(
        failed_at=clock.now(), failure=failure, retry_at=retry_at
    )
    _record_refusal(attempt, failure)
    return Refused(sentence, code=f"attempt-{failure}")


def _count_failure(attempt: Attempt, whose: UUID) -> None:
    """Guessing codes with the right password ends the product's use; without it, it cannot."""
    credential = Credential.objects.filter(pk=whose)
    credential.update(failures_in_a_row=F("failures_in_a_row") + 1)
    tired = credential.filter(failures_in_a_row__gte=FAILURES_MAX, suspended_at=None)
    if tired.update(suspended_at=clock.now()):
        sessions.end_all_of(whose, by=Session.End.CREDENTIAL)
        record("signon.credential-suspended", about=attempt.credential, attempt=attempt.number)


def _record_refusal(attempt: Attempt, why: str) -> None:
    record(
        "signon.attempt-refused",
        outcome=Entry.Outcome.REFUSED,
        about=attempt.credential,
        attempt=attempt.number,
        product=attempt.product,
        why=why,
    )


def _over() -> Refused:
    return Refused(_("This sign-on has taken too long. Start again."), code="attempt-over")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
