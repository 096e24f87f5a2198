"""A small HTTP client: cheap enough to load a server, honest enough to follow a form."""

import contextlib
import hashlib
import html
import re
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

HOST = "127.0.0.1"
TOKEN = "csrfmiddlewaretoken"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The first header of that name (lower case), or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Unexpected(Exception):
    """The server answered something that the measure did not ask for."""


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def exchange(self, question: bytes) -> Answer:
        """Send one request and wait for the whole answer."""
        began = time.perf_counter()
        if self._socket is None:
            self._socket = _connected(self.port)
        self._socket.sendall(question)
        raw = bytearray()
        bare = question.startswith(b"HEAD ")
        while (length := complete(raw, bare=bare)) is None:
            part = self._socket.recv(262144)
            if not part:
                self.close()
                raise Unexpected(f"The connection ended after {bytes(raw[:80])!r}.")
            raw += part
        seconds = time.perf_counter() - began
        head, _, body = bytes(raw[:length]).partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        pairs = (line.split(":", 1) for line in lines[1:])
        headers = [(name.lower(), value.strip()) for name, value in pairs]
        if dict(headers).get("connection", "").lower() == "close":
            self.close()
        if dict(headers).get("transfer-encoding", "") == "chunked":
            body = _unchunked(body)
        return Answer(int(lines[0].split()[1]), headers, body, seconds)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def question(
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if method in ("POST", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def complete(raw: bytearray, *, bare: bool = False) -> int | None:
    """Length of the first whole answer in `raw`, or None while it is not all there.

    `bare` is an answer to HEAD, which ends with its headers.
    """
    end = raw.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(raw[:end]).lower()
    if bare or head.startswith((b"http/1.1 304", b"http/1.1 204")):
        return end + 4
    if found := re.search(rb"\r\ncontent-length: *(\d+)", head):
        length = end + 4 + int(found[1])
        return length if len(raw) >= length else None
    last = raw.find(b"\r\n0\r\n\r\n", end)
    return last + 7 if last >= 0 else None


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole += rest[:length]
        body = rest[length + 2 :]
        if not length:
            break
    return whole


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@dataclass
class Load:
    """What a time of steady requests was like."""

    seconds: float
    latencies: list[float] = field(default_factory=list)


def hammer(port: int, asked: bytes, *, status: int, connections: int, seconds: float) -> Load:
    """Ask the same again and again on each connection, one at a time; every answer is checked."""
    chooser = selectors.DefaultSelector()
    expected = f"HTTP/1.1 {status}".encode()
    load = Load(0.0)
    began = time.perf_counter()
    until = began + seconds
    states: dict[socket.socket, tuple[bytearray, float]] = {}
    with contextlib.ExitStack() as open_ones:
        for _ in range(connections):
            connection = open_ones.enter_context(_connected(port))
            chooser.register(connection, selectors.EVENT_READ)
            states[connection] = (bytearray(), time.perf_counter())
            connection.sendall(asked)
        while states:
            for key, _ in chooser.select():
                connection = key.fileobj  # type: ignore[assignment]
                raw, sent = states[connection]
                raw += connection.recv(262144)
                if complete(raw) is None:
                    continue
                now = time.perf_counter()
                if not raw.startswith(expected):
                    raise Unexpected(f"Expected {status}, got {bytes(raw[:300])!r}.")
                load.latencies.append(now - sent)
                if now >= until:
                    chooser.unregister(connection)
                    del states[connection]
                    continue
                connection.sendall(asked)
                states[connection] = (bytearray(), now)
    load.seconds = time.perf_counter() - began
    return load


Exchange = Callable[[bytes], Answer]


class Browser:
    """Keeps cookies, fills in forms, follows redirects. Knows nothing of the portal."""

    def __init__(
        self, exchange: Exchange, *, address: str = "", cookies: dict[str, str] | None = None
    ) -> None:
        self._exchange = exchange
        self.cookies = dict(cookies or {})
        self.address = address
        self.path = "/"
        self.page = ""
        self.posts: list[Answer] = []

    def get(self, path: str) -> Answer:
        """Open a page, following redirects."""
        return self._follow(self._ask(path))

    def submit(
        self, values: dict[str, str], *, form: str = "main-form", button: str = ""
    ) -> Answer:
        """Fill in the page's form and send it, following redirects."""
        action, fields = _form(self.page, form)
        fields |= values
        if button:
            fields[button] = fields.get(button, "1")
        target = urljoin(self.path, action) if action else self.path
        return self._follow(self._ask(target, fields))

    def fields(self, form: str = "main-form") -> dict[str, str]:
        """What stands in a form of the page now."""
        return _form(self.page, form)[1]

    def upload(self, path: str, field: str, name: str, content: bytes) -> Answer:
        """Send a form with the page's token and one file, following redirects."""
        edge = f"edge-{hashlib.sha256(content).hexdigest()}"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="{TOKEN}"\r\n\r\n{self.token}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        )
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._follow(self.ask(path, "POST", headers=kind, body=body))

    @property
    def token(self) -> str:
        """What the page's forms carry against forged requests."""
        found = re.search(rf'name="{TOKEN}" value="([^"]*)"', self.page)
        return found[1] if found else ""

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """One request with the cookies there are; whatever comes back is returned as it is."""
        given = {"Accept-Language": "fr", **(headers or {})}
        if self.address:
            given["X-Forwarded-For"] = self.address
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self._exchange(question(path, method=method, headers=given, body=body))
        if method == "POST":
            self.posts.append(answer)
        for name, value in answer.headers:
            if name == "set-cookie":
                self._keep(value)
        self.path = path
        return answer

    def _ask(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        if fields is None:
            return self.ask(path)
        kind = {"Content-Type": FORM}
        return self.ask(path, "POST", headers=kind, body=urlencoded(fields))

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.split(";", 1)[0].strip().partition("=")
        if value and "max-age=0" not in cookie.lower():
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)

    def _follow(self, answer: Answer) -> Answer:
        while answer.status in (301, 302, 303):
            parts = urlsplit(urljoin(self.path, answer.header("location")))
            answer = self._ask(parts.path + (f"?{parts.query}" if parts.query else ""))
        if answer.status >= 400:
            raise Unexpected(f"{self.path}: {answer.status} {answer.text[:300]}")
        self.page = answer.text
        return answer


def urlencoded(fields: dict[str, str]) -> bytes:
    """A form's fields as its body."""
    return urlencode(fields).encode()


_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_FIELD = re.compile(r"<input\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def _form(page: str, identifier: str) -> tuple[str, dict[str, str]]:
    """Where the form goes and what stands in it. Select and textarea are left to the caller."""
    for attributes, inside in _FORM.findall(page):
        found = dict(_ATTRIBUTE.findall(attributes))
        if identifier not in (found.get("id"), found.get("action")):
            continue
        fields = {}
        for field_attributes in _FIELD.findall(inside):
            given = dict(_ATTRIBUTE.findall(field_attributes))
            off = given.get("type") in ("checkbox", "radio") and "checked" not in given
            if "name" in given and not off and given.get("type") != "submit":
                fields[given["name"]] = html.unescape(given.get("value", ""))
        return html.unescape(found.get("action", "")), fields
    raise Unexpected(f"No form {identifier!r} on the page: {page[:300]}")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
