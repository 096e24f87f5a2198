"""Thirty minutes, twelve hours, and the way out."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as portal

from guichet import clock
from guichet.audit.models import Entry
from guichet.signon import sessions, tasks
from guichet.signon.models import Attempt, Credential, Session, Throttle
from guichet.signon.tests.conftest import Holder, text
from tests.cast import signed_on, travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(lea: Holder) -> Holder:
    """Léa, signed on."""
    signed_on(lea.client, lea.credential)
    return lea


def is_in(who: Holder) -> bool:
    return "connexion" not in who.client.get("/fr/espaces/").url


def test_a_closed_page_leads_to_sign_on(client: Any) -> None:
    assert client.get("/fr/espaces/").url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F"


def test_a_sent_form_comes_back_to_its_page(client: Any) -> None:
    answer = client.post("/fr/espaces/?etape=2", {"a": "b"})
    assert answer.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F"


def test_thirty_minutes_without_use(inside: Holder) -> None:
    with travel(minutes=30, seconds=1):
        answer = inside.client.get("/fr/espaces/")
        assert answer.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F&fin=inactivite"
        assert not answer.cookies[portal.SESSION_COOKIE].value
        assert (
            "Votre session est terminée : elle n'a pas servi pendant 30 minutes. "
            "Reconnectez-vous pour continuer." in inside.page(answer.url)
        )


def test_each_use_begins_the_thirty_minutes_anew(inside: Holder) -> None:
    for minutes in (25, 50, 75):
        with travel(minutes=minutes):
            assert is_in(inside)


def test_twelve_hours_however_busy(inside: Holder) -> None:
    for minutes in range(20, 12 * 60, 20):
        with travel(minutes=minutes):
            assert is_in(inside)
    with travel(hours=12, seconds=1):
        answer = inside.client.get("/fr/espaces/")
        assert answer.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F&fin=duree"
        assert "elle dure 12 heures au plus" in inside.page(answer.url)


def test_limits_hold_to_the_second(lea: Holder) -> None:
    with time_machine.travel(clock.now(), tick=False) as moment:
        session, key = sessions.open_session(lea.credential)
        moment.shift(timedelta(minutes=30) - timedelta(seconds=1))
        assert sessions.find(key) == session
        moment.shift(timedelta(seconds=1))
        assert sessions.find(key) is None


def test_reading_writes_at_most_once_a_minute(inside: Holder) -> None:
    before = Session.objects.get().seen_at
    inside.client.get("/fr/espaces/")
    assert Session.objects.get().seen_at == before
    with travel(minutes=1, seconds=1):
        inside.client.get("/fr/espaces/")
        assert Session.objects.get().seen_at > before


def test_a_script_stays_signed_on_and_hears_for_how_long(inside: Holder) -> None:
    with travel(minutes=26):
        answer = inside.client.post(
            "/fr/connexion/prolonger/", headers={"Accept": "application/json"}
        )
        assert answer.json()["idle"] in (1799, 1800)
        assert answer.json()["limit"] < 12 * 3600 - 26 * 60
    with travel(minutes=50):
        assert is_in(inside)


def test_without_a_script_one_comes_back_to_the_page(inside: Holder) -> None:
    answer = inside.client.post(
        "/fr/connexion/prolonger/",
        headers={"Accept": "text/html", "Referer": "http://testserver/fr/espaces/?page=2"},
    )
    assert answer.url == "/fr/espaces/?page=2"
    answer = inside.client.post(
        "/fr/connexion/prolonger/",
        headers={"Accept": "text/html", "Referer": "https://evil.example/fr/espaces/"},
    )
    assert answer.url == "/fr/arrivee/"


def test_what_has_ended_is_not_extended(inside: Holder) -> None:
    with travel(minutes=31):
        answer = inside.client.post("/fr/connexion/prolonger/")
        assert answer.url.startswith("/fr/connexion/?")
        session = Session.objects.get()
        sessions.extend(session)
        assert Session.objects.get().idle_until < clock.now()


def test_signing_out(inside: Holder) -> None:
    key = inside.client.cookies[portal.SESSION_COOKIE].value

    answer = inside.client.post(
        "/fr/deconnexion/", headers={"Referer": "http://testserver/fr/espaces/"}
    )

    assert answer.url == "/fr/deconnecte/?next=%2Ffr%2Fespaces%2F"
    assert answer["Clear-Site-Data"] == '"cache"'
    assert not answer.cookies[portal.SESSION_COOKIE].value
    assert sessions.find(key) is None
    assert Session.objects.get().ended_by == Session.End.PERSON
    page = inside.page(answer.url)
    assert "Déconnexion réussie" in page
    assert 'href="/fr/connexion/?next=%2Ffr%2Fespaces%2F"' in page
    assert inside.client.get("/fr/espaces/").url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F"


def test_the_old_key_opens_nothing_after_signing_out(inside: Holder) -> None:
    key = inside.client.cookies[portal.SESSION_COOKIE].value
    inside.client.post("/fr/deconnexion/")
    inside.client.cookies[portal.SESSION_COOKIE] = key
    assert not is_in(inside)


def test_signing_out_twice_is_no_mistake(inside: Holder) -> None:
    inside.client.post("/fr/deconnexion/")
    assert inside.client.post("/fr/deconnexion/").url == "/fr/deconnecte/"
    assert Entry.objects.filter(event="signon.session-ended").count() == 1


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("inactivite", "elle n'a pas servi pendant 30 minutes"),
        ("duree", "elle dure 12 heures au plus"),
        ("produit", "Votre session est terminée. Reconnectez-vous"),
    ],
)
def test_the_page_after_says_why(client: Any, why: str, sentence: str) -> None:
    page = text(client.get(f"/fr/deconnecte/?fin={why}"))
    assert "Votre session est terminée" in page
    assert sentence in page


@pytest.mark.parametrize("page", ["connexion", "deconnecte"])
def test_words_of_a_stranger_are_not_repeated(client: Any, page: str) -> None:
    answer = text(client.get(f"/fr/{page}/?fin=<b>Appelez+le+12345&next=https://evil.example/"))
    said = answer.partition("<main")[2].partition("</main>")[0]
    assert "12345" not in said
    assert "evil" not in said


def test_a_made_up_key_opens_nothing(lea: Holder) -> None:
    for key in ("", "x", "é", "A" * 43, "0" * 5000):
        lea.client.cookies[portal.SESSION_COOKIE] = key
        assert lea.client.get("/fr/espaces/").status_code == 302
    assert sessions.past("nothing") is None


def test_the_device_is_kept_for_the_persons_list(lea: Holder) -> None:
    lea.give_secrets()
    lea.client.post(
        "/fr/connexion/token/code/",
        {"otp": lea.code()},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"},
    )
    assert Session.objects.get().device == "Firefox, Linux"


def test_what_the_clock_has_ended_is_written_down(lea: Holder) -> None:
    lea.give_secrets()
    idle, _key = sessions.open_session(lea.credential)
    busy, _key = sessions.open_session(lea.credential)
    Session.objects.filter(pk=busy.pk).update(idle_until=busy.hard_until)

    with travel(minutes=31):
        tasks.close_what_ran_out.call()
        idle.refresh_from_db()
        busy.refresh_from_db()
        assert (idle.ended_by, idle.ended_at) == (Session.End.IDLE, idle.idle_until)
        assert busy.ended_at is None
        attempt = Attempt.objects.get()
        assert attempt.abandoned_at == attempt.expires_at
    with travel(hours=12, seconds=1):
        tasks.close_what_ran_out.call()
        busy.refresh_from_db()
        assert busy.ended_by == Session.End.LIMIT


def test_what_is_old_is_forgotten_and_nothing_else(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code(lea.wrong_code())
    session, _key = sessions.open_session(lea.credential)
    sessions.end(session, by=Session.End.PERSON)

    for days, attempts, kept, throttles in (
        (29, 1, 1, 4),
        (31, 0, 1, 4),
        (61, 0, 1, 0),
        (91, 0, 0, 0),
    ):
        with travel(days=days):
            tasks.forget_the_old.call()
            assert Attempt.objects.count() == attempts
            assert Session.objects.count() == kept
            assert Throttle.objects.count() == throttles
    assert Credential.objects.count() == 1
    assert Entry.objects.exists()


def test_cookies_are_bound_to_https_when_the_site_is(lea: Holder, settings: Any) -> None:
    settings.SECURE = True
    lea.give_secrets()
    assert lea.client.cookies[portal.ATTEMPT_COOKIE]["secure"]
    lea.give_code()
    for name in (portal.SESSION_COOKIE, portal.BROWSER_COOKIE):
        cookie = lea.client.cookies[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
