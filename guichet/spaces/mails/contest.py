"""What the contact of a register learns: that a value is contested, not what anybody wrote."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from guichet.post.actions import Mail
from guichet.spaces import known
from guichet.spaces.models import Contest


def contested(contest: Contest) -> Mail:
    """A member says that a value is wrong; the words are read in the portal."""
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        page = reverse("spaces:contested", args=[contest.pk])
        context = {
            "identifier": contest.space.identifier,
            "is_private": contest.space.is_private,
            "field": known.fields(contest.space)[contest.field],
            "link": settings.SITE_URL + page,
        }
    return Mail(
        "spaces/mail/contested",
        to=settings.REGISTER_CONTACT,
        language=language,
        context=context,
        key=f"spaces.contested:{contest.pk}",
    )
