"""Whose address counts, and what a browser is called."""

from typing import Any

import pytest
from django.test import RequestFactory

from guichet.signon.requests import client_address, device_label


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, None, "192.0.2.7", "192.0.2.7"),
        # Without a proxy the header is the client's own invention.
        (0, "203.0.113.9", "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        # Forged entries stand on the left of what our proxy added.
        (1, "198.51.100.1, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "198.51.100.1, 198.51.100.2, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (1, ",,203.0.113.9,", "10.0.0.1", "203.0.113.9"),
        # Somebody reached us past the proxy.
        (1, None, "192.0.2.7", "192.0.2.7"),
        (2, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "nonsense", "10.0.0.1", ""),
        (1, "203.0.113.9:4711", "10.0.0.1", ""),
        (0, None, "", ""),
        # A household has a whole network.
        (0, None, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (0, None, "::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_proxies_are_counted_from_the_right(
    settings: Any, proxies: int, forwarded: str | None, remote: str, expected: str
) -> None:
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert client_address(request) == expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_in_two_words(agent: str, expected: str) -> None:
    assert device_label(RequestFactory().get("/", HTTP_USER_AGENT=agent)) == expected
