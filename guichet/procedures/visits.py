"""A visit in a browser: found by the key in its cookie, used, over.

The cookie holds 256 bits; the database holds their SHA-256. A visit ends as a session does:
unused for a while, after its limit, or when somebody says so.
"""

from datetime import timedelta

from guichet import clock
from guichet.procedures.models import Visit
from guichet.signon.models import Session
from guichet.signon.sessions import hash_key

# Written at most once in this time, so that reading pages does not mean writing rows.
_SEEN_EVERY = timedelta(minutes=1)


def find(key: str) -> Visit | None:
    """The live visit with this key, its visitor in the same query, or None."""
    rows = Visit.objects.live().filter(key_hash=hash_key(key))
    return rows.select_related("visitor").first() if key else None


def past(key: str) -> Visit | None:
    """The visit that this key once opened, over or not."""
    return Visit.objects.filter(key_hash=hash_key(key)).first() if key else None


def touch(visit: Visit) -> None:
    """Count the request as activity: the idle limit starts anew, the hard limit stays."""
    at = clock.now()
    if visit.seen_at is None or visit.hard_until is None or at - visit.seen_at < _SEEN_EVERY:
        return
    idle_until = min(Session.limits(at)["idle_until"], visit.hard_until)
    Visit.objects.live().filter(pk=visit.pk).update(seen_at=at, idle_until=idle_until)
