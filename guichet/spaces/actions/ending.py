"""Ending a certification: revoked, given up, or because its source has ended."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Agent, Person
from guichet.post.actions import Mail
from guichet.refusals import Refused
from guichet.spaces import policy
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.mails import certification as mails
from guichet.spaces.models import (
    BY_AUTHORITY,
    AccessCode,
    Certification,
    Ending,
    Membership,
    Space,
)
from guichet.spaces.policy import Can


@transaction.atomic
def revoke_certification(agent: Agent, *, certification: Certification, why: str) -> bool:
    """An authority takes back what it granted. Twice changes nothing."""
    policy.require_service(agent, certification.service_id)
    if why not in BY_AUTHORITY:
        raise Refused(_("Choose a reason of the list."), code="reason-unknown", field="why")
    return end_certification(certification, why, by=agent)


@transaction.atomic
def revoke_agent(member: Membership, *, certification: Certification) -> bool:
    """A holder takes back the mandate of one of its agents. Twice changes nothing."""
    policy.require(member, Can.CERTIFY)
    return end_certification(certification, Ending.HOLDER, by=member.person, but=member)


@transaction.atomic
def give_up(member: Membership, *, certification: Certification) -> bool:
    """A space gives up what it was granted. Twice changes nothing."""
    policy.require(member, Can.CERTIFY)
    return end_certification(certification, Ending.GIVEN_UP, by=member.person, but=member)


def end_certification(
    certification: Certification,
    why: str,
    *,
    by: Agent | Person | None,
    but: Membership | None = None,
) -> bool:
    """End it, with everything that hangs on it, in the caller's transaction; members are told.

    False when it was over already. `but` need not be told: they did it.
    """
    live = Certification.objects.filter(pk=certification.pk, revoked_at=None)
    if not live.update(revoked_at=clock.now(), revoked_why=why):
        return False
    ended = Certification.objects.select_related("space", "service", "holder__space").get(
        pk=certification.pk
    )
    AccessCode.objects.filter(holder=ended, used_at=None, revoked_at=None).update(
        revoked_at=clock.now()
    )
    ended.space.changed()
    record(
        "space.certification-ended",
        by=by,
        about=ended,
        space=ended.space_id,
        service=ended.service_id,
        why=why,
    )
    tell_certified(ended, mails.ended, but=but)
    _tell_the_holder(ended, why, but=but)
    for agent in Certification.objects.filter(holder=ended, revoked_at=None).order_by("pk"):
        end_certification(agent, Ending.HOLDER_ENDED, by=by)
    return True


def end_certifications_of(space: Space, why: str, *, by: Agent | Person | None) -> int:
    """End all that a space was granted, with its agents'; returns how many of its own."""
    live = Certification.objects.filter(space=space, revoked_at=None).order_by("pk")
    return sum(end_certification(each, why, by=by) for each in live)


def _tell_the_holder(ended: Certification, why: str, *, but: Membership | None) -> None:
    """The holder learns that it lost an agent; not when it is over itself and knows why."""
    if ended.holder and why != Ending.HOLDER_ENDED:
        ended.holder.space.changed()
        tell_certified(ended.holder, mails.agent_ended, but=but)


def tell_certified(
    certification: Certification,
    write: Callable[[Membership, Certification], Mail],
    *,
    but: Membership | None = None,
) -> None:
    """The members of the certified space, but the one who did it."""
    members = (
        Membership.objects.filter(space=certification.space_id)
        .select_related("person", "space")
        .order_by("since", "pk")
    )
    if but:
        members = members.exclude(pk=but.pk)
    tell(members, Kind.CERTIFICATIONS, lambda member: write(member, certification))
