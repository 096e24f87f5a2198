"""The worker: claims tasks one at a time, runs them, tries again, takes back what others dropped.

A claim is one conditional UPDATE. While there is nothing to do the worker only reads, so that on
SQLite it never stands in the way of the server's writes.
"""

import os
import secrets
import socket
import threading
import time
import traceback
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django_tasks import TaskResultStatus as Status
from django_tasks_db.models import DBTaskResult

from guichet.jobs import actions
from guichet.jobs.models import WorkerSeen, machine_now
from guichet.jobs.tasks import SOON, TRIES_MAX, pause_after, tries_max

IDLE_SECONDS = 0.15
BEAT_SECONDS = 3.0
HOUSEKEEPING_SECONDS = 1.0
# A worker not seen for this long is dead, and its tasks are anybody's.
LEASE = timedelta(seconds=15)

_LOST = "guichet.jobs.worker.WorkerLost"

Row: TypeAlias = DBTaskResult[..., Any]

log = structlog.get_logger("guichet.jobs")


class Worker:
    """One worker. `run` returns after `stop`, when the tasks at hand are finished.

    It has two lanes: one for everything, and one only for what somebody waits for, so that a
    mail does not queue behind a long PDF.
    """

    def __init__(self, schedule: actions.Schedule = ()) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._schedule = schedule
        # Not an Event: its `set` in a signal handler waits for ever for the lock that the
        # interrupted `wait` or `set` of the same thread holds.
        self._stopping = False
        self._done = threading.Event()
        self._housekept_at = float("-inf")

    def stop(self) -> None:
        """Ask for an end. Safe to call from a signal handler or another thread."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop`. A database that goes away is waited for."""
        heart = threading.Thread(target=self._beat, name="beat", daemon=True)
        quick = threading.Thread(target=self._quick_lane, name="quick")
        for thread in (heart, quick):
            thread.start()
        log.info("worker started", worker=self.name)
        while not self._stopping:
            time.sleep(self._turn())
        quick.join()
        self._done.set()
        heart.join(timeout=BEAT_SECONDS)
        log.info("worker stopped", worker=self.name)

    def work_off(self) -> int:
        """Run everything that is ready, now, in this thread; returns how many tasks ran."""
        ran = 0
        while self._run_one():
            ran += 1
        return ran

    def _quick_lane(self) -> None:
        try:
            while not self._stopping:
                time.sleep(self._turn(quick=True))
        finally:
            connection.close()

    def _turn(self, *, quick: bool = False) -> float:
        """Do what there is to do; returns the seconds to wait before the next turn."""
        try:
            close_old_connections()
            if not quick:
                self._housekeep()
            return 0.0 if self._run_one(SOON if quick else None) else IDLE_SECONDS
        except (OperationalError, InterfaceError) as fault:
            log.warning("database away", error=type(fault).__name__)
            connection.close()
            return 1.0

    def _housekeep(self) -> None:
        if time.monotonic() - self._housekept_at < HOUSEKEEPING_SECONDS:
            return
        self._housekept_at = time.monotonic()
        take_back()
        actions.enqueue_due(self._schedule)

    def _run_one(self, at_least: int | None = None) -> bool:
        claimed = claim(self.name, at_least=at_least)
        if claimed is None:
            return False
        with structlog.contextvars.bound_contextvars(request=str(claimed.pk)):
            self._run(claimed)
        return True

    def _run(self, claimed: Row) -> None:
        given = claimed.args_kwargs
        try:
            task = claimed.task
            value = task.call(*given["args"], **given["kwargs"])
        except Exception as fault:
            _failed(claimed, fault)
        else:
            _ended(claimed, status=Status.SUCCESSFUL, finished_at=machine_now(), return_value=value)
            log.info("task done", task=claimed.task_path, tries=len(claimed.worker_ids))

    def _beat(self) -> None:
        """Say every few seconds that we live: the lease of the task at hand depends on it."""
        try:
            while True:
                try:
                    WorkerSeen.objects.update_or_create(
                        name=self.name, defaults={"seen_at": machine_now()}
                    )
                except (OperationalError, InterfaceError):
                    connection.close()
                if self._done.wait(BEAT_SECONDS):
                    break
            WorkerSeen.objects.filter(name=self.name).delete()
        finally:
            connection.close()


def claim(worker: str, *, at_least: int | None = None) -> Row | None:
    """The next ready task, now `worker`'s alone; None when nothing is ready.

    `at_least` is the lowest priority that counts.
    """
    ready = DBTaskResult.objects.ready()
    if at_least is not None:
        ready = ready.filter(priority__gte=at_least)
    for candidate in ready[:5]:
        candidate.started_at = machine_now()
        candidate.worker_ids = [*candidate.worker_ids, worker]
        ours = DBTaskResult.objects.filter(pk=candidate.pk, status=Status.READY).update(
            status=Status.RUNNING,
            started_at=candidate.started_at,
            worker_ids=candidate.worker_ids,
        )
        if ours:
            return candidate
    return None


def take_back() -> int:
    """Make the running tasks of workers that died ready again; returns how many."""
    seen_since = machine_now() - LEASE
    running = list(DBTaskResult.objects.running().filter(started_at__lt=seen_since))
    if not running:
        return 0
    alive = set(WorkerSeen.objects.filter(seen_at__gt=seen_since).values_list("name", flat=True))
    lost = [result for result in running if result.worker_ids[-1] not in alive]
    for result in lost:
        log.warning("task taken back", task=result.task_path, tries=len(result.worker_ids))
        _again_or_never(result, _LOST, "", machine_now())
    return len(lost)


def _failed(claimed: Row, fault: Exception) -> None:
    """Note a failure without its message: messages of exceptions hold personal values."""
    name = f"{type(fault).__module__}.{type(fault).__qualname__}"
    tries = len(claimed.worker_ids)
    log.warning("task failed", task=claimed.task_path, error=name, tries=tries)
    where = "".join(traceback.format_tb(fault.__traceback__))
    _again_or_never(claimed, name, where, machine_now() + pause_after(tries))


def _again_or_never(result: Row, error: str, where: str, again_at: datetime) -> None:
    noted = {"exception_class_path": error, "traceback": where}
    if len(result.worker_ids) < _tries_max(result):
        _ended(result, status=Status.READY, run_after=again_at, **noted)
        return
    if _ended(result, status=Status.FAILED, finished_at=machine_now(), **noted):
        log.error("task given up", task=result.task_path, error=error)


def _tries_max(result: Row) -> int:
    try:
        return tries_max(result.task)
    except ImportError:  # enqueued by another version of the code: its turn may come again
        return TRIES_MAX


def _ended(result: Row, **change: object) -> bool:
    """Write the outcome if the task is still ours: whoever lost it to another keeps silent."""
    still_ours = DBTaskResult.objects.filter(
        pk=result.pk, status=Status.RUNNING, started_at=result.started_at
    )
    return bool(still_ours.update(**change))
