"""Puts the session and the person or agent on the request; everything is closed unless marked open."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guichet import access
from guichet.design.forms import LANGUAGE as SHOW_AGAIN
from guichet.signon import kept, sessions
from guichet.signon.models import Session

# In the address of a page that somebody comes back to: which kept form to show there.
TAKE_UP = "reprise"

# Where agents begin, and are led from pages that are persons'.
AGENTS_HOME = "desk:agents"
# What agents may open besides what is theirs.
_FOR_EVERYBODY = {access.OPEN_TO_ALL, access.OPEN_TO_SIGNED_ON}

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
        request.agent = session.agent if session else None  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: object
    ) -> HttpResponse | None:
        session = request.sign_on  # type: ignore[attr-defined]
        openness = access.openness(view)
        if session is None:
            return None if openness == access.OPEN_TO_ALL else _to_sign_on(request)
        sessions.touch(session)
        _show_again(request, session)
        return _to_their_side(session, openness)


def _to_their_side(session: Session, openness: str | None) -> HttpResponse | None:
    """Persons and agents do not meet: for persons, agents' pages are not there."""
    if session.agent_id is None:
        if openness == access.OPEN_TO_AGENTS:
            raise Http404
        return None
    if openness == access.OPEN_TO_AGENTS or openness in _FOR_EVERYBODY:
        return None
    return redirect(AGENTS_HOME)


def _to_sign_on(request: HttpRequest) -> HttpResponse:
    """To the products, with the way back and, if there was a session, why it is over."""
    key = request.COOKIES.get(settings.SESSION_COOKIE)
    session = sessions.past(key) if key else None
    query = {"next": _back(request, session)}
    if session and (why := WHY.get(sessions.why_ended(session))):  # type: ignore[call-overload]
        query["fin"] = why
    way = f"{reverse('signon:products')}?{urlencode(query)}"
    # A script that saves in the background would take the page of products for an answer.
    by_script = "application/json" in request.headers.get("Accept", "")
    response = JsonResponse({"sign_on": way}, status=401) if by_script else redirect(way)
    if key:
        response.delete_cookie(settings.SESSION_COOKIE, samesite="Lax")
    return response


def _back(request: HttpRequest, session: Session | None) -> str:
    """Where to come back to: a page can be shown again, a sent form with what was typed."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    form = kept.keep(session, request.path, request.POST) if session else None
    return f"{request.path}?{urlencode({TAKE_UP: str(form.pk)})}" if form else request.path


def _show_again(request: HttpRequest, session: Session) -> None:
    """Hand what was typed before the session ended to the page's form, to be shown, not sent."""
    if request.method != "GET" or TAKE_UP not in request.GET:
        return
    typed = kept.take_up(session, request.path, request.GET[TAKE_UP])
    if not typed:
        return
    request.POST = QueryDict(f"{typed}&{SHOW_AGAIN}=")
    messages.info(
        request,
        _("Your session had ended. What you typed is still here. Check it, then send it again."),
    )
