"""Two business spaces become one: by one person for both, and by two who have to agree."""

import re
from datetime import timedelta

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor

_IDENTIFIER = re.compile(r"/espaces/(PM-\w{6})/$")


def her_spaces(who: Visitor) -> list[str]:
    """Identifiers of the business spaces on the hub, in the order of their names."""
    links = who.page.locator("main .card a[href*='/espaces/PM-']")
    found = [link.get_attribute("href") or "" for link in links.all()]
    return [match[1] for href in found if (match := _IDENTIFIER.search(href))]


def agree(who: Visitor, label: str) -> None:
    """Tick and press."""
    who.tick()
    who.go_on_with(label)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_ada_merges_two_of_her_spaces(own_portal: Portal, arrive: Arrive, scripts: bool):
    portal, deep = own_portal, scripts
    ada = arrive(portal, scripts=scripts)
    ada.go("/{language}/espaces/")
    ada.signs_on("ADAM1")
    ada.reads("Gérer")
    ada.look("hub", deep=deep)
    goes, stays, third = her_spaces(ada)

    ada.press("Fusionner deux espaces professionnels")
    ada.look("choose", deep=deep)
    ada.go_on()
    ada.look("nothing-chosen", deep=False)
    ada.page.locator("[name=mine]").select_option(goes)
    ada.page.locator("[name=other]").select_option(stays)
    ada.page.locator("[name=keep][value=other]").check()
    ada.go_on()
    ada.is_at(f"/espaces/fusionner/{goes}/{stays}/")
    ada.look("preview", deep=deep)
    ada.press("Suivant")
    ada.look("ask", deep=deep)
    agree(ada, "Demander la fusion")
    ada.reads("Votre réponse est attendue")
    merger = ada.page.url
    ada.look("asked", deep=deep)
    ada.press("Lire l’aperçu et répondre")
    ada.look("consent", deep=deep)
    agree(ada, "Donner mon accord à la fusion")
    ada.reads("L’accord est donné")
    ada.look("agreed", deep=False)

    ada.go("/{language}/espaces/")
    ada.look("hub-with-a-merger", deep=False)
    if deep:
        ada.page.screenshot(path=ada._shots / "hub-with-a-merger-1280.png", full_page=True)
    ada.go(f"/{{language}}/espaces/{goes}/")
    ada.reads("Cet espace est intégré dans")
    ada.look("space-with-a-merger", deep=deep)
    mail = ada.mail_to("ada.muller@example.lu", "Votre espace professionnel sera fusionné")
    assert stays in mail.text

    portal.later(timedelta(hours=73))
    portal.settle()
    mail = ada.mail_to("ada.muller@example.lu", "Vos espaces professionnels sont fusionnés")
    assert goes in mail.text
    portal.settle()
    ada.page.goto(merger)
    ada.signs_on("ADAM1")  # her session has ended meanwhile
    ada.page.goto(merger)
    ada.reads("Les espaces sont fusionnés")
    if deep:
        ada._deepened.clear()
    ada.look("done", deep=deep)
    report = ada.page.context.request.get(f"{merger}rapport/")
    assert report.headers["content-type"] == "application/pdf"
    assert report.body().startswith(b"%PDF")
    (ada._shots / "report.pdf").write_bytes(report.body())
    ada.go(f"/{{language}}/espaces/{goes}/donnees/")
    ada.is_at(f"/espaces/{stays}/donnees/")
    ada.go("/{language}/espaces/")
    assert her_spaces(ada) == [stays, third]


def test_tom_is_asked_by_ada_and_one_of_them_thinks_better_of_it(
    own_portal: Portal, arrive: Arrive
):
    portal = own_portal
    ada, tom = arrive(portal), arrive(portal, language="de")
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    [theirs] = her_spaces(tom)
    ada.go("/{language}/espaces/fusionner/")
    ada.signs_on("ADAM1")
    mine = ada.page.locator("[name=mine] option").nth(1).get_attribute("value") or ""
    ada.page.locator("[name=mine]").select_option(mine)
    ada.page.locator("[name=identifier]").fill(theirs.lower())
    ada.page.locator("[name=keep][value=mine]").check()
    ada.go_on()
    ada.is_at(f"/espaces/fusionner/{theirs}/{mine}/")
    ada.look("preview-of-one-side", deep=True)
    ada.press("Suivant")
    agree(ada, "Demander la fusion")
    ada.reads("En attente d’accord")
    ada.look("waiting", deep=True)
    merger = ada.page.url.removeprefix(f"{portal.url}/fr")

    mail = ada.mail_to("tom.weber@example.lu", "Une fusion d’espaces professionnels est demandée")
    assert mine in mail.text
    tom.go("/{language}/espaces/")
    tom.look("hub-of-who-is-asked", deep=True)
    tom.press("Voir la fusion")
    tom.look("asked", deep=True)
    tom.press("Lire l’aperçu et répondre")
    tom.shows("Ada Muller")
    tom.look("consent", deep=True)
    agree(tom, "Donner mon accord à la fusion")
    tom.reads("L’accord est donné")

    ada.go("/{language}" + merger)
    ada.shows("Tom Weber")
    ada.press("Annuler la fusion")
    ada.look("cancel", deep=True)
    ada.go_on()
    ada.reads("Fusion annulée")
    ada.look("cancelled", deep=False)
    ada.mail_to("tom.weber@example.lu", "La fusion de votre espace professionnel est annulée")
    portal.later(timedelta(hours=80))
    portal.settle()
    tom.go(f"/{{language}}/espaces/{theirs}/")
    tom.signs_on("TOMW1")
    tom.shows(theirs)
