"""One person holds several products: adds, names, removes them, and never locks herself out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from guichet.account import actions, policy
from guichet.account.models import Addition
from guichet.audit.models import Entry
from guichet.post.models import Dispatch
from guichet.registers.base import Unavailable
from guichet.registration.requests import hashed
from guichet.signon import attempts, browsers, sessions
from guichet.signon.models import Credential, Session
from guichet.spaces.models import Membership, Role
from guichet.spaces.tests.given import a_member, a_professional_space, words
from tests import racing
from tests.cast import (
    PASSWORD,
    a_credential,
    a_person,
    a_session,
    a_token,
    code_of,
    signed_on,
    travel,
)

PRODUCTS = "/fr/compte/moyens-de-connexion/"
ADD = f"{PRODUCTS}ajouter/"
CONFIRM = f"{ADD}confirmer/"


def signs_on(client: Client, token: Credential, user_id: str, back: str = "") -> Any:
    """Through the pages, as people do."""
    client.post(f"/fr/connexion/token/?next={back}", {"user_id": user_id, "password": PASSWORD})
    return client.post("/fr/connexion/token/code/", {"otp": code_of(token)})


@pytest.fixture
def ada(db):
    return a_person("Ada Muller", email="ada@example.lu")


@pytest.fixture
def token(ada):
    return a_token(ada, user_id="ADAM1")


@pytest.fixture
def new():
    """A Token in Ada's name that nobody uses yet."""
    return a_token(user_id="ADAM2", given_names="ADA", family_name="MULLER")


@pytest.fixture
def inside(client, ada, token):
    signs_on(client, token, "ADAM1")
    return client


def begins(client: Client) -> str:
    response: Any = client.post(ADD)
    assert response.status_code == 302
    assert response.url.startswith("/fr/connexion/?next=")
    return CONFIRM


# --- Adding


def test_ada_adds_a_second_token_by_signing_on_with_it(inside, ada, new):
    response = signs_on(inside, new, "ADAM2", begins(inside))
    assert response.url == CONFIRM
    page = words(inside.get(CONFIRM))
    assert "ADA MULLER" in page
    assert new.number in page
    assert inside.post(CONFIRM).url == PRODUCTS
    new.refresh_from_db()
    assert new.person == ada
    page = words(inside.get(PRODUCTS))
    assert "Le produit est ajouté." in page
    assert page.count("Actif en ce moment") == 1
    mail = Dispatch.objects.get(kind="mail", template="registration/mail/product_added")
    assert mail.to == "ada@example.lu"
    assert Dispatch.objects.filter(kind="letter").count() == 1
    assert Entry.objects.filter(event="account.product-added", actor=f"person:{ada.pk}").exists()
    assert Session.objects.live(new.activated_at).filter(person=ada).count() == 1


def test_a_silent_register_keeps_nobody_from_adding(inside, ada, new, monkeypatch):
    def silent(*_: Any, **__: Any) -> None:
        raise Unavailable("population")

    monkeypatch.setattr("guichet.registration.actions.adding.look_up_citizen", silent)
    signs_on(inside, new, "ADAM2", begins(inside))
    inside.post(CONFIRM)
    new.refresh_from_db()
    assert new.person == ada
    assert not Dispatch.objects.filter(kind="letter").exists()
    assert Dispatch.objects.filter(template="registration/mail/product_added").count() == 1


def test_a_token_in_another_name_is_not_added(inside, ada):
    other = a_token(user_id="TOMW9", given_names="TOM", family_name="WEBER")
    signs_on(inside, other, "TOMW9", begins(inside))
    page = words(inside.get(CONFIRM))
    assert "Ce produit ne peut pas être ajouté au compte." in page
    assert "Muller" not in page
    inside.post(CONFIRM)
    other.refresh_from_db()
    assert other.person is None


def test_somebody_elses_token_gets_the_same_words_and_learns_nothing(inside, ada):
    tom = a_person("Tom Weber")
    his = a_token(tom, user_id="TOMW1")
    signs_on(inside, his, "TOMW1", begins(inside))
    page = words(inside.get(CONFIRM))
    assert "Ce produit ne peut pas être ajouté au compte." in page
    assert "Ada" not in page
    inside.post(CONFIRM)
    his.refresh_from_db()
    assert his.person == tom


