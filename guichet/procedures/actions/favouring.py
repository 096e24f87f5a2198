"""Procedures that somebody wants to find again at once."""

from django.db import transaction

from guichet.procedures.models import Favourite
from guichet.spaces.models import Membership


@transaction.atomic
def favour(member: Membership, *, code: str) -> None:
    """Mark a procedure, for the person, in all spaces. Doing it twice changes nothing."""
    _row, new = Favourite.objects.get_or_create(person=member.person, procedure=code)
    if new:
        member.space.changed()


@transaction.atomic
def unfavour(member: Membership, *, code: str) -> None:
    """Take the mark away. Doing it twice changes nothing."""
    gone, _kinds = Favourite.objects.filter(person=member.person, procedure=code).delete()
    if gone:
        member.space.changed()
