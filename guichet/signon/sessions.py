"""Sessions: opened once at sign-on, found again at each request, ended for good.

The cookie holds 256 random bits; the database holds their SHA-256, so that a stolen database
opens no session. The key is new at each sign-on.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from guichet import clock
from guichet.audit.actions import record
from guichet.prepared import Prepared, Slot
from guichet.signon.models import Credential, Session

# Written at most once in this time, so that reading pages does not mean writing rows.
_SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def open_session(
    credential: Credential, *, attempt_number: str = "", device: str = ""
) -> tuple[Session, str]:
    """A new session for whoever holds `credential`, and the key for its cookie."""
    key = secrets.token_urlsafe(32)
    at = clock.now()
    session = Session.objects.create(
        key_hash=hash_key(key),
        credential=credential,
        person=credential.person,
        agent=credential.agent,
        level=credential.level,
        attempt_number=attempt_number,
        signed_on_at=at,
        seen_at=at,
        device=device[:120],
        **Session.limits(at),
    )
    record(
        "signon.session-opened",
        by=credential.holder,
        about=credential,
        session=session.id,
        attempt=attempt_number,
    )
    return session, key


# Asked by every page of somebody who has signed on. The database looks at the credential and the
# account; only what pages need becomes objects.
_live = Prepared(
    lambda: (
        Session.objects.live(Slot("at", Session._meta.get_field("idle_until")))
        .filter(
            Q(person=None) | Q(person__account__suspended_at=None, person__account__closed_at=None),
            Q(agent=None) | Q(agent__account__suspended_at=None, agent__account__closed_at=None),
            key_hash=Slot("key_hash", Session._meta.get_field("key_hash")),
            credential__suspended_at=None,
            credential__revoked_at=None,
        )
        .select_related("person", "agent")
    )
)


def find(key: str) -> Session | None:
    """The live session with this key, its person or agent in the same query, or None.

    None also when its credential or its holder's account has been stopped meanwhile.
    """
    return _live.first(at=clock.now(), key_hash=hash_key(key))


def past(key: str) -> Session | None:
    """The session that this key once opened, over or not; None for a key that never opened one."""
    return Session.objects.filter(key_hash=hash_key(key)).first()


def why_ended(session: Session) -> str:
    """One of `Session.End` for a session that is over."""
    if session.ended_by:
        return session.ended_by
    at = clock.now()
    if session.hard_until <= at:
        return Session.End.LIMIT
    return Session.End.IDLE if session.idle_until <= at else Session.End.CREDENTIAL


def touch(session: Session) -> None:
    """Count the request as activity: the idle limit starts anew, the hard limit stays."""
    if clock.now() - session.seen_at >= _SEEN_EVERY:
        extend(session)


def extend(session: Session) -> None:
    """Begin the idle limit anew, at once. What a gate has found in order is looked at again."""
    at = clock.now()
    limits = Session.limits(at)
    session.seen_at, session.idle_until = at, min(limits["idle_until"], session.hard_until)
    session.cleared_for = ""
    # Not a session that has run out meanwhile: what has ended stays ended.
    Session.objects.live(at).filter(pk=session.pk).update(
        seen_at=session.seen_at, idle_until=session.idle_until, cleared_for=""
    )


@transaction.atomic
def end(session: Session, *, by: str) -> None:
    """End a session for `by`, one of `Session.End`; ending twice changes nothing."""
    ended = Session.objects.filter(pk=session.pk, ended_at=None).update(
        ended_at=clock.now(), ended_by=by
    )
    if ended:
        record("signon.session-ended", by=session.holder, about=session, session=session.id, why=by)


@transaction.atomic
def end_all_of(credential_id: UUID, *, by: str) -> int:
    """End every live session of a credential; returns how many."""
    live = Session.objects.filter(credential_id=credential_id, ended_at=None)
    return live.update(ended_at=clock.now(), ended_by=by)


def hash_key(key: str) -> str:
    """What the database knows of a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()
