"""Everything about oneself, to take along."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guichet.account import actions
from guichet.signon.requests import PersonRequest


@require_safe
def data(request: PersonRequest) -> HttpResponse:
    """What the file holds, and the link to it."""
    return render(request, "account/data.html")


@require_safe
def export(request: PersonRequest) -> HttpResponseBase:
    """The ZIP."""
    language = get_language() or request.person.language
    archive = actions.export(request.sign_on, request.person, language=language)
    headers = {"Content-Disposition": 'attachment; filename="compte.zip"'}
    return StreamingHttpResponse(archive, content_type="application/zip", headers=headers)
