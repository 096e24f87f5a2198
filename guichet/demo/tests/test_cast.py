"""The cast stands where its stories say."""

from datetime import timedelta

import pytest
from django.utils import translation

from guichet import clock
from guichet.demo import cast, standing
from guichet.demo.cast import CAST
from guichet.persons.models import Person
from guichet.post.models import Dispatch
from guichet.registers import invented
from guichet.signon.models import Credential
from guichet.spaces.models import Space

STANDINGS = {
    "LEAG1": "Not registered yet",
    "TOMW1": "Registered, 2 eSpaces",
    "ADAM1": "Registered, 3 eSpaces",
    "MARC1": "Registered, no eSpace yet",
    "NORA1": "Email sent, not confirmed",
    "JEAN1": "Address confirmed, must log in again",
    "EVAW1": "Link no longer valid",
    "PAUL1": "Must accept the new terms",
    "ZOEB1": "Product suspended",
    "LUCR1": "Registered, 1 eSpace",
    "LUCR2": "Registered, 1 eSpace",
    "LUCR3": "Not registered yet",
    "INES1": "Registered, 1 eSpace",
    "KARL1": "Registered, 2 eSpaces",
    "PATS1": "Registered, 2 eSpaces",
    "MILS1": "Registered, 3 eSpaces",
    "JULR1": "Registered, 1 eSpace",
    "GUYM1": "Registered, 1 eSpace",
    "FRAP1": "Account closed after a death",
    "MIAK1": "Not registered yet",
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def token(user_id):
    found = cast.token_of(user_id)
    assert found is not None
    return found


def test_everybody_stands_where_the_story_says(world):
    found = {}
    for member in CAST:
        for user_id in member.user_ids:
            found[user_id] = str(standing.of(token(user_id)).words)
    assert found == STANDINGS


def test_loading_twice_changes_nothing(world):
    before = (Credential.objects.count(), Person.objects.count(), Space.objects.count())
    secret = token("LEAG1").otp.secret
    cast.load()
    assert (Credential.objects.count(), Person.objects.count(), Space.objects.count()) == before
    assert token("LEAG1").otp.secret == secret


def test_lea_is_the_guides(world):
    lea = CAST[0]
    assert lea.certificate_names == ("LEA", "GUICHET")
    assert lea.number == "1983081974925"
    assert token("LEAG1").person is None


def test_two_tokens_are_one_person(world):
    assert token("LUCR1").person == token("LUCR2").person


def test_karl_is_written_to_in_german(world):
    karl = token("KARL1").person
    assert karl is not None
    assert karl.language == "de"


def test_marc_has_a_letter_of_three_weeks_ago(world):
    letter = Dispatch.objects.get(kind=Dispatch.Kind.LETTER)
    assert letter.addressee[0] == "Monsieur Marc Klein"
    assert clock.now() - letter.created_at > timedelta(days=20)


def test_a_request_that_waits_for_the_register_is_said(world):
    with invented.closed("population"):
        lea = CAST[0]
        cast.asks(lea, [token("LEAG1")])
    assert str(standing.of(token("LEAG1")).words) == "Waits for the register"


def test_the_past_is_told_in_a_demonstration_only(settings):
    now = clock.now()
    with clock.earlier(timedelta(days=4)):
        assert now - clock.now() > timedelta(days=3, hours=23)
    assert clock.now() >= now
    settings.DEMO = False
    with pytest.raises(RuntimeError), clock.earlier(timedelta(days=4)):
        pass


def test_agents_sign_on_with_tokens_of_their_own(world, client):
    for official in cast.AGENTS:
        agent = token(official.user_id).agent
        assert agent is not None
        assert (agent.name, agent.duties) == (official.full_name, list(official.duties))
        page = client.get(f"/en/demo/token/{official.user_id}/").content.decode()
        assert official.full_name in page
    home = client.get("/en/demo/").content.decode()
    assert all(official.user_id in home for official in cast.AGENTS)
