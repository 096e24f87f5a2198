"""Users of a space: joining by identifier, roles, a refusal and its way on, the last administrator."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import ROOT, Portal
from tests.journeys.visitor import Visitor


def opens_her_space(ada: Visitor) -> str:
    """The first of Ada's business spaces; returns its identifier."""
    ada.go("/{language}/espaces/")
    ada.signs_on("ADAM1")
    address = ada.page.locator("main a[href*='/espaces/PM-']").first.get_attribute("href") or ""
    return address.split("/")[-2]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_luc_joins_asks_for_more_and_becomes_administrator(
    own_portal: Portal, arrive: Arrive, scripts: bool
):
    portal = own_portal
    ada, luc = arrive(portal, scripts=scripts), arrive(portal, scripts=scripts)
    space = opens_her_space(ada)
    own = f"/{{language}}/espaces/{space}/espace/"

    # He knows the identifier, and asks.
    luc.go("/{language}/espaces/")
    luc.signs_on("LUCR1")
    luc.press("Rejoindre un espace")
    luc.look("join", deep=scripts)
    luc.fill("Identifiant de l’espace", "nothing")
    luc.go_on()
    luc.look("no-identifier")
    luc.fill("Identifiant de l’espace", space.lower().replace("-", " "))
    luc.page.locator("[name=role][value=reader]").check()
    luc.page.locator("[name=message]").fill("Je tiens la comptabilité.")
    luc.go_on()
    luc.shows(f"Si l’espace {space} existe")
    luc.look("asked", deep=scripts)

    # She lets him in.
    ada.go(own)
    ada.look("profile", deep=scripts)
    ada.press("Voir les utilisateurs")
    ada.look("users-with-a-request", deep=scripts)
    ada.press("Répondre")
    ada.look("request", deep=scripts)
    ada.go_on()
    ada.shows("a maintenant ce rôle")

    # He is refused, and asks for the right.
    luc.go(own + "modifier/")
    assert luc.status == 403
    luc.look("refused", deep=scripts)
    luc.press("Demander ce droit")
    luc.look("ask", deep=scripts)
    luc.go_on()
    luc.shows("Votre demande part aux administrateurs.")
    luc.look("rights", deep=scripts)

    # She cannot leave yet, makes him administrator, and then leaves.
    ada.go(own + "quitter/")
    ada.shows("Personne d’autre que vous n’administre cet espace")
    ada.look("last", deep=scripts)
    ada.press("Nommer un autre utilisateur administrateur")
    ada.press("Luc Reuter")
    ada.look("user", deep=scripts)
    ada.page.locator("[name=role][value=administrator]").check()
    ada.go_on()
    ada.shows("Le rôle de Luc Reuter est enregistré.")
    ada.look("users")
    ada.go(own + "quitter/")
    ada.go_on()
    ada.shows("Vous avez quitté l’espace")
    ada.go(own)
    assert ada.status == 404

    luc.go(own + "modifier/")
    assert luc.status == 200
    luc.go(own + "droits/")
    expect(luc.page.locator("main")).to_contain_text(re.compile("Ada Muller"))


def test_a_manager_is_removed(own_portal: Portal, arrive: Arrive):
    portal = own_portal
    ada, ines = arrive(portal), arrive(portal)
    space = opens_her_space(ada)
    ines.go("/{language}/espaces/rejoindre/")
    ines.signs_on("INES1")
    ines.fill("Identifiant de l’espace", space)
    ines.go_on()
    ada.go(f"/{{language}}/espaces/{space}/espace/utilisateurs/")
    ada.press("Répondre")
    ada.press("Refuser")
    ada.look("decline", deep=True)
    ada.press("Retour à la demande")
    ada.page.locator("[name=scope][value=some]").check()
    ada.go_on()
    ada.shows("Cochez au moins un thème")
    ada.look("no-theme", deep=True)
    ada.page.locator("[name=limits][value=taxes]").check()
    ada.page.locator("[name=limits][value=staff]").check()
    ada.go_on()
    ada.look("long-names-and-limits", deep=True)

    ines.go(f"/{{language}}/espaces/{space}/espace/utilisateurs/")
    assert ines.status == 403
    ines.shows("Demander ce droit")

    ada.follow(ada.page.locator("main table a", has_text="Albuquerque"))
    ada.follow(ada.page.locator("main a[href$='/retirer/']"))
    ada.look("remove", deep=True)
    ada.go_on()
    ada.shows("n’a plus accès à cet espace")
    ines.go(f"/{{language}}/espaces/{space}/")
    assert ines.status == 404


HUNDRED = """
from datetime import date
from guichet.spaces.models import Role, Space
from guichet.spaces.tests.given import a_member
from tests.cast import a_credential, a_number, a_person
space = Space.objects.get(identifier="{identifier}")
for number in range(120):
    born = date(1970, 1, 1)
    name = f"Maximiliane-Josephine {{number:03d}} Oberhausen-Westerberger"
    person = a_person(name, born=born, number=a_number(born, number))
    a_credential(person)
    a_member(person, space, list(Role)[number % 4])
"""


def test_a_hundred_and_twenty_users_are_found_page_by_page(own_portal: Portal, arrive: Arrive):
    ada = arrive(own_portal)
    space = opens_her_space(ada)
    code = HUNDRED.format(identifier=space)
    made = [sys.executable, "manage.py", "shell", "-c", code]
    subprocess.run(made, cwd=ROOT, env=own_portal.environment(), check=True, capture_output=True)
    ada.go(f"/{{language}}/espaces/{space}/espace/utilisateurs/")
    ada.shows("121 utilisateurs")
    ada.shows("Page 1 sur 3")
    ada.look("many", deep=True)
    ada.page.locator("[name=q]").fill("josephine")
    ada.page.locator("[name=role]").select_option("reader")
    ada.press("Rechercher")
    ada.shows("30 utilisateurs trouvés")
    ada.look("found")
    ada.page.locator("[name=q]").fill("zzz")
    ada.press("Rechercher")
    ada.shows("Personne n’a été trouvé")
    ada.look("nobody")
    ada.press("Tout afficher")
    ada.press("Page suivante")
    ada.shows("Page 2 sur 3")
