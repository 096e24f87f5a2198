"""Two agents of the help desk, and a space whose only administrator has died."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor


def chooses(visitor: Visitor, label: str) -> None:
    visitor.page.locator("main").get_by_role("radio", name=re.compile(label)).check()


def arrives(visitor: Visitor, user_id: str) -> None:
    visitor.go("/{language}/agents/")
    visitor.signs_on(user_id)
    visitor.is_at("/agents/")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_agents_give_a_space_an_administrator_again(
    own_portal: Portal, arrive: Arrive, scripts: bool
):
    claire = arrive(own_portal, scripts=scripts)
    arrives(claire, "AGNT1")
    claire.shows("Claire Meyer")
    claire.look("desk", deep=scripts)
    claire.go("/{language}/espaces/")
    claire.is_at("/agents/")

    claire.press("Trouver un espace professionnel")
    claire.look("find")
    claire.page.locator("[name=text]").fill("librairie theisen")
    chooses(claire, "Un administrateur est décédé")
    claire.go_on()
    claire.shows("Aucun administrateur qui puisse se connecter")
    claire.look("found", deep=scripts)
    claire.press("Librairie Theisen Sàrl")
    claire.shows("Julie Reding")
    claire.look("space", deep=scripts)

    claire.press("Proposer un administrateur")
    claire.look("propose", deep=scripts)
    claire.go_on()
    expect(claire.page.locator("#problems")).to_be_visible()
    claire.look("propose-nothing")
    chooses(claire, "Julie Reding")
    claire.page.locator("[name=asked_by]").fill("Me Weis, notaire")
    chooses(claire, "Acte de décès")
    claire.page.locator("[name=reason]").fill("M. Pletschette est décédé. Mme Reding continue.")
    claire.go_on()
    claire.shows("Un autre agent de l’assistance décide")
    assert claire.page.get_by_role("button", name="Donner mon accord").count() == 0
    claire.look("own-proposal", deep=scripts)

    julie = arrive(own_portal, scripts=scripts)
    told = julie.mail_to(
        "julie.reding@example.lu", "Un administrateur est proposé pour votre espace professionnel"
    )
    assert "Vous êtes la personne proposée." in told.text

    yves = arrive(own_portal, scripts=scripts)
    arrives(yves, "AGNT2")
    yves.look("desk-waiting", deep=scripts)
    yves.press("Nominations")
    yves.look("waiting")
    yves.press("Librairie Theisen Sàrl")
    yves.shows("Me Weis, notaire")
    yves.look("proposal", deep=scripts)
    yves.go_on()
    expect(yves.page.locator("#problems")).to_be_visible()
    yves.tick()
    yves.go_on()
    yves.shows("L’administrateur est nommé")
    yves.look("appointed")
    yves.go("/{language}/agents/nominations/")
    yves.look("decided", deep=scripts)

    julie.mail_to(
        "julie.reding@example.lu", "Votre espace professionnel a un nouvel administrateur"
    )
    julie.mail_to("guy.muller@example.lu", "Votre espace professionnel a un nouvel administrateur")
    with julie.other_window() as window:
        window.goto(f"{own_portal.url}/fr/demo/letters/")
        for name in ("Madame Julie Reding", "Monsieur François Pletschette", "Librairie Theisen"):
            expect(window.locator("main")).to_contain_text(name)
    julie.go("/{language}/espaces/")
    julie.signs_on("JULR1")
    julie.press("Ouvrir")
    julie.open_tab("Espace professionnel")
    julie.press("Voir les utilisateurs")
    julie.shows("Guy Müller")
    julie.shows("François Pletschette")
    julie.go("/{language}/agents/")
    assert julie.status == 404


def test_who_has_died_does_not_log_in(portal: Portal, arrive: Arrive):
    somebody = arrive(portal)
    somebody.go("/{language}/espaces/")
    somebody.signs_on("FRAP1")
    somebody.is_at("/connexion/echec/")


def test_each_duty_opens_its_own_pages(portal: Portal, arrive: Arrive):
    sonia = arrive(portal, language="de")
    arrives(sonia, "AGNT3")
    sonia.look("other-duty", deep=True)
    sonia.go("/{language}/agents/espaces/")
    assert sonia.status == 403
    sonia.look("not-her-duty", deep=True)
    sonia.signs_out()
    sonia.is_at("/deconnecte/")
