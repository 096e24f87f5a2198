"""How often, and how long one waits."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import translation

from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.signon.models import Throttle

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def hits(scope: str, times: int, key: str = "somebody") -> None:
    for _ in range(times):
        throttle.hit(scope, key)


def test_five_tries_then_a_quarter_of_an_hour() -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        hits("user-id", 5)
        with pytest.raises(Refused) as refusal:
            throttle.hit("user-id", "somebody")
        assert refusal.value.data["until"] == NOW + timedelta(minutes=15)

        moment.shift(timedelta(minutes=14, seconds=59))
        with pytest.raises(Refused):
            throttle.hit("user-id", "somebody")
        moment.shift(timedelta(seconds=1))
        throttle.hit("user-id", "somebody")


def test_the_pause_doubles_up_to_a_day_and_no_further() -> None:
    pauses = []
    with time_machine.travel(NOW, tick=False) as moment:
        for _ in range(9):
            hits("user-id", 5)
            until = throttle.pause("user-id", "somebody")
            assert until is not None
            pauses.append((until - datetime.now(UTC)) / timedelta(minutes=15))
            moment.move_to(until)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 96, 96]


def test_after_a_quiet_day_the_pause_is_short_again() -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        for _ in range(2):
            hits("user-id", 5)
            until = throttle.pause("user-id", "somebody")
            assert until is not None
            moment.move_to(until)
        moment.shift(timedelta(days=1))
        hits("user-id", 5)
        assert throttle.pause("user-id", "somebody") == datetime.now(UTC) + timedelta(minutes=15)


def test_tries_far_apart_do_not_add_up() -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        for _ in range(12):
            hits("user-id", 1)
            moment.shift(timedelta(minutes=5))
        assert throttle.pause("user-id", "somebody") is None


def test_keys_and_scopes_are_counted_apart() -> None:
    hits("user-id", 5)
    hits("user-id", 5, key="somebody else")
    hits("known-browser", 5)


def test_whoever_proves_to_be_right_starts_anew() -> None:
    hits("user-id", 4)
    throttle.forget("user-id", "somebody")
    hits("user-id", 4)
    assert throttle.pause("user-id", "somebody") is None


def test_the_register_hears_of_each_pause_and_not_of_whom() -> None:
    hits("user-id", 5, key="LEAG1")
    with pytest.raises(Refused):
        throttle.hit("user-id", "LEAG1")
    [entry] = Entry.objects.filter(event="signon.pause-begun")
    assert entry.data == {"scope": "user-id"}
    assert entry.actor == entry.about == ""


def test_keys_are_kept_as_a_hash() -> None:
    hits("user-id", 1, key="LEAG1")
    assert "LEAG1" not in str(list(Throttle.objects.values_list()))


def test_a_count_within_an_act_would_be_undone_and_is_not_allowed() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        throttle.hit("user-id", "somebody")


@pytest.mark.parametrize(
    ("language", "today", "tomorrow"),
    [
        (
            "fr",
            "Trop d’essais. Réessayez à partir de 13:15.",
            "Trop d’essais. Réessayez à partir du 24 novembre 2026 à 13:00.",
        ),
        (
            "de",
            "Zu viele Versuche. Versuchen Sie es ab 13:15 Uhr wieder.",
            "Zu viele Versuche. Versuchen Sie es ab 24. November 2026 um 13:00 Uhr wieder.",
        ),
        (
            "en",
            "Too many tries. Try again from 13:15.",
            "Too many tries. Try again from 24 November 2026 at 13:00.",
        ),
    ],
)
def test_the_sentence_says_when_in_local_time(language: str, today: str, tomorrow: str) -> None:
    with time_machine.travel(NOW, tick=False), translation.override(language):
        assert throttle.sentence(NOW + timedelta(minutes=15)) == today
        assert throttle.sentence(NOW + timedelta(days=1)) == tomorrow


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_instant_are_all_counted() -> None:
    together, refused = threading.Barrier(12), []

    def try_it() -> None:
        together.wait()
        try:
            throttle.hit("user-id", "somebody")
        except Refused:
            refused.append(True)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 12 - 5
    assert Throttle.objects.count() == 1
