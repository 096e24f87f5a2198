"""Guessing is slow, and nobody is locked out for good."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings as portal
from django.test import Client

from guichet import clock
from guichet.audit.models import Entry
from guichet.persons.models import Account
from guichet.signon import actions, sessions
from guichet.signon.models import Attempt, Credential, Session, Throttle
from guichet.signon.tests.conftest import Holder, text
from tests.cast import a_person, travel

pytestmark = pytest.mark.django_db


def a_stranger(who: Holder) -> Holder:
    return replace(who, client=Client(), password="Another-2026")


def fail(who: Holder, times: int) -> None:
    """So many wrong codes, in as many attempts as that takes, without waiting."""
    for number in range(times):
        if number % 3 == 0:
            Throttle.objects.exclude(scope="code").delete()
            who.give_secrets()
        who.give_code(who.wrong_code())


def test_the_sixth_try_in_a_quarter_of_an_hour_waits(lea: Holder) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), tick=False):
        for _ in range(5):
            lea.give_secrets()
        answer = lea.give_secrets()

    assert answer.status_code == 429
    assert "Trop d'essais. Réessayez à partir de 13:15." in text(answer)
    # Counted although refused: nothing of the request was rolled back but the attempt.
    assert Attempt.objects.count() == 5


def test_after_the_pause_one_signs_on(lea: Holder) -> None:
    for _ in range(6):
        lea.give_secrets()
    with travel(minutes=15, seconds=1):
        lea.give_secrets()
        assert lea.give_code().url == "/fr/arrivee/"


def test_signing_on_forgets_the_failures(lea: Holder) -> None:
    for _ in range(4):
        lea.give_secrets(password="Another-2026")
    lea.give_secrets()
    lea.give_code()
    assert not Throttle.objects.filter(scope__in=["user-id", "code"]).exists()


def test_a_stranger_cannot_lock_the_holder_out_of_her_own_browser(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    stranger = a_stranger(lea)
    for _ in range(6):
        answer = stranger.give_secrets()
    assert answer.status_code == 429

    with travel(minutes=1):
        lea.give_secrets()
        assert lea.give_code().url == "/fr/arrivee/"


def test_a_stranger_cannot_lock_a_new_holder_out_from_elsewhere(lea: Holder) -> None:
    stranger = a_stranger(lea)
    stranger.client = Client(REMOTE_ADDR="198.51.100.7")
    fail(stranger, 5)
    for _ in range(6):
        answer = stranger.give_secrets()
    assert answer.status_code == 429

    lea.give_secrets()
    assert lea.give_code().url == "/fr/arrivee/"


def test_many_addresses_together_wait_too_and_a_known_browser_does_not(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    for number in range(51):
        stranger = replace(a_stranger(lea), client=Client(REMOTE_ADDR=f"198.51.100.{number}"))
        answer = stranger.give_secrets()
    assert answer.status_code == 429
    with travel(minutes=1):
        lea.give_secrets()
        assert lea.give_code().url == "/fr/arrivee/"
    with travel(minutes=16):
        assert stranger.give_secrets().status_code == 302


def test_wrong_codes_of_a_stranger_do_not_lock_her_out_either(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    fail(a_stranger(lea), 6)

    with travel(minutes=1):
        lea.give_secrets()
        assert lea.give_code().url == "/fr/arrivee/"


def test_a_forged_browser_cookie_makes_no_known_browser(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    stranger = a_stranger(lea)
    genuine = lea.client.cookies[portal.BROWSER_COOKIE].value
    stranger.client.cookies[portal.BROWSER_COOKIE] = genuine[:-3] + "abc"
    for _ in range(6):
        answer = stranger.give_secrets()
    assert answer.status_code == 429


def test_a_browser_is_known_for_its_own_user_ids_only(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    other = replace(lea, user_id="SOMEBODYELSE")
    for _ in range(6):
        answer = other.give_secrets()
    assert answer.status_code == 429
    assert not Throttle.objects.filter(scope="known-browser").exists()


def test_a_known_browser_is_counted_too(lea: Holder) -> None:
    lea.give_secrets()
    lea.give_code()
    answers = [lea.give_secrets(password="Another-2026").status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]


def test_sixty_attempts_from_one_address(lea: Holder) -> None:
    for number in range(60):
        assert lea.give_secrets(user_id=f"USER{number}").status_code == 302
    assert lea.give_secrets(user_id="USER61").status_code == 429
    with travel(minutes=10, seconds=1):
        assert lea.give_secrets().status_code == 302


def test_a_forged_header_does_not_make_another_address(lea: Holder) -> None:
    for number in range(61):
        answer = lea.client.post(
            "/fr/connexion/token/",
            {"user_id": f"USER{number}", "password": "Another-2026"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert answer.status_code == 429


def test_five_wrong_codes_make_the_right_one_wait(lea: Holder) -> None:
    fail(lea, 5)
    lea.give_secrets()
    assert lea.give_code().url == "/fr/connexion/echec/"
    assert "Trop d'essais. Réessayez à partir d" in lea.page("/fr/connexion/echec/")
    assert not lea.is_signed_on

    with travel(minutes=16):
        page = lea.page("/fr/connexion/echec/")
        assert "Trop d'essais" not in page
        assert "Recommencer" in page
        lea.give_secrets()
        assert lea.give_code().url == "/fr/arrivee/"
        assert Credential.objects.get().failures_in_a_row == 0


def test_twenty_wrong_codes_with_the_right_password_suspend_the_token(lea: Holder) -> None:
    session, key = sessions.open_session(lea.credential)
    for _ in range(20):
        fail(lea, 1)
        Throttle.objects.all().delete()

    assert Credential.objects.get().suspended_at is not None
    assert Entry.objects.filter(event="signon.credential-suspended").count() == 1
    assert sessions.find(key) is None
    session.refresh_from_db()
    assert session.ended_by == Session.End.CREDENTIAL


def test_without_the_password_nobody_suspends_a_token(lea: Holder) -> None:
    stranger = a_stranger(lea)
    for _ in range(21):
        fail(stranger, 1)
        Throttle.objects.all().delete()

    credential = Credential.objects.get()
    assert credential.suspended_at is None
    assert credential.failures_in_a_row == 0


def suspend(credential: Credential) -> None:
    Credential.objects.filter(pk=credential.pk).update(suspended_at=clock.now())


def test_a_suspended_token_is_told_only_to_whoever_holds_it(lea: Holder) -> None:
    suspend(lea.credential)

    lea.give_secrets()
    assert "L'UserID, le mot de passe ou le code n'est pas correct." in text(
        lea.give_code(lea.wrong_code())
    )
    assert lea.give_code().url == "/fr/connexion/echec/"
    page = lea.page("/fr/connexion/echec/")
    assert "Votre accès est suspendu" in page
    assert portal.SUPPORT_PHONE in page
    assert not lea.is_signed_on


def test_a_suspended_person_does_not_sign_on(lea: Holder) -> None:
    person = a_person("Léa Guichet")
    actions.bind_person(lea.credential, person)
    Account.objects.filter(pk=person.pk).update(suspended_at=clock.now())

    lea.give_secrets()
    lea.give_code()

    assert "Votre accès est suspendu" in lea.page("/fr/connexion/echec/")


@pytest.mark.parametrize("what", ["credential", "account"])
def test_suspending_ends_what_is_open(lea: Holder, what: str) -> None:
    actions.bind_person(lea.credential, a_person("Léa Guichet"))
    lea.give_secrets()
    lea.give_code()
    assert lea.is_signed_on
    if what == "credential":
        suspend(lea.credential)
    else:
        Account.objects.update(closed_at=clock.now())

    answer = lea.client.get("/fr/espaces/")

    assert answer.url == "/fr/connexion/?next=%2Ffr%2Fespaces%2F&fin=produit"
    assert "Votre session est terminée." in lea.page(answer.url)
