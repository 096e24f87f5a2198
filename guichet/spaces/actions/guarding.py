"""A professional space in use is never without an administrator who can open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from guichet.refusals import Refused
from guichet.signon.models import Credential
from guichet.spaces.models import Membership, Role, Space


@contextmanager
def administrated(*space_ids: UUID) -> Iterator[list[Space]]:
    """Change who belongs to these spaces, or what they hold, inside this.

    Locks the rows of the spaces, in the order of their keys: two acts on one space go one after
    the other (on SQLite the whole transaction is the lock). At the end every professional space
    among them that is in use must still have an administrator who can open it; else everything
    is undone and `Refused` says so (`last-administrator`). A space that had lost its last one
    before, by a death say, stays usable for the others.
    """
    with transaction.atomic():
        locked = list(
            Space.objects.select_for_update(of=("self",)).filter(pk__in=space_ids).order_by("pk")
        )
        before = set(_without_administrator(space_ids))
        yield locked
        if set(_without_administrator(space_ids)) - before:
            raise Refused(
                _(
                    "This eSpace would have no administrator any more. "
                    "Make somebody else administrator first, or delete the eSpace."
                ),
                code="last-administrator",
            )


def require_in_use(*spaces: Space) -> None:
    """Refuse (`in-the-bin`) what cannot happen in a space that is in the bin.

    To be asked under the lock, `for space in locked`, before somebody joins, a code is used, a
    merger is asked for or done: a form may be older than the deletion.
    """
    for space in spaces:
        if space.binned_at is not None:
            raise Refused(
                _(
                    "The eSpace %(identifier)s is in the bin. "
                    "One of its administrators has to bring it back first."
                )
                % {"identifier": space.identifier},
                code="in-the-bin",
            )


def active_administrators() -> QuerySet[Membership]:
    """Memberships of administrators whose account is open and who hold a product that works."""
    return active_members().filter(role=Role.ADMINISTRATOR)


def active_members() -> QuerySet[Membership]:
    """Memberships that somebody can use: the account is open, and a product for it works."""
    usable = Credential.objects.filter(suspended_at=None, revoked_at=None)
    return Membership.objects.filter(
        Q(Exists(usable.filter(person=OuterRef("person"))), only_with=None)
        | Q(Exists(usable.filter(pk=OuterRef("only_with")))),
        person__account__suspended_at=None,
        person__account__closing_asked_at=None,
        person__account__closed_at=None,
    )


def is_the_last(member: Membership) -> bool:
    """Whether nobody else could administrate the space if this member left it now."""
    others = active_administrators().filter(space=member.space_id).exclude(pk=member.pk)
    return member.role == Role.ADMINISTRATOR and not others.exists()


def _without_administrator(space_ids: tuple[UUID, ...]) -> QuerySet[Space, UUID]:
    """Keys of the professional spaces in use, among these, that nobody can administrate."""
    in_use = Space.objects.in_use().professional().filter(pk__in=space_ids)
    headless = in_use.exclude(Exists(active_administrators().filter(space=OuterRef("pk"))))
    return headless.values_list("pk", flat=True)
