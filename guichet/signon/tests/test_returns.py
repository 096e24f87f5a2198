"""After sign-on one never leaves the site."""

import pytest

from guichet.signon.returns import inside
from guichet.signon.tests.conftest import Holder

OURS = [
    "/fr/espaces/",
    "/de/espaces/",
    "/fr/espaces/?page=2&etat=a-completer",
    "/fr/espaces/#haut",
    "/fr/aide/",
]
NOT_OURS = [
    "",
    "https://evil.example/",
    "http://testserver/fr/espaces/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/fr/espaces/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/fr/espaces/\\..\\evil",
    "/\t/evil.example/",
    "/\n/evil.example",
    "/fr/espaces/\r\nSet-Cookie: a=b",
    " /fr/espaces/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2f%2fevil.example/",
    "/fr//evil.example/",
    "/@evil.example/",
    "/nowhere/",
    "/fr/nowhere/",
    "evil.example",
    "fr/espaces/",
    "?next=/fr/espaces/",
    "/fr/deconnexion/",
    "/fr/connexion/",
    "/de/connexion/token/",
    "/fr/espaces/?" + "x" * 500,
    "/fr/espaces/\x00",
    "/fr/espaces/\u202e",
]


@pytest.mark.parametrize("address", OURS)
def test_a_page_of_ours_is_kept(address: str) -> None:
    assert inside(address) == address


@pytest.mark.parametrize("address", NOT_OURS)
def test_everything_else_is_dropped(address: str) -> None:
    assert inside(address) == ""


def test_nothing_is_nothing() -> None:
    assert inside(None) == ""


@pytest.mark.parametrize("address", NOT_OURS)
def test_signing_on_leads_to_the_arrival_instead(lea: Holder, address: str) -> None:
    lea.give_secrets(next=address)
    assert lea.give_code().url == "/fr/arrivee/"


def test_signing_on_leads_back_to_where_one_came_from(lea: Holder) -> None:
    closed = lea.client.get("/fr/espaces/?page=2")
    assert closed.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F%3Fpage%3D2"

    page = lea.client.get(closed.url).content.decode()
    assert 'href="/fr/connexion/token/?next=%2Ffr%2Fespaces%2F%3Fpage%3D2"' in page

    lea.give_secrets(next="/fr/espaces/?page=2")
    assert lea.give_code().url == "/fr/espaces/?page=2"


def test_the_way_back_stays_in_its_language(lea: Holder) -> None:
    lea.give_secrets(next="/de/espaces/")
    assert lea.give_code().url == "/de/espaces/"
