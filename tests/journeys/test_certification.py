"""An authority gives a company access, the company gives it to whoever acts for it, and back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor

CODE = re.compile(r"(?:[A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}")


def pro_space(visitor: Visitor, user_id: str, company: str) -> str:
    """Sign on; the address of the company's space."""
    visitor.go("/{language}/espaces/")
    visitor.signs_on(user_id)
    card = visitor.page.locator("main .card", has_text=company)
    return card.locator("a[href*='/espaces/PM-']").first.get_attribute("href") or ""


def to(visitor: Visitor, space: str, rest: str) -> None:
    visitor.page.goto(visitor.portal.url + space + rest)


def type_code(visitor: Visitor, space: str, code: str) -> None:
    to(visitor, space, "espace/certifications/code/")
    visitor.page.locator("[name=code]").fill(code)
    visitor.go_on()


def the_code(visitor: Visitor) -> str:
    text = visitor.page.locator("#code").inner_text()
    assert CODE.fullmatch(text)
    return text


def agent_makes_a_code(sonia: Visitor, note: str, *, deep: bool) -> str:
    sonia.go("/{language}/agents/")
    sonia.signs_on("AGNT3")
    sonia.look("agents-desk")
    sonia.follow(sonia.page.locator("main a[href$='/agents/codes/']"))
    sonia.look("no-code-yet")
    sonia.press("Créer un code")
    sonia.go_on()
    expect(sonia.page.locator(".problems")).to_be_visible()
    sonia.look("a-code-without-a-note")
    sonia.page.locator("[name=grade][value=holder]").check()
    sonia.page.locator("[name=note]").fill(note)
    sonia.go_on()
    sonia.look("here-is-the-code", deep=deep)
    return the_code(sonia)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_certification_is_given_passed_on_and_taken_back(origin, arrive: Arrive, scripts: bool):
    with origin.portal() as portal:
        walk(portal, arrive, scripts)


def walk(portal: Portal, arrive: Arrive, scripts: bool) -> None:
    sonia = arrive(portal, scripts=scripts)
    code = agent_makes_a_code(sonia, "Dossier 2026/12", deep=scripts)
    sonia.page.reload()
    sonia.shows("n’est plus affiché")
    sonia.look("not-shown-again")

    tom = arrive(portal, scripts=scripts)
    roof = pro_space(tom, "TOMW1", "Toitures Weber")
    to(tom, roof, "espace/")
    tom.look("profile", deep=scripts)
    tom.follow(tom.page.locator("main a[href$='/certifications/']"))
    tom.look("nothing-certified", deep=scripts)
    tom.follow(tom.page.locator("main a[href$='/tax-cards/']"))
    tom.shows("Comment obtenir la certification")
    tom.look("how-to-get-it", deep=scripts)
    to(tom, roof, "espace/certifications/tax-cards/mandataires/")
    assert tom.status == 403
    tom.look("holders-only")
    tom.follow(tom.page.locator("main a[href$='/certifications/code/']"))
    tom.look("enter-a-code", deep=scripts)
    type_code(tom, roof, "ABCD")
    tom.shows("16 lettres et chiffres")
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    type_code(tom, roof, wrong)
    tom.shows("Nous ne connaissons pas ce code")
    tom.look("unknown-code")
    type_code(tom, roof, code.lower().replace("-", " "))
    tom.shows("L’espace est certifié.")
    tom.look("certified")
    to(tom, roof, "espace/certifications/")
    tom.look("one-certification")

    to(tom, roof, "espace/certifications/tax-cards/")
    tom.press("Qui agit pour vous")
    tom.look("nobody-acts")
    tom.press("Créer un code pour un mandataire")
    tom.page.locator("[name=note]").fill("Fiduciaire Muller")
    tom.look("make-an-agents-code", deep=scripts)
    tom.go_on()
    tom.look("the-agents-code")
    for_ada = the_code(tom)

    ada = arrive(portal, scripts=scripts)
    bakery = pro_space(ada, "ADAM1", "Boulangerie Muller")
    type_code(ada, bakery, for_ada)
    ada.shows("Toitures Weber et Fils Sàrl")
    ada.look("acts-for-tom", deep=scripts)
    type_code(ada, bakery, for_ada)
    ada.shows("L’espace est certifié.")  # sent twice

    to(tom, roof, "espace/certifications/tax-cards/mandataires/")
    tom.shows("Boulangerie Muller Sàrl")
    tom.look("ada-acts", deep=scripts)
    tom.press("Révoquer")
    tom.look("revoke-ada", deep=scripts)
    tom.go_on()
    tom.shows("Le mandataire est révoqué")

    to(ada, bakery, "espace/certifications/")
    ada.shows("Le titulaire a retiré le mandat")
    ada.look("gone", deep=scripts)
    mail = ada.mail_to("ada.muller@example.lu", "Une certification de votre espace a pris fin")
    assert "Le titulaire a retiré le mandat" in mail.text

    to(tom, roof, "espace/certifications/tax-cards/mandataires/code/")
    tom.page.locator("[name=note]").fill("Un autre mandataire")
    tom.go_on()
    tom.press("Qui agit pour vous")
    tom.shows("Pas encore utilisé")
    tom.press("Révoquer")
    tom.look("revoke-a-code", deep=scripts)
    tom.go_on()
    tom.shows("Le code est révoqué")
    to(tom, roof, "espace/certifications/tax-cards/")
    tom.press("Renoncer à cette certification")
    tom.look("give-up", deep=scripts)

    sonia.go("/{language}/agents/codes/")
    sonia.shows("Utilisé")
    sonia.look("the-code-is-used", deep=scripts)
    sonia.go("/{language}/agents/certifications/?q=weber")
    sonia.look("certified-spaces", deep=scripts)
    sonia.press("Révoquer")
    sonia.page.locator("[name=why][value=given-in-error]").check()
    sonia.look("revoke-tom", deep=scripts)
    sonia.go_on()
    to(tom, roof, "espace/certifications/tax-cards/")
    tom.shows("accordée par erreur")
    tom.look("tom-has-lost-it")


