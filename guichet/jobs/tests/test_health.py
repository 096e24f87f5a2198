"""What machines ask."""

import pytest
from django.db import DatabaseError

from guichet.jobs import health
from guichet.jobs.models import WorkerSeen, machine_now
from guichet.jobs.tests import chores

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _look_again():
    health._migrated = False


def test_the_process_answers(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


def test_without_a_worker_it_is_not_ready(client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "database": True, "migrations": True, "worker": False, "scanner": False, "timestamps": True,
    }  # fmt: skip

    WorkerSeen.objects.create(name="one", seen_at=machine_now() - 2 * health.WORKER_SEEN_WITHIN)
    assert client.get("/readyz").status_code == 503

    WorkerSeen.objects.create(name="two")
    assert client.get("/readyz").status_code == 200, "a missing scanner keeps nobody away"


def test_without_a_database_it_says_so(client, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setitem(health._CHECKS, "database", away)
    assert client.get("/readyz").json()["database"] is False


def test_figures_are_for_this_machine(client, settings):
    chores.every_day.enqueue()
    client.get("/healthz")
    page = client.get("/metrics").content.decode()
    assert 'guichet_request_seconds_count{page="jobs:healthz",status="200"}' in page
    assert 'guichet_tasks{status="ready"} 1.0' in page
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.PROXIES = 1
    assert client.get("/metrics").status_code == 404
    settings.METRICS_OPEN = True
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 200
