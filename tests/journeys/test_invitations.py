"""Inviting somebody, from both sides."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.cast import LEA_EMAIL, LEA_NUMBER
from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor

SUBJECT = "Vous avez une invitation pour un espace"
REGISTRATION = "Votre demande d'enregistrement auprès d'une application Internet de l'État"


def space_of(visitor: Visitor, user_id: str, name: str) -> str:
    """Sign on and find the address of a space by its name."""
    visitor.go("/{language}/espaces/")
    visitor.signs_on(user_id)
    card = visitor.page.locator("main .card", has_text=name)
    return card.locator("a[href*='/espaces/P']").first.get_attribute("href") or ""


def invite(
    visitor: Visitor, space: str, *, email: str, names: tuple[str, str], **more: str
) -> None:
    page = visitor.page
    page.goto(visitor.portal.url + space + "espace/utilisateurs/inviter/")
    page.locator("[name=email]").fill(email)
    page.locator("[name=given_names]").fill(names[0])
    page.locator("[name=family_name]").fill(names[1])
    page.locator("[name=role][value=manager]").check()
    for name, value in more.items():
        page.locator(f"[name={name}]").fill(value)
    visitor.go_on()
    visitor.is_at(r"/espaces/PM-\w{6}/espace/utilisateurs/invitations/")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_somebody_new_is_invited_registers_and_comes_in(
    own_portal: Portal, arrive: Arrive, scripts: bool
):
    tom = arrive(own_portal, scripts=scripts)
    space = space_of(tom, "TOMW1", "Toitures Weber")
    tom.page.goto(own_portal.url + space + "espace/utilisateurs/")
    tom.press("Inviter une personne")
    tom.look("invite", deep=scripts)
    tom.go_on()
    expect(tom.page.locator("[aria-invalid=true]").first).to_be_visible()
    tom.look("faults", deep=scripts)
    invite(tom, space, email=LEA_EMAIL, names=("Léa", "Guichet"))
    tom.shows(LEA_EMAIL)
    tom.look("invitations", deep=scripts)

    lea = arrive(own_portal, scripts=scripts)
    invitation = lea.mail_to(LEA_EMAIL, SUBJECT)
    lea.page.goto(invitation.link)
    lea.shows("Tom Weber")
    lea.look("invited", deep=scripts)
    lea.press("Se connecter et répondre")
    lea.signs_on("LEAG1")
    lea.look("not-registered", deep=scripts)
    lea.press("S’enregistrer d’abord")
    lea.fill("e-mail", LEA_EMAIL)
    lea.fill("Votre numéro d'identification", LEA_NUMBER)
    lea.go_on_with("S'enregistrer")
    lea.page.goto(lea.mail_to(LEA_EMAIL, REGISTRATION).link)
    lea.go_on()
    lea.follow(lea.main_action())
    lea.signs_on("LEAG1")
    lea.tick()
    lea.go_on_with("S'enregistrer")
    lea.follow(lea.main_action())
    lea.is_at("/invitations/[^/]+/")
    lea.press("Accepter l’invitation")
    lea.is_at("/conditions/")  # the portal's own terms come before anything else of it
    lea.tick("Accepter les CGU")
    lea.go_on_with("Valider")
    lea.is_at("/invitations/[^/]+/")
    lea.press("Accepter l’invitation")
    lea.is_at(r"/espaces/PM-\w{6}/")
    lea.shows("Vous faites maintenant partie de l’espace")
    lea.page.goto(own_portal.url + space + "espace/utilisateurs/inviter/")
    assert lea.status == 403
    lea.look("manager-refused", deep=scripts)
    lea.page.goto(invitation.link)
    assert lea.status == 410
    lea.look("used")


def test_a_strict_invitation_opens_with_its_product_only(portal: Portal, arrive: Arrive):
    luc = arrive(portal)
    luc.go("/{language}/compte/moyens-de-connexion/")
    luc.signs_on("LUCR2")
    in_use = luc.page.locator("main .card", has_text="Actif en ce moment")
    number = in_use.locator(".reference").inner_text()

    ada = arrive(portal)
    ada.go("/{language}/espaces/")
    ada.signs_on("ADAM1")
    space = ada.page.locator("main a[href*='/espaces/PM-']").first.get_attribute("href") or ""
    invite(
        ada,
        space,
        email="luc.reuter@example.lu",
        names=("Luc", "Reuter"),
        product_number=number,
    )
    invitation = luc.mail_to("luc.reuter@example.lu", SUBJECT)
    assert number[-4:] in invitation.text
    assert number not in invitation.text

    visitor = arrive(portal)
    visitor.page.goto(invitation.link)
    visitor.press("Se connecter et répondre")
    visitor.signs_on("LUCR1")
    visitor.shows("Cette invitation est pour un autre produit.")
    expect(visitor.control("Accepter l’invitation")).to_have_count(0)
    visitor.look("other-product", deep=True)
    visitor.press("Se déconnecter")
    visitor.follow(visitor.main_action())
    visitor.signs_on("LUCR2")
    visitor.is_at("/invitations/[^/]+/")
    visitor.press("Accepter l’invitation")
    visitor.is_at(r"/espaces/PM-\w{6}/")
    visitor.shows("Vous faites maintenant partie de l’espace")


def test_another_name_waits_for_the_inviter_and_what_ran_out_is_asked_anew(
    portal: Portal, arrive: Arrive
):
    karl = arrive(portal, language="de")
    karl.go("/{language}/espaces/")
    karl.signs_on("KARL1")
    space = karl.page.locator("main a[href*='/espaces/PM-']").first.get_attribute("href") or ""
    invite(karl, space, email="ines.albuquerque@example.lu", names=("Inès", "Autre"))
    karl.look("einladungen")

    ines = arrive(portal)
    ines.go("/{language}/espaces/")
    ines.signs_on("INES1")
    ines.shows("Vous avez une invitation")
    ines.look("hub", deep=True)
    ines.follow(ines.page.locator("main a[href*='/invitations/']").first)
    link = ines.page.url
    ines.shows("Votre certificat porte un autre nom.")
    ines.look("other-name", deep=True)
    ines.press("Accepter l’invitation")
    ines.shows("Vous avez accepté. L’invitation attend une confirmation.")
    ines.look("waits", deep=True)

    karl.page.goto(portal.url + space + "espace/utilisateurs/invitations/")
    karl.look("wer")
    karl.follow(karl.page.locator("main a[href*='/confirmer/']").first)
    karl.look("bestaetigen", deep=True)
    karl.go_on()
    karl.is_at(r"/espaces/PM-\w{6}/espace/utilisateurs/")
    ines.page.goto(portal.url + space.replace("/de/", "/fr/"))
    assert ines.status == 200
    ines.page.goto(link)
    assert ines.status == 410

    invite(karl, space, email="marc.klein@example.lu", names=("Marc", "Klein"))
    marc = arrive(portal, language="de")
    late = marc.mail_to("marc.klein@example.lu", SUBJECT).link
    portal.later(timedelta(days=14, seconds=1))
    marc.page.goto(late)
    assert marc.status == 410
    marc.look("run-out", deep=True)
    marc.go_on()
    marc.look("asked")
    karl.go("/{language}/espaces/")
    karl.signs_on("KARL1")
    karl.page.goto(portal.url + space + "espace/utilisateurs/invitations/")
    karl.look("abgelaufen", deep=True)
    karl.follow(karl.page.locator("main a[href*='/renvoyer/']").first)
    karl.look("erneut", deep=True)
    karl.go_on()
    newer = marc.mail_to("marc.klein@example.lu", SUBJECT, not_this=late).link
    marc.page.goto(newer)
    assert marc.status == 200
