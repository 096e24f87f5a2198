"""Who has signed on but is not registered, or has new terms to read, goes there first.

Open pages pass. A session that was found in order once keeps a note of it, so that an ordinary
request costs no query here.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from guichet import access
from guichet.registration import policy, terms
from guichet.registration.models import Document
from guichet.registration.requests import hash_of
from guichet.signon import returns
from guichet.signon.models import Session


class Entry:
    """Leads to the next step of the registration or to the terms, and back afterwards."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: object
    ) -> HttpResponse | None:
        session: Session | None = request.sign_on  # type: ignore[attr-defined]
        if session is None or access.openness(view) is not None:
            return None
        if session.person is None:
            step, _request = policy.step(session, hash_of(request))
            return _go(step, request)
        if session.cleared_for == _note():
            return None
        if policy.is_closing(session.person):
            return redirect("account:come_back")
        if not policy.has_access(session.person):
            raise PermissionDenied
        if not policy.has_accepted(session.person, Document.PORTAL):
            return _go("registration:terms", request)
        session.cleared_for = _note()
        Session.objects.filter(pk=session.pk).update(cleared_for=session.cleared_for)
        return None


def _note() -> str:
    """Changes with the terms that must have been accepted; costs no query."""
    return f"{Document.PORTAL}:{terms.required(Document.PORTAL)}"


def _go(page: str, request: HttpRequest) -> HttpResponse:
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    query = {"next": wanted} if returns.inside(wanted) else {}
    return redirect(f"{reverse(page)}?{urlencode(query)}" if query else reverse(page))
