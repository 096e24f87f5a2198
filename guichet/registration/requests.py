"""The browser in which a code was confirmed: the second sign-on comes from the same one."""

import hashlib
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guichet.signon.browsers import REMEMBERED, Browser, of_cookie


def browser_of(request: HttpRequest) -> Browser:
    """This browser, which gets a name if it had none."""
    browser = _known(request)
    return browser if browser.id else Browser(secrets.token_urlsafe(16), browser.marks)


def hash_of(request: HttpRequest) -> str:
    """What a registration remembers of this browser; "" if we have never met it."""
    return hashed(_known(request))


def hashed(browser: Browser) -> str:
    """64 hexadecimal characters, or "" for a browser without a name."""
    return hashlib.sha256(browser.id.encode()).hexdigest() if browser.id else ""


def remember(response: HttpResponse, browser: Browser) -> HttpResponse:
    """Give the browser its cookie, for a year."""
    response.set_cookie(
        settings.BROWSER_COOKIE,
        browser.cookie(),
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _known(request: HttpRequest) -> Browser:
    return of_cookie(request.COOKIES.get(settings.BROWSER_COOKIE))
