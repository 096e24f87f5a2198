"""How pages are drawn for this browser, and the gallery of everything they are made of."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from guichet.access import open_to_all
from guichet.design import display as choice
from guichet.design import samples
from guichet.design.forms import DisplayForm


@open_to_all
def display(request: HttpRequest) -> HttpResponse:
    """Choose language, size of text, colours and spacing; then back to where one was."""
    initial = {**choice.chosen(request.COOKIES), "next": _came_from(request)}
    form = DisplayForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return render(request, "design/display.html", {"form": form})
    language = form.cleaned_data["language"] or get_language()
    back = _on_this_site(request, form.cleaned_data["next"])
    response = HttpResponseRedirect(translate_url(back, language))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    response.set_cookie(
        choice.COOKIE,
        choice.packed(form.cleaned_data),
        max_age=choice.COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@open_to_all
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state: for developers and tests, so in a demonstration only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "design/gallery.html", samples.everything(wrong="wrong" in request.GET))


def _came_from(request: HttpRequest) -> str:
    """The path of the page before, when it was one of ours and not this one."""
    address = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    parts = urlsplit(address)
    if parts.path == request.path:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _on_this_site(request: HttpRequest, path: str) -> str:
    """`path` when it is a path of this site, else this page: no way out through a form."""
    if path.startswith("/") and url_has_allowed_host_and_scheme(path, None):
        return path
    return request.path
