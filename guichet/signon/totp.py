"""Time-based one-time codes: RFC 6238 over RFC 4226, SHA-1, as hardware tokens compute them.

A code is good for one time step and only once. A token's clock drifts for years, so the portal
remembers by how much and looks one step to either side of it. What decides is one UPDATE with
its condition: of two requests with the same code at the same instant, one wins.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from guichet import clock
from guichet.signon.models import OtpDevice

WINDOW_STEPS = 1
RESYNC_STEPS = 20
DRIFT_STEPS_MAX = RESYNC_STEPS  # what resynchronising may learn, signing on keeps


def code(secret: bytes, at: datetime, period_seconds: int = 30, digits: int = 6) -> str:
    """What a token with `secret` (16 bytes or more) shows at `at`. Raises `ValueError`."""
    return _at_step(secret, step(at, period_seconds), digits).decode()


def step(at: datetime, period_seconds: int = 30) -> int:
    """How many periods have passed since 1970-01-01 00:00 UTC."""
    return int(at.timestamp()) // period_seconds


def accept(device: OtpDevice, typed: str) -> bool:
    """Whether `typed` is a code of `device` now, and was never accepted before.

    True at most once for a code, also for requests at the same instant; then the step is used up
    and the drift learned, by one step at most.
    """
    here = step(clock.now(), device.period_seconds)
    expected = here + device.drift_steps
    found = _find(device, typed, _around(expected, WINDOW_STEPS))
    if found is None:
        return False
    return _use_up(device, found, drift=found - here)


def resynchronise(device: OtpDevice, first: str, second: str) -> bool:
    """Learn a drift of up to 20 steps from two codes that follow each other.

    True at most once for a pair: neither code, nor an older one, is accepted afterwards.
    """
    here = step(clock.now(), device.period_seconds)
    # Both searches run to their end, whatever the first one finds.
    firsts = _matches(device, first, _around(here, RESYNC_STEPS))
    seconds = _matches(device, second, _around(here, RESYNC_STEPS + 1))
    pairs = [found + 1 for found in firsts if found + 1 in seconds and found > device.last_step]
    if not pairs:
        return False
    newest = min(pairs, key=lambda found: abs(found - here))
    return _use_up(device, newest, drift=newest - here)


def spend_the_same_time(typed: str) -> None:
    """As much computing as `accept`, for a UserID that has no token."""
    device = _nobodys()
    _find(device, typed, _around(step(clock.now(), device.period_seconds), WINDOW_STEPS))


@cache
def _nobodys() -> OtpDevice:
    device = OtpDevice(serial="")
    device.secret = os.urandom(20)
    return device


def _use_up(device: OtpDevice, found: int, *, drift: int) -> bool:
    won = OtpDevice.objects.filter(pk=device.pk, last_step__lt=found).update(
        last_step=found, drift_steps=max(-DRIFT_STEPS_MAX, min(DRIFT_STEPS_MAX, drift))
    )
    return won == 1


def _find(device: OtpDevice, typed: str, steps: Iterable[int]) -> int | None:
    fresh = [found for found in _matches(device, typed, steps) if found > device.last_step]
    return min(fresh, default=None)


def _matches(device: OtpDevice, typed: str, steps: Iterable[int]) -> list[int]:
    """All steps with this code; always computes and compares each of them."""
    secret, given = device.secret, typed.encode()
    return [at for at in steps if bytes_eq(_at_step(secret, max(at, 0), device.digits), given)]


def _around(middle: int, steps: int) -> range:
    return range(middle - steps, middle + steps + 1)


def _at_step(secret: bytes, at: int, digits: int) -> bytes:
    return HOTP(secret, digits, SHA1()).generate(at)  # noqa: S303 - RFC 6238's default
