"""What measures must itself be right: answers end where they end, forms are filled in."""

import pytest

from tools.bench.client import Answer, Browser, Unexpected, complete, percentile
from tools.bench.scenarios import code


@pytest.mark.parametrize(
    ("raw", "length"),
    [
        (b"HTTP/1.1 200 OK\r\n", None),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npag", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage", 42),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npageHTTP", 42),
        (b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n", 38),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n", 61),
    ],
)
def test_an_answer_is_complete_when_all_of_it_is_there(raw, length):
    assert complete(bytearray(raw)) == length


PAGE = b"""<form id="other"><input name="a" value="0"></form>
<form method="post" id="main-form" action="?x=1&amp;y=2">
<input type="hidden" name="token" value="&lt;1&gt;"><input type="checkbox" name="tick" value="on">
<input type="submit" name="go"><input name="name"></form>"""


def test_a_form_is_sent_with_what_stands_in_it_and_what_is_typed():
    asked = []

    def exchange(question: bytes) -> Answer:
        asked.append(question)
        headers = [("set-cookie", " csrf=1; Path=/"), ("set-cookie", 'gone=""; Max-Age=0')]
        return Answer(200, headers, PAGE, 0.0)

    browser = Browser(exchange, cookies={"gone": "1"})
    browser.get("/fr/")
    browser.submit({"name": "Léa"})
    head, _, body = asked[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /fr/?x=1&y=2 HTTP/1.1\r\n")
    assert b"\r\nCookie: csrf=1\r\n" in head
    assert body == b"token=%3C1%3E&name=L%C3%A9a"


def test_a_redirect_is_followed_and_a_fault_is_not_overlooked():
    answers = iter(
        [Answer(302, [("location", "/fr/next/")], b"", 0.0), Answer(500, [], b"oh", 0.0)]
    )
    with pytest.raises(Unexpected, match="/fr/next/: 500"):
        Browser(lambda question: next(answers)).get("/fr/")


def test_the_code_is_the_one_of_the_rfc(monkeypatch):
    monkeypatch.setattr("time.time", lambda: 59.0)
    assert code(b"12345678901234567890") == "287082"  # RFC 6238, appendix B, last six digits


def test_a_percentile_is_a_value_that_occurred():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0], 0.99) == 1.0
