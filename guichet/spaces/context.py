"""What the header of every page shows of spaces; asked for only when a header is drawn."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guichet.spaces import switching


def switch(request: HttpRequest) -> dict[str, Any]:
    """`space_switch`: the list of one's spaces, to go to another one without signing on anew."""
    if getattr(request, "person", None) is None:
        return {"space_switch": ""}
    return {"space_switch": SimpleLazyObject(lambda: of(request))}


def of(request: Any) -> SafeString:
    """The list for this request, the space of its address marked."""
    sign_on, match = request.sign_on, request.resolver_match
    lines = sign_on.places  # the door to a space has found them already
    if lines is None:
        lines = switching.read(sign_on.person_id, sign_on.credential_id)
    here = str(match.kwargs.get("identifier", "")) if match else ""
    return switching.drawn(lines, here, get_language() or "")
