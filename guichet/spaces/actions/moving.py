"""What this room does when a space is merged into another.

`foresee` says beforehand what `hand_over` will do; both stand on the same plan, so that a preview
and what happens cannot differ. Everything runs in the caller's transaction, with both spaces
locked (`guarding.administrated`), in statements that do not grow with the number of rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.spaces import pages
from guichet.spaces.company import CompanyData
from guichet.spaces.models import (
    AccessCode,
    Appointment,
    Certification,
    Company,
    Contest,
    GivenIdentifier,
    Invitation,
    Membership,
    Merger,
    Notice,
    Role,
    RoleRequest,
    Space,
    SpaceDraft,
)

_BATCH = 500

# What `foresee` and `hand_over` count, in words.
KINDS: dict[str, str | Promise] = {
    "memberships": _("Users"),
    "memberships-joined": _("Users who belong to both eSpaces already"),
    "invitations": _("Invitations, also answered ones"),
    "invitations-withdrawn": _("Invitations withdrawn: both eSpaces invite the same address"),
    "role-requests": _("Requests to join, also answered ones"),
    "role-requests-withdrawn": _("Requests to join withdrawn: the same person asks both eSpaces"),
    "certifications": _("Certifications, also past ones"),
    "certifications-ended": _("Certifications that end"),
    "contests": _("Values of the register that were contested"),
    "contests-withdrawn": _("Contested values withdrawn: they go with the company details"),
    "notices": _("Notes of what users were told"),
    "appointments": _("Appointments by the help desk"),
    "former-identifiers": _("Former identifiers that lead here"),
    "company": _("Company details that are deleted"),
}

# Why a space cannot be merged now.
HINDRANCES: dict[str, str | Promise] = {
    "private": _("It is a private eSpace. Only business eSpaces can be merged."),
    "binned": _("It is in the bin. Bring it back first."),
    "merging": _("It takes part in another merger. Finish or cancel that one first."),
    "appointment": _(
        "The help desk is about to appoint an administrator. Wait until that is decided."
    ),
}


def hindrances(space: Space, *, but: UUID | None = None) -> list[str]:
    """Codes of `HINDRANCES`: why this space cannot be merged now. `but` is the merger at hand."""
    mergers = (Merger.objects.live().filter(**{side: space.pk}) for side in ("absorbed", "kept"))
    found = {
        "private": space.is_private,
        "binned": space.binned_at is not None,
        "merging": any(merger.exclude(pk__in=[but] if but else []).exists() for merger in mergers),
        "appointment": Appointment.objects.live().filter(space=space).exists(),
    }
    return [code for code, hinders in found.items() if hinders]


# --- Whose rights become which


class Right(NamedTuple):
    """What somebody may do in a space: as which role, within which limits, with which product."""

    role: str
    limits: tuple[str, ...]  # none is no limit
    only: str  # the key of the one product that opens the space; empty for all products

    def covers(self, other: "Right") -> bool:
        """Whether whoever has this one has everything that the other one gives."""
        return (
            _rank(self.role) >= _rank(other.role)
            and (not self.limits or (bool(other.limits) and {*other.limits} <= {*self.limits}))
            and self.only in ("", other.only)
        )


class Place(NamedTuple):
    """Somebody's right in either space before, and in the kept one afterwards."""

    person: UUID
    in_absorbed: Right | None
    in_kept: Right | None
    after: Right


def right_of(member: Membership) -> Right:
    """The right that a membership gives."""
    only = member.only_with_id
    return Right(member.role, tuple(sorted(member.limits)), only.hex if only else "")


def united(one: Right, other: Right) -> Right:
    """The higher role; two limits become their union, and no limit wins over any."""
    role = max(one.role, other.role, key=_rank)
    limits = tuple(sorted({*one.limits, *other.limits})) if one.limits and other.limits else ()
    return Right(role, limits, one.only if one.only == other.only else "")


