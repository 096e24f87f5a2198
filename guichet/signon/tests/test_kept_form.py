"""What was typed before a session ended is still there after signing on again."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from guichet.signon import actions, kept, sessions
from guichet.signon.models import KeptForm, Session
from guichet.spaces.models import SpaceDraft
from tests.cast import a_person, signed_on

pytestmark = pytest.mark.django_db

PAGE = "/fr/espaces/pro/creer/nom/"
TYPED = {"name": "Boulangerie <b>Léa</b>", "once": "0190a6a0-0000-7000-8000-000000000000"}
STILL_THERE = "Ce que vous avez tapé est encore là"


def after(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def sign_on_again(client, person):
    _session, key = sessions.open_session(person.credentials.get())
    client.cookies[settings.SESSION_COOKIE] = key


@pytest.fixture
def ada(client):
    person = a_person("Ada Muller")
    signed_on(client, person)
    return person


def sent_too_late(client) -> str:
    """Where the way back of a form leads that was sent after the session had ended."""
    answer = client.post(PAGE, TYPED)
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.url).query)
    assert query["fin"] == ["inactivite"]
    return str(query["next"][0])


def test_the_page_comes_back_with_what_was_typed_and_nothing_is_done(client, ada):
    with after(31):
        back = sent_too_late(client)
        assert back.startswith(f"{PAGE}?reprise=")
        sign_on_again(client, ada)
        page = client.get(back).content.decode()
    assert "Boulangerie &lt;b&gt;Léa&lt;/b&gt;" in page
    assert STILL_THERE in page
    assert "aria-invalid" not in page
    assert not SpaceDraft.objects.exists()


def test_sending_it_again_does_what_was_meant(client, ada):
    with after(31):
        back = sent_too_late(client)
        sign_on_again(client, ada)
        client.get(back)
        assert client.post(back, TYPED).status_code == 302
    assert SpaceDraft.objects.get().name == TYPED["name"]


def test_a_button_is_not_pressed_by_coming_back(client, ada):
    with after(31):
        answer = client.post(PAGE, {**TYPED, "_later": "1"})
        back = parse_qs(urlsplit(answer.url).query)["next"][0]
        sign_on_again(client, ada)
        assert client.get(back).status_code == 200
    assert not SpaceDraft.objects.exists()


def test_nobody_else_sees_it(client, ada):
    with after(31):
        back = sent_too_late(client)
        tom = a_person("Tom Weber")
        signed_on(Client(), tom)
        sign_on_again(client, tom)
        page = client.get(back).content.decode()
    assert "Boulangerie" not in page
    assert STILL_THERE not in page


def test_it_shows_on_its_own_page_only_and_for_a_quarter_of_an_hour(client, ada):
    with after(31):
        back = sent_too_late(client)
    with after(45):
        sign_on_again(client, ada)
        assert "Boulangerie" in client.get(back).content.decode()
        elsewhere = back.replace(PAGE, "/fr/espaces/prive/creer/")
        assert STILL_THERE not in client.get(elsewhere).content.decode()
    with after(47):
        assert "Boulangerie" not in client.get(back).content.decode()
        actions.close_what_ran_out()
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("odd", ["", "x", "0190a6a0-0000-7000-8000-000000000000", "\x00"])
def test_an_odd_way_back_is_an_ordinary_page(client, ada, odd):
    page = client.get(PAGE, {"reprise": odd})
    assert page.status_code == 200
    assert STILL_THERE not in page.content.decode()


def test_it_lies_sealed_and_there_are_never_many(client, ada):
    with after(31):
        for _ in range(kept.FORMS_MAX + 3):
            # Signing on is refused here, so the cookie of the old session stays with us.
            key = client.cookies[settings.SESSION_COOKIE].value
            sent_too_late(client)
            client.cookies[settings.SESSION_COOKIE] = key
    assert KeptForm.objects.count() == kept.FORMS_MAX
    assert b"Boulangerie" not in bytes(KeptForm.objects.earliest("kept_at").typed_sealed)


def test_a_stranger_can_keep_nothing_here(client):
    client.cookies[settings.SESSION_COOKIE] = "made-up"
    answer = client.post(PAGE, TYPED)
    assert parse_qs(urlsplit(answer.url).query)["next"] == [PAGE]
    assert not KeptForm.objects.exists()


def test_too_much_is_not_kept(client, ada):
    with after(31):
        answer = client.post(PAGE, {"name": "a" * (kept.BYTES_MAX + 1)})
    assert parse_qs(urlsplit(answer.url).query)["next"] == [PAGE]
    assert not KeptForm.objects.exists()
    assert Session.objects.count() == 1
