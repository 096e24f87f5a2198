"""Health pages: for machines, without language, without session."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from guichet.access import open_to_all
from guichet.jobs import health, metrics


@open_to_all
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@open_to_all
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations and a worker are there: 200, or else 503 and what is missing.

    What else is told changes no status: without a virus scanner papers wait, and all else works.
    """
    checks = health.checks()
    answer = {**checks, **health.notes()}
    return JsonResponse(answer, status=200 if all(checks.values()) else 503)


@open_to_all
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For Prometheus on this machine, or where the operator allows it; nobody else finds it."""
    if not (settings.METRICS_OPEN or _from_this_machine(request)):
        return HttpResponse(status=404)
    return HttpResponse(metrics.page(), content_type=CONTENT_TYPE_LATEST)


def _from_this_machine(request: HttpRequest) -> bool:
    """A proxy on this machine speaks for others, so with a proxy nobody counts as near."""
    if settings.PROXIES or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
