"""What members learn of the certifications of their space."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from guichet.post.actions import Mail
from guichet.spaces.models import Certification, Membership


def certified(member: Membership, certification: Certification) -> Mail:
    """The space may reach a service from now on."""
    return _mail("spaces/mail/certified", member, certification)


def ended(member: Membership, certification: Certification) -> Mail:
    """It may no longer, and why."""
    return _mail("spaces/mail/certification_ended", member, certification)


def agent_certified(member: Membership, certification: Certification) -> Mail:
    """To the holder: somebody entered a code and acts for it now."""
    return _mail("spaces/mail/agent_certified", member, certification)


def agent_ended(member: Membership, certification: Certification) -> Mail:
    """To the holder: an agent no longer acts for it."""
    return _mail("spaces/mail/agent_ended", member, certification)


def _mail(template: str, member: Membership, certification: Certification) -> Mail:
    language = member.person.language
    with translation.override(language):
        page = reverse(
            "spaces:certification",
            args=[member.space.identifier, certification.service_id],
        )
        context = {
            "identifier": member.space.identifier,
            "service": certification.service.name,
            "why": certification.why_over,
            "link": settings.SITE_URL + page,
        }
    return Mail(template, to=member.notification_email, language=language, context=context)
