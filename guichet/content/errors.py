"""Pages for what went wrong: what happened, whether anything is lost, what to do now.

Each shows the identifier of the request, so that whoever helps finds it in the log. The language
is that of the address, also when things went wrong before anybody had looked at it.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import loader
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from guichet.content.contact import contact
from guichet.refusals import Moved, NotAllowed, Refused
from guichet.registers.base import Unavailable

log = structlog.get_logger("guichet.content")

TOO_MANY_TRIES = "too-many-tries"  # the code of a refusal that asks to wait


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent what no page of ours sends."""
    return _page(request, 400, lambda: _("We did not understand this request"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the sentence of the rule that says no, if it has one."""
    return _page(
        request,
        403,
        lambda: _("You do not have access to this page"),
        reason=str(exception) if exception else "",
        hints=exception.hints if isinstance(exception, NotAllowed) else (),
        ways=exception.ways if isinstance(exception, NotAllowed) else (),
    )


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long, or came from another site."""
    return _page(request, 403, lambda: _("This form can no longer be sent"), template="csrf")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or none that this person may know of."""
    return _page(request, 404, lambda: _("We cannot find this page"))


def gone(request: HttpRequest) -> HttpResponse:
    """410: there was such a page, and it has been taken down."""
    return _page(request, 410, lambda: _("This page has been removed"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, drawn with as little as possible: no database, no session, at worst no template."""
    identifier = getattr(request, "id", "")
    try:
        with translation.override(_language(request)):
            text: str = loader.render_to_string(
                "content/errors/500.html",
                {
                    "request_id": identifier,
                    "stylesheets": _stylesheets(),
                    "contact": contact(),
                    "home": f"/{translation.get_language()}/",
                },
            )
    except Exception as fault:
        log.exception("the page for errors failed", fault=type(fault).__name__)
        text = _LAST_RESORT.format(identifier)
    return HttpResponse(text, status=500)


class Refusals:
    """The last net: a refusal that no form has caught still becomes a page with its sentence."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        return _not_allowed(request, response) if response.status_code == 405 else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for a refusal or a silent register; None leaves other errors to `server_error`."""
        if isinstance(exception, Moved):
            return _moved(request, exception)
        if isinstance(exception, Unavailable):
            return _page(request, 503, lambda: _("A register does not respond"))
        if not isinstance(exception, Refused):
            return None
        if exception.code == TOO_MANY_TRIES:
            title, status = lambda: _("Too many tries in a short time"), 429
        else:
            title, status = lambda: _("This is not possible"), 400
        return _page(request, status, title, template="refused", reason=exception.message)


def _moved(request: HttpRequest, moved: Moved) -> HttpResponse:
    """The same page under the new identifier. What was sent to the old one is not sent again."""
    place = request.path if request.method != "GET" else request.get_full_path()
    return HttpResponseRedirect(place.replace(moved.old, moved.new), status=303)


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Instead of the empty page that the framework answers with to the wrong method."""
    page = _page(request, 405, lambda: _("This address only receives forms"))
    page.headers["Allow"] = response.headers.get("Allow", "")
    return page


def _page(
    request: HttpRequest,
    status: int,
    title: Callable[[], str],
    *,
    template: str = "",
    **words: Any,
) -> HttpResponse:
    with translation.override(_language(request)):
        text = loader.render_to_string(
            f"content/errors/{template or status}.html",
            {
                "title": title(),
                "request_id": getattr(request, "id", ""),
                "contact": contact(),
                **words,
            },
            request,
        )
    return HttpResponse(text, status=status)


def _language(request: HttpRequest) -> str:
    return get_language_from_request(request, check_path=True)


def _stylesheets() -> list[str]:
    """Where the stylesheets are; none when even that cannot be told."""
    try:
        return [staticfiles_storage.url(f"design/{name}.css") for name in ("guichet", "components")]
    except Exception:
        return []


_LAST_RESORT = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Erreur – Fehler – Error</title></head><body>
<h1>Le site ne répond pas</h1>
<p>Vos données enregistrées ne sont pas perdues. Réessayez dans quelques minutes.</p>
<div lang="de"><h2>Die Website antwortet nicht</h2>
<p>Ihre gespeicherten Daten sind nicht verloren. Versuchen Sie es in einigen Minuten erneut.</p></div>
<div lang="en"><h2>The site does not respond</h2>
<p>Your saved data is not lost. Try again in a few minutes.</p></div>
<p>{}</p></body></html>
"""
