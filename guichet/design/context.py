"""What every page knows. Nothing here asks the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils import translation

from guichet import clock
from guichet.design import display

# The mark that `signon.access.open_to_all` leaves on a view; sign-on stands above this room.
_OPEN_TO_ALL = "all"


def page(request: HttpRequest) -> dict[str, Any]:
    """The site's name, who is here and for how long, the same page in the other languages."""
    sign_on = getattr(request, "sign_on", None)
    view = request.resolver_match.func if request.resolver_match else None
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "person_name": _name(request),
        "session": _remaining(sign_on) if sign_on else None,
        "is_public": getattr(view, "open_to", None) == _OPEN_TO_ALL,
        "languages": _languages(request),
        "display_attributes": display.attributes(request.COOKIES),
    }


def _name(request: HttpRequest) -> str:
    """The person's name; before registration, the names that the certificate holds."""
    person = getattr(request, "person", None)
    if person is not None:
        return str(person.name)
    sign_on = getattr(request, "sign_on", None)
    if sign_on is None:
        return ""
    return f"{sign_on.credential.given_names} {sign_on.credential.family_name}".strip()


def _remaining(sign_on: Any) -> dict[str, int]:
    """Seconds: until the session ends unused, until it ends in any case, of warning before."""
    at = clock.now()
    return {
        "idle": max(0, int((sign_on.idle_until - at).total_seconds())),
        "limit": max(0, int((sign_on.hard_until - at).total_seconds())),
        "warning": int((settings.SESSION_IDLE - settings.SESSION_WARNING).total_seconds()),
    }


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    """Code, name, address of this page and whether it is the current one, for each language.

    Slugs are the same in all languages (docs: the prefix says the language), so that exchanging
    the prefix is enough and nothing need be resolved. Pages without a prefix have none.
    """
    prefix = get_script_prefix()
    current = translation.get_language()
    rest = request.get_full_path().removeprefix(prefix)
    if not rest.startswith(f"{current}/"):
        return []
    rest = rest.removeprefix(f"{current}")
    return [
        {
            "code": code,
            "name": name,
            "url": f"{prefix}{code}{rest}",
            "absolute_url": f"{settings.SITE_URL}/{code}{rest}",
            "current": code == current,
        }
        for code, name in settings.LANGUAGES
    ]
