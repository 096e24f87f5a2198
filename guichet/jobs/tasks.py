"""The decorator of everything that is done later. The one place that knows django-tasks.

    @task(tries=5)
    def purge_attempts() -> None:
        actions.purge_attempts()

`purge_attempts.enqueue()` writes a row in the caller's transaction: if the act is undone, so is
the task. A worker runs it after the commit, at least once, so that a task must bear running twice.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

import django_tasks
from django_tasks.base import Task

P = ParamSpec("P")
Result = TypeVar("Result")

# What is waited for by somebody goes before what is not.
SOON, ORDINARY, WHENEVER = 50, 0, -50

TRIES_MAX = 6
_PAUSE_FIRST = timedelta(seconds=10)
_PAUSE_MAX = timedelta(hours=1)


def task(
    *, tries: int = TRIES_MAX, priority: int = ORDINARY
) -> Callable[[Callable[P, Result]], Task[P, Result]]:
    """Make a function a task. Its arguments must be JSON: identifiers, not rows.

    When it raises it is tried again after growing pauses, `tries` times in all.
    """

    def made(function: Callable[P, Result]) -> Task[P, Result]:
        function.tries_max = tries  # type: ignore[attr-defined]
        return django_tasks.task(priority=priority)(function)

    return made


def tries_max(of: Any) -> int:
    """How often a task is tried in all."""
    return int(getattr(of.func, "tries_max", TRIES_MAX))


def pause_after(tries: int) -> timedelta:
    """How long to wait after the given number of failed tries: 10 s, 40 s, 160 s … one hour."""
    return min(_PAUSE_FIRST * (1 << 2 * max(tries - 1, 0)), _PAUSE_MAX)


@task(tries=2, priority=WHENEVER)
def prune() -> None:
    """Forget finished work."""
    from guichet.jobs import actions

    actions.prune()
