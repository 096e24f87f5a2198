"""The worker: soon, once, again, and after a death."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guichet import clock
from guichet.jobs import actions, worker
from guichet.jobs.models import Round, WorkerSeen, machine_now
from guichet.jobs.tasks import pause_after
from guichet.jobs.tests import chores
from guichet.jobs.worker import Worker


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "notes")


def notes(path):
    try:
        with open(path) as file:
            return file.read().split()
    except FileNotFoundError:
        return []


@pytest.mark.django_db
def test_a_task_of_an_act_that_was_undone_does_not_exist(path):
    with transaction.atomic():
        chores.note.enqueue(path, "never")
        transaction.set_rollback(True)
    assert Worker().work_off() == 0


@pytest.mark.django_db
def test_what_somebody_waits_for_goes_first(path):
    chores.note.enqueue(path, "later")
    chores.note_soon.enqueue(path, "soon")
    assert Worker().work_off() == 2
    assert notes(path) == ["soon", "later"]
    assert set(DBTaskResult.objects.values_list("return_value", flat=True)) == {4, 5}


@pytest.mark.django_db
def test_a_task_that_fails_is_tried_again_after_growing_pauses_and_given_up(caplog):
    chores.fail.enqueue("lea@example.lu")
    for tries in (1, 2):
        assert Worker().work_off() == 1
        result = DBTaskResult.objects.get()
        assert result.status == "READY"
        assert result.run_after - timezone.now() <= pause_after(tries)
        assert result.run_after - timezone.now() > pause_after(tries) - timedelta(seconds=5)
        DBTaskResult.objects.update(run_after=timezone.now())
    assert Worker().work_off() == 1
    assert Worker().work_off() == 0
    result = DBTaskResult.objects.get()
    assert result.status == "FAILED"
    assert result.exception_class_path == "builtins.ValueError"
    assert "chores.py" in result.traceback
    assert "lea@example.lu" not in result.traceback
    assert "lea@example.lu" not in caplog.text


def test_pauses_grow_to_an_hour():
    pauses = [pause_after(tries).total_seconds() for tries in range(1, 8)]
    assert pauses == [10, 40, 160, 640, 2560, 3600, 3600]


@pytest.mark.django_db
def test_a_task_that_this_version_does_not_know_waits_for_the_one_that_does():
    chores.note.enqueue("", "x")
    DBTaskResult.objects.update(task_path="guichet.jobs.tests.chores.of_tomorrow")
    assert Worker().work_off() == 1
    assert DBTaskResult.objects.get().status == "READY"


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_fifty_tasks_once_each(path):
    for number in range(50):
        chores.note.enqueue(path, f"{number:02}")
    start = threading.Barrier(2)

    def work():
        start.wait()
        try:
            Worker().work_off()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(notes(path)) == [f"{number:02}" for number in range(50)]


@pytest.mark.django_db(transaction=True)
def test_a_running_worker_reacts_within_a_third_of_a_second_and_stops_when_asked(path):
    one = Worker()

    def work():
        try:
            one.run()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        _until(lambda: WorkerSeen.objects.filter(name=one.name).exists())
        asked = time.monotonic()
        chores.note.enqueue(path, "quick")
        _until(lambda: notes(path))
        assert time.monotonic() - asked < 0.6  # a third of a second, doubled for a busy machine
    finally:
        one.stop()
        thread.join(timeout=10)
    assert not thread.is_alive()
    assert not WorkerSeen.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_waits_for_does_not_queue_behind_long_work(path):
    chores.note_slowly.enqueue(path, 3)
    process = _worker_process()
    try:
        _until(lambda: notes(path) == ["begun"], seconds=20)
        chores.note_soon.enqueue(path, "mail")
        _until(lambda: notes(path) == ["begun", "mail"], seconds=2)
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
    assert notes(path) == ["begun", "mail", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_worker_killed_in_the_middle_is_done_by_another(path, monkeypatch):
    result = chores.note_slowly.enqueue(path, 60)
    process = _worker_process()
    try:
        _until(lambda: notes(path) == ["begun"], seconds=20)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert DBTaskResult.objects.get().status == "RUNNING"
    assert worker.take_back() == 0, "its lease has not run out"

    monkeypatch.setattr(worker, "LEASE", timedelta(seconds=0.1))
    DBTaskResult.objects.filter(pk=result.id).update(args_kwargs={"args": [path, 0], "kwargs": {}})
    time.sleep(0.2)
    assert worker.take_back() == 1
    assert Worker().work_off() == 1
    assert notes(path) == ["begun", "begun", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_finishes_what_it_has_begun(path):
    chores.note_slowly.enqueue(path, 1)
    chores.note.enqueue(path, "not-begun")
    process = _worker_process()
    _until(lambda: notes(path) == ["begun"], seconds=20)
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert notes(path) == ["begun", "done"]
    assert DBTaskResult.objects.ready().count() == 1


@pytest.mark.django_db
def test_a_task_that_kills_its_worker_each_time_is_given_up():
    chores.note.enqueue("", "x")
    long_ago = machine_now() - timedelta(hours=1)
    DBTaskResult.objects.update(status="RUNNING", started_at=long_ago, worker_ids=["dead"] * 6)
    assert worker.take_back() == 1
    assert DBTaskResult.objects.get().status == "FAILED"


@pytest.mark.django_db
def test_the_task_of_a_living_worker_is_not_taken_back_and_a_late_outcome_is_ignored():
    chores.note.enqueue("", "x")
    claimed = worker.claim("slow")
    assert claimed is not None
    long_ago = machine_now() - timedelta(hours=1)
    claimed.started_at = long_ago
    DBTaskResult.objects.update(started_at=long_ago)
    WorkerSeen.objects.create(name="slow")
    assert worker.take_back() == 0

    WorkerSeen.objects.update(seen_at=long_ago)
    assert worker.take_back() == 1
    assert not worker._ended(claimed, status="SUCCESSFUL")
    assert DBTaskResult.objects.get().status == "READY"


@pytest.mark.django_db
def test_a_database_that_goes_away_is_waited_for(monkeypatch):
    def away(_name, **_more):
        raise OperationalError("gone")

    monkeypatch.setattr(worker, "claim", away)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(connection, "close", lambda: None)
    assert Worker()._turn() == 1.0


@pytest.mark.django_db
def test_the_schedule_comes_round_by_the_portals_clock(monkeypatch):
    schedule = [(chores.every_day, timedelta(days=1))]
    now = clock.now()
    assert actions.enqueue_due(schedule) == 1
    assert actions.enqueue_due(schedule) == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=3))
    assert actions.enqueue_due(schedule) == 1
    assert actions.enqueue_due(schedule) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_workers_enqueue_a_round_once():
    schedule = [(chores.every_day, timedelta(days=1))]
    start, enqueued = threading.Barrier(8), []

    def work():
        start.wait()
        try:
            enqueued.append(actions.enqueue_due(schedule))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(enqueued) == 1
    assert Round.objects.count() == 1


@pytest.mark.django_db
def test_finished_work_is_forgotten_after_a_while(path):
    chores.note.enqueue(path, "old")
    chores.note.enqueue(path, "new")
    Worker().work_off()
    chores.note.enqueue(path, "waiting")
    old = DBTaskResult.objects.successful().order_by("enqueued_at")[:1]
    DBTaskResult.objects.filter(pk=old.get().pk).update(
        finished_at=machine_now() - timedelta(days=2)
    )
    WorkerSeen.objects.create(name="dead", seen_at=machine_now() - timedelta(days=2))
    actions.prune()
    assert DBTaskResult.objects.count() == 2
    assert not WorkerSeen.objects.exists()


def _worker_process():
    """`manage.py worker` as a process of its own, on the tests' database."""
    database = connection.settings_dict
    module = settings.DATA / "worker_settings.py"
    module.write_text(
        "from tests.settings import *\n"
        f"DATABASES['default']['NAME'] = {str(database['NAME'])!r}\n"
        "JOBS_SCHEDULE, NOTHING = 'worker_settings.NOTHING', ()\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "worker_settings",
        "PYTHONPATH": os.pathsep.join([str(settings.DATA), str(settings.ROOT)]),
    }
    command = [sys.executable, "-m", "django", "worker"]
    return subprocess.Popen(command, env=environment, cwd=settings.ROOT)


def _until(happened, seconds=5.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
