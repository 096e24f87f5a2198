"""How to ask a register that may be slow, broken or away.

A call has a time limit, is repeated after a pause of random length, and is not made at all while
the register is known to be away (a circuit breaker). Whatever goes wrong, the caller sees one
thing: `Unavailable`. Only calls that change nothing may be made this way: they may be repeated.
"""

import contextvars
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from guichet.registers.base import Closed, Unavailable

Result = TypeVar("Result")

log = structlog.get_logger("guichet.registers")


@dataclass(frozen=True, slots=True)
class Care:
    """How patient to be. The defaults keep a page's answer under five seconds."""

    time_limit: timedelta = timedelta(seconds=2)  # of one try
    tries: int = 2
    pause: timedelta = timedelta(milliseconds=200)  # the longest before the second try; doubles
    failures_before_rest: int = 5  # in a row
    rest: timedelta = timedelta(seconds=30)  # how long nobody asks after that
    calls_at_once: int = 8


class Careful:
    """Asks one register. Shared by all threads of the process."""

    def __init__(
        self,
        register: str,
        care: Care | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.register = register
        self.care = care or Care()
        self._sleep = sleep
        self._breaker = Breaker(self.care.failures_before_rest, self.care.rest, monotonic)
        self._places = threading.BoundedSemaphore(self.care.calls_at_once)

    def ask(self, question: Callable[..., Result], *args: Any, **more: Any) -> Result:
        """What `question(*args, **more)` answers. Raises `Unavailable` for every other outcome."""
        for attempt in range(self.care.tries):
            if attempt:
                self._sleep(self._pause_before(attempt))
            if not self._breaker.lets_through():
                break
            try:
                answer = self._within_limit(question, args, more)
            except Closed:
                # It answered; only not what we hoped for. Asking again would be no use.
                self._breaker.succeeded()
                raise
            except Exception as fault:
                self._breaker.failed()
                # The kind only: the text of an error may hold the number that was asked for.
                log.warning(
                    "register failed",
                    register=self.register,
                    fault=type(fault).__name__,
                    attempt=attempt + 1,
                )
            else:
                self._breaker.succeeded()
                return answer
        raise Unavailable(self.register)

    def _pause_before(self, attempt: int) -> float:
        """Random, so that many who failed together do not come back together."""
        longest = self.care.pause.total_seconds() * 2 ** (attempt - 1)
        return random.uniform(0, longest)  # noqa: S311 - spreads load, protects nothing

    def _within_limit(
        self, question: Callable[..., Result], args: tuple[Any, ...], more: dict[str, Any]
    ) -> Result:
        """Run in a thread of its own, which is left behind when the time is up.

        A place is given back only when the thread ends, so that a register that hangs cannot
        collect more than `calls_at_once` of them.
        """
        if not self._places.acquire(blocking=False):
            raise TimeoutError("all places are taken by calls that have not come back")
        call = _Call(question, args, more, self._places.release)
        answer: Result = call.result(self.care.time_limit.total_seconds())
        return answer


class Breaker:
    """Closed while the register answers; open, and asking nobody, for `rest` after it failed.

    After the rest one call goes through to try; its outcome decides for the others.
    """

    def __init__(
        self, failures_before_rest: int, rest: timedelta, monotonic: Callable[[], float]
    ) -> None:
        self._limit = failures_before_rest
        self._rest = rest.total_seconds()
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0

    def lets_through(self) -> bool:
        """Whether this call may be made. Each caller that hears True reports how it went."""
        with self._guard:
            if self._failures < self._limit:
                return True
            now = self._monotonic()
            if now < self._rests_until:
                return False
            # This caller tries; the others wait as long again, unless it comes back with good news.
            self._rests_until = now + self._rest
            return True

    def succeeded(self) -> None:
        """The register has answered."""
        with self._guard:
            self._failures = 0

    def failed(self) -> None:
        """The register has not answered."""
        with self._guard:
            self._failures += 1
            if self._failures >= self._limit:
                self._rests_until = self._monotonic() + self._rest


class _Call:
    """One question in a thread of its own, with the caller's request identifier in its logs."""

    def __init__(
        self,
        question: Callable[..., Any],
        args: tuple[Any, ...],
        more: dict[str, Any],
        afterwards: Callable[[], None],
    ) -> None:
        self._answered = threading.Event()
        self._answer: Any = None
        self._fault: Exception | None = None
        context = contextvars.copy_context()

        def run() -> None:
            try:
                self._answer = context.run(question, *args, **more)
            except Exception as fault:
                self._fault = fault
            finally:
                afterwards()
                self._answered.set()

        threading.Thread(target=run, name="register", daemon=True).start()

    def result(self, seconds: float) -> Any:
        """The answer, or its error raised here; `TimeoutError` after `seconds`."""
        if not self._answered.wait(seconds):
            raise TimeoutError("no answer within the time limit")
        if self._fault is not None:
            raise self._fault
        return self._answer