def places(absorbed: Space | None, kept: Space | None) -> list[Place]:
    """Everybody of both spaces; one of them may be unknown to whoever looks."""
    there, here = _rights(absorbed), _rights(kept)
    found = []
    for person in sorted({*there, *here}):
        old, own = there.get(person), here.get(person)
        rights = [right for right in (old, own) if right is not None]
        found.append(Place(person, old, own, united(rights[0], rights[-1])))
    return found


def invited(absorbed: Space | None, kept: Space | None) -> dict[str, int]:
    """How many invitations wait to be accepted, by role: whoever accepts will be in both."""
    live = Invitation.objects.live().filter(space__in=[s.pk for s in (absorbed, kept) if s])
    if absorbed is not None:
        live = live.exclude(pk__in=_invited_twice(absorbed, kept).values_list("pk", flat=True))
    counts = live.order_by("role").values_list("role").annotate(number=Count("pk"))
    return dict(counts)


def _rights(space: Space | None) -> dict[UUID, Right]:
    if space is None:
        return {}
    members = Membership.objects.filter(space=space).only(
        "person_id", "role", "limits", "only_with_id"
    )
    return {member.person_id: right_of(member) for member in members}


def _rank(role: str) -> int:
    return -Role.values.index(role)


# --- What becomes of the certifications


class Fate(NamedTuple):
    """A certification in use, and what becomes of it: it moves, stays, or ends, and why."""

    service: str
    grade: str
    of_kept: bool
    what: str  # moves, stays, conflict (both are holders), double (of one holder), own (agent of itself)


@dataclass
class _Certifications:
    fates: list[Fate] = field(default_factory=list)
    ending: list[UUID] = field(default_factory=list)
    heirs: list[tuple[UUID, UUID]] = field(default_factory=list)  # a holder that ends, the other


def fates(absorbed: Space, kept: Space | None) -> list[Fate]:
    """What becomes of each certification in use. Those that stay open their service to newcomers."""
    return _certifications(absorbed, kept).fates


def _certifications(absorbed: Space, kept: Space | None) -> _Certifications:
    spaces = [absorbed.pk] if kept is None else [absorbed.pk, kept.pk]
    rows = list(
        Certification.objects.filter(space__in=spaces, revoked_at=None)
        .select_related("holder")
        .order_by("service", "grade", "pk")
    )
    plan = _Certifications()
    heir_of = _settle_holders(plan, rows, absorbed)
    taken = {
        (row.service_id, heir_of.get(row.holder_id, row.holder_id))
        for row in rows
        if row.grade == "agent" and row.space_id != absorbed.pk and row.holder_id
    }
    for row in rows:
        of_kept = row.space_id != absorbed.pk
        if row.grade == "agent":
            holder = heir_of.get(row.holder_id, row.holder_id)
            if row.holder is not None and row.holder.space_id in spaces and kept is not None:
                plan.ending.append(row.pk)
                plan.fates.append(Fate(row.service_id, row.grade, of_kept, "own"))
                continue
            if not of_kept and holder and (row.service_id, holder) in taken:
                plan.ending.append(row.pk)
                plan.fates.append(Fate(row.service_id, row.grade, of_kept, "double"))
                continue
        if row.pk not in plan.ending:
            what = "stays" if of_kept else "moves"
            plan.fates.append(Fate(row.service_id, row.grade, of_kept, what))
    return plan


def _settle_holders(
    plan: _Certifications, rows: Iterable[Certification], absorbed: Space
) -> dict[UUID | None, UUID]:
    """One holder a service: the kept space's own, unless it is over and the other one is not."""
    holders: dict[str, list[Certification]] = {}
    for row in rows:
        if row.grade == "holder":
            holders.setdefault(row.service_id, []).append(row)
    for pair in holders.values():
        if len(pair) < 2:
            continue
        pair.sort(key=lambda row: (_is_over(row), row.space_id == absorbed.pk))
        stays, ends = pair
        plan.ending.append(ends.pk)
        plan.heirs.append((ends.pk, stays.pk))
        of_kept = ends.space_id != absorbed.pk
        plan.fates.append(Fate(ends.service_id, ends.grade, of_kept, "conflict"))
    return dict(plan.heirs)


