"""One person with several products, sessions and spaces: "Mon compte", in the browser."""

import re
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal

ACCOUNT = "/{language}/compte/"
PRODUCTS = "/{language}/compte/moyens-de-connexion/"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_luc_looks_after_his_products(own_portal: Portal, arrive: Arrive, scripts: bool):
    luc = arrive(own_portal, scripts=scripts)
    luc.go(ACCOUNT)
    luc.signs_on("LUCR1")
    luc.look("overview", deep=scripts)
    luc.follow(luc.page.locator("main .card a", has_text="Produits d’authentification"))
    luc.look("products", deep=scripts)
    mine = luc.page.locator("main .card", has_text="Actif en ce moment")
    luc.follow(mine.get_by_role("link", name="Donner un nom"))
    luc.look("name", deep=scripts)
    luc.fill("Nom du produit", "Token du bureau")
    luc.go_on()
    luc.shows("Token du bureau")

    luc.go(f"{PRODUCTS}ajouter/")
    luc.look("add", deep=scripts)
    luc.go_on()
    luc.is_at("/connexion/")
    luc.signs_on("LUCR3")
    luc.shows("Ajouter ce produit à votre compte")
    luc.shows("LUC REUTER")
    luc.look("confirm", deep=scripts)
    luc.go_on()
    luc.shows("Le produit est ajouté.")
    expect(luc.page.locator("main .card")).to_have_count(3)
    luc.mail_to("luc.reuter@example.lu", "Un autre outil a été enregistré à votre nom")

    for _ in range(2):
        other = luc.page.locator("main .card:not(:has-text('Actif en ce moment'))").first
        luc.follow(other.get_by_role("link", name=re.compile("^\\W*Retirer")))
        luc.look("remove", deep=scripts)
        luc.go_on()
        luc.shows("Le produit est retiré.")
    luc.look("removed", deep=scripts)
    luc.follow(luc.page.get_by_role("link", name=re.compile("^\\W*Retirer")).first)
    luc.shows("C’est votre dernier produit.")
    luc.look("last", deep=scripts)
    luc.go(PRODUCTS)
    luc.follow(luc.page.get_by_role("button", name=re.compile("^Réutiliser")).first)
    luc.shows("Le produit ouvre à nouveau votre compte.")


def test_a_product_in_another_name_is_not_added(own_portal: Portal, arrive: Arrive):
    luc = arrive(own_portal)
    luc.go(f"{PRODUCTS}ajouter/")
    luc.signs_on("LUCR1")
    luc.go_on()
    luc.signs_on("LEAG1")
    luc.shows("Le produit n’est pas ajouté")
    luc.look("not-added", deep=True)
    luc.go(ACCOUNT)
    luc.is_at("/enregistrement/")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_luc_ends_a_session_in_another_browser(portal: Portal, arrive: Arrive, scripts: bool):
    luc, elsewhere = arrive(portal, scripts=scripts), arrive(portal, scripts=scripts)
    elsewhere.go(ACCOUNT)
    elsewhere.signs_on("LUCR2")
    luc.go("/{language}/compte/sessions/")
    luc.signs_on("LUCR1")
    expect(luc.page.locator("main tbody tr")).to_have_count(2)
    luc.look("sessions", deep=scripts)
    luc.follow(luc.page.locator("main tbody").get_by_role("button", name=re.compile("Terminer")))
    luc.shows("La session est terminée.")
    expect(luc.page.locator("main tbody tr")).to_have_count(1)
    elsewhere.go(ACCOUNT)
    elsewhere.is_at("/connexion/")
    luc.go("/{language}/compte/journal/")
    luc.shows("Vous avez ouvert une session.")
    luc.look("activity", deep=scripts)
    luc.open_tab("Connexion")
    luc.look("activity-of-a-kind")
    luc.signs_out()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_luc_changes_his_address_with_both_mails(own_portal: Portal, arrive: Arrive, scripts: bool):
    luc = arrive(own_portal, scripts=scripts)
    luc.go("/{language}/compte/e-mail/")
    luc.signs_on("LUCR1")
    luc.fill("Nouvelle adresse e-mail", "luc.neuf@example.lu")
    luc.look("email", deep=scripts)
    luc.go_on()
    luc.shows("En attente de confirmation")
    luc.look("email-waiting")
    street = arrive(own_portal, scripts=scripts)
    new = luc.mail_to("luc.neuf@example.lu", "Confirmez votre nouvelle adresse e-mail")
    street.go(_path(new.text))
    street.look("email-new", deep=scripts)
    street.go_on()
    street.shows("Il manque encore une confirmation")
    old = luc.mail_to("luc.reuter@example.lu", "Changement de votre adresse e-mail : à confirmer")
    street.go(_path(old.text))
    street.look("email-old")
    street.go_on()
    street.shows("L’adresse est changée")
    street.look("email-changed", deep=scripts)
    street.go(_path(old.text))
    assert street.status == 404
    street.look("email-over", deep=scripts)
    luc.go("/{language}/compte/e-mail/")
    luc.shows("luc.neuf@example.lu")


