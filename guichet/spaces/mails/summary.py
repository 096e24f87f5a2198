"""A summary: once a day, or of what came thick and fast."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.spaces.models import Notice


def summary(person: Person, address: str, notices: Sequence[Notice]) -> Mail:
    """What happened in somebody's spaces, in one mail: subjects by space, and the way there."""
    by_space: dict[Any, dict[str, Any]] = {}
    with translation.override(person.language):
        for notice in notices:
            space = notice.membership.space
            link = settings.SITE_URL + reverse("desk:space", args=[space.identifier])
            found = by_space.setdefault(space.pk, {"name": space.name, "link": link, "lines": {}})
            found["lines"].setdefault(notice.subject, []).append(notice.at)
        for found in by_space.values():
            found["lines"] = [
                {"subject": subject, "at": times[-1], "count": len(times)}
                for subject, times in found["lines"].items()
            ]
        choices = settings.SITE_URL + reverse("account:notifications")
    return Mail(
        "spaces/mail/summary",
        to=address,
        language=person.language,
        context={"name": person.name, "spaces": list(by_space.values()), "choices": choices},
        # A notice is in one summary only: the first one names it.
        key=f"spaces.summary:{notices[0].pk}",
    )
