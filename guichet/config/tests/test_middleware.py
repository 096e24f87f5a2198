"""What every answer carries."""

import io
import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from guichet.access import open_to_all
from guichet.config import logs
from guichet.config.middleware import Headers, RequestLog


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


def test_every_answer_forbids_what_pages_do_not_need():
    headers = Headers(answer)(RequestFactory().get("/")).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_page_may_say_how_long_it_is_kept():
    def kept(request: HttpRequest) -> HttpResponse:
        return HttpResponse("page", headers={"Cache-Control": "max-age=60"})

    assert Headers(kept)(RequestFactory().get("/")).headers["Cache-Control"] == "max-age=60"


def test_each_answer_names_its_request_and_no_two_are_alike():
    first, second = (RequestLog(answer)(RequestFactory().get("/")) for _ in range(2))
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert len(first.headers["X-Request-Id"]) == 36


@pytest.fixture
def written(caplog):
    """What the log says, as it is written."""
    caplog.set_level(logging.INFO, "guichet.request")
    lines = io.StringIO()
    handler = logs.handler(lines)
    root = logging.getLogger()
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


def test_the_line_of_a_request_is_json_and_holds_no_address(written):
    RequestLog(answer)(RequestFactory().get("/fr/enregistrement/9TC9-EEDJ-PXVV/?a=\n{}"))
    [line] = [line for line in written.getvalue().splitlines() if "answered" in line]
    entry = json.loads(line)
    assert entry["status"] == 200
    assert entry["method"] == "GET"
    assert len(entry["request"]) == 36
    assert "9TC9" not in line


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "https://9tc9.example"}, {"host": "9tc9.example"}]
)
def test_what_django_says_of_a_refused_request_holds_no_address(written, headers):
    client = Client(enforce_csrf_checks=True)
    code = "/fr/enregistrement/confirmer/9TC9-EEDJ-PXVV/"
    assert client.post(code, headers={"referer": code, **headers}).status_code in (400, 403)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert "request refused" in [line["event"] for line in lines]
    assert "9tc9" not in written.getvalue().lower()
    assert "Traceback" not in written.getvalue()


TYPED = ("lea.guichet@guichet.lu", "1983081974925")


@open_to_all
def broken(request: HttpRequest) -> HttpResponse:
    try:
        raise ValueError(TYPED[0])
    except ValueError as fault:
        raise KeyError(TYPED[1]) from fault


urlpatterns = [path("fr/9TC9-EEDJ-PXVV/", broken)]


def test_a_fault_of_ours_is_told_by_place_and_kind_and_not_in_its_words(written, settings):
    settings.ROOT_URLCONF = __name__
    response = Client(raise_request_exception=False).get("/fr/9TC9-EEDJ-PXVV/")
    assert response.status_code == 500
    [line] = [line for line in written.getvalue().splitlines() if "unhandled error" in line]
    assert "in broken" in line
    assert "builtins.KeyError" in line
    assert "builtins.ValueError" in line
    for word in ("9TC9", *TYPED):
        assert word not in line
