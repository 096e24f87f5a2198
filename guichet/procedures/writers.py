"""Whoever fills in a draft: a member of its space, or a visitor without sign-on.

Acts take one as their first argument, whoever it is. What differs between them stands here, in
`policy` (what may be opened) and in `actions.holding` (what is locked); a third kind, somebody at a
counter who fills in for a visitor, is one more branch in each of these functions.
"""

from typing import Any, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.procedures.models import Draft, Submission, Visit, Visitor
from guichet.refusals import NotAllowed, Way
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can

Writer = Membership | Visit
Row = TypeVar("Row", Draft, Submission)


def owned_by(writer: Writer) -> dict[str, Any]:
    """Whose their drafts are: the column and what stands in it, to find rows and to make them."""
    if isinstance(writer, Visit):
        return {"visitor": writer.visitor}
    return {"space": writer.space}


def owns(writer: Writer, draft: Draft) -> bool:
    """Whether it is theirs."""
    owned = owned_by(writer).items()
    return all(getattr(draft, f"{column}_id") == owner.pk for column, owner in owned)


def hand_over(writer: Writer, what: Row) -> Row:
    """The same row, knowing whose it is without asking the database."""
    for column, owner in owned_by(writer).items():
        setattr(what, column, owner)
    return what


def who(writer: Writer) -> Person | Visitor:
    """Who acts, for the audit register."""
    return writer.visitor if isinstance(writer, Visit) else writer.person


def name(writer: Writer) -> str:
    """What others read who fill in the same draft; empty for a visitor: nobody else does."""
    return "" if isinstance(writer, Visit) else writer.person.name


def may(writer: Writer, to: Can, about: tuple[str, ...] = ()) -> bool:
    """Whether they may do it. What is a visitor's, only the visitor opens, and may do all with."""
    return isinstance(writer, Visit) or bool(spaces.may(writer, to, about))


def require_certification(writer: Writer, service: str) -> None:
    """A space may be certified for a service, a visitor never. Raises `NotAllowed`."""
    if isinstance(writer, Visit):
        raise NotAllowed(
            _("Only certified eSpaces do this procedure. Log in first."),
            ways=[Way(_("Log in"), reverse("signon:products"))],
        )
    spaces.require_certification(writer, service)


def require(writer: Writer, to: Can, about: tuple[str, ...] = ()) -> None:
    """As `may`. Raises `NotAllowed`."""
    if not isinstance(writer, Visit):
        spaces.require(writer, to, about)