def test_a_token_that_is_hers_already_is_said_to_be(inside, ada):
    second = a_token(ada, user_id="ADAM2")
    signs_on(inside, second, "ADAM2", begins(inside))
    assert inside.get(CONFIRM).url == PRODUCTS
    assert "ouvre déjà votre compte" in words(inside.get(PRODUCTS))


def test_a_stranger_with_the_link_adds_nothing(inside, ada, new):
    begins(inside)
    stranger = Client()
    signs_on(stranger, new, "ADAM2", CONFIRM)
    assert "Il n’y a plus de produit à ajouter ici." in words(stranger.get(CONFIRM))
    stranger.post(CONFIRM)
    new.refresh_from_db()
    assert new.person is None


def test_whoever_sits_down_after_ada_has_logged_out_adds_nothing(inside, ada, new):
    begins(inside)
    inside.post("/fr/deconnexion/")
    signs_on(inside, new, "ADAM2", CONFIRM)
    inside.post(CONFIRM)
    new.refresh_from_db()
    assert new.person is None


def test_a_second_sign_on_after_the_first_takes_nothing_up(inside, ada, new):
    begins(inside)
    signs_on(inside, a_token(user_id="OTHER1", given_names="LEA", family_name="GUICHET"), "OTHER1")
    with travel(minutes=1):
        signs_on(inside, new, "ADAM2", CONFIRM)
        inside.post(CONFIRM)
    new.refresh_from_db()
    assert new.person is None


def test_ten_minutes_and_no_more(inside, ada, new):
    begins(inside)
    with travel(minutes=9):
        signs_on(inside, new, "ADAM2", CONFIRM)
        assert "<h1>Ajouter ce produit à votre compte" in words(inside.get(CONFIRM))
    with travel(minutes=11):
        assert "Il n’y a plus de produit à ajouter ici." in words(inside.get(CONFIRM))
        inside.post(CONFIRM)
    new.refresh_from_db()
    assert new.person is None


def test_confirming_twice_adds_once(inside, ada, new):
    signs_on(inside, new, "ADAM2", begins(inside))
    inside.post(CONFIRM)
    assert inside.post(CONFIRM).url == PRODUCTS
    assert Entry.objects.filter(event="account.product-added").count() == 1
    assert Addition.objects.get().credential == new


def test_beginning_again_puts_an_end_to_what_was_begun(inside, ada):
    begins(inside)
    begins(inside)
    assert Addition.objects.count() == 1


def test_what_nobody_finished_is_forgotten(inside):
    begins(inside)
    with travel(days=2):
        actions.forget_additions()
    assert not Addition.objects.exists()


# --- Naming


def test_ada_gives_a_product_a_name(inside, token):
    path = f"{PRODUCTS}{token.pk}/nom/"
    assert inside.post(path, {"label": "  Token  du bureau "}).url == PRODUCTS
    assert "Token du bureau" in words(inside.get(PRODUCTS))
    inside.post(path, {"label": "x" * 61})
    token.refresh_from_db()
    assert token.label == "Token du bureau"


@pytest.mark.parametrize("page", ["nom", "retirer", "reprendre"])
def test_somebody_elses_product_is_not_there(inside, page):
    his = a_token(a_person("Tom Weber"), user_id="TOMW1")
    for answer in (
        inside.get(f"{PRODUCTS}{his.pk}/{page}/"),
        inside.post(f"{PRODUCTS}{his.pk}/{page}/", {"label": "mine"}),
    ):
        assert answer.status_code in (404, 405)
    his.refresh_from_db()
    assert (his.label, his.revoked_at) == ("", None)


# --- Removing and bringing back


def test_ada_removes_a_product_and_its_sessions_end(inside, ada):
    second = a_token(ada, user_id="ADAM2")
    elsewhere = Client()
    signed_on(elsewhere, second)
    assert inside.post(f"{PRODUCTS}{second.pk}/retirer/").url == PRODUCTS
    assert elsewhere.get("/fr/espaces/").status_code == 302
    page = words(inside.get(PRODUCTS))
    assert "Produits retirés" in page
    mail = Dispatch.objects.get(template="account/mail/product_removed")
    assert mail.to == "ada@example.lu"
    answer = signs_on(Client(), second, "ADAM2")
    assert answer.url == "/fr/connexion/echec/"
    assert inside.post(f"{PRODUCTS}{second.pk}/retirer/").status_code == 302
    assert Entry.objects.filter(event="account.product-removed").count() == 1


