"""Who may do what in a space, and the one door to it."""

from enum import StrEnum
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.prepared import Prepared, Slot
from guichet.spaces.models import Membership, Role, Space, SpaceDraft


class Can(StrEnum):
    """What somebody may do in a space. Pages and actions ask for these, never for a role."""

    VIEW = "view"
    PREPARE = "prepare"  # procedures: begin, fill in
    SEND = "send"  # procedures: sign and send
    SEE_MEMBERS = "see-members"
    CHANGE = "change"  # the space's name, notification address and company


CAPABILITIES: dict[str, frozenset[Can]] = {
    Role.ADMINISTRATOR: frozenset(Can),
    Role.MANAGER: frozenset({Can.VIEW, Can.PREPARE, Can.SEND}),
    Role.CONTRIBUTOR: frozenset({Can.VIEW, Can.PREPARE}),
    Role.READER: frozenset({Can.VIEW}),
}


# Asked by every page of a space.
_membership = Prepared(
    lambda: Membership.objects.select_related("space").filter(
        space__identifier=Slot("identifier", Space._meta.get_field("identifier")),
        person=Slot("person", Membership._meta.get_field("person")),
    )
)


def membership(person: Person, identifier: str, *, to: Can) -> Membership:
    """The one door to a space: the membership of `person` with its space, in one query.

    A stranger finds no space (`Http404`); a member may be told no (`PermissionDenied`).
    """
    found = _membership.first(identifier=identifier, person=person.pk)
    if found is None:
        raise Http404
    found.person = person
    require(found, to)
    return found


def may(member: Membership, to: Can) -> bool:
    """Whether the member's role allows it."""
    return to in CAPABILITIES[member.role]


def require(member: Membership, to: Can) -> None:
    """Raise `PermissionDenied`, with a sentence that says who can, when the role does not allow."""
    if not may(member, to):
        raise PermissionDenied(
            _(
                "In this eSpace you are: %(role)s. This page needs another role. "
                "Ask an administrator of the eSpace."
            )
            % {"role": member.role_name}
        )


def draft(person: Person, draft_id: UUID) -> SpaceDraft:
    """The one door to a space in preparation: its own person's, or none (`Http404`)."""
    try:
        found = SpaceDraft.objects.select_related("space").get(pk=draft_id, person=person)
    except SpaceDraft.DoesNotExist:
        raise Http404 from None
    if found.finished_at is None and not SpaceDraft.objects.open().filter(pk=found.pk).exists():
        raise Http404
    return found