def _path(text: str) -> str:
    found = re.search(r"(/fr/compte/e-mail/confirmer/[\w-]+/)", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_tabs_in_two_spaces_never_mix(portal: Portal, arrive: Arrive, scripts: bool):
    ada = arrive(portal, scripts=scripts)
    ada.go("/{language}/espaces/")
    ada.signs_on("ADAM1")
    cards = ada.page.locator("main .card a[href*='/espaces/PM-']")
    ada.follow(cards.first)
    first = ada.page.locator(".space-name").inner_text()
    ada.page.locator("button[popovertarget=switch]").click()
    listed = ada.page.locator("#switch")
    expect(listed).to_be_visible()
    ada.page.screenshot(path=ada._shots / "switch-1280.png")
    other = listed.locator("a:not([aria-current])").first
    name = other.inner_text()
    address = other.get_attribute("href") or ""
    with ada.page.context.expect_page() as opened:
        other.click(modifiers=["ControlOrMeta"])
    tab = opened.value
    expect(tab.locator(".space-name")).to_have_text(name.splitlines()[0].rsplit(" PM-")[0].strip())
    ada.page.keyboard.press("Escape")
    ada.open_tab("Communications")
    expect(ada.page.locator(".space-name")).to_have_text(first)
    tab.reload()
    assert address in tab.url
    expect(tab.locator(".switch-name")).not_to_have_text(first)
    tab.close()
    ada.page.set_viewport_size({"width": 360, "height": 740})
    ada.page.locator("button[popovertarget=switch]").click()
    ada.page.screenshot(path=ada._shots / "switch-360.png")
    ada.page.keyboard.press("Escape")
    ada.look("in-space", deep=scripts)


def test_ada_chooses_when_she_is_told(portal: Portal, arrive: Arrive):
    ada = arrive(portal)
    ada.go("/{language}/compte/notifications/")
    ada.signs_on("ADAM1")
    ada.look("notifications", deep=True)
    ada.follow(ada.page.get_by_role("link", name=re.compile("^Choisir quand")).first)
    ada.page.get_by_role("radio", name=re.compile("Une fois par jour")).first.check()
    ada.look("choose", deep=True)
    ada.go_on()
    ada.shows("Une fois par jour")
    ada.go("/{language}/compte/langue/")
    ada.look("language", deep=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_luc_closes_his_account_and_comes_back(
    own_portal: Portal, arrive: Arrive, tmp_path: Path, scripts: bool
):
    luc = arrive(own_portal, scripts=scripts, accept_downloads=True)
    luc.go("/{language}/compte/donnees/")
    luc.signs_on("LUCR1")
    luc.look("data", deep=scripts)
    with luc.page.expect_download() as download:
        luc.control("Télécharger mes données").click()
    place = tmp_path / "compte.zip"
    download.value.save_as(place)
    with ZipFile(place) as archive:
        assert archive.testzip() is None
        assert "1957011720079" in archive.read("index.html").decode()

    luc.go("/{language}/compte/fermer/")
    luc.look("close", deep=scripts)
    luc.page.locator("[name=typed]").fill("luc.reuter@example.lu")
    luc.go_on()
    luc.shows("Votre compte est en cours de fermeture")
    luc.look("closing", deep=scripts)
    luc.go("/{language}/espaces/")
    luc.is_at("/compte/fermer/revenir/")
    luc.signs_out()
    own_portal.later(timedelta(days=20))
    luc.go("/{language}/espaces/")
    luc.signs_on("LUCR2")
    luc.is_at("/compte/fermer/revenir/")
    luc.go_on()
    luc.shows("Votre compte reste ouvert")
    luc.go("/{language}/espaces/")
    expect(luc.page.locator("main a[href*='/espaces/PP-']").first).to_be_visible()


def test_ada_sees_which_spaces_need_her_first(portal: Portal, arrive: Arrive):
    ada = arrive(portal)
    ada.go("/{language}/compte/fermer/")
    ada.signs_on("ADAM1")
    ada.shows("ces espaces ont besoin de vous")
    ada.look("needed", deep=True)