def test_the_last_product_stays(inside, token):
    page = words(inside.get(f"{PRODUCTS}{token.pk}/retirer/"))
    assert "C’est votre dernier produit." in page
    assert "Retirer le produit</button>" not in page
    page = words(inside.post(f"{PRODUCTS}{token.pk}/retirer/"))
    assert "C’est votre dernier produit." in page
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_suspended_product_is_no_second_one(inside, ada, token):
    second = a_token(ada, user_id="ADAM2")
    Credential.objects.filter(pk=second.pk).update(suspended_at=second.created_at)
    page = words(inside.post(f"{PRODUCTS}{token.pk}/retirer/"))
    assert "C’est votre dernier produit." in page


def test_the_product_in_use_stays_until_one_uses_another(inside, ada, token):
    a_token(ada, user_id="ADAM2")
    page = words(inside.post(f"{PRODUCTS}{token.pk}/retirer/"))
    assert "Votre session est ouverte avec ce produit." in page
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_membership_that_needs_the_product_goes_with_it(inside, ada):
    second = a_token(ada, user_id="ADAM2")
    tom = a_person("Tom Weber")
    space = a_professional_space(tom, "Toitures Weber")
    member = a_member(ada, space)
    Membership.objects.filter(pk=member.pk).update(only_with=second)
    page = words(inside.get(f"{PRODUCTS}{second.pk}/retirer/"))
    assert "Toitures Weber" in page
    inside.post(f"{PRODUCTS}{second.pk}/retirer/")
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert Entry.objects.filter(event="space.left", space=space.pk).exists()


def test_a_space_is_not_left_without_an_administrator(inside, ada):
    second = a_token(ada, user_id="ADAM2")
    space = a_professional_space(ada, "Le four")
    Membership.objects.filter(space=space).update(only_with=second)
    page = words(inside.post(f"{PRODUCTS}{second.pk}/retirer/"))
    assert "n’aurait plus d’administrateur" in page
    second.refresh_from_db()
    assert second.revoked_at is None
    assert Membership.objects.filter(space=space, role=Role.ADMINISTRATOR).exists()


def test_a_removed_product_stays_hers_and_can_be_used_again(inside, ada):
    second = a_token(ada, user_id="ADAM2")
    inside.post(f"{PRODUCTS}{second.pk}/retirer/")
    second.refresh_from_db()
    assert second.person == ada
    assert inside.post(f"{PRODUCTS}{second.pk}/reprendre/").url == PRODUCTS
    assert signs_on(Client(), second, "ADAM2").url == "/fr/arrivee/"
    assert Dispatch.objects.filter(template="account/mail/product_brought_back").count() == 1
    inside.post(f"{PRODUCTS}{second.pk}/reprendre/")
    assert Dispatch.objects.filter(template="account/mail/product_brought_back").count() == 1


# --- At the same instant


def together(*acts: Callable[[], Any]) -> list[Any]:
    return sorted(racing.together(*(partial(_done, act) for act in acts)))


def _done(act: Callable[[], Any]) -> str:
    act()
    return "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_products_that_remove_each_other_leave_one(_round):
    ada = a_person("Ada Muller")
    one, two = a_credential(ada), a_credential(ada)
    first, second = a_session(one), a_session(two)
    results = together(
        lambda: actions.remove_product(first, credential=two),
        lambda: actions.remove_product(second, credential=one),
    )
    assert results == ["done", "last-product"]
    assert policy.usable(ada).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_confirmations_at_once_add_once(_round):
    ada, browser = a_person("Ada Muller"), browsers.Browser("b")
    before = a_session(a_credential(ada))
    actions.begin_addition(before, browser_hash=hashed(browser))
    new = a_credential(given_names="ADA", family_name="MULLER")
    sessions.end(before, by=Session.End.REPLACED)
    after = a_session(new)
    results = together(
        *[lambda: actions.add_product(after, browser_hash=hashed(browser)) for _ in range(2)]
    )
    assert results in (["addition-over", "done"], ["cannot-be-added", "done"])
    assert Entry.objects.filter(event="account.product-added").count() == 1
    new.refresh_from_db()
    assert new.person == ada
    assert attempts.LASTS == Addition.VALIDITY
    assert settings.BROWSER_COOKIE