def test_a_value_is_contested_and_a_register_that_is_away_stops_no_page(
    own_portal: Portal, arrive: Arrive
):
    tom = arrive(own_portal)
    roof = pro_space(tom, "TOMW1", "Toitures Weber")
    to(tom, roof, "donnees/")
    tom.look("company-data")
    tom.follow(tom.page.locator("main a[href$='/contester/address/']"))
    tom.page.locator("[name=right_value]").fill("8, rue du Toit, L-9530 Wiltz")
    tom.look("contest", deep=True)
    tom.go_on()
    expect(tom.page.locator(".problems")).to_be_visible()
    tom.page.locator("[name=words]").fill("Le siège a déménagé le 3 mai.")
    tom.go_on()
    tom.shows("Contesté le")
    tom.look("contested", deep=True)
    tom.follow(tom.page.locator("main a[href$='/contester/address/']"))
    tom.shows("Le siège a déménagé")
    tom.look("what-was-said", deep=True)

    tom.go("/{language}/demo/clock/")
    tom.follow(tom.page.locator("form:has([value=business]) button"))
    to(tom, roof, "donnees/registre/")
    tom.look("read-again")
    tom.go_on()
    tom.shows("Le registre ne répond pas")
    tom.look("register-away", deep=True)
    to(tom, roof, "donnees/")
    tom.shows("Toitures Weber et Fils Sàrl")
    tom.shows("Le registre ne répond pas")
    tom.look("kept-values")

    claire = arrive(own_portal)
    claire.go("/{language}/agents/contestations/")
    claire.signs_on("AGNT1")
    claire.look("what-is-contested", deep=True)
    claire.press("Lire")
    claire.shows("Le siège a déménagé")
    claire.look("why-it-is-contested", deep=True)

    to(tom, roof, "donnees/contester/address/")
    tom.press("Ne plus contester")
    tom.shows("n’est plus contestée")


def test_a_company_typed_by_hand_is_linked_and_german_reads_well(
    own_portal: Portal, arrive: Arrive
):
    karl = arrive(own_portal, language="de")
    karl.go("/{language}/espaces/pro/creer/nom/")
    karl.signs_on("KARL1")
    karl.page.locator("#main-form input:not([type=hidden])").first.fill("Dach")
    karl.go_on()
    karl.follow(karl.page.locator("main a[href$='/saisie/']"))
    karl.page.locator("[name=name]").fill("Weber Dächer")
    karl.page.locator("[name=legal_form]").select_option("sarl")
    karl.page.locator("[name=rcs]").fill("B156714")
    karl.page.locator("[name=address_line1]").fill("1, rue du Four")
    karl.page.locator("[name=postal_code]").fill("L-9530")
    karl.page.locator("[name=locality]").fill("Wiltz")
    karl.page.locator("[name=phone]").fill("26123456")
    karl.go_on()
    karl.go_on()
    karl.follow(karl.page.locator("main a[href*='/espaces/PM-']").first)
    space = re.sub(r".*?(/de/espaces/PM-\w+/).*", r"\1", karl.page.url)
    to(karl, space, "donnees/")
    karl.look("typed", deep=True)
    karl.follow(karl.page.locator("main a[href$='/registre/']"))
    karl.look("link")
    karl.go_on()
    karl.look("differences", deep=True)
    karl.go_on()
    karl.shows("Toitures Weber et Fils Sàrl")
    karl.look("linked")
    for page in ("", "tax-cards/", "code/"):
        to(karl, space, f"espace/certifications/{page}")
        karl.look(f"german-{page.strip('/') or 'certifications'}", deep=True)
    to(karl, "/de/espaces/", "")
    private = karl.page.locator("main a[href*='/espaces/PP-']").first.get_attribute("href") or ""
    to(karl, private, "donnees/")
    karl.look("private-data", deep=True)
