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


def accept(device: OtpDevice | None, typed: str) -> bool:
    """Whether `typed` is a code of `device` now, and was never accepted before.

    True at most once for a code, also for requests at the same instant; then the step is used up
    and the drift learned, by one step at most. Without a device the same work is done for False.
    """
    device = device or _nobodys()
    here = step(clock.now(), device.period_seconds)
    fresh = _fresh(device, typed, _around(here + device.drift_steps, WINDOW_STEPS))
    return bool(fresh) and _use_up(device, min(fresh), here)


def resynchronise(device: OtpDevice | None, first: str, second: str) -> bool:
    """Learn a drift of up to 20 steps from two codes that follow each other.

    True at most once for a pair: neither code, nor an older one, is accepted afterwards.
    Without a device the same work is done for False.
    """
    device = device or _nobodys()
    here = step(clock.now(), device.period_seconds)
    # Both searches run to their end, whatever the first one finds.
    firsts = _fresh(device, first, _around(here, RESYNC_STEPS))
    seconds = _fresh(device, second, _around(here, RESYNC_STEPS))
    newest = [found for found in seconds if found - 1 in firsts]
    return bool(newest) and _use_up(device, min(newest, key=lambda at: abs(at - here)), here)


@cache
def _nobodys() -> OtpDevice:
    device = OtpDevice(serial="")
    device.secret = os.urandom(20)
    return device


def _use_up(device: OtpDevice, used: int, here: int) -> bool:
    """Only whoever moves the newest step forward has signed on with it."""
    drift = max(-DRIFT_STEPS_MAX, min(DRIFT_STEPS_MAX, used - here))
    newer = OtpDevice.objects.filter(pk=device.pk, last_step__lt=used)
    return newer.update(last_step=used, drift_steps=drift) == 1


def _fresh(device: OtpDevice, typed: str, steps: Iterable[int]) -> list[int]:
    """The unused steps with this code; every step is computed and compared."""
    secret, given = device.secret, typed.encode()
    matching = [at for at in steps if bytes_eq(_at_step(secret, at, device.digits), given)]
    return [at for at in matching if at > device.last_step]


def _around(middle: int, steps: int) -> range:
    return range(middle - steps, middle + steps + 1)


def _at_step(secret: bytes, at: int, digits: int) -> bytes:
    return HOTP(secret, digits, SHA1()).generate(at)  # noqa: S303 - RFC 6238's default
