"""What every answer carries."""

import io
import json
import logging

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

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


def test_the_line_of_a_request_is_json_and_holds_no_address(caplog):
    caplog.set_level(logging.INFO, "guichet.request")
    written = io.StringIO()
    handler = logs.handler(written)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        RequestLog(answer)(RequestFactory().get("/fr/enregistrement/9TC9-EEDJ-PXVV/?a=\n{}"))
    finally:
        root.removeHandler(handler)
    [line] = [line for line in written.getvalue().splitlines() if "answered" in line]
    entry = json.loads(line)
    assert entry["status"] == 200
    assert entry["method"] == "GET"
    assert len(entry["request"]) == 36
    assert "9TC9" not in line
