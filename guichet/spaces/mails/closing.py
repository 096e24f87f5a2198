"""What members learn when their space goes into the bin, comes back, or is about to be purged."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.spaces.models import Membership, Space


def binned(by: Person, space: Space) -> Callable[[Membership], Mail]:
    """To each member: who deleted it, until when it can come back."""
    return lambda member: _mail("spaces/mail/binned", member, space, space.binned_at, by)


def brought_back(by: Person, space: Space, binned_at: datetime) -> Callable[[Membership], Mail]:
    """To each member: all is as it was."""
    return lambda member: _mail("spaces/mail/brought_back", member, space, binned_at, by)


def purged_soon(space: Space) -> Callable[[Membership], Mail]:
    """To who can still bring it back; once for each time in the bin."""
    return lambda member: _mail("spaces/mail/purged_soon", member, space, space.binned_at)


def _mail(
    template: str,
    member: Membership,
    space: Space,
    binned_at: datetime | None,
    by: Person | None = None,
) -> Mail:
    """One for each member and time in the bin. The link leads to the bin, or to the space."""
    language, until = member.person.language, space.purged_at
    with translation.override(language):
        page = reverse("desk:bin") if until else reverse("desk:space", args=[space.identifier])
        context = {
            "identifier": space.identifier,
            "is_private": space.is_private,
            "name": by.name if by else "",
            "is_me": by is not None and by.pk == member.person_id,
            "until": date_format(localtime(until), "DATE_FORMAT") if until else "",
            "link": settings.SITE_URL + page,
        }
    at = binned_at.isoformat() if binned_at else ""
    return Mail(
        template,
        to=member.notification_email,
        language=language,
        context=context,
        key=f"{template.replace('/mail/', '.')}:{member.pk}:{at}",
    )
