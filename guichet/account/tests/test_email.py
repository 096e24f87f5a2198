"""An address changes once both the old and the new one have said yes."""

import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from guichet.account import actions
from guichet.audit.models import Entry
from guichet.persons.models import EmailChange
from guichet.post.models import Dispatch
from guichet.refusals import Refused
from guichet.spaces.models import Membership
from guichet.spaces.tests.given import a_private_space, a_professional_space, words
from tests.cast import a_person, a_session, signed_on, travel

EMAIL = "/fr/compte/e-mail/"
OLD, NEW = "luc@example.lu", "luc.neu@example.lu"


@pytest.fixture
def luc(client, db):
    luc = a_person("Luc Reuter", email=OLD)
    signed_on(client, luc)
    return luc


def asks(client: Any, email: str = NEW, **more: str) -> None:
    assert client.post(EMAIL, {"email": email, "with_spaces": "on", **more}).url == EMAIL


def link_to(address: str) -> str:
    """The path of the newest mail's link."""
    text = Dispatch.objects.filter(to=address).latest("created_at").text
    found = re.search(r"(/fr/compte/e-mail/confirmer/[\w-]+/)", text)
    assert found
    return found[1]


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_both_confirm_in_any_order_without_signing_on(client, luc, order):
    asks(client)
    first, second = (link_to(address) for address in order)
    street = Client()
    street.get(first)
    page = words(street.post(first))
    assert "Il manque encore une confirmation" in page
    luc.refresh_from_db()
    assert luc.email == OLD
    page = words(street.post(second))
    assert "L’adresse est changée" in page
    luc.refresh_from_db()
    assert luc.email == NEW
    told = Dispatch.objects.get(template="account/mail/email_changed")
    assert told.to == OLD
    assert Entry.objects.filter(event="account.email-changed").count() == 1


def test_a_look_at_the_link_changes_nothing(client, luc):
    asks(client)
    for address in (OLD, NEW):
        page = words(Client().get(link_to(address)))
        assert NEW in page
    change = EmailChange.objects.get()
    assert (change.old_confirmed_at, change.new_confirmed_at) == (None, None)


def test_one_address_alone_changes_nothing_however_often(client, luc):
    asks(client)
    for _ in range(3):
        Client().post(link_to(NEW))
    luc.refresh_from_db()
    assert luc.email == OLD


@pytest.mark.parametrize("who", [OLD, NEW])
def test_either_can_say_no(client, luc, who):
    asks(client)
    assert "Le changement est annulé" in words(Client().post(link_to(who), {"_no": "1"}))
    for address in (OLD, NEW):
        answer = Client().post(link_to(address))
        assert answer.status_code == 404
    luc.refresh_from_db()
    assert luc.email == OLD


def test_luc_thinks_again_from_inside(client, luc):
    asks(client)
    assert client.post(f"{EMAIL}annuler/").url == EMAIL
    assert Client().get(link_to(OLD)).status_code == 404
    assert client.post(f"{EMAIL}annuler/").status_code == 400


def test_seventy_two_hours_and_no_more(client, luc):
    asks(client)
    with travel(hours=71):
        assert Client().get(link_to(OLD)).status_code == 200
    with travel(hours=73):
        assert Client().get(link_to(OLD)).status_code == 404
        Client().post(link_to(OLD))
        Client().post(link_to(NEW))
    luc.refresh_from_db()
    assert luc.email == OLD


def test_asking_again_puts_an_end_to_what_was_asked(client, luc):
    asks(client)
    before = link_to(OLD)
    asks(client, "other@example.lu")
    assert Client().get(before).status_code == 404
    assert EmailChange.objects.open().count() == 1


def test_sent_again_to_whoever_has_not_confirmed(client, luc):
    asks(client)
    old, new = link_to(OLD), link_to(NEW)
    Client().post(new)
    assert client.post(f"{EMAIL}renvoyer/").url == EMAIL
    assert Client().get(old).status_code == 404
    assert Dispatch.objects.filter(to=NEW).count() == 1
    Client().post(link_to(OLD))
    luc.refresh_from_db()
    assert luc.email == NEW


def test_the_same_address_is_none(client, luc):
    page = words(client.post(EMAIL, {"email": OLD.upper()}))
    assert "C’est déjà votre adresse." in page
    assert not EmailChange.objects.exists()


def test_five_a_day(client, luc):
    for number in range(5):
        asks(client, f"n{number}@example.lu")
    page = words(client.post(EMAIL, {"email": "n6@example.lu"}))
    assert "Trop d’essais" in page


def test_the_spaces_change_along_only_where_the_old_one_is_used(client, luc):
    private = a_private_space(luc)
    one, two = a_professional_space(luc, "Le four"), a_professional_space(luc, "La table")
    Membership.objects.filter(space=two).update(notification_email="work@example.lu")
    before = one.version
    asks(client)
    Client().post(link_to(OLD))
    Client().post(link_to(NEW))
    addresses = dict(Membership.objects.values_list("space_id", "notification_email"))
    assert addresses == {private.pk: NEW, one.pk: NEW, two.pk: "work@example.lu"}
    private.refresh_from_db()
    one.refresh_from_db()
    assert private.notification_email == NEW
    assert one.version > before


def test_the_spaces_stay_if_he_prefers(client, luc):
    space = a_professional_space(luc, "Le four")
    assert client.post(EMAIL, {"email": NEW}).url == EMAIL
    Client().post(link_to(OLD))
    Client().post(link_to(NEW))
    assert Membership.objects.get(space=space).notification_email == OLD


def test_the_mail_to_the_new_address_says_nothing_about_luc(client, luc):
    asks(client)
    mail = Dispatch.objects.get(to=NEW)
    assert "Luc" not in mail.text
    assert OLD not in mail.text


def test_an_unknown_link_gets_a_page(db):
    assert Client().get(f"{EMAIL}confirmer/nonsense/").status_code == 404


def test_what_is_over_for_long_is_forgotten(client, luc):
    asks(client)
    with travel(days=91):
        actions.forget_email_changes()
    assert not EmailChange.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_both_at_the_same_instant_change_it_once(_round):
    luc = a_person("Luc Reuter", email=OLD)
    actions.ask_email_change(a_session(luc), email=NEW, with_spaces=True)
    codes = [link_to(address).split("/")[-2] for address in (OLD, NEW, OLD, NEW)]
    start, refused = threading.Barrier(len(codes)), []

    def confirm(code: str) -> None:
        start.wait()
        try:
            actions.confirm_email(code=code)
        except Refused:
            refused.append(code)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) <= 2
    luc.refresh_from_db()
    assert luc.email == NEW
    assert Entry.objects.filter(event="account.email-changed").count() == 1
    assert Dispatch.objects.filter(template="account/mail/email_changed").count() == 1