def _is_over(row: Certification) -> bool:
    return row.until is not None and row.until <= clock.now()


# --- Merging


def foresee(absorbed: Space, kept: Space | None) -> dict[str, int]:
    """What `hand_over` would do now, by `KINDS`; without `kept`, as far as one can say."""
    members = Membership.objects.filter(space=absorbed)
    joined = _joined(absorbed, kept).count()
    counts = {
        "memberships": members.count() - joined,
        "memberships-joined": joined,
        "invitations": Invitation.objects.filter(space=absorbed).count(),
        "invitations-withdrawn": _invited_twice(absorbed, kept).count(),
        "role-requests": RoleRequest.objects.filter(space=absorbed).count(),
        "role-requests-withdrawn": _asked_twice(absorbed, kept).count(),
        "certifications": Certification.objects.filter(space=absorbed).count(),
        "certifications-ended": len(_certifications(absorbed, kept).ending),
        "contests": Contest.objects.filter(space=absorbed).count(),
        "contests-withdrawn": Contest.objects.filter(space=absorbed, withdrawn_at=None).count(),
        "notices": Notice.objects.filter(space=absorbed).count(),
        "appointments": Appointment.objects.filter(space=absorbed).count(),
        "former-identifiers": _former(absorbed).count(),
        "company": Company.objects.filter(space=absorbed).count(),
    }
    return {kind: number for kind, number in counts.items() if number}


def hand_over(absorbed: Space, kept: Space) -> dict[str, int]:
    """Everything of `absorbed` becomes `kept`'s; returns what and how much, by `KINDS`.

    Its identifier, and those that led to it, lead to `kept` from now on. What the company of the
    absorbed space said goes. The row of the space itself is left to the caller.
    """
    at = clock.now()
    counts = {
        "memberships-joined": _join_members(absorbed, kept),
        "memberships": Membership.objects.filter(space=absorbed).update(
            space=kept, origin=Membership.Origin.MERGER
        ),
        "invitations-withdrawn": _invited_twice(absorbed, kept).update(withdrawn_at=at),
        "invitations": Invitation.objects.filter(space=absorbed).update(space=kept),
        "role-requests-withdrawn": _asked_twice(absorbed, kept).update(withdrawn_at=at),
        "role-requests": RoleRequest.objects.filter(space=absorbed).update(space=kept),
        "certifications-ended": _settle_certifications(absorbed, kept),
        "certifications": Certification.objects.filter(space=absorbed).update(space=kept),
        "contests-withdrawn": Contest.objects.filter(space=absorbed, withdrawn_at=None).update(
            withdrawn_at=at
        ),
        "contests": Contest.objects.filter(space=absorbed).update(space=kept),
        "notices": Notice.objects.filter(space=absorbed).update(space=kept),
        "appointments": Appointment.objects.filter(space=absorbed).update(space=kept),
        "former-identifiers": _former(absorbed).update(leads_to=kept),
        "company": Company.objects.filter(space=absorbed).delete()[0],
    }
    GivenIdentifier.objects.filter(pk=absorbed.identifier).update(retired_at=at, leads_to=kept)
    _forget(absorbed, now_in=kept)
    return {kind: number for kind, number in counts.items() if number}


def _joined(absorbed: Space, kept: Space | None) -> QuerySet[Membership]:
    """Memberships in the absorbed space of people who are in the kept one too."""
    there = Membership.objects.filter(space=kept).values_list("person", flat=True) if kept else []
    return Membership.objects.filter(space=absorbed, person__in=there)


def _invited_twice(absorbed: Space, kept: Space | None) -> QuerySet[Invitation]:
    there = (
        Invitation.objects.unanswered().filter(space=kept).values_list("email", flat=True)
        if kept
        else []
    )
    return Invitation.objects.unanswered().filter(space=absorbed, email__in=there)


