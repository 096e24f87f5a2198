"""Telling members what happened in their space: at once, once a day, or not at all."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Person
from guichet.post.actions import Mail, send
from guichet.spaces.mails.summary import summary
from guichet.spaces.models import Membership, Notice, Space

NOTICES_KEPT = timedelta(days=90)
SUMMARIES_AT = time(7)  # local time
# So many of one kind come each in a mail of its own; what follows within this time comes together.
SINGLY_MAX = 3
TOGETHER = timedelta(minutes=10)


class Kind(models.TextChoices):
    """What a notice is about. Each member says for each space when to be told of it."""

    MEMBERS = "members", _("Users: who joins, leaves, changes roles or asks to join")
    CERTIFICATIONS = "certifications", _("Certifications: what is granted or revoked")
    SIGNATURES = "signatures", _("Signatures: who asks you to sign, and who refuses")
    PROCEDURES = "procedures", _("Procedures: drafts that can soon no longer be sent")
    # Nobody misses these: the space itself, or one's own place in it, is about to change.
    SPACE = "space", _("The eSpace itself: merging, deleting, your own role")


class When(models.TextChoices):
    """When somebody is told."""

    AT_ONCE = "at-once", _("At once")
    DAILY = "daily", _("Once a day, in one email")
    NEVER = "never", _("Never")


ALWAYS_AT_ONCE = frozenset({Kind.SPACE})
_OF_COMPANIES = frozenset({Kind.MEMBERS, Kind.CERTIFICATIONS})


def kinds(space: Space) -> list[Kind]:
    """What there can be news of in this space."""
    return [kind for kind in Kind if not (space.is_private and kind in _OF_COMPANIES)]


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
    `member.notification_email`. Of what goes into a summary, only the subject is kept. After
    `SINGLY_MAX` mails of one kind within `TOGETHER`, the others come in one mail when it is over.
    Returns whom a mail was sent to at once.
    """
    told = []
    for member in members:
        due = _due(member, kind)
        if due is None:
            continue
        mail, at = write(member), clock.now()
        if due <= at:
            send(mail)
            told.append(member)
            if kind in ALWAYS_AT_ONCE:
                continue
        Notice.objects.create(
            membership=member,
            space_id=member.space_id,
            kind=kind,
            subject=mail.subject,
            at=at,
            due_at=due,
            sent_at=at if due <= at else None,
        )
    return told


def _due(member: Membership, kind: str) -> datetime | None:
    """When this member is to be told of what happens now: not at all, now, or later."""
    choice, at = when(member, kind), clock.now()
    if choice == When.NEVER:
        return None
    if choice == When.DAILY:
        return next_summary(at)
    if kind in ALWAYS_AT_ONCE:
        return at
    recent = Notice.objects.filter(membership=member, kind=kind, at__gt=at - TOGETHER)
    times = list(recent.order_by("at").values_list("at", flat=True)[:SINGLY_MAX])
    return at if len(times) < SINGLY_MAX else times[0] + TOGETHER


def next_summary(after: datetime) -> datetime:
    """The next seven o'clock in the morning."""
    day = localtime(after).date()
    at = make_aware(datetime.combine(day, SUMMARIES_AT))
    return at if at > after else make_aware(datetime.combine(day + timedelta(days=1), SUMMARIES_AT))


@transaction.atomic
def choose(member: Membership, chosen: Mapping[str, str]) -> Membership:
    """Say when one wants to be told of what, in this space. What always comes is not asked."""
    open_ones = set(kinds(member.space)) - ALWAYS_AT_ONCE
    member.settings = {
        **member.settings,
        **{kind: str(When(when)) for kind, when in chosen.items() if kind in open_ones},
    }
    member.save(update_fields=["settings"])
    record("space.notifications-chosen", by=member.person, about=member, space=member.space_id)
    return member


def send_summaries() -> int:
    """One mail to each member and address that something is due for; returns how many were sent.

    Bears running twice and in two workers at once: a notice is marked as sent in the transaction
    that writes the mail.
    """
    waiting = (
        Notice.objects.due()
        .filter(membership__person__account__closed_at=None)
        .order_by("membership__person_id", "membership__notification_email")
        .values_list("membership__person_id", "membership__notification_email")
        .distinct()
    )
    return sum(_summarise(person, address) for person, address in list(waiting))


@transaction.atomic
def _summarise(person_id: UUID, address: str) -> bool:
    Person.objects.select_for_update().get(pk=person_id)  # another worker waits, then finds none
    notices = list(
        Notice.objects.due()
        .filter(membership__person=person_id, membership__notification_email=address)
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
