"""A register that is slow, broken or away becomes one thing, soon, and is left in peace."""

import threading
import time
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from guichet.registers.base import Closed, Unavailable
from guichet.registers.careful import Care, Careful

QUICK = Care(
    time_limit=timedelta(milliseconds=80),
    pause=timedelta(milliseconds=200),
    failures_before_rest=4,
    rest=timedelta(seconds=30),
    calls_at_once=2,
)


class Clock:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


class Register:
    """Fails as often as it is told, then answers."""

    def __init__(self, failures=0, error=ConnectionError):
        self.failures, self.error, self.asked = failures, error, 0

    def __call__(self, number):
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error(f"no route for {number}")
        return f"answer for {number}"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def careful(clock, pauses):
    return Careful("population", QUICK, monotonic=clock, sleep=pauses.append)


def fail(careful, register, times):
    for _ in range(times):
        with pytest.raises(Unavailable):
            careful.ask(register, "1")


def test_an_answer_comes_back(careful, pauses):
    assert careful.ask(Register(), "42") == "answer for 42"
    assert pauses == []


def test_a_hiccup_is_asked_again_after_a_random_pause(careful, pauses):
    register = Register(failures=1)
    assert careful.ask(register, "42") == "answer for 42"
    assert register.asked == 2
    assert [0 <= pause <= 0.2 for pause in pauses] == [True]


def test_two_failures_are_unavailable(careful):
    register = Register(failures=9)
    with pytest.raises(Unavailable) as caught:
        careful.ask(register, "42")
    assert register.asked == 2
    assert caught.value.register == "population"


@pytest.mark.parametrize("error", [ValueError, KeyError, TimeoutError, Unavailable])
def test_a_half_answer_is_no_answer(careful, error):
    with pytest.raises(Unavailable):
        careful.ask(Register(failures=9, error=error), "42")


def test_the_log_says_what_failed_and_not_about_whom(careful):
    with capture_logs() as lines, pytest.raises(Unavailable):
        careful.ask(Register(failures=9), "1983081974925")
    assert [line["fault"] for line in lines] == ["ConnectionError", "ConnectionError"]
    assert "1983081974925" not in str(lines)


def test_a_slow_register_is_given_up(careful):
    released = threading.Event()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        careful.ask(released.wait, 5)
    assert time.monotonic() - started < 1
    released.set()


def test_calls_that_hang_do_not_pile_up(careful):
    released = threading.Event()
    running = []

    def hang():
        running.append(1)
        released.wait(5)

    with pytest.raises(Unavailable):
        careful.ask(hang)  # both places are taken now
    with pytest.raises(Unavailable):
        careful.ask(hang)
    released.set()
    assert len(running) == 2


def test_a_register_that_is_away_is_not_asked(careful, clock):
    register = Register(failures=4)
    fail(careful, register, 2)
    assert register.asked == 4
    fail(careful, register, 5)
    assert register.asked == 4

    clock.at += 29
    fail(careful, register, 1)
    assert register.asked == 4

    clock.at += 1
    assert careful.ask(register, "42") == "answer for 42"
    assert careful.ask(register, "43") == "answer for 43"


def test_after_the_rest_one_caller_tries_for_all(careful, clock):
    register = Register(failures=99)
    fail(careful, register, 2)
    clock.at += 31
    fail(careful, register, 3)
    assert register.asked == 5


def test_failures_must_follow_each_other(careful):
    register = Register(failures=99)
    for _ in range(5):
        fail(careful, register, 1)
        careful.ask(Register(), "42")
    assert register.asked == 10


def test_a_closed_register_is_asked_once_and_not_held_against_it(careful, pauses):
    closed = Register(failures=99, error=Closed)
    for _ in range(10):
        with pytest.raises(Closed):
            careful.ask(closed, "42")
    assert closed.asked == 10
    assert pauses == []
    assert careful.ask(Register(), "42")


def test_many_threads_share_one_memory(clock):
    careful = Careful("business", Care(calls_at_once=64, tries=1), monotonic=clock)
    register = Register(failures=9999)
    outcomes = []

    def ask():
        for _ in range(20):
            try:
                careful.ask(register, "42")
            except Unavailable:
                outcomes.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 160
    assert 5 <= register.asked < 5 + 8
