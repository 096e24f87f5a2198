"""What every answer carries, and one line of log for each request."""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse

from guichet.ids import new_id

Answer = Callable[[HttpRequest], HttpResponse]

# No inline script or style, nothing from elsewhere, never inside a frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

log = structlog.get_logger("guichet.request")


class Headers:
    """Security headers on everything; pages are not kept by any cache unless they say so."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
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
        match = request.resolver_match
        log.info(
            "answered",
            page=match.view_name if match else None,
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        response.headers["X-Request-Id"] = str(identifier)
        return response
