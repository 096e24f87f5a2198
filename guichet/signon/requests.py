"""What a page may rely on, once the gates have let the request through, and who asked for it."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from guichet.persons.models import Agent, Person
from guichet.signon.models import Session

# As many as one household or office gets; who has it can take any address in it.
_IPV6_PREFIX = 64


class SignedOnRequest(HttpRequest):
    """Somebody has proved a credential; the portal may not know yet who it is."""

    sign_on: Session


class PersonRequest(SignedOnRequest):
    """A registered person who has accepted the current terms: what ordinary pages get."""

    person: Person


class AgentRequest(SignedOnRequest):
    """Somebody who works for an authority, signed on as that: what agents' pages get."""

    agent: Agent


def client_address(request: HttpRequest) -> str:
    """Where the request comes from, for counting: an IPv4 address, an IPv6 network, or "".

    Each of our proxies (`settings.PROXIES` of them) adds the address it saw at the right end of
    `X-Forwarded-For`. What stands further left was written by the client and is not believed.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.PROXIES else ""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    hops.append(request.META.get("REMOTE_ADDR", ""))
    return _counted(hops[max(0, len(hops) - 1 - settings.PROXIES)])


def device_label(request: HttpRequest) -> str:
    """Browser and system in two words, "Firefox, Linux", for the person's own list; or ""."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    named = [
        next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in named if name)


# The first mark that is found counts: browsers carry the names of those they resemble.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def _counted(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, _IPV6_PREFIX), strict=False))
    return str(found)
