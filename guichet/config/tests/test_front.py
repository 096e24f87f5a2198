"""What is answered from memory, and above all what is not."""

import gzip
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from guichet.access import open_to_all, openness, same_for_all
from guichet.config.front import PAGES_MAX, Front
from guichet.config.middleware import KEPT, Headers

PUBLIC = ("Cache-Control", KEPT)


class Portal:
    """Counts how often it was asked."""

    def __init__(self, *headers: tuple[str, str], status: str = "200 OK") -> None:
        self.headers, self.status, self.asked = headers, status, 0

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.asked += 1
        start(self.status, [*self.headers, ("X-Request-Id", str(self.asked))])
        return [b"page ", str(self.asked).encode(), b" of ", environ["PATH_INFO"].encode()]


class Clock:
    """Moves when told."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def ask(front: Front, path: str = "/fr/aide/", **environ: str) -> tuple[str, dict[str, str], bytes]:
    answered: list[Any] = []
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "guichet.example",
        "wsgi.url_scheme": "http",
        **environ,
    }
    body = b"".join(front(asked, lambda *given: answered.append(given)))
    status, headers = answered[0][:2]
    return status, dict(headers), body


def test_the_second_visitor_is_answered_from_memory():
    portal = Portal(PUBLIC)
    front = Front(portal)
    assert ask(front)[2] == ask(front)[2] == b"page 1 of /fr/aide/"
    assert portal.asked == 1


def test_each_language_has_its_own_page():
    front = Front(Portal(PUBLIC))
    ask(front, "/fr/aide/")
    assert ask(front, "/de/aide/")[2] == b"page 2 of /de/aide/"


@pytest.mark.parametrize(
    "different",
    [
        {"HTTP_COOKIE": "session=key"},
        {"HTTP_COOKIE": "csrf=1; session=key"},
        {"HTTP_COOKIE": "affichage=large.dark.wide"},
        {"HTTP_COOKIE": "csrf"},
        {"HTTP_COOKIE": ";"},
        {"QUERY_STRING": "next=/fr/"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "other.example"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
    ],
)
def test_a_request_that_could_differ_is_asked_anew(different):
    portal = Portal(PUBLIC)
    front = Front(portal)
    ask(front)
    ask(front, **different)
    assert portal.asked == 2


def test_cookies_that_no_page_in_memory_looks_at_make_no_difference():
    portal = Portal(PUBLIC)
    front = Front(portal, harmless=["csrf", "browser"])
    ask(front)
    assert ask(front, HTTP_COOKIE="browser=known; csrf=1")[2] == b"page 1 of /fr/aide/"
    assert ask(front, HTTP_COOKIE="csrf=1; session=key")[2] == b"page 2 of /fr/aide/"


def test_what_somebody_with_a_cookie_is_shown_is_not_kept():
    portal = Portal(PUBLIC)
    front = Front(portal, harmless=["csrf"])
    ask(front, HTTP_COOKIE="csrf=1")
    assert ask(front)[2] == b"page 2 of /fr/aide/"


@pytest.mark.parametrize(
    "portal",
    [
        Portal(),
        Portal(("Cache-Control", "no-store")),
        Portal(("Cache-Control", "private, s-maxage=60")),
        Portal(("Cache-Control", "public, max-age=60")),
        Portal(("Cache-Control", "public, s-maxage=soon")),
        Portal(PUBLIC, ("Set-Cookie", "csrf=1")),
        Portal(PUBLIC, ("Vary", "Accept-Language")),
        Portal(PUBLIC, ("Content-Encoding", "br")),
        Portal(PUBLIC, status="404 Not Found"),
        Portal(PUBLIC, status="302 Found"),
    ],
)
def test_an_answer_that_does_not_allow_it_is_not_kept(portal):
    front = Front(portal)
    assert ask(front)[0] == portal.status
    assert ask(front)[2] == b"page 2 of /fr/aide/"


def test_a_page_is_never_older_than_it_may_be():
    clock = Clock()
    front = Front(Portal(PUBLIC), now=clock)
    ask(front)
    clock.at += 59.9
    _, headers, body = ask(front)
    assert (headers["Age"], body) == ("59", b"page 1 of /fr/aide/")
    clock.at += 0.1
    assert ask(front)[2] == b"page 2 of /fr/aide/"


def test_head_has_the_headers_of_the_page_and_no_body():
    portal = Portal(PUBLIC)
    front = Front(portal)
    ask(front)
    status, headers, body = ask(front, REQUEST_METHOD="HEAD")
    assert (status, headers["Content-Length"], body, portal.asked) == ("200 OK", "19", b"", 1)


def test_head_comes_first_and_keeps_nothing():
    portal = Portal(PUBLIC)
    front = Front(portal)
    ask(front, REQUEST_METHOD="HEAD")
    assert ask(front)[2] == b"page 2 of /fr/aide/"


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "deflate, gzip"])
def test_a_browser_that_understands_gzip_gets_it(accepted):
    front = Front(Portal(PUBLIC))
    _, headers, body = ask(front, HTTP_ACCEPT_ENCODING=accepted)
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["Content-Length"]) == len(body)
    assert gzip.decompress(body) == b"page 1 of /fr/aide/"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity", "gzip; q=0.0"])
def test_any_other_gets_the_plain_page(accepted):
    _, headers, body = ask(Front(Portal(PUBLIC)), HTTP_ACCEPT_ENCODING=accepted)
    assert "Content-Encoding" not in headers
    assert body == b"page 1 of /fr/aide/"


def test_caches_on_the_way_learn_what_the_answer_depends_on():
    _, headers, _ = ask(Front(Portal(PUBLIC, ("Vary", "Cookie"))))
    assert headers["Vary"] == "Cookie, Accept-Encoding"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_an_unchanged_page_is_not_sent_again(form):
    front = Front(Portal(PUBLIC))
    tag = ask(front)[1]["ETag"]
    status, headers, body = ask(front, HTTP_IF_NONE_MATCH=form.format(tag))
    assert (status, headers["ETag"], body) == ("304 Not Modified", tag, b"")


def test_a_changed_page_is_sent_again():
    front = Front(Portal(PUBLIC))
    ask(front)
    assert ask(front, HTTP_IF_NONE_MATCH='"other"')[0] == "200 OK"


def test_plain_and_compressed_have_tags_of_their_own():
    front = Front(Portal(PUBLIC))
    compressed = ask(front, HTTP_ACCEPT_ENCODING="gzip")[1]["ETag"]
    assert ask(front)[1]["ETag"] != compressed


def test_the_identifier_of_somebody_elses_request_is_not_repeated():
    front = Front(Portal(PUBLIC))
    ask(front)
    assert "X-Request-Id" not in ask(front)[1]


def test_memory_is_bounded():
    portal = Portal(PUBLIC)
    front = Front(portal)
    for number in range(PAGES_MAX + 1):
        ask(front, f"/fr/{number}/")
    ask(front, f"/fr/{PAGES_MAX}/")
    assert portal.asked == PAGES_MAX + 1
    ask(front, "/fr/0/")
    assert portal.asked == PAGES_MAX + 2


def test_the_portals_answer_is_closed_when_it_is_kept():
    closed = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def portal(environ: dict[str, Any], start: Any) -> Body:
        start("200 OK", [PUBLIC])
        return Body([b"page"])

    assert ask(Front(portal))[2] == b"page"
    assert closed == [True]


# --- Which pages say that they may be kept


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


def form(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("page")
    response.set_cookie("csrf", "secret")
    return response


def missing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page", status=404)


def allowed(view: Any, request: HttpRequest | None = None) -> tuple[str, str]:
    request = request or RequestFactory().get("/fr/aide/")
    request.resolver_match = ResolverMatch(view, (), {})
    headers = Headers(view)(request).headers
    return headers["Cache-Control"], headers.get("Vary", "")


def test_a_page_marked_as_the_same_for_all_may_be_kept():
    assert allowed(same_for_all(page)) == (KEPT, "Cookie")
    assert openness(page) == "all"


def test_a_public_page_without_the_mark_is_not_kept():
    @open_to_all
    def unmarked(request: HttpRequest) -> HttpResponse:
        return page(request)

    assert allowed(unmarked) == ("no-store", "")


def test_whoever_sends_a_cookie_gets_a_page_of_their_own():
    request = RequestFactory().get("/fr/aide/")
    request.COOKIES["session"] = "key"
    assert allowed(same_for_all(page), request) == ("no-store", "")


@pytest.mark.parametrize("view", [form, missing])
def test_a_page_with_a_form_or_a_fault_is_not_kept(view):
    assert allowed(same_for_all(view)) == ("no-store", "")
