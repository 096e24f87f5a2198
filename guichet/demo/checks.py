"""What must hold before the portal is served."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error


def demonstration_stays_here(**_: Any) -> list[CheckMessage]:
    """guichet.E001: a demonstration is not reachable from outside."""
    reachable = outside()
    if not reachable:
        return []
    return [
        Error(
            "A demonstration shows Tokens and mails to whoever can reach it.",
            hint=f"Change {reachable} to this machine's loopback address, or switch GUICHET_DEMO off.",
            id="guichet.E001",
        )
    ]


def outside(bind: str = "127.0.0.1") -> str:
    """The name of the first thing by which a demonstration is reachable from outside, or ''."""
    if not settings.DEMO:
        return ""
    if not is_loopback(bind):
        return "GUICHET_BIND"
    if not is_loopback(urlsplit(settings.SITE_URL).hostname or ""):
        return "GUICHET_SITE_URL"
    if not all(is_loopback(host.strip("[]")) for host in settings.ALLOWED_HOSTS):
        return "GUICHET_HOSTS"
    return ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
