"""Reads the folder again before each page, and puts the author's strip above it."""

from collections.abc import Callable

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.html import format_html

from guichet.author import actions
from guichet.author.reading import Reading
from guichet.author.views import above
from guichet.procedures import catalogue

log = structlog.get_logger("guichet.author")

# These have pages of their own.
_ANSWERED = (Http404, PermissionDenied, BadRequest, SuspiciousOperation)
_HEAD, _MAIN = b"</head>", b'<main id="main"'


class Beside:
    """The pages are the portal's own. Nothing here is part of a portal that people use."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reading = actions.look()
        if catalogue.procedures() or request.path.endswith("/bandeau/"):
            response = self.answer(request)
        else:
            response = render(request, "author/nothing.html")
        response.headers.setdefault("Cache-Control", "no-store")  # it may be another one at once
        return _with_strip(request, response, reading)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """What a half-written definition breaks is said on the page, and mended by the next save."""
        if isinstance(fault, _ANSWERED):
            return None
        log.error("a page could not be drawn", exc_info=fault)
        said = f"{type(fault).__name__}: {fault}"
        return render(request, "author/broken.html", {"said": said}, status=500)


def _with_strip(request: HttpRequest, response: HttpResponse, reading: Reading) -> HttpResponse:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or response.streaming or _MAIN not in response.content:
        return response
    strip = above(request, reading, request.get_full_path(), request.resolver_match)
    head = format_html(
        '<link rel="stylesheet" href="{}"><script type="module" src="{}"></script>',
        static("author/author.css"),
        static("author/follow.js"),
    )
    page = response.content.replace(_HEAD, head.encode() + _HEAD, 1)
    response.content = page.replace(_MAIN, strip.encode() + _MAIN, 1)
    return response
