"""Closing an account: thirty days to think again, then for good."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from guichet import clock
from guichet.account import actions
from guichet.audit.models import Entry
from guichet.persons.models import Account, Person
from guichet.post.models import Dispatch
from guichet.refusals import Refused
from guichet.spaces import policy
from guichet.spaces.actions.guarding import administrated
from guichet.spaces.models import Membership, Role, Space
from guichet.spaces.policy import Can
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_credential, a_number, a_person, a_session, signed_on, travel

CLOSE = "/fr/compte/fermer/"
BACK = f"{CLOSE}revenir/"


@pytest.fixture
def luc(client, db):
    luc = a_person("Luc Reuter", email="luc@example.lu")
    signed_on(client, luc)
    return luc


@pytest.fixture
def private(luc):
    return a_private_space(luc)


def asks(client: Any) -> None:
    assert client.post(CLOSE, {"typed": " LUC@example.lu "}).url == BACK


def _leads_to(client: Client) -> str:
    """Where the hub leads whoever may not see it."""
    return client.get("/fr/espaces/").headers["Location"]


def test_the_page_says_what_is_lost_and_what_stays(client, luc, private):
    tom = a_person("Tom Weber")
    a_member(luc, a_professional_space(tom, "Toitures"))
    page = words(client.get(CLOSE))
    for told in (private.identifier, "Toitures", "luc@example.lu", "Télécharger d’abord"):
        assert told in page


def test_only_whoever_types_the_address_closes(client, luc, private):
    page = words(client.post(CLOSE, {"typed": "tom@example.lu"}))
    assert "Ce n’est pas l’adresse e-mail de votre compte." in page
    luc.account.refresh_from_db()
    assert luc.account.closing_asked_at is None


def test_for_thirty_days_nothing_is_open_but_the_way_back(client, luc, private):
    elsewhere = Client()
    signed_on(elsewhere, luc)
    asks(client)
    for path in ("/fr/espaces/", "/fr/compte/", f"/fr/espaces/{private.identifier}/"):
        assert client.get(path).url == BACK
    assert _leads_to(elsewhere).startswith("/fr/connexion/")
    later = Client()
    signed_on(later, luc)
    assert _leads_to(later) == BACK
    assert "Votre compte est en cours de fermeture" in words(later.get(BACK))
    assert later.get("/fr/aide/").status_code == 200
    private.refresh_from_db()
    assert private.binned_at is not None
    mail = Dispatch.objects.get(template="account/mail/closing_asked")
    assert mail.to == "luc@example.lu"


def test_one_click_brings_everything_back(client, luc, private):
    tom = a_person("Tom Weber")
    member = a_member(luc, a_professional_space(tom, "Toitures"))
    asks(client)
    with travel(days=29):
        later = Client()
        signed_on(later, luc)
        answer: Any = later.post(BACK)
        assert answer.url == "/fr/compte/"
        assert later.get("/fr/espaces/").status_code == 200
    private.refresh_from_db()
    assert private.binned_at is None
    assert Membership.objects.filter(pk=member.pk).exists()
    with travel(days=40):
        assert actions.close_due() == 0


def test_a_space_that_was_in_the_bin_before_stays_there(client, luc, private):
    Space.objects.filter(pk=private.pk).update(binned_at=clock.now(), binned_by=luc)
    asks(client)
    client.post(BACK)
    private.refresh_from_db()
    assert private.binned_at is not None


def test_the_last_administrator_has_to_see_to_the_space_first(client, luc):
    space = a_professional_space(luc, "Le four")
    page = words(client.get(CLOSE))
    assert "D’abord, ces espaces ont besoin de vous" in page
    assert f"/fr/espaces/{space.identifier}/supprimer/" in page
    page = words(client.post(CLOSE, {"typed": "luc@example.lu"}))
    luc.account.refresh_from_db()
    assert luc.account.closing_asked_at is None
    tom = a_person("Tom Weber")
    a_credential(tom)
    a_member(tom, space, Role.ADMINISTRATOR)
    asks(client)


def test_whoever_is_closing_counts_as_an_administrator_no_more(client, luc):
    space = a_professional_space(luc, "Le four")
    tom = a_person("Tom Weber")
    a_credential(tom)
    his = a_member(tom, space, Role.ADMINISTRATOR)
    asks(client)
    with pytest.raises(Refused), administrated(space.pk):
        his.delete()


def test_after_thirty_days_it_is_closed_for_good(client, luc, private):
    tom = a_person("Tom Weber")
    member = a_member(luc, a_professional_space(tom, "Toitures"))
    number, credential = luc.national_number, luc.credentials.get()
    asks(client)
    with travel(days=31):
        assert actions.close_due() == 1
        assert actions.close_due() == 0
        account = Account.objects.get(pk=luc.pk)
        assert account.closed_at is not None
        assert not Space.objects.filter(pk=private.pk).exists()
        assert not Membership.objects.filter(pk=member.pk).exists()
        credential.refresh_from_db()
        assert credential.revoked_at is not None
        assert credential.person_id == luc.pk
        closed = Person.objects.get(pk=luc.pk)
        assert (closed.email, closed.birth_date.year) == ("", 1900)
        assert closed.national_number == number
        assert Person.objects.with_number(number).first() is None
        again = Client()
        signed_on(again, credential)
        assert _leads_to(again).startswith("/fr/connexion/")
        new = a_person("Luc Reuter", number=number)
        assert new.pk != luc.pk
    assert Dispatch.objects.filter(template="account/mail/closed", to="luc@example.lu").exists()
    assert Entry.objects.filter(event="account.closed", whom=luc.pk).count() == 1


def test_it_is_too_late_once_the_days_are_over(client, luc, private):
    asks(client)
    with travel(days=31):
        later = a_session(luc)
        with pytest.raises(Refused) as refusal:
            actions.come_back(later)
    assert refusal.value.code == "closing-over"


def test_one_that_fails_does_not_stop_the_others(client, luc, private, monkeypatch):
    asks(client)
    other = a_person("Tom Weber", number=a_number(luc.birth_date))
    Account.objects.filter(pk=other.pk).update(closing_asked_at=clock.now())
    whole = actions.close_due.__globals__["_close"]

    def sometimes(account_id: Any) -> bool:
        if account_id == luc.pk:
            raise ValueError
        return bool(whole(account_id))

    monkeypatch.setattr("guichet.account.actions.closing._close", sometimes)
    with travel(days=31), pytest.raises(RuntimeError):
        actions.close_due()
    assert Account.objects.get(pk=other.pk).closed_at is not None
    assert Account.objects.get(pk=luc.pk).closed_at is None


def test_a_stranger_to_closing_is_led_on(client, luc):
    assert client.get(BACK).url == "/fr/arrivee/"


def test_asking_twice_is_asking_once(client, luc, private):
    session = luc.sessions.get()
    actions.ask_closing(session, typed=luc.email)
    actions.ask_closing(session, typed=luc.email)
    assert Entry.objects.filter(event="account.closing-asked").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_administrators_who_close_at_once_leave_one(_round):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    space = a_professional_space(ada)
    a_member(tom, space, Role.ADMINISTRATOR)
    hers, his = a_session(ada), a_session(tom)
    start, results = threading.Barrier(2), []

    def close(session: Any, email: str) -> None:
        start.wait()
        try:
            actions.ask_closing(session, typed=email)
            results.append("asked")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=close, args=(session, person.email))
        for session, person in ((hers, ada), (his, tom))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["asked", "last-administrator"]


def test_the_help_of_others_still_says_who_gave_a_role(client, luc):
    space = a_professional_space(luc, "Le four")
    tom = a_person("Tom Weber")
    credential = a_credential(tom)
    a_member(tom, space, Role.ADMINISTRATOR)
    asks(client)
    with travel(days=31):
        actions.close_due()
        member = policy.membership(a_session(credential), space.identifier, to=Can.VIEW)
        assert "Luc Reuter" in policy.why(member)