def _asked_twice(absorbed: Space, kept: Space | None) -> QuerySet[RoleRequest]:
    is_open = {"granted_at": None, "declined_at": None, "withdrawn_at": None}
    asked = RoleRequest.objects.filter(**is_open)
    there = asked.filter(space=kept).values_list("person", flat=True) if kept else []
    return asked.filter(space=absorbed, person__in=there)


def _former(space: Space) -> QuerySet[GivenIdentifier]:
    """Identifiers of spaces that were merged into this one before."""
    return GivenIdentifier.objects.filter(leads_to=space).exclude(pk=space.identifier)


def _join_members(absorbed: Space, kept: Space) -> int:
    """Whoever is in both spaces keeps the membership in the kept one, with both rights united."""
    leaving = {member.person_id: member for member in _joined(absorbed, kept)}
    staying = Membership.objects.filter(
        space=kept, person__in=_joined(absorbed, kept).values_list("person", flat=True)
    )
    changed = [member for member in staying if _take_over(member, leaving[member.person_id])]
    fields = ["role", "limits", "only_with", "role_from", "role_since", "origin"]
    Membership.objects.bulk_update(changed, fields, batch_size=_BATCH)
    person = Membership.objects.filter(pk=OuterRef(OuterRef("membership_id"))).values("person")
    stays = Membership.objects.filter(space=kept, person=Subquery(person[:1])).values("pk")
    Notice.objects.filter(membership__in=_joined(absorbed, kept)).update(
        membership=Subquery(stays[:1])
    )
    _joined(absorbed, kept).delete()
    return len(leaving)


def _take_over(member: Membership, leaving: Membership) -> bool:
    """Unite two memberships of one person; whoever gave the higher role is named with it."""
    before = right_of(member)
    after = united(right_of(leaving), before)
    if after == before:
        return False
    if after.role != member.role:
        member.role_from_id, member.role_since = leaving.role_from_id, leaving.role_since
        if member.role_from_id == member.person_id:  # created the other space, not this one
            member.origin = Membership.Origin.MERGER
    member.role, member.limits = after.role, list(after.limits)
    member.only_with_id = UUID(after.only) if after.only else None
    return True


def _settle_certifications(absorbed: Space, kept: Space) -> int:
    """End what cannot be twice; agents of a holder that ends become agents of the other one."""
    plan, end = (
        _certifications(absorbed, kept),
        {"revoked_at": clock.now(), "revoked_why": "merger"},
    )
    ended = Certification.objects.filter(pk__in=plan.ending).update(**end)
    for ends, stays in plan.heirs:
        agents = Certification.objects.filter(holder=ends)
        there = Certification.objects.filter(holder=stays, revoked_at=None).values("space")
        Space.objects.filter(certifications__in=agents).update(version=F("version") + 1)
        agents.filter(revoked_at=None, space__in=there).update(**end)
        agents.update(holder=stays)
        AccessCode.objects.filter(holder=ends).update(holder=stays)
    return ended


def company_of(space: Space) -> dict[str, Any]:
    """What the space says of its company, for the report that says what is gone.

    Without the number of a self-employed person: the report goes to all members.
    """
    row = Company.objects.filter(space=space).first()
    if row is None:
        return {}
    hidden = {"national_number": ""} if row.person_number_sealed is not None else {}
    return {**CompanyData.in_row(row).values(), **hidden}


def company_lines(company: dict[str, Any]) -> list[dict[str, Any]]:
    """The same in words: label and value, as far as there is one."""
    rows = pages.register_rows(CompanyData.kept(company)) if company else []
    return [row for row in rows if row["value"]]


def _forget(space: Space, *, now_in: Space) -> None:
    """Rows that only mention the space. Reports of its earlier mergers go where it goes."""
    SpaceDraft.objects.filter(space=space).update(space=None)
    Merger.objects.filter(kept=space).exclude(done_at=None).exclude(absorbed=space).update(
        kept=now_in
    )
    Merger.objects.filter(kept=space).update(kept=None)
    Merger.objects.filter(absorbed=space).update(absorbed=None)
