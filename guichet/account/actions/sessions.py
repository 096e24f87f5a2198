"""Where somebody is signed on: ending it from elsewhere."""

from django.db import transaction

from guichet.account import policy
from guichet.signon import sessions
from guichet.signon.models import Session


def end_session(session: Session, *, other: Session) -> None:
    """End another session of the same person, whatever browser it is in."""
    if other.person_id == session.person_id:
        sessions.end(other, by=Session.End.PERSON)


@transaction.atomic
def end_other_sessions(session: Session) -> int:
    """End all of one's sessions but the one in which this was asked; returns how many."""
    if session.person is None:
        return 0
    others = list(policy.live_sessions(session.person).exclude(pk=session.pk).order_by("pk"))
    for other in others:
        sessions.end(other, by=Session.End.PERSON)
    return len(others)
