"""Who the author is in a portal that is thrown away: one of the cast, signed on without more ado."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404

from guichet.demo import cast
from guichet.procedures import policy as procedures
from guichet.procedures.catalogue import Listed
from guichet.procedures.models import Draft
from guichet.refusals import Moved, NotAllowed, Refused
from guichet.signon import sessions
from guichet.signon.models import Session
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can

USER_ID = "TOMW1"  # has a private space, and administers a company's


def signed_on(key: str) -> tuple[Session, str]:
    """The author's session and its key: the one that `key` opens, or a new one."""
    found = sessions.find(key) if key else None
    if found is not None and found.person is not None:
        return found, key
    token = cast.token_of(USER_ID)
    if token is None:
        raise LookupError(USER_ID)
    return sessions.open_session(token)


def place(session: Session, procedure: Listed) -> Membership:
    """Where the author tries the procedure: the private space, or the company's."""
    own = Membership.objects.filter(person=session.person).select_related("space")
    found = own.filter(space__owner__isnull=not procedure.for_private).order_by("since").first()
    if found is None:
        raise LookupError(f"no space of {USER_ID}")
    return found


def draft(session: Session, address: Mapping[str, Any]) -> Draft | None:
    """The draft that the page with this address shows; None for other pages."""
    if "draft_id" not in address:
        return None
    try:
        return procedures.draft(session, address["identifier"], address["draft_id"], to=Can.VIEW)[1]
    except (Http404, NotAllowed, Refused, Moved):
        return None
