"""Choosing how pages look: kept in a cookie, without a script."""

import pytest

from guichet.design import display
from guichet.design.tests.pages import Page

pytestmark = pytest.mark.urls("guichet.design.tests.addresses")

PAGE = "/fr/affichage/"
LARGE = {"text": "large", "theme": "dark", "spacing": "wide"}


def test_a_choice_is_kept_and_leads_back(client):
    answer = client.post(PAGE, {**LARGE, "next": "/fr/desk/home/?x=1"})
    assert answer.url == "/fr/desk/home/?x=1"
    cookie = answer.cookies[display.COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (
        "large.dark.wide",
        True,
        "Lax",
    )
    page = Page(client.get(PAGE).content)
    shown = page.one("html")
    assert [shown.get(f"data-{name}") for name in LARGE] == list(LARGE.values())
    assert [box.get("value") for box in page.all("[checked]")] == ["fr", *LARGE.values()]


def test_the_language_is_remembered_and_the_page_comes_back_in_it(client):
    answer = client.post(PAGE, {**LARGE, "language": "de", "next": "/fr/desk/home/?x=1"})
    assert answer.url == "/de/desk/home/?x=1"
    assert answer.cookies["langue"].value == "de"
    assert answer.cookies["langue"]["httponly"]


def test_the_usual_leaves_the_page_as_it_is(client):
    page = Page(client.get(PAGE).content)
    assert {key for key in page.one("html").attrib if key.startswith("data-")} == set()
    assert [box.get("value") for box in page.all("[checked]")] == ["fr", "normal", "auto", "normal"]


@pytest.mark.parametrize("cookie", ["", "x", "huge.dark.wide", "large.dark", 'large."><b>.wide'])
def test_a_cookie_of_somebody_else_does_no_harm(client, cookie):
    client.cookies[display.COOKIE] = cookie
    page = Page(client.get(PAGE).content)
    shown = page.one("html")
    for name, choices in display.CHOICES.items():
        assert shown.get(f"data-{name}") in {*choices[1:], None}
    assert page.all("b") == []


@pytest.mark.parametrize(
    ("before", "remembered"),
    [
        ("http://testserver/fr/desk/home/?x=1", "/fr/desk/home/?x=1"),
        ("http://testserver/fr/desk/home/", "/fr/desk/home/"),
        ("http://elsewhere.example/fr/", None),
        ("http://testserver/fr/affichage/", None),
        ("", None),
    ],
)
def test_the_page_remembers_where_one_came_from(client, before, remembered):
    page = Page(client.get(PAGE, headers={"referer": before}).content)
    assert page.one("[name=next]").get("value") == remembered


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", ""]
)
def test_the_form_leads_to_no_other_site(client, elsewhere):
    assert client.post(PAGE, {**LARGE, "next": elsewhere}).url == PAGE


def test_another_language_keeps_the_choice_on_the_page(client):
    answer = client.post("/de/affichage/", {**LARGE, "_language": "de"})
    assert answer.status_code == 200
    assert display.COOKIE not in answer.cookies
    page = Page(answer.content)
    assert [box.get("value") for box in page.all("[checked]")] == list(LARGE.values())
    assert page.words("h1") == ["Anzeige"]


def test_an_unknown_choice_is_refused_with_a_sentence(client):
    page = Page(client.post(PAGE, {**LARGE, "theme": "pink"}).content)
    assert page.words("#problems li") == ["Choisissez une des réponses de la liste."]
