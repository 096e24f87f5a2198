"""Asking the product once more, in the middle of a session, for an act that binds: signing.

What was proved is bound to the act, a digest of what is about to happen. The same act asked for
twice, by a double click or a repeated request, needs one code: the proof is still there.
"""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.signon import sessions, throttle
from guichet.signon.models import Credential, Proof, Session
from guichet.signon.products.base import Product, product

LASTS = timedelta(minutes=5)
FAILURES_MAX = 20


def can_sign(session: Session) -> bool:
    """Whether the product of this session signs documents, not only people on."""
    found = product(session.credential.product)
    return found is not None and found.can_sign


def prove(session: Session, *, code: str, act: str) -> Proof:
    """That the holder of the session's product is there now and means `act`.

    `act` says what it is for, in any words: of equal ones, only the first needs a code. Raises
    `Refused`: `cannot-sign`, `session-over`, `too-many-tries`, `not-correct` (with `field="code"`).
    Has a transaction of its own, so that no refusal undoes a count: call it before yours begins.
    """
    means = product(session.credential.product)
    if means is None or not means.can_sign:
        raise Refused(
            _("This product cannot sign. Log in with one that can, then sign."), code="cannot-sign"
        )
    verdict = _judge(session, means, code, hashlib.sha256(act.encode()).hexdigest())
    if isinstance(verdict, Refused):
        raise verdict
    return verdict


@transaction.atomic(durable=True)
def _judge(session: Session, means: Product, code: str, act: str) -> Proof | Refused:
    whose = session.credential_id
    # One try after the other: of two equal requests the second finds the proof of the first, and
    # nobody guesses faster than failures are counted.
    until = throttle.hold("signature", whose)
    if not _is_live(session):
        return Refused(_("Your session is over. Log in again, then sign."), code="session-over")
    if before := _already(session, act):
        return before
    if until is not None:
        return throttle.too_many(until)
    if not means.proves(whose, code):
        return _refuse(session)
    throttle.forget("signature", whose)
    Credential.objects.filter(pk=whose).update(failures_in_a_row=0)
    made = Proof.objects.create(session=session, act=act)
    record("signon.proved-again", by=session.holder, about=session.credential, session=session.pk)
    return made


def _is_live(session: Session) -> bool:
    """It may have ended since the request began, or its product may have been stopped."""
    live = Session.objects.live(clock.now()).filter(pk=session.pk)
    return live.filter(credential__suspended_at=None, credential__revoked_at=None).exists()


def _already(session: Session, act: str) -> Proof | None:
    recent = Proof.objects.filter(session=session, act=act, at__gt=clock.now() - LASTS)
    return recent.order_by("-at").first()


def _refuse(session: Session) -> Refused:
    """Guessing codes inside a session ends the product's use, as it does at sign-on."""
    whose = Credential.objects.filter(pk=session.credential_id)
    whose.update(failures_in_a_row=F("failures_in_a_row") + 1)
    tired = whose.filter(failures_in_a_row__gte=FAILURES_MAX, suspended_at=None)
    if tired.update(suspended_at=clock.now()):
        sessions.end_all_of(session.credential_id, by=Session.End.CREDENTIAL)
        record("signon.credential-suspended", about=session.credential)
    record(
        "signon.proof-refused",
        by=session.holder,
        about=session.credential,
        outcome=Entry.Outcome.REFUSED,
        session=session.pk,
    )
    until = throttle.count("signature", session.credential_id)
    if until is not None:
        return throttle.too_many(until)
    return Refused(
        _("This code is not correct. Wait for the next one and type it."),
        code="not-correct",
        field="code",
    )


def forget() -> int:
    """Proofs are needed for minutes; what was signed is remembered where it was signed."""
    gone, _kinds = Proof.objects.filter(at__lte=clock.now() - timedelta(days=1)).delete()
    return gone
