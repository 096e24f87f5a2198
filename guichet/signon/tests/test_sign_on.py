"""From the products to the session, as the guide tells it."""

import re
from typing import Any

import pytest
from django.conf import settings as portal
from django.test import Client

from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.signon import actions, sessions
from guichet.signon.models import Attempt, Credential, Session
from guichet.signon.tests.conftest import Holder, text
from tests.cast import a_person, travel

pytestmark = pytest.mark.django_db


def test_the_whole_way(lea: Holder) -> None:
    page = lea.client.get("/fr/connexion/")
    assert "Connexion à un service en ligne de l'État luxembourgeois" in text(page)
    assert (
        "Pour accéder au service en ligne MyGuichet.lu, vous devez vous authentifier en "
        "sélectionnant votre produit." in text(page)
    )
    assert 'href="/fr/connexion/token/"' in text(page)

    page = lea.client.get("/fr/connexion/token/")
    assert "UserID" in text(page)
    assert "Mot de passe (Password)" in text(page)
    assert "Suivant" in text(page)

    answer = lea.give_secrets()
    assert answer.url == "/fr/connexion/token/code/"

    page = lea.client.get(answer.url)
    number = Attempt.objects.get().number
    assert re.fullmatch(r"\d{6}", number)
    assert (
        "Connexion à LuxTrust pour l'authentification avec l'identifiant de session "
        f"{number}." in text(page)
    )
    assert "L'image doit correspondre à l'image secrète que vous avez choisie." in text(page)
    assert "bateau · bleu" in text(page)
    assert "Appuyez sur le bouton de votre Token." in text(page)
    assert "OTP" in text(page)
    assert "Code à 6 chiffres affiché sur le Token" in text(page)
    assert "S'authentifier" in text(page)
    assert "Changer de mode d'authentification" in text(page)

    answer = lea.give_code()
    assert answer.status_code == 302
    assert answer.url == "/fr/arrivee/"
    session = Session.objects.get()
    assert session.credential == lea.credential
    assert session.attempt_number == number
    assert Attempt.objects.get().succeeded_at is not None
    opened = Entry.objects.get(event="signon.attempt-succeeded")
    assert opened.attempt == number


