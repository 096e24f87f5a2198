"""Codes of RFC 4226 and RFC 6238, and what a portal remembers of a token."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import close_old_connections, connection
from hypothesis import given
from hypothesis import strategies as st

from guichet.signon import totp
from guichet.signon.models import OtpDevice
from guichet.signon.tests.conftest import SECRET, Holder

NOW = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)

# RFC 4226, appendix D: counters 0 to 9.
RFC_4226 = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()
# RFC 6238, appendix B, SHA-1, eight digits.
RFC_6238 = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("counter", "expected"), list(enumerate(RFC_4226)))
def test_the_codes_of_rfc_4226(counter: int, expected: str) -> None:
    at = datetime.fromtimestamp(counter * 30, UTC)
    assert totp.code(SECRET, at) == expected


@pytest.mark.parametrize(("seconds", "expected"), list(RFC_6238.items()))
def test_the_codes_of_rfc_6238(seconds: int, expected: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code(SECRET, at, digits=8) == expected


@given(st.binary(min_size=16, max_size=64), st.integers(0, 4_000_000_000))
def test_a_code_holds_for_its_period_and_has_its_digits(secret: bytes, seconds: int) -> None:
    start = seconds - seconds % 30
    codes = {totp.code(secret, datetime.fromtimestamp(start + at, UTC)) for at in (0, 15, 29)}
    assert len(codes) == 1
    assert len(codes.pop()) == 6


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="128 bits"):
        totp.code(b"short", NOW)


@pytest.fixture
def device(lea: Holder) -> OtpDevice:
    return OtpDevice.objects.get(credential=lea.credential)


def at_step(steps: int) -> str:
    return totp.code(SECRET, NOW + timedelta(seconds=30 * steps))


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_step_to_either_side_counts(device: OtpDevice, steps: int, accepted: bool) -> None:
    with time_machine.travel(NOW, tick=False):
        assert totp.accept(device, at_step(steps)) is accepted


def test_a_code_is_accepted_once(device: OtpDevice) -> None:
    with time_machine.travel(NOW, tick=False):
        assert totp.accept(device, at_step(0))
        device.refresh_from_db()
        assert not totp.accept(device, at_step(0))


def test_an_older_code_is_not_accepted_after_a_newer_one(device: OtpDevice) -> None:
    with time_machine.travel(NOW, tick=False):
        assert totp.accept(device, at_step(1))
        device.refresh_from_db()
        assert not totp.accept(device, at_step(0))


def test_a_stale_copy_of_the_device_does_not_help(device: OtpDevice) -> None:
    """The row decides, not what was read before."""
    with time_machine.travel(NOW, tick=False):
        stale = OtpDevice.objects.get(pk=device.pk)
        assert totp.accept(device, at_step(0))
        assert not totp.accept(stale, at_step(0))


def test_the_drift_is_learned_step_by_step(device: OtpDevice) -> None:
    """A token that loses a step each month is never refused."""
    for month in range(1, 8):
        with time_machine.travel(NOW + timedelta(days=30 * month), tick=False):
            shown = totp.code(SECRET, datetime.now(UTC) + timedelta(seconds=30 * month))
            assert totp.accept(device, shown)
        device.refresh_from_db()
        assert device.drift_steps == month


def test_a_token_of_sixty_seconds_and_eight_digits(device: OtpDevice) -> None:
    device.period_seconds, device.digits = 60, 8
    device.save()
    with time_machine.travel(NOW, tick=False):
        shown = totp.code(SECRET, NOW, period_seconds=60, digits=8)
        assert totp.accept(device, shown)


def test_without_a_device_the_answer_is_no(db: None) -> None:
    assert not totp.accept(None, "123456")
    assert not totp.resynchronise(None, "123456", "654321")


@pytest.mark.parametrize("steps", [-20, -7, 0, 12, 19])
def test_two_codes_in_a_row_set_a_token_right(device: OtpDevice, steps: int) -> None:
    with time_machine.travel(NOW, tick=False):
        assert totp.resynchronise(device, at_step(steps), at_step(steps + 1))
        device.refresh_from_db()
        assert device.drift_steps == steps + 1
        assert not totp.accept(device, at_step(steps + 1))
        assert totp.accept(device, at_step(steps + 2))


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 2), (1, 0), (21, 22), (-22, -21)])
def test_other_pairs_do_not(device: OtpDevice, first: int, second: int) -> None:
    with time_machine.travel(NOW, tick=False):
        assert not totp.resynchronise(device, at_step(first), at_step(second))


def test_used_codes_do_not_set_a_token_right(device: OtpDevice) -> None:
    with time_machine.travel(NOW, tick=False):
        assert totp.resynchronise(device, at_step(4), at_step(5))
        device.refresh_from_db()
        assert not totp.resynchronise(device, at_step(4), at_step(5))
        assert not totp.resynchronise(device, at_step(5), at_step(6))


def test_the_secret_is_sealed_in_the_database(device: OtpDevice) -> None:
    assert SECRET.hex().encode() not in bytes(device.secret_sealed)
    assert SECRET not in bytes(device.secret_sealed)
    assert device.secret == SECRET


@pytest.mark.django_db(transaction=True)
def test_of_eight_requests_with_one_code_one_wins(lea: Holder) -> None:
    device = OtpDevice.objects.get(credential=lea.credential)
    shown = lea.code()
    together, won = threading.Barrier(8), []

    def use() -> None:
        copy = OtpDevice.objects.get(pk=device.pk)
        together.wait()
        try:
            won.append(totp.accept(copy, shown))
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False] * 7 + [True]
