"""A Token that was in a drawer for years."""

from datetime import timedelta

import pytest
import time_machine

from guichet import clock
from guichet.audit.models import Entry
from guichet.signon.models import Attempt, OtpDevice
from guichet.signon.tests.conftest import Holder, text

pytestmark = pytest.mark.django_db
PAGE = "/fr/connexion/token/heure/"


def set_right(lea: Holder, first: str, second: str):
    return lea.client.post(PAGE, {"first": first, "second": second}, follow=True)


def test_the_way_there_shows_after_a_refused_code(lea: Holder) -> None:
    lea.give_secrets()
    assert PAGE not in lea.page("/fr/connexion/token/code/")
    page = text(lea.give_code(lea.code(9)))
    assert PAGE in page
    assert "Mon Token n'est plus à l'heure" in page


def test_two_codes_in_a_row_and_one_signs_on(lea: Holder) -> None:
    with time_machine.travel(clock.now(), tick=False) as moment:
        lea.give_secrets()
        lea.give_code(lea.code(9))

        page = text(set_right(lea, lea.code(9), lea.code(10)))
        assert "Votre Token est de nouveau à l'heure." in page
        assert "OTP" in page
        moment.shift(timedelta(seconds=30))

        assert lea.give_code(lea.code(10)).url == "/fr/arrivee/"
        assert OtpDevice.objects.get().drift_steps == 10
        assert Entry.objects.get(event="signon.token-resynchronised").outcome == "ok"


def test_codes_that_do_not_follow_each_other_are_refused(lea: Holder) -> None:
    lea.give_secrets()
    page = text(set_right(lea, lea.code(9), lea.code(11)))
    assert "Ces deux codes ne vont pas ensemble." in page
    assert OtpDevice.objects.get().drift_steps == 0


def test_the_right_codes_with_a_wrong_password_are_refused_alike(lea: Holder) -> None:
    lea.give_secrets(password="Another-2026")
    assert "Ces deux codes ne vont pas ensemble." in text(set_right(lea, lea.code(9), lea.code(10)))
    assert OtpDevice.objects.get().drift_steps == 0


def test_three_times_a_day(lea: Holder) -> None:
    lea.give_secrets()
    for _ in range(3):
        set_right(lea, lea.code(9), lea.code(11))
    answer = set_right(lea, lea.code(9), lea.code(10))

    assert answer.status_code == 429
    assert "Trop d'essais. Réessayez à partir d" in text(answer)
    assert OtpDevice.objects.get().drift_steps == 0


def test_it_costs_no_try(lea: Holder) -> None:
    lea.give_secrets()
    set_right(lea, lea.code(9), lea.code(11))
    assert Attempt.objects.get().tries == 0


def test_a_code_of_another_shape_is_explained(lea: Holder) -> None:
    lea.give_secrets()
    page = text(set_right(lea, "", "12"))
    assert "Entrez le premier code." in page
    assert not Entry.objects.filter(event="signon.token-resynchronised").exists()
