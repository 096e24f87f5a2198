"""At the door: the wrong code, the wrong hand, the wrong time, and the way out."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor


def another(code: str) -> str:
    """Six digits that the Token does not show now."""
    return f"{(int(code) + 123_457) % 1_000_000:06d}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_wrong_code_gets_a_sentence_and_another_try(
    portal: Portal, arrive: Arrive, scripts: bool
):
    tom = arrive(portal, scripts=scripts)
    tom.go("/{language}/connexion/")
    tom.signs_on("TOMW1", code=another(tom.code_of_the_token("TOMW1")))

    tom.is_at("/connexion/token/code/")
    expect(tom.page).to_have_title(re.compile(r"^Erreur\s?: "))
    expect(tom.page.locator("[aria-invalid=true]")).to_have_count(1)
    if scripts:
        expect(tom.page.locator("#problems")).to_be_focused()
    tom.look("wrong-code")

    tom.portal.later(timedelta(seconds=31))
    tom.fill("OTP", tom.code_of_the_token("TOMW1"))
    tom.go_on()
    tom.is_at("/espaces/")


def test_a_code_works_once(portal: Portal, arrive: Arrive):
    first, second = arrive(portal), arrive(portal)
    for each in (first, second):
        each.go("/{language}/connexion/")
        each.follow(each.page.locator("main a.product").first)
        each.fill("UserID", "LUCR1")
        each.fill("Password", "Guichet-2026")
        each.go_on()
    code = first.code_of_the_token("LUCR1")
    for each in (first, second):
        each.fill("OTP", code)
        each.go_on()
    first.is_at("/espaces/PP-[0-9A-Z]{6}/")
    second.is_at("/connexion/token/code/")


def test_an_unknown_userid_meets_the_same_pages(portal: Portal, arrive: Arrive):
    said = []
    for user_id, password in (("NOBODY77", "Guichet-2026"), ("INES1", "not-her-password")):
        somebody = arrive(portal)
        somebody.go("/{language}/connexion/")
        somebody.signs_on(user_id, password=password, code="123456")
        expect(somebody.page.get_by_role("alert")).to_be_visible()  # the answer has come
        text = somebody.page.locator("main").inner_text()
        said.append(re.sub(r"\d{6}|Image secrète.*|[\w-]+ · [\w-]+", "…", text))
    assert said[0] == said[1]


def test_a_suspended_product_opens_nothing_and_says_why(portal: Portal, arrive: Arrive):
    zoe = arrive(portal)
    zoe.go("/{language}/espaces/")
    zoe.signs_on("ZOEB1")
    zoe.is_at("/connexion/echec/")
    zoe.look("suspended")
    zoe.go("/{language}/espaces/")
    zoe.is_at("/connexion/")


def test_with_one_space_one_lands_in_it_with_several_one_chooses(portal: Portal, arrive: Arrive):
    for user_id, path in (("INES1", "/espaces/PP-[0-9A-Z]{6}/"), ("ADAM1", "/espaces/")):
        somebody = arrive(portal)
        somebody.go("/{language}/connexion/")
        somebody.signs_on(user_id)
        somebody.is_at(path)


def test_after_signing_on_one_is_where_one_wanted_to_be(portal: Portal, arrive: Arrive):
    tom = arrive(portal)
    tom.go("/{language}/espaces/pro/creer/nom/")
    tom.is_at("/connexion/")
    tom.signs_on("TOMW1")
    tom.is_at("/espaces/pro/creer/nom/")


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:1"]
)
def test_the_way_back_never_leaves_the_site(portal: Portal, arrive: Arrive, away: str):
    tom = arrive(portal)
    tom.go("/{language}/connexion/?next=" + away)
    tom.signs_on("TOMW1")
    tom.is_at("/espaces/")


def test_signing_out_closes_every_page(portal: Portal, arrive: Arrive):
    tom = arrive(portal)
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    tom.look("hub")
    tom.signs_out()
    tom.is_at("/deconnecte/")
    tom.look("signed-out")
    tom.page.go_back()
    tom.page.reload()
    tom.is_at("/connexion/")


def test_an_idle_session_ends_and_one_comes_back_to_the_same_page(portal: Portal, arrive: Arrive):
    tom = arrive(portal)
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    portal.later(timedelta(minutes=31))
    tom.go("/{language}/espaces/pro/creer/nom/")
    tom.is_at("/connexion/")
    tom.look("session-over")
    tom.signs_on("TOMW1")
    tom.is_at("/espaces/pro/creer/nom/")


def test_everything_can_be_done_with_the_keyboard(portal: Portal, arrive: Arrive):
    ada = arrive(portal)
    ada.go("/{language}/")
    press(ada, ada.page.get_by_role("link", name="Se connecter").first)
    press(ada, ada.page.locator("main a.product").first)
    write(ada, "UserID", "ADAM1")
    write(ada, "Password", "Guichet-2026", then="Enter")
    ada.is_at("/connexion/token/code/")
    portal.later(timedelta(seconds=31))
    code = ada.code_of_the_token("ADAM1")
    write(ada, "OTP", code, then="Enter")
    ada.is_at("/espaces/")
    press(ada, ada.control("Créer un Espace Professionnel"))
    ada.is_at("/espaces/pro/creer/nom/")
    ada.page.keyboard.press("Shift+Tab")
    press(ada, ada.page.locator("header form.sign-out button"))
    ada.is_at("/deconnecte/")


def press(visitor: Visitor, wanted) -> None:
    visitor.tabs_to(wanted)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def write(visitor: Visitor, label: str, text: str, *, then: str = "") -> None:
    field = visitor.field(label)
    if not field.evaluate("e => e === document.activeElement"):
        visitor.tabs_to(field)
    visitor.page.keyboard.type(text)
    if then:
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press(then)
