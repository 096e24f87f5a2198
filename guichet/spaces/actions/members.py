"""Changing who belongs to a space and what they hold; see `guarding` for what always remains."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Person
from guichet.refusals import Refused
from guichet.spaces import policy
from guichet.spaces.actions.guarding import administrated, require_in_use
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.mails import members as mails
from guichet.spaces.models import AccessCode, Invitation, Membership, Merger, Role, RoleRequest
from guichet.spaces.policy import Can


def change_member(
    admin: Membership, *, member: Membership, role: str, limits: Iterable[str] = ()
) -> Membership:
    """Give a user of the space another role, or other limits; the user and administrators learn it.

    Refused when the space would have no administrator any more (`last-administrator`), when the
    role has nothing to limit (`limits-not-for-role`), or when the user is gone (`not-a-user`).
    """
    with administrated(admin.space_id):
        admin = still_there(admin, to=Can.MEMBERS)
        member = still_there(member)
        if give(member, role, limits, by=admin.person):
            tell([member], Kind.SPACE, lambda to: mails.role_changed(to, admin.person))
            tell_administrators(
                member, lambda to: mails.was_changed(to, member, admin.person), but=admin.person
            )
    return member


def remove_member(admin: Membership, *, member: Membership) -> Membership:
    """Take somebody out of the space; what they prepared in it stays. They are told.

    Refused for the last administrator (`last-administrator`), and when the user is gone already
    (`not-a-user`). Whoever removes herself leaves.
    """
    if member.pk == admin.pk:
        return leave_space(admin)
    with administrated(admin.space_id):
        admin = still_there(admin, to=Can.MEMBERS)
        member = still_there(member)
        tell([member], Kind.SPACE, lambda to: mails.removed(to, admin.person))
        tell_administrators(
            member, lambda to: mails.was_removed(to, member.person, admin.person), but=admin.person
        )
        _go(member, by=admin.person)
    return member


def leave_space(member: Membership) -> Membership:
    """Belong to a space no longer, by one's own wish. Its administrators are told.

    Refused for the last administrator (`last-administrator`) and for a private space, which is
    nobody else's (`private-space`).
    """
    with administrated(member.space_id):
        member = still_there(member)
        if member.space.is_private:
            raise Refused(
                _("Your private eSpace is yours alone: you cannot leave it."), code="private-space"
            )
        tell_administrators(member, lambda to: mails.has_left(to, member.person))
        _go(member, by=member.person)
    return member


# --- What acts on members share; inside `administrated`


def still_there(member: Membership, *, to: Can = Can.VIEW) -> Membership:
    """The membership as it is now that the space is locked, and may still do that.

    Somebody may have changed or removed it since the page was drawn.
    """
    rows = Membership.objects.select_related("space", "person")
    found = rows.filter(pk=member.pk).first()
    # After a merger the same row stands in another space, which nobody has locked here.
    if found is None or found.space_id != member.space_id:
        raise Refused(
            _("This person does not belong to the eSpace any more. Nothing was changed."),
            code="not-a-user",
        )
    require_in_use(found.space)
    policy.require(found, to)
    return found


def give(member: Membership, role: str, limits: Iterable[str], *, by: Person) -> bool:
    """Write role and limits, and note from whom; False when they are the same as before."""
    before, limits = member.role, clean_limits(role, limits)
    if (role, limits) == (member.role, member.limits):
        return False
    if role != before:
        member.role, member.role_from, member.role_since = role, by, clock.now()
    member.limits = limits
    member.save(update_fields=["role", "role_from", "role_since", "limits"])
    settle_requests(member)
    if Can.MERGE not in policy.CAPABILITIES[Role(role)]:
        _take_back(member)
    member.space.changed()
    record(
        "space.member-changed",
        by=by,
        about=member,
        space=member.space_id,
        whom=member.person_id,
        role=role,
        before=before,
        limits=len(limits),
    )
    return True


def clean_limits(role: str, limits: Iterable[str]) -> list[str]:
    """Each code once, in order. Refused for a role that no limit narrows."""
    cleaned = sorted(set(limits))
    if cleaned and role not in policy.LIMITED_ROLES:
        raise Refused(
            _("Only managers and contributors can be limited to themes. Choose “All procedures”."),
            code="limits-not-for-role",
            field="scope",
        )
    return cleaned


def tell_administrators(
    about: Membership, write: mails.Writer, *, but: Person | None = None
) -> None:
    """Tell the administrators what concerns a member; not the member, nor who did it."""
    others = (
        Membership.objects.filter(space=about.space_id, role=Role.ADMINISTRATOR)
        .exclude(person__in=[about.person_id, *([but.pk] if but else [])])
        .select_related("person", "space")
        .order_by("pk")
    )
    tell(others, Kind.MEMBERS, write)


def _go(member: Membership, *, by: Person) -> None:
    """What the person asked for, was offered or set going in the space ends with the membership."""
    settle_requests(member)
    _take_back(member)
    products = member.person.credentials.exclude(number="").values("number")
    offered = Q(email__iexact=member.person.email) | Q(claimed_by=member.person_id)
    Invitation.objects.unanswered().filter(
        offered | Q(product_number__in=products), space=member.space_id
    ).update(withdrawn_at=clock.now())
    left = by.pk == member.person_id
    record(
        "space.left" if left else "space.member-removed",
        by=by,
        about=member,
        space=member.space_id,
        whom=None if left else member.person_id,
        role=member.role,
    )
    member.space.changed()
    Membership.objects.filter(pk=member.pk).delete()


def settle_requests(member: Membership) -> None:
    """Whoever gets or loses a role no longer asks: an old request would undo what came after."""
    asked = RoleRequest.objects.unanswered().filter(space=member.space_id, person=member.person_id)
    asked.update(withdrawn_at=clock.now())


def _take_back(member: Membership) -> None:
    """What somebody who administrates no longer had set going: codes to enter, mergers asked for."""
    codes = AccessCode.objects.filter(
        made_by_member=member.person_id, holder__space=member.space_id, used_at=None
    )
    codes.filter(revoked_at=None).update(revoked_at=clock.now())
    sides = Q(absorbed=member.space_id, asked_from_kept=False) | Q(
        kept=member.space_id, asked_from_kept=True
    )
    asked = Merger.objects.live().filter(sides, asked_by=member.person_id, consented_at=None)
    asked.update(cancelled_at=clock.now())
