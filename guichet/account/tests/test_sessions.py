"""Where somebody is signed on, and ending it from elsewhere."""

import pytest
from django.test import Client

from guichet.audit.models import Entry
from guichet.signon.models import Session
from guichet.spaces.tests.given import words
from tests.cast import a_person, signed_on, travel

SESSIONS = "/fr/compte/sessions/"


@pytest.fixture
def luc(client, db):
    luc = a_person("Luc Reuter")
    signed_on(client, luc)
    return luc


@pytest.fixture
def elsewhere(luc):
    other = Client(headers={"user-agent": "Firefox/1 Linux"})
    session = signed_on(other, luc)
    Session.objects.filter(pk=session.pk).update(device="Firefox, Linux")
    return other, session


def test_luc_sees_where_he_is_logged_in(client, luc, elsewhere):
    page = words(client.get(SESSIONS))
    assert page.count("Cette session") == 1
    assert "Firefox, Linux" in page


def test_luc_ends_a_session_in_another_browser(client, luc, elsewhere):
    browser, session = elsewhere
    path = f"{SESSIONS}{session.pk}/terminer/"
    assert client.get(path).status_code == 405
    assert client.post(path).url == SESSIONS
    assert browser.get("/fr/espaces/").status_code == 302
    assert client.get(SESSIONS).status_code == 200
    assert client.post(path).status_code == 404  # it is over
    ended = Entry.objects.get(event="signon.session-ended")
    assert (ended.actor, ended.data) == (f"person:{luc.pk}", {"why": "person"})


def test_this_session_ends_by_logging_out_only(client, luc):
    session = luc.sessions.get()
    client.post(f"{SESSIONS}{session.pk}/terminer/")
    assert client.get(SESSIONS).status_code == 200


def test_luc_ends_all_others_at_once(client, luc, elsewhere):
    signed_on(Client(), luc)
    page = words(client.post(f"{SESSIONS}terminer/", follow=True))
    assert "2 sessions sont terminées." in page
    assert luc.sessions.filter(ended_at=None).count() == 1
    assert elsewhere[0].get("/fr/espaces/").status_code == 302
    assert client.post(f"{SESSIONS}terminer/").status_code == 302


def test_somebody_elses_session_is_not_there(client, luc):
    theirs = signed_on(Client(), a_person("Tom Weber"))
    assert client.post(f"{SESSIONS}{theirs.pk}/terminer/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_a_session_that_ran_out_is_not_shown(client, luc, elsewhere):
    with travel(minutes=25):
        client.get(SESSIONS)
    with travel(minutes=40):
        assert "Firefox, Linux" not in words(client.get(SESSIONS))
