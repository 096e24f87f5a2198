"""Telling members what happened in their space: at once, once a day, or not at all."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Person
from guichet.post.actions import Mail, send
from guichet.spaces.mails.summary import summary
from guichet.spaces.models import Membership, Notice

NOTICES_KEPT = timedelta(days=90)


class Kind(models.TextChoices):
    """What a notice is about. Each member says for each space when to be told of it."""

    MEMBERS = "members", _("Users: who joins, leaves, changes roles or asks to join")
    CERTIFICATIONS = "certifications", _("Certifications: what is granted or revoked")
    # Nobody misses these: the space itself, or one's own place in it, is about to change.
    SPACE = "space", _("The eSpace itself: merging, deleting, your own role")


class When(models.TextChoices):
    """When somebody is told."""

    AT_ONCE = "at-once", _("At once")
    DAILY = "daily", _("Once a day, in one email")
    NEVER = "never", _("Never")


ALWAYS_AT_ONCE = frozenset({Kind.SPACE})


def when(member: Membership, kind: str) -> str:
    """When this member wants to be told of such things."""
    if kind in ALWAYS_AT_ONCE:
        return When.AT_ONCE
    return str(member.settings.get(kind, When.AT_ONCE))


def tell(
    members: Iterable[Membership], kind: str, write: Callable[[Membership], Mail]
) -> list[Membership]:
    """Tell each of these members, as they like to be told; in the caller's transaction.

    `write` makes the mail to one member, in her language (`member.person.language`), to
    `member.notification_email`. Of what goes into a daily summary, only the subject is kept.
    Returns whom a mail was sent to at once.
    """
    told = []
    for member in members:
        choice = when(member, kind)
        if choice == When.AT_ONCE:
            send(write(member))
            told.append(member)
        elif choice == When.DAILY:
            subject = write(member).subject
            Notice.objects.create(
                membership=member, space_id=member.space_id, kind=kind, subject=subject
            )
    return told


@transaction.atomic
def choose(member: Membership, chosen: Mapping[str, str]) -> Membership:
    """Say when one wants to be told of what, in this space. What always comes is not asked."""
    kinds = set(Kind.values) - ALWAYS_AT_ONCE
    member.settings = {
        **member.settings,
        **{kind: str(When(when)) for kind, when in chosen.items() if kind in kinds},
    }
    member.save(update_fields=["settings"])
    record("space.notifications-chosen", by=member.person, about=member, space=member.space_id)
    return member


def send_summaries() -> int:
    """One mail to each member and address that something waits for; returns how many were sent.

    Bears running twice and in two workers at once: a notice is marked as sent in the transaction
    that writes the mail.
    """
    waiting = (
        Notice.objects.filter(sent_at=None, membership__person__account__closed_at=None)
        .order_by("membership__person_id", "membership__notification_email")
        .values_list("membership__person_id", "membership__notification_email")
        .distinct()
    )
    return sum(_summarise(person, address) for person, address in list(waiting))


@transaction.atomic
def _summarise(person_id: UUID, address: str) -> bool:
    Person.objects.select_for_update().get(pk=person_id)  # another worker waits, then finds none
    notices = list(
        Notice.objects.filter(
            sent_at=None,
            membership__person=person_id,
            membership__notification_email=address,
        )
        .select_related("membership__person", "membership__space")
        .order_by("membership__space__name", "membership__space_id", "at", "pk")
    )
    if not notices:
        return False
    send(summary(notices[0].membership.person, address, notices))
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(sent_at=clock.now())
    return True


def forget_notices() -> None:
    """Delete what was told long ago."""
    Notice.objects.filter(sent_at__lte=clock.now() - NOTICES_KEPT).delete()
