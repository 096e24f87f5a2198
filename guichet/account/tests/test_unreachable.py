"""Whoever our mails do not reach is told on the next page, and can mend it."""

import re

import pytest
from django.test import Client

from guichet.post import bounces
from guichet.post.models import Dispatch, Unreachable
from guichet.spaces.tests.given import a_professional_space, words
from tests.cast import a_person, signed_on

RETURNS = "/fr/compte/e-mail/retours/"


@pytest.fixture
def luc(client, db):
    luc = a_person("Luc Reuter", email="luc@example.lu")
    a_professional_space(luc, "Le four")
    signed_on(client, luc)
    bounces.mark("Luc@example.lu", "5.1.1")
    return luc


def test_luc_is_told_where_he_lands_and_says_that_the_address_is_right_after_all(client, luc):
    landed = words(client.get("/fr/arrivee/", follow=True))
    assert "Nos e-mails à l…@example.lu nous reviennent" in landed
    for page in ("/fr/espaces/", "/fr/compte/"):
        assert f'href="{RETURNS}"' in client.get(page).content.decode()
    page = words(client.get(RETURNS))
    assert "luc@example.lu" in page
    assert "Le four" in page

    [mine] = bounces.unreachable("luc@example.lu")
    bounces.mark("eve@example.lu", "5.1.1")
    [other] = bounces.unreachable("eve@example.lu")
    assert "plus rien à confirmer" in words(client.post(RETURNS, {"key": other.pk}))
    assert not Dispatch.objects.exists()
    assert client.post(RETURNS, {"key": mine.pk}).url == RETURNS
    mail = Dispatch.objects.get()
    assert mail.proves_address
    found = re.search(r"/fr/compte/e-mail/lu/[\w:-]+/", mail.text)
    assert found
    street = Client()
    assert "l…@example.lu" in words(street.get(found[0]))
    assert "parviennent de nouveau" in words(street.post(found[0]))
    assert not bounces.unreachable("luc@example.lu")
    assert street.get(found[0]).status_code == 404
    assert "Aucun de vos e-mails" in words(client.get(RETURNS))


def test_an_address_that_is_mute_need_not_confirm_the_one_that_follows_it(client, luc):
    client.post("/fr/compte/e-mail/", {"email": "luc.neu@example.lu", "with_spaces": "on"})
    assert "N’a pas à confirmer" in words(client.get("/fr/compte/e-mail/"))
    mail = Dispatch.objects.get()
    assert (mail.to, mail.proves_address) == ("luc.neu@example.lu", True)
    found = re.search(r"/fr/compte/e-mail/confirmer/[\w-]+/", mail.text)
    assert found
    assert "L’adresse est changée" in words(Client().post(found[0]))
    luc.refresh_from_db()
    assert luc.email == "luc.neu@example.lu"
    assert Unreachable.objects.count() == 1
    assert "Nos e-mails" not in words(client.get("/fr/compte/"))
