"""An attempt under any sequence of events: hypothesis tries them, a small model says what holds."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guichet import clock
from guichet.refusals import Refused
from guichet.signon import actions, attempts, throttle, totp
from guichet.signon.attempts import Opened, Visitor
from guichet.signon.models import Attempt, Credential, OtpDevice, Session
from guichet.signon.products.token import Token, user_id_index
from guichet.signon.tests.conftest import PASSWORD

_people = count(1)
_later = [timedelta()]
_real_now = clock.now


@pytest.fixture
def _movable_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: _real_now() + _later[0])
    yield
    _later[0] = timedelta()


class SigningOn(RuleBasedStateMachine):
    """One holder, her Token, and whoever tries with her UserID."""

    def __init__(self) -> None:
        super().__init__()
        person = next(_people)
        self.user_id, self.secret = f"USER{person}", f"{person:020d}".encode()
        self.credential = actions.issue_token(
            user_id=self.user_id,
            password=PASSWORD,
            picture=0,
            serial=self.user_id,
            secret=self.secret,
            given_names="X",
            family_name="Y",
        )
        self.attempt: Attempt | None = None
        self.right = False
        self.used: set[int] = set()
        self.sessions = 0

    @property
    def step(self) -> int:
        return totp.step(clock.now())

    @rule(kind=st.sampled_from(["right", "right", "wrong", "unknown"]))
    def begin(self, kind: str) -> None:
        typed = {
            "right": (self.user_id, PASSWORD),
            "wrong": (self.user_id, "Another-2026"),
            "unknown": (f"NO{self.user_id}", PASSWORD),
        }[kind]
        waiting = throttle.pause("user-id", user_id_index(typed[0]))
        try:
            self.attempt, _key = attempts.begin(
                Visitor(), Token(), user_id=typed[0], password=typed[1], instead_of=self.attempt
            )
        except Refused:
            assert waiting is not None
        else:
            assert waiting is None
            self.right = kind == "right"

    @precondition(lambda self: self.attempt is not None)
    @rule(offset=st.sampled_from([0, 0, 0, -1, 1, -2, 2, 5]))
    def give_code_of_the_token(self, offset: int) -> None:
        self._give(totp.code(self.secret, clock.now() + timedelta(seconds=30 * offset)))

    @precondition(lambda self: self.attempt is not None)
    @rule(number=st.integers(0, 999_999))
    def give_any_code(self, number: int) -> None:
        self._give(f"{number:06d}")

    def _give(self, code: str) -> None:
        assert self.attempt is not None
        before = Attempt.objects.get(pk=self.attempt.pk)
        device = OtpDevice.objects.get(pk=self.credential.pk)
        waiting = throttle.pause("code", before.typed_id_index) is not None
        near = range(self.step + device.drift_steps - 1, self.step + device.drift_steps + 2)
        fits = {
            step
            for step in near
            if totp.code(self.secret, clock.now() + timedelta(seconds=30 * (step - self.step)))
            == code
            and step > device.last_step
        }
        suspended = Credential.objects.get(pk=self.credential.pk).suspended_at is not None
        expected = (
            attempts.is_live(before) and self.right and bool(fits) and not waiting and not suspended
        )
        try:
            opened = attempts.authenticate(Visitor(), self.attempt, Token(), otp=code)
        except Refused:
            assert not expected
        else:
            assert expected
            assert isinstance(opened, Opened)
            self.sessions += 1
            now_used = OtpDevice.objects.get(pk=self.credential.pk).last_step
            assert now_used not in self.used
            self.used.add(now_used)

    @precondition(lambda self: self.attempt is not None)
    @rule()
    def give_up(self) -> None:
        assert self.attempt is not None
        attempts.abandon(self.attempt)

    @rule(seconds=st.sampled_from([30, 60, 601, 901, 86_400]))
    def wait(self, seconds: int) -> None:
        _later[0] += timedelta(seconds=seconds)

    @rule()
    def suspend(self) -> None:
        Credential.objects.filter(pk=self.credential.pk).update(suspended_at=clock.now())

    @rule()
    def unsuspend(self) -> None:
        Credential.objects.filter(pk=self.credential.pk).update(suspended_at=None)

    @invariant()
    def there_are_as_many_sessions_as_codes_used(self) -> None:
        opened = Session.objects.filter(credential=self.credential)
        assert opened.count() == self.sessions == len(self.used)

    @invariant()
    def an_attempt_ends_in_one_way(self) -> None:
        for attempt in Attempt.objects.filter(credential=self.credential):
            ends = [attempt.succeeded_at, attempt.failed_at, attempt.abandoned_at]
            assert sum(end is not None for end in ends) <= 1
            assert attempt.tries <= attempts.TRIES_MAX

    @invariant()
    def live_attempts_have_numbers_of_their_own(self) -> None:
        numbers = list(Attempt.objects.live(clock.now()).values_list("number", flat=True))
        assert len(set(numbers)) == len(numbers)


@pytest.mark.django_db
@pytest.mark.usefixtures("_movable_clock")
def test_signing_on_under_any_sequence_of_events() -> None:
    run_state_machine_as_test(
        SigningOn,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
