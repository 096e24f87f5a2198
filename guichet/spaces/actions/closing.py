"""Into the bin, back out of it, and, thirty days later, gone for good."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.files import actions as files
from guichet.files.models import File
from guichet.refusals import Refused
from guichet.spaces import policy
from guichet.spaces.actions.ending import end_certification
from guichet.spaces.actions.guarding import administrated
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.mails import closing as mails
from guichet.spaces.models import (
    AccessCode,
    Appointment,
    Certification,
    Company,
    Contest,
    Ending,
    GivenIdentifier,
    Invitation,
    Membership,
    Merger,
    Notice,
    RoleRequest,
    Space,
    SpaceDraft,
)
from guichet.spaces.policy import Can

REMINDED_BEFORE = timedelta(days=7)


@transaction.atomic
def bin_space(member: Membership, *, typed: str) -> Space:
    """Put the space into the bin: closed at once for all its members, who are told.

    `typed` is its identifier, written by hand; blanks, dashes and lower case are forgiven. What it
    holds stays as it is for thirty days. A live merger has to be cancelled first.
    """
    policy.require(member, Can.DELETE)
    if _read(typed) != _read(member.space.identifier):
        raise Refused(
            _("This is not the identifier of this eSpace. It is: %(identifier)s.")
            % {"identifier": member.space.identifier},
            code="other-identifier",
            field="typed",
        )
    with administrated(member.space_id):
        member = _as_it_is_now(member)
        space = member.space
        _require_no_merger(space)
        at = clock.now()
        binned = Space.objects.in_use().filter(pk=space.pk)
        if not binned.update(binned_at=at, binned_by=member.person):
            raise Refused(_("This eSpace is in the bin already."), code="in-the-bin")
        space.binned_at, space.binned_by = at, member.person
        space.changed()
        record("space.binned", by=member.person, about=space, space=space.pk, kind=space.kind)
        tell(_members(space), Kind.SPACE, mails.binned(member.person, space))
    return space


@transaction.atomic
def bring_back(member: Membership) -> Space:
    """Take the space out of the bin, as it was; its members are told. Twice is once."""
    policy.require(member, Can.DELETE)
    with administrated(member.space_id):
        member = _as_it_is_now(member)
        space, binned_at = member.space, member.space.binned_at
        if binned_at is None:
            return space
        kept = Space.objects.filter(pk=space.pk, binned_at__gt=clock.now() - Space.IN_THE_BIN)
        if not kept.update(binned_at=None, binned_by=None):
            raise _gone()
        space.binned_at = space.binned_by = None
        space.changed()
        record("space.brought-back", by=member.person, about=space, space=space.pk)
        tell(_members(space), Kind.SPACE, mails.brought_back(member.person, space, binned_at))
    return space


def merger_in_the_way(space: Space) -> Merger | None:
    """The merger that has to be cancelled before the space can be deleted."""
    return Merger.objects.live().filter(Q(absorbed=space) | Q(kept=space)).first()


# --- Thirty days later


def to_be_purged() -> QuerySet[Space]:
    """Spaces whose time in the bin is over."""
    return Space.objects.filter(binned_at__lte=clock.now() - Space.IN_THE_BIN)


def remind_of_purges() -> int:
    """Tell, once, who can still bring a space back that its last week in the bin has begun."""
    at = clock.now()
    soon = Space.objects.filter(
        binned_at__gt=at - Space.IN_THE_BIN,
        binned_at__lte=at - Space.IN_THE_BIN + REMINDED_BEFORE,
    )
    told = 0
    for space in soon.order_by("binned_at", "pk"):
        who = [member for member in _members(space) if policy.may(member, Can.DELETE)]
        told += len(tell(who, Kind.SPACE, mails.purged_soon(space)))
    return told


@transaction.atomic
def leave(space: Space) -> dict[str, int]:
    """Delete for good what this room keeps of a space; how much of what.

    Its identifier stays, retired. Agents of its certifications lose theirs in their own spaces: a
    right does not outlive its source. The row of the space itself is left to the caller.
    """
    own, at = Q(space=space), clock.now()
    certifications = list(Certification.objects.select_for_update().filter(own).order_by("pk"))
    _end_agents(certifications)
    unused = AccessCode.objects.filter(holder__in=certifications, certification=None)
    unused.exclude(made_by=None).filter(revoked_at=None).update(revoked_at=at)
    gone = {"codes": _deleted(unused.filter(made_by=None)), "mergers": _leave_mergers(space)}
    for name, rows in {
        "notices": Notice.objects.filter(own),
        "memberships": Membership.objects.filter(own),
        "invitations": Invitation.objects.filter(own),
        "role-requests": RoleRequest.objects.filter(own),
        "certifications": Certification.objects.filter(own),
        "contests": Contest.objects.filter(own),
        "appointments": Appointment.objects.filter(own),
        "company": Company.objects.filter(own),
        "drafts": SpaceDraft.objects.filter(own),
    }.items():
        gone[name] = _deleted(rows)
    former = GivenIdentifier.objects.filter(leads_to=space)
    gone["former-identifiers"] = former.update(leads_to=None)
    GivenIdentifier.objects.filter(pk=space.identifier).update(retired_at=at)
    return gone


@transaction.atomic
def take_for_purge(space_id: UUID) -> Space | None:
    """The space, locked until the transaction ends; None when it was brought back, or is gone."""
    return to_be_purged().select_for_update(of=("self",)).filter(pk=space_id).first()


@transaction.atomic
def delete_space(space: Space, *, gone: dict[str, int]) -> None:
    """Delete the row of a space that every room has left, and say how much of what went."""
    counts: dict[str, Any] = {name: number for name, number in gone.items() if number}
    record("space.purged", about=space, space=space.pk, kind=space.kind, **counts)
    # Not `delete`: that would take along, unseen, what a room has forgotten to leave. This fails.
    Space.objects.filter(pk=space.pk)._raw_delete(using=Space.objects.db)


# --- What the above share


def _read(identifier: str) -> str:
    """Only what counts in an identifier."""
    return "".join(sign for sign in identifier.upper() if sign.isalnum())


def _as_it_is_now(member: Membership) -> Membership:
    """Read again under the lock: the role may be gone since the page was drawn, or the space."""
    found = Membership.objects.select_related("space", "person").filter(pk=member.pk).first()
    if found is None:
        raise _gone()
    policy.require(found, Can.DELETE)
    return found


def _gone() -> Refused:
    return Refused(
        _("This eSpace has been deleted for good. It cannot be brought back."), code="purged"
    )


def _require_no_merger(space: Space) -> None:
    merger = merger_in_the_way(space)
    if merger is not None:
        raise Refused(
            _(
                "A merger of the eSpaces %(first)s and %(second)s is under way. "
                "Cancel the merger first, then delete the eSpace."
            )
            % {"first": merger.absorbed_identifier, "second": merger.kept_identifier},
            code="merger-under-way",
        )


def _members(space: Space) -> Iterable[Membership]:
    return Membership.objects.filter(space=space).select_related("person").order_by("since", "pk")


def _end_agents(holders: list[Certification]) -> None:
    """A right does not outlive its source: agents in other spaces lose theirs, and are told."""
    agents = Certification.objects.filter(holder__in=holders, revoked_at=None)
    for agent in agents.order_by("space_id", "pk"):
        end_certification(agent, Ending.HOLDER_ENDED, by=None)


def _leave_mergers(space: Space) -> int:
    """Delete those whose other side is gone too, and their reports; else that side keeps them."""
    rows = Merger.objects.filter(Q(absorbed=space, kept=None) | Q(kept=space, absorbed=None))
    reports = list(File.objects.filter(merger__in=rows))
    gone = _deleted(rows)
    for report in reports:
        files.discard(report)
    for side in ("absorbed", "kept"):
        others = Merger.objects.filter(**{side: space})
        others.filter(done_at=None, cancelled_at=None).update(cancelled_at=clock.now())
        others.update(**{side: None})
    return gone


def _deleted(rows: QuerySet[Any]) -> int:
    """How many rows of this kind went; what hangs on them is counted by its own name."""
    count, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0) if count else 0
