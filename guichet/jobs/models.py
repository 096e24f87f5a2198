"""Who is working, and what comes round again. The tasks themselves are django-tasks' rows."""

from datetime import datetime

from django.db import models
from django.utils import timezone


def machine_now() -> datetime:
    """The machine's own time, for leases and pauses.

    Not `clock.now()`: moving a demonstration's clock must not make a living worker look dead.
    """
    return timezone.now()  # noqa: TID251


class WorkerSeen(models.Model):
    """A worker process that says, every few seconds, that it is alive."""

    name = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(default=machine_now)
    seen_at = models.DateTimeField(default=machine_now)


class Round(models.Model):
    """A task of the schedule, and when it is due again."""

    task = models.CharField(max_length=200, primary_key=True)  # its dotted path
    next_at = models.DateTimeField(db_index=True)