def test_the_session_cookie_is_for_the_server_alone(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()

    cookie = lea.client.cookies[portal.SESSION_COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert sessions.find(cookie.value) == Session.objects.get()
    assert cookie.value not in str(Session.objects.values_list().get())


def test_an_incomplete_form_says_what_is_missing(lea: Holder) -> None:
    page = text(lea.give_secrets(user_id="", password=""))

    assert "Entrez votre UserID." in page
    assert "Entrez votre mot de passe." in page
    assert not Attempt.objects.exists()


def test_a_code_of_another_shape_costs_no_try(lea: Holder) -> None:
    lea.give_secrets()
    assert lea.give_code("12").status_code == 200
    assert lea.give_code("").status_code == 200
    assert lea.give_code("abcdef").status_code == 200
    assert Attempt.objects.get().tries == 0


def test_a_code_may_be_typed_in_groups(lea: Holder) -> None:
    lea.give_secrets()
    code = lea.code()
    assert lea.give_code(f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize("user_id", ["leag1", "LeaG1", " LEAG1 "])
def test_the_case_of_a_user_id_does_not_matter(lea: Holder, user_id: str) -> None:
    lea.give_secrets(user_id=user_id)
    assert lea.give_code().url == "/fr/arrivee/"


def test_a_refusal_says_how_many_tries_are_left(lea: Holder) -> None:
    lea.give_secrets()

    page = text(lea.give_code(lea.wrong_code()))
    assert "L'UserID, le mot de passe ou le code n'est pas correct. Il vous reste 2 essais." in page
    assert "<title>Erreur" in page
    page = text(lea.give_code(lea.wrong_code()))
    assert "Il vous reste 1 essai." in page


def test_the_third_wrong_code_ends_the_attempt(lea: Holder) -> None:
    lea.give_secrets(next="/fr/espaces/")
    for _ in range(2):
        lea.give_code(lea.wrong_code())

    assert lea.give_code(lea.wrong_code()).url == "/fr/connexion/echec/"

    page = lea.page("/fr/connexion/echec/")
    assert "L'UserID, le mot de passe ou le code n'est pas correct." in page
    assert 'href="/fr/connexion/token/?next=%2Ffr%2Fespaces%2F"' in page
    assert Attempt.objects.get().number in page
    assert lea.give_code().url == "/fr/connexion/echec/"
    assert not lea.is_signed_on


def test_a_mistake_does_not_spoil_the_way(lea: Holder) -> None:
    lea.give_secrets(password="wrong-password")
    lea.give_code()
    lea.give_secrets()
    assert lea.give_code().url == "/fr/arrivee/"


def test_a_code_is_used_once(lea: Holder) -> None:
    lea.give_secrets()
    shown = lea.code()
    lea.give_code(shown)

    again = Holder(lea.credential)
    again.give_secrets()

    assert "n'est pas correct" in text(again.give_code(shown))
    assert not again.is_signed_on


def test_ten_minutes_and_not_longer(lea: Holder) -> None:
    lea.give_secrets(next="/fr/espaces/")
    with travel(minutes=10, seconds=1):
        answer = lea.give_code()
        assert answer.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F&fin=essai"
        assert "Cette connexion a pris trop de temps. Recommencez." in lea.page(answer.url)
        assert lea.client.get("/fr/connexion/token/image/").status_code == 404


def test_without_an_attempt_there_is_no_code_to_give(lea: Holder) -> None:
    for answer in (lea.client.get("/fr/connexion/token/code/"), lea.give_code()):
        assert answer.url == "/fr/connexion/?fin=essai"
    assert lea.client.get("/fr/connexion/echec/").url == "/fr/connexion/"
    assert lea.client.get("/fr/connexion/token/heure/").url == "/fr/connexion/?fin=essai"


def test_another_browser_cannot_take_the_attempt_over(lea: Holder) -> None:
    lea.give_secrets()
    assert Client().get("/fr/connexion/token/image/").status_code == 404
    other = Client()
    other.cookies[portal.ATTEMPT_COOKIE] = Attempt.objects.get().number
    assert other.get("/fr/connexion/token/code/").status_code == 302


def test_changing_the_product_gives_the_attempt_up(lea: Holder) -> None:
    lea.give_secrets(next="/fr/espaces/")

    answer = lea.client.post("/fr/connexion/changer/")

    assert answer.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F"
    assert Attempt.objects.get().abandoned_at is not None
    assert lea.give_code().url == "/fr/connexion/?fin=essai"


def test_beginning_again_gives_the_first_attempt_up(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_secrets()

    first, second = Attempt.objects.order_by("started_at")
    assert first.abandoned_at is not None
    assert second.abandoned_at is None


@pytest.mark.parametrize("path", ["token/", "token/code/", "token/heure/", "echec/", "aide/", ""])
def test_nothing_is_changed_by_looking(lea: Holder, path: str) -> None:
    lea.give_secrets()
    before = Attempt.objects.values().get()
    lea.client.get(f"/fr/connexion/{path}")
    assert Attempt.objects.values().get() == before


@pytest.mark.parametrize("path", ["connexion/changer/", "connexion/prolonger/", "deconnexion/"])
def test_acts_are_posted(lea: Holder, path: str) -> None:
    lea.give_secrets()
    lea.give_code()
    assert lea.client.get(f"/fr/{path}").status_code == 405


def test_a_form_from_elsewhere_is_refused(lea: Holder) -> None:
    strict = Client(enforce_csrf_checks=True)
    data = {"user_id": "LEAG1", "password": lea.password}
    assert strict.post("/fr/connexion/token/", data).status_code == 403
    assert not Attempt.objects.exists()


def test_a_form_of_before_signing_on_sends_nothing_afterwards(lea: Holder) -> None:
    lea.client.get("/fr/connexion/token/")
    before = lea.client.cookies["csrf"].value
    lea.give_secrets()
    lea.give_code()
    assert lea.client.cookies["csrf"].value != before


def test_the_products_are_the_same_for_everybody() -> None:
    one, other = Client().get("/fr/connexion/"), Client().get("/fr/connexion/")
    assert one.content == other.content
    assert not one.cookies
    assert "csrf" not in one.content.decode()


def test_a_product_that_is_not_enabled_is_not_there(lea: Holder, settings: Any) -> None:
    settings.SIGNON_PRODUCTS = []
    assert "Token" not in lea.page("/fr/connexion/")
    assert lea.client.get("/fr/connexion/token/").status_code == 404
    assert lea.give_secrets().status_code == 404


def test_a_new_sign_on_replaces_the_session_of_the_browser(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    old = lea.client.cookies[portal.SESSION_COOKIE].value
    with travel(minutes=2):
        lea.give_secrets()
        lea.give_code()

        new = lea.client.cookies[portal.SESSION_COOKIE].value
        assert new != old
        assert sessions.find(old) is None
        assert sessions.find(new) is not None
        assert Session.objects.get(ended_at__isnull=False).ended_by == Session.End.REPLACED


def test_the_number_is_another_one_while_an_attempt_lives(
    lea: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([964542, 964542, 964542, 7, 964542])
    monkeypatch.setattr("guichet.signon.attempts.secrets.randbelow", lambda _: next(drawn))

    lea.give_secrets()
    Holder(lea.credential).give_secrets()
    assert set(Attempt.objects.values_list("number", flat=True)) == {"964542", "000007"}

    with travel(minutes=11):
        Holder(lea.credential).give_secrets()
    numbers = list(Attempt.objects.values_list("number", flat=True))
    assert numbers.count("964542") == 2
    assert Attempt.objects.unfinished().filter(number="964542").count() == 1


def test_pages_in_german_and_english(lea: Holder) -> None:
    assert "Anmeldung bei einem Online-Dienst" in lea.page("/de/connexion/")
    assert "Log in to an online service" in lea.page("/en/connexion/")
    lea.give_secrets()
    assert "Boot · blau" in lea.page("/de/connexion/token/code/")
    assert "boat · blue" in lea.page("/en/connexion/token/code/")


def test_the_language_can_be_changed_with_what_was_typed(lea: Holder) -> None:
    data = {"user_id": "LEAG1", "password": "", "_language": "de"}
    page = text(lea.client.post("/de/connexion/token/", data))
    assert 'value="LEAG1"' in page
    assert not Attempt.objects.exists()


def test_registering_binds_the_credential_and_its_session(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    person = a_person("Léa Guichet")

    actions.bind_person(lea.credential, person)
    actions.bind_person(lea.credential, person)

    assert lea.credential.person == person
    assert Session.objects.get().person == person
    assert Entry.objects.filter(event="signon.credential-bound").count() == 1


def test_a_credential_is_one_persons_for_ever(lea: Holder) -> None:
    actions.bind_person(lea.credential, a_person("Léa Guichet"))
    with pytest.raises(Refused):
        actions.bind_person(lea.credential, a_person("Ada Muller"))


def test_a_weak_password_issues_no_token(db: None) -> None:
    with pytest.raises(Refused):
        actions.issue_token(
            user_id="X1",
            password="short",
            picture=0,
            serial="T-9",
            secret=b"1" * 20,
            given_names="X",
            family_name="Y",
        )
    assert not Credential.objects.exists()


def test_nothing_personal_is_written_into_the_register(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code(lea.wrong_code())
    shown = lea.code()
    lea.give_code(shown)

    written = str(list(Entry.objects.values_list()))

    for secret in ("LEAG1", "GUICHET", "Guichet-2026", shown, lea.wrong_code(), "127.0.0.1"):
        assert secret not in written
