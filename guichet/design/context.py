"""What every page knows. Nothing here asks the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils import translation

from guichet import access, clock
from guichet.design import display


def page(request: HttpRequest) -> dict[str, Any]:
    """The site's name, who is here and for how long, where the page stands in each language."""
    match = request.resolver_match
    sign_on = getattr(request, "sign_on", None)
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "prefix": get_script_prefix(),
        "page_path": _path_below_language(request),
        "is_public": match is not None and access.openness(match.func) == access.OPEN_TO_ALL,
        "offers_sign_on": sign_on is None and (match is None or match.namespace != "signon"),
        "person_name": _name(request),
        "has_account": getattr(request, "person", None) is not None,
        "session": sign_on,
        "display_attributes": display.attributes(request.COOKIES),
        **(_remaining(sign_on) if sign_on else {}),
    }


def _name(request: HttpRequest) -> str:
    """Whoever signed on, by name; before registration, the names that the certificate holds."""
    known = getattr(request, "person", None) or getattr(request, "agent", None)
    if known is not None:
        return str(known.name)
    sign_on = getattr(request, "sign_on", None)
    if sign_on is None:
        return ""
    return f"{sign_on.credential.given_names} {sign_on.credential.family_name}".strip()


def _remaining(sign_on: Any) -> dict[str, int]:
    """Seconds: until the session ends unused, until it ends in any case, of warning before."""
    at = clock.now()
    return {
        "session_idle": max(0, int((sign_on.idle_until - at).total_seconds())),
        "session_limit": max(0, int((sign_on.hard_until - at).total_seconds())),
        "session_warning": int((settings.SESSION_IDLE - settings.SESSION_WARNING).total_seconds()),
    }


def _path_below_language(request: HttpRequest) -> str:
    """What follows the language in the address, with the query: the same in every language.

    Slugs are not translated, so that exchanging the prefix is enough and nothing need be resolved.
    Empty for an address without a language.
    """
    start = f"{get_script_prefix()}{translation.get_language()}/"
    path = request.get_full_path()
    return path[len(start) - 1 :] if path.startswith(start) else ""
