"""Opening spaces otherwise than the guide does it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal


def test_one_private_space_and_no_second(portal: Portal, arrive: Arrive):
    marc = arrive(portal)
    marc.go("/{language}/espaces/prive/creer/")
    marc.signs_on("MARC1")
    marc.look("private", deep=True)
    marc.go_on()
    marc.look("private-space", deep=True)
    assert re.search(r"/espaces/PP-[0-9A-Z]{6}/", marc.page.url)
    marc.go("/{language}/espaces/prive/creer/")
    marc.look("no-second")
    marc.go("/{language}/espaces/")
    expect(marc.page.locator("main a[href$='/espaces/prive/creer/']")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_three_steps_can_be_left_and_taken_up_again(
    portal: Portal, arrive: Arrive, scripts: bool
):
    name = f"Boulangerie du Coin {'avec' if scripts else 'sans'}"
    ada = arrive(portal, scripts=scripts)
    ada.go("/{language}/espaces/pro/creer/nom/")
    ada.signs_on("ADAM1")
    ada.page.locator("#main-form input:not([type=hidden])").first.fill(name)
    ada.go_on()
    ada.follow(ada.page.locator("main a[href$='/saisie/']"))
    ada.page.locator("[name=name]").fill("Coin Sàrl")
    ada.page.locator("[name=locality]").fill("Wiltz")
    ada.look("by-hand", deep=scripts)

    ada.follow(ada.page.locator("button[name=_later]"))
    ada.is_at("/espaces/")
    ada.shows(name)
    ada.look("draft-on-the-hub")
    draft = ada.page.locator("main .card", has_text=name)
    ada.follow(draft.get_by_role("link", name=re.compile("^Reprendre")))
    expect(ada.page.locator("[name=name]")).to_have_value("Coin Sàrl")
    expect(ada.page.locator("[name=locality]")).to_have_value("Wiltz")

    ada.page.locator("[name=legal_form]").select_option("sarl")
    ada.page.locator("[name=address_line1]").fill("1, rue du Four")
    ada.page.locator("[name=postal_code]").fill("9999999")
    ada.page.locator("[name=vat]").fill("LU 1")
    ada.go_on()
    expect(ada.page.locator("[aria-invalid=true]").first).to_be_visible()
    ada.look("faults", deep=scripts)
    ada.page.locator("[name=postal_code]").fill("L-9530")
    ada.page.locator("[name=vat]").fill("")
    ada.go_on()
    ada.follow(ada.page.locator("button[name=_back]"))
    expect(ada.page.locator("[name=name]")).to_have_value("Coin Sàrl")
    ada.go_on()
    ada.go_on()
    ada.reads("Vous venez de créer votre espace professionnel")


def test_the_pages_of_a_space_pass_every_look(portal: Portal, arrive: Arrive):
    tom = arrive(portal)
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    links = tom.page.locator("main .card a[href*='/espaces/P']")
    addresses = sorted({links.nth(i).get_attribute("href") or "" for i in range(links.count())})
    assert len(addresses) == 2
    for address in addresses:
        for path in ("", "donnees/", "communications/", "espace/"):
            tom.page.goto(tom.portal.url + address + path)
            tom.look(f"{address.split('/')[-2][:2]}-{path.strip('/') or 'home'}", deep=True)
        for link in tom.page.locator("main a[href*='/modifier/'], main a[href*='/adresse/']").all():
            with tom.other_window() as window:
                assert window.goto(tom.portal.url + (link.get_attribute("href") or ""))


def test_somebody_elses_space_is_not_there(portal: Portal, arrive: Arrive):
    tom, ines = arrive(portal), arrive(portal)
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    theirs = tom.page.locator("main a[href*='/espaces/P']").first.get_attribute("href")
    ines.go("/{language}/espaces/")
    ines.signs_on("INES1")
    ines.page.goto(portal.url + (theirs or ""))
    assert ines.status == 404
    ines.look("not-there")
