"""Answers from memory what looks the same for everybody, before the framework wakes up.

A page is kept only if its view is marked `access.same_for_all` and the request gave nothing
by which it could differ: no cookie, no query. It is given to whoever asks without one, or with
cookies that no such page looks at: those of forms and of counting. The middleware `Headers` says so with `s-maxage`;
here that word is taken literally, and never a second longer. Language is part of the address.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Environ = dict[str, Any]
HeaderList = list[tuple[str, str]]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

PAGES_MAX = 256  # each some 20 KB; more addresses than that are not public pages
# What could make the answer another one than the next visitor's.
_DIFFERING = ("HTTP_AUTHORIZATION", "HTTP_RANGE", "QUERY_STRING")
# Of one answer only, or computed anew for each.
_NOT_KEPT = frozenset({"x-request-id", "content-length", "age", "etag"})

Key = tuple[str, str, str]


@dataclass
class Page:
    """One page in memory, plain and compressed, until its time is over."""

    headers: HeaderList
    plain: bytes
    kept_at: float
    seconds: int
    compressed: bytes = field(init=False)
    tag: str = field(init=False)

    def __post_init__(self) -> None:
        self.compressed = gzip.compress(self.plain, mtime=0)
        self.tag = hashlib.sha256(self.plain).hexdigest()[:32]

    def answer(self, environ: Environ, start: Start, now: float) -> Iterable[bytes]:
        """Whole, compressed, without its body, or "not modified": as the request asks."""
        small = _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        tag = f'"{self.tag}-gzip"' if small else f'"{self.tag}"'
        headers = [*self.headers, ("ETag", tag), ("Age", str(int(now - self.kept_at)))]
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start("304 Not Modified", headers)
            return []
        body = self.compressed if small else self.plain
        if small:
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        start("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class Front:
    """Stands before the application. Forgets everything with the process; nothing depends on it."""

    def __init__(
        self,
        application: Application,
        *,
        harmless: Collection[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`harmless` are the names of the cookies by which no page in memory differs."""
        self._application = application
        self._harmless = frozenset(harmless)
        self._now = now
        self._pages: dict[Key, Page] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        cookies = _names(environ.get("HTTP_COOKIE", ""))
        key = _key(environ) if cookies <= self._harmless else None
        if key is None:
            return self._application(environ, start)
        page, now = self._pages.get(key), self._now()
        if page is not None and now - page.kept_at < page.seconds:
            return page.answer(environ, start, now)
        if environ["REQUEST_METHOD"] == "HEAD" or cookies:
            return self._application(environ, start)
        return self._ask(key, environ, start)

    def _ask(self, key: Key, environ: Environ, start: Start) -> Iterable[bytes]:
        """The application's answer; kept when it says that it may be."""
        asked_at = self._now()
        given: list[Any] = []

        def noted(*arguments: Any) -> None:
            given[:] = arguments

        answer = self._application(environ, noted)
        status, headers = given[0], given[1]
        seconds = _may_be_kept(status, headers)
        if not seconds:
            start(*given)
            return answer
        kept = [(name, value) for name, value in headers if name.lower() not in _NOT_KEPT]
        kept = _varying_by_encoding(kept)
        page = Page(kept, b"".join(_all_of(answer)), asked_at, seconds)
        self._pages.pop(key, None)
        while len(self._pages) >= PAGES_MAX:
            self._pages.pop(next(iter(self._pages)), None)
        self._pages[key] = page
        return page.answer(environ, start, self._now())


def _names(cookies: str) -> set[str]:
    """The names in a `Cookie` header; what is no cookie is a name that nobody calls harmless."""
    return {part.partition("=")[0].strip() for part in cookies.split(";")} if cookies else set()


def _key(environ: Environ) -> Key | None:
    """What distinguishes a request that anybody could have sent; None for all others."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if any(environ.get(name) for name in _DIFFERING):
        return None
    scheme: str = environ.get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
    host: str = environ.get("HTTP_HOST", "")
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return scheme, host, path


def _may_be_kept(status: str, headers: HeaderList) -> int:
    """For how many seconds; 0 is not at all."""
    names = {name.lower(): value for name, value in headers}
    if not status.startswith("200 ") or names.keys() & {"set-cookie", "content-encoding"}:
        return 0
    varies = {word.strip().lower() for word in names.get("vary", "").split(",") if word.strip()}
    if varies - {"cookie", "accept-encoding"}:
        return 0
    words = [word.strip().lower() for word in names.get("cache-control", "").split(",")]
    if "public" not in words:
        return 0
    shared = [word.removeprefix("s-maxage=") for word in words if word.startswith("s-maxage=")]
    return int(shared[0]) if shared and shared[0].isdigit() else 0


def _varying_by_encoding(headers: HeaderList) -> HeaderList:
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    given = ", ".join(value for name, value in headers if name.lower() == "vary")
    return [*others, ("Vary", f"{given}, Accept-Encoding" if given else "Accept-Encoding")]


def _all_of(answer: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from answer
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _accepts_gzip(accepted: str) -> bool:
    """RFC 9110, 12.5.3; a weight of zero means no."""
    for word in accepted.lower().split(","):
        name, _, weight = word.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _matches(asked: str, tag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison, `*` matches what exists."""
    if not asked:
        return False
    tags = (word.strip().removeprefix("W/") for word in asked.split(","))
    return any(word in ("*", tag) for word in tags)
