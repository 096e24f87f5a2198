"""Keeping the table of work small, and the round of the schedule."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from guichet import clock
from guichet.jobs.models import Round, WorkerSeen, machine_now

SUCCESSES_KEPT = timedelta(days=1)
FAILURES_KEPT = timedelta(days=30)

Schedule = Sequence[tuple[Task[[], None], timedelta]]


def prune() -> None:
    """Delete successes after a day, failures after thirty, workers not seen for a day."""
    now = machine_now()
    DBTaskResult.objects.successful().filter(finished_at__lte=now - SUCCESSES_KEPT).delete()
    DBTaskResult.objects.failed().filter(finished_at__lte=now - FAILURES_KEPT).delete()
    WorkerSeen.objects.filter(seen_at__lte=now - SUCCESSES_KEPT).delete()


def enqueue_due(schedule: Schedule) -> int:
    """Enqueue each task of the schedule that is due; returns how many.

    Due by the portal's clock: when a demonstration moves it, what was to happen meanwhile
    happens. Any number of workers may call this: one conditional UPDATE wins per round.
    """
    now = clock.now()
    by_path = {task.module_path: (task, every) for task, every in schedule}
    known = dict(Round.objects.filter(task__in=by_path).values_list("task", "next_at"))
    if missing := by_path.keys() - known.keys():
        Round.objects.bulk_create(
            [Round(task=path, next_at=now) for path in missing], ignore_conflicts=True
        )
    due = [path for path in by_path if known.get(path, now) <= now]
    return sum(_enqueue_round(*by_path[path]) for path in due)


@transaction.atomic
def _enqueue_round(task: Task[[], None], every: timedelta) -> bool:
    now = clock.now()
    ours = Round.objects.filter(task=task.module_path, next_at__lte=now)
    if not ours.update(next_at=now + every):
        return False
    task.enqueue()
    return True
