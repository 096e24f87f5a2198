"""Addresses for this room's tests: its own pages, and the names that the shell leads to."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path


def _elsewhere(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse()


def _room(name: str, *pages: str) -> tuple[list[URLPattern], str]:
    return [path(f"{name}/{page}/", _elsewhere, name=page) for page in pages], name


urlpatterns = i18n_patterns(
    path("", include("guichet.design.urls")),
    path("", include(_room("desk", "home", "arrival"))),
    path("", include(_room("procedures", "catalogue", "follow"))),
    path("", include(_room("account", "overview"))),
    path("", include(_room("signon", "products", "sign_out", "extend"))),
    path(
        "",
        include(_room("content", "help", "contact", "about", "legal", "accessibility", "site_map")),
    ),
)
