"""Becoming known when something goes another way than in the guide."""

import pytest
from playwright.sync_api import expect

from tests.cast import LEA_EMAIL, LEA_NUMBER
from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal
from tests.journeys.visitor import Visitor

SUBJECT = "Votre demande d'enregistrement auprès d'une application Internet de l'État"


def asks(visitor: Visitor, user_id: str, email: str, number: str) -> None:
    visitor.go("/{language}/connexion/")
    visitor.signs_on(user_id)
    visitor.is_at("/enregistrement/")
    visitor.fill("Votre adresse e-mail", email)
    visitor.fill("Votre numéro d'identification", number)
    visitor.go_on_with("S'enregistrer")


def test_after_72_hours_the_link_has_run_out_and_a_new_one_comes(
    own_portal: Portal, arrive: Arrive
):
    lea = arrive(own_portal)
    asks(lea, "LEAG1", LEA_EMAIL, LEA_NUMBER)
    mail = lea.mail_to(LEA_EMAIL, SUBJECT)
    with lea.other_window() as window:
        window.goto(f"{own_portal.url}/fr/demo/clock/")
        with window.expect_navigation():
            window.locator("button[name=hours][value='72']").click()

    lea.page.goto(mail.link)
    lea.look("expired", deep=True)
    lea.go_on()
    lea.look("renewed")
    newer = lea.mail_to(LEA_EMAIL, SUBJECT, not_this=mail.link)
    lea.page.goto(newer.link)
    lea.go_on()
    lea.is_at("/enregistrement/e-mail-confirme/")

    lea.page.goto(mail.link)
    assert lea.status == 410
    lea.look("replaced")
    lea.page.goto(newer.link)
    assert lea.status == 410
    lea.look("used")


def test_on_another_device_the_code_is_asked_once_more(portal: Portal, arrive: Arrive):
    """Jean has confirmed on another computer: the link alone is not enough."""
    jean = arrive(portal)
    code = jean.mail_to("jean.hoffmann@example.lu", SUBJECT).code
    jean.go("/{language}/connexion/")
    jean.signs_on("JEAN1")
    jean.is_at("/enregistrement/code/")
    jean.look("type-code", deep=True)
    jean.page.locator("#main-form input:not([type=hidden])").first.fill(code.lower())
    jean.go_on()
    jean.is_at("/enregistrement/conditions/")


def test_a_wrong_number_is_refused_with_a_sentence(portal: Portal, arrive: Arrive):
    mia = arrive(portal)
    asks(mia, "MIAK1", "mia.kremer@example.lu", "1999041732184")
    expect(mia.page.locator("[aria-invalid=true]")).to_have_count(1)
    mia.look("wrong-number", deep=True)


def test_a_stranger_does_not_learn_whose_number_it_is(portal: Portal, arrive: Arrive):
    """With Ada's number Mia sees what she sees with her own, which nobody knows."""
    pages = []
    for number in (LEA_NUMBER, "1999041732185"):
        mia = arrive(portal)
        asks(mia, "MIAK1", "mia.kremer@example.lu", number)
        pages.append(mia.page.locator("main").inner_text().replace(number, "…"))
        if mia.page.get_by_role("button", name="Recommencer").count():
            mia.follow(mia.page.get_by_role("button", name="Recommencer").first)
    assert pages[0] == pages[1]


def test_new_terms_are_asked_before_anything_else(portal: Portal, arrive: Arrive):
    paul = arrive(portal)
    paul.go("/{language}/espaces/")
    paul.signs_on("PAUL1")
    paul.is_at("/conditions/")
    paul.look("new-terms", deep=True)
    paul.go_on_with("Valider")
    expect(paul.page.locator("[aria-invalid=true]")).to_have_count(1)
    paul.tick("Accepter les CGU")
    paul.go_on_with("Valider")
    paul.is_at("/espaces/")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_another_language_keeps_the_page_and_what_was_typed(
    portal: Portal, arrive: Arrive, scripts: bool
):
    mia = arrive(portal, scripts=scripts)
    mia.go("/{language}/connexion/")
    mia.signs_on("MIAK1")
    mia.fill("Votre adresse e-mail", "half@")
    mia.fill("Votre numéro d'identification", "1999 0417")
    for language in ("de", "en", "fr"):
        mia.chooses_language(language)
        mia.is_at("/enregistrement/")
        expect(mia.field("Votre adresse e-mail")).to_have_value("half@")
        expect(mia.field("Votre numéro d'identification")).to_have_value("1999 0417")
        expect(mia.page.locator("[aria-invalid=true]")).to_have_count(0)
        mia.look(f"kept-{language}")
