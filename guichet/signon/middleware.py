"""Puts the session and the person on the request; everything is closed unless marked open."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from guichet.signon import access, sessions


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
        elif (
            access.openness(view) is None or access.openness(view) == access.OPEN_WHILE_REGISTERING
        ):
            return redirect(f"{reverse('signon:products')}?{urlencode({'next': _back(request)})}")
        return None


def _back(request: HttpRequest) -> str:
    """Where to come back to: a page can be shown again, a sent form starts from its page."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path
