"""What every answer carries, and one line of log for each request."""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from guichet import access
from guichet.ids import new_id
from guichet.jobs.metrics import REQUESTS

Answer = Callable[[HttpRequest], HttpResponse]

# No inline script or style, nothing from elsewhere, never inside a frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

log = structlog.get_logger("guichet.request")


# Browsers ask each time; we and caches on the way may answer from memory for a minute.
KEPT = "public, max-age=0, s-maxage=60, must-revalidate"


class Headers:
    """Security headers on everything; no cache keeps a page that is not the same for everybody."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        if _is_the_same_for_all(request, response):
            headers.setdefault("Cache-Control", KEPT)
            patch_vary_headers(response, ["Cookie"])
        headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLog:
    """Gives the request its identifier and writes one line when it is answered.

    The line holds the name of the page, never its address: addresses hold codes and identifiers.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier: UUID = new_id()
        request.id = str(identifier)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=str(identifier))
        started = time.perf_counter()
        response = self.answer(request)
        seconds = time.perf_counter() - started
        page = request.resolver_match.view_name if request.resolver_match else None
        log.info(
            "answered",
            page=page,
            method=request.method,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        REQUESTS.labels(page, response.status_code).observe(seconds)
        response.headers["X-Request-Id"] = str(identifier)
        return response


def _is_the_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Marked so, asked without a cookie, and giving none: a form's token would be one."""
    match = request.resolver_match
    return (
        match is not None
        and access.is_the_same_for_all(match.func)
        and response.status_code == 200
        and not request.COOKIES
        and not response.cookies
    )
