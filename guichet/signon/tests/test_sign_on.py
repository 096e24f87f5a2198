"""From the products to the session, as the guide tells it."""

import re
from typing import Any

import pytest
from django.conf import settings as portal

from guichet.audit.models import Entry
from guichet.signon import sessions
from guichet.signon.models import Attempt, Session
from guichet.signon.tests.conftest import Holder

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    """The page as one reads it: typographic apostrophes and blanks made plain."""
    page = response.content.decode()
    page = page.replace("&#x27;", "'").replace("’", "'").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", page)


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
