"""Pages drawn once for a version of a space, and answered from memory until it changes.

Drawing a page costs more than everything else about it. Every change to a space raises its
version (`spaces.models.Space.version`), so that the version, with whoever looks and how, tells
whether a page that was drawn before still is what would be drawn now. What belongs to the single
request is put in at the end: the form token, how long the session still lasts, and the list of
one's spaces, which changes without this space.
"""

import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage  # noqa: TID251 - its cookie
from django.http import HttpResponse, HttpResponseNotModified  # noqa: TID251 - beside the views
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from guichet import clock
from guichet.signon.models import Session
from guichet.signon.requests import PersonRequest
from guichet.spaces import context

PAGES_MAX = 256  # about 4 MB for each process
# What no version tells of, the news, may be this old; with the age of `content.latest`, a minute.
AGE_SECONDS_MAX = 30.0

_MESSAGES = CookieStorage.cookie_name

# Stand in the drawn page where each request's own values go. Nobody can type them: random.
_MARK = secrets.token_hex(12)
_TOKEN, _IDLE, _LIMIT, _SWITCH = (
    f"{_MARK}-{name}-" for name in ("token", "idle", "limit", "switch")
)
_GAPS = re.compile(f"({_TOKEN}|{_IDLE}|{_LIMIT}|{_SWITCH})")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page with gaps, and a digest of everything but the gaps."""

    pieces: tuple[bytes, ...]  # text, name of a gap, text, …
    digest: str
    drawn_at: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.drawn_at < AGE_SECONDS_MAX


class Memory:
    """The pages that were asked for last, for all threads of this process."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Drawn] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable) -> Drawn | None:
        """The page under this key, unless it is too old."""
        with self._guard:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
        return page if page is not None and page.is_fresh else None

    def put(self, key: Hashable, page: Drawn) -> None:
        """Keep a page; the one that nobody has asked for the longest time makes room."""
        with self._guard:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > PAGES_MAX:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._pages.clear()


memory = Memory()


def page(
    request: PersonRequest,
    key: tuple[Hashable, ...],
    template: str,
    read: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """The page `template` with what `read()` finds, as it was drawn last for this `key`.

    `key` names everything that `read` depends on. Answers "not modified" to a browser that still
    has the page. A page with a message to show once is drawn for this request alone.
    """
    if not _can_be_shared(request):
        return HttpResponse(render_to_string(template, read(), request))
    key = (*key, template, *_looks(request))
    drawn = memory.get(key)
    if drawn is None:
        drawn = _draw(request, template, read())
        memory.put(key, drawn)
    secret, switch = request.META.get("CSRF_COOKIE"), str(context.of(request))
    response: HttpResponse
    if secret and _tag(drawn, secret, switch) in parse_etags(
        request.headers.get("If-None-Match", "")
    ):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(_filled(drawn, get_token(request), request.sign_on, switch))
        # The browser that has the secret need not be given it again with every page.
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = secret is None
    response.headers["ETag"] = _tag(drawn, request.META["CSRF_COOKIE"], switch)
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def _tag(drawn: Drawn, secret: str, switch: str) -> str:
    """Not the same in another browser: a page with its form token would be good for nothing."""
    return f'W/"{drawn.digest}{_digest(f"{secret} {switch}".encode())}"'


def _can_be_shared(request: PersonRequest) -> bool:
    """No message waits, and the session ends by idleness before it ends for good."""
    if request.COOKIES.get(_MESSAGES) or request.META.get("QUERY_STRING"):
        return False
    return request.sign_on.hard_until - clock.now() > settings.SESSION_IDLE


def _looks(request: PersonRequest) -> tuple[Hashable, ...]:
    """What the shell around every page depends on; of the cookies all but those of one request."""
    person = request.person
    own = (settings.SESSION_COOKIE, settings.CSRF_COOKIE_NAME, _MESSAGES)
    cookies = tuple(pair for pair in request.COOKIES.items() if pair[0] not in own)
    return (request.path, get_language(), person.pk, person.name, cookies, settings.DEMO)


def _draw(request: PersonRequest, template: str, found: dict[str, Any]) -> Drawn:
    """Draw with marks in the gaps, and cut the page there."""
    session = {
        "idle": _IDLE,
        "limit": _LIMIT,
        "each": int(settings.SESSION_IDLE.total_seconds()),
        "warning": int((settings.SESSION_IDLE - settings.SESSION_WARNING).total_seconds()),
    }
    html = render_to_string(
        template,
        {**found, "csrf_token": _TOKEN, "session": session, "space_switch": _SWITCH},
        request,
    )
    pieces = tuple(piece.encode() for piece in _GAPS.split(html))
    text = b"\0".join(pieces).replace(_MARK.encode(), b"")
    return Drawn(pieces, _digest(text), time.monotonic())


def _filled(drawn: Drawn, token: str, session: Session, switch: str) -> bytes:
    """The page with this request's own values in its gaps."""
    at = clock.now()
    values = {
        _TOKEN.encode(): token.encode(),
        _SWITCH.encode(): switch.encode(),
        _IDLE.encode(): _seconds(session.idle_until - at),
        _LIMIT.encode(): _seconds(session.hard_until - at),
    }
    return b"".join(values.get(piece, piece) for piece in drawn.pieces)


def _seconds(left: timedelta) -> bytes:
    return b"%d" % max(0, int(left.total_seconds()))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:20]
