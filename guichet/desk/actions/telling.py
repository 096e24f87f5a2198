"""Telling members of a merger: after the act, in pieces, each person once.

Run by tasks: a space may have thousands of members, and whoever asks must not be able to measure
whether the other space exists. A task that was killed goes on where it stopped: mails have keys.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from guichet.desk.mails import merging as mails
from guichet.post.actions import Mail
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.models import Membership, Merger
from guichet.spaces.policy import Can, roles_with

_AT_ONCE = 200

Write = Callable[[Membership], Mail]


def tell_asked(merger_id: UUID) -> int:
    """Tell the administrators of the side that must consent, and those of the side that asked."""
    merger = Merger.objects.live().filter(pk=merger_id, consented_at=None).first()
    return _tell_request(merger, mails.asked) if merger else 0


def tell_planned(merger_id: UUID) -> int:
    """Tell all members of both spaces that consent was given, and until when one can cancel."""
    merger = Merger.objects.live().filter(pk=merger_id).exclude(consented_at=None).first()
    if merger is None:
        return 0
    asked = merger.asked_identifier
    return _tell(_members(merger), lambda member: mails.planned(member, merger), first=asked)


def tell_cancelled(merger_id: UUID) -> int:
    """Tell whoever was told of it before: all members, or administrators only."""
    merger = Merger.objects.exclude(cancelled_at=None).get(pk=merger_id)
    members = _members(merger)
    if merger.consented_at is None:
        members = members.filter(role__in=roles_with(Can.MERGE))
    return _tell(members, lambda member: mails.cancelled(member, merger))


def tell_changed(merger_id: UUID) -> int:
    """Tell all members that nothing was merged, and who must consent to the new preview."""
    merger = Merger.objects.live().filter(pk=merger_id, consented_at=None).first()
    if merger is None:
        return 0
    asked = merger.asked_identifier

    def write(member: Membership) -> Mail:
        consents = member.space.identifier == asked and member.role in roles_with(Can.MERGE)
        return mails.changed(member, merger, consents=consents)

    return _tell(_members(merger), write, first=asked)


def tell_done(merger_id: UUID) -> int:
    """Tell all members of the space that both have become."""
    merger = Merger.objects.exclude(done_at=None).get(pk=merger_id)
    members = Membership.objects.filter(space=merger.kept_id)
    return _tell(members, lambda member: mails.done(member, merger))


def _tell_request(merger: Merger, write: Callable[..., Mail]) -> int:
    administrators = _members(merger).filter(role__in=roles_with(Can.MERGE))
    asked = merger.asked_identifier
    return _tell(
        administrators,
        lambda member: write(member, merger, consents=member.space.identifier == asked),
        first=asked,
    )


def _members(merger: Merger) -> QuerySet[Membership]:
    """Of both spaces, also of one that was only named so far."""
    identifiers = (merger.absorbed_identifier, merger.kept_identifier)
    return Membership.objects.filter(space__identifier__in=identifiers, space__kind="professional")


def _tell(members: QuerySet[Membership], write: Write, *, first: str = "") -> int:
    """In pieces: a mail that is written is kept, whatever happens to those after it.

    Somebody who is in both spaces gets one mail, for the space whose identifier comes `first`.
    """
    found = members.values_list("pk", "space__identifier").order_by("pk")
    keys = [key for key, _ in sorted(found, key=lambda each: each[1] != first)]
    count = 0
    for start in range(0, len(keys), _AT_ONCE):
        piece = Membership.objects.select_related("person", "space").in_bulk(
            keys[start : start + _AT_ONCE]
        )
        with transaction.atomic():
            told = tell(
                (piece[key] for key in keys[start : start + _AT_ONCE] if key in piece),
                Kind.SPACE,
                write,
            )
        count += len(told)
    return count
