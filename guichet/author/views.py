"""The author's way in, and the strip above every page: what is wrong, what each rule says here."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from guichet.access import open_to_all
from guichet.author import actions, policy
from guichet.author.reading import Reading
from guichet.procedures import catalogue, verdicts
from guichet.procedures.definitions.library import Fault
from guichet.procedures.models import Draft

FAULTS_MAX = 12  # shown at once


@open_to_all
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Signs on as one of the cast, and leads to the draft that is there, or to its beginning."""
    session, key = policy.signed_on(request.COOKIES.get(settings.SESSION_COOKIE, ""))
    (procedure,) = catalogue.procedures().values()
    space = policy.place(session, procedure).space
    drafts = Draft.objects.open().filter(space=space, version__procedure=procedure.code)
    if draft := drafts.order_by("-saved_at").first():
        response = redirect("procedures:fill", space.identifier, draft.pk)
    else:
        response = redirect("procedures:begin", space.identifier, procedure.code)
    response.set_cookie(settings.SESSION_COOKIE, key, httponly=True, samesite="Lax")
    return response


@open_to_all
@require_safe
def strip(request: HttpRequest) -> HttpResponse:
    """The strip as it would stand now above the page at `page`, for the script that keeps it true."""
    page = request.GET.get("page", "")
    try:
        match = resolve(page.partition("?")[0])
    except Resolver404:
        match = None
    return HttpResponse(above(request, actions.look(), page, match))


def above(request: HttpRequest, reading: Reading, path: str, match: ResolverMatch | None) -> str:
    """The strip for the page at `path`, as HTML."""
    rules = _rules(request, match)
    faults = sorted(reading.faults, key=_urgency)
    context = {
        "reading": reading,
        "faults": [_line(fault) for fault in faults[:FAULTS_MAX]],
        "more": max(0, len(faults) - FAULTS_MAX),
        "rules": rules,
        "hidden": len({rule.owner for rule in rules if rule.hides}),
        "page_query": urlencode({"page": path}),
        "below_language": path[3:] if path[3:4] == "/" else "/",
        "user_id": policy.USER_ID,
    }
    return render_to_string("author/strip.html", context, request)


def _rules(request: HttpRequest, match: ResolverMatch | None) -> list[verdicts.Verdict]:
    """The rules of the page that is looked at; none where there is no draft."""
    session = getattr(request, "sign_on", None)
    if session is None or match is None or match.namespace != "procedures":
        return []
    draft, asked = policy.draft(session, match.kwargs), match.kwargs
    if draft is None:
        return []
    return verdicts.of(draft, asked.get("code", ""), asked.get("rows", ""), asked.get("key", ""))


def _urgency(fault: Fault) -> tuple[bool, bool]:
    """Errors first; what a test says last, because it follows from the rest."""
    return not fault.is_error, fault.file.parent.name == "tests"


def _line(fault: Fault) -> dict[str, Any]:
    """A fault, its file as seen from the folder that is written in."""
    folder = Path(settings.AUTHOR_FOLDER)
    file = fault.file.relative_to(folder) if fault.file.is_relative_to(folder) else fault.file
    return {"where": f"{file}:{fault.line}", "said": fault.message, "is_error": fault.is_error}
