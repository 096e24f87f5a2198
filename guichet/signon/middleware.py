"""Puts the session and the person on the request; everything is closed unless marked open."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from guichet import access
from guichet.signon import sessions
from guichet.signon.models import Session

# What the product page says of a session that is over, by its word in the address.
WHY = {
    Session.End.IDLE: "inactivite",
    Session.End.LIMIT: "duree",
    Session.End.CREDENTIAL: "produit",
}


class SignedOn:
    """Finds the session of the cookie. A closed page without one leads to sign-on and back."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE)
        session = sessions.find(key) if key else None
        request.sign_on = session  # type: ignore[attr-defined]
        request.person = session.person if session else None  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: object
    ) -> HttpResponse | None:
        session = request.sign_on  # type: ignore[attr-defined]
        if session is not None:
            sessions.touch(session)
        elif access.openness(view) != access.OPEN_TO_ALL:
            return _to_sign_on(request)
        return None


def _to_sign_on(request: HttpRequest) -> HttpResponse:
    """To the products, with the way back and, if there was a session, why it is over."""
    key = request.COOKIES.get(settings.SESSION_COOKIE)
    query = {"next": _back(request)}
    if key and (why := WHY.get(sessions.why_ended(key))):  # type: ignore[call-overload]
        query["fin"] = why
    response = redirect(f"{reverse('signon:products')}?{urlencode(query)}")
    if key:
        response.delete_cookie(settings.SESSION_COOKIE, samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    """Where to come back to: a page can be shown again, a sent form starts from its page."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path
