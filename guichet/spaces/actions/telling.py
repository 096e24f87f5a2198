"""Telling members what happened in their space: at once, once a day, or not at all."""

from collections.abc import Callable, Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from guichet.post.actions import Mail, send
from guichet.spaces.models import Membership, Notice


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
