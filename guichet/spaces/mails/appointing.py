"""What members are written when the help desk gives their space an administrator."""

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from guichet.post.actions import Mail
from guichet.spaces.models import Appointment, Membership


def proposed(appointment: Appointment, member: Membership) -> Mail:
    """To each member, while it can still be stopped: who is proposed, and whom to call."""
    return _mail("spaces/mail/administrator_proposed", appointment, member)


def appointed(appointment: Appointment, member: Membership) -> Mail:
    """To each member, the new administrator too: it is done."""
    return _mail("spaces/mail/administrator_appointed", appointment, member)


def _mail(template: str, appointment: Appointment, member: Membership) -> Mail:
    """Names the person: only who belongs to the space can say that it is the wrong one."""
    with translation.override(member.person.language):
        return Mail(
            template,
            to=member.notification_email,
            language=member.person.language,
            context={
                "name": member.person.name,
                "chosen": appointment.person.name,
                "is_you": appointment.person_id == member.person_id,
                "identifier": member.space.identifier,
                "until": date_format(localtime(appointment.expires_at), "DATE_FORMAT"),
                "link": settings.SITE_URL + reverse("desk:space", args=[member.space.identifier]),
            },
            key=f"{Path(template).name}:{appointment.pk}:{member.pk}",
        )
