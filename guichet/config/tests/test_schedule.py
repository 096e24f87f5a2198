"""What comes round again."""

import pytest
from django_tasks_db.models import DBTaskResult

from guichet.config.schedule import SCHEDULE
from guichet.jobs.actions import enqueue_due
from guichet.jobs.worker import Worker


@pytest.mark.django_db
def test_each_task_of_the_schedule_runs():
    assert enqueue_due(SCHEDULE) == len(SCHEDULE)
    assert Worker().work_off() >= len(SCHEDULE)
    assert not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists()


def test_no_task_stands_there_twice():
    names = [task.module_path for task, _every in SCHEDULE]
    assert len(names) == len(set(names))
