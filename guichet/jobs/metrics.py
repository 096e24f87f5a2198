"""Figures for Prometheus: requests as this process has answered them, work as the database has it."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, Summary, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from guichet.jobs.models import WorkerSeen, machine_now

REGISTRY = CollectorRegistry()

REQUESTS = Summary(
    "guichet_request_seconds",
    "Time to answer, by page and status",
    ["page", "status"],
    registry=REGISTRY,
)


class _Work(Collector):
    """Counted when asked for: all processes give the same answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        tasks = GaugeMetricFamily("guichet_tasks", "Tasks by status", labels=["status"])
        for status, count in (
            DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk"))
        ):
            tasks.add_metric([status.lower()], count)
        yield tasks
        oldest = DBTaskResult.objects.ready().order_by().aggregate(at=Min("enqueued_at"))["at"]
        waited = (machine_now() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "guichet_task_wait_seconds", "How long the oldest ready task has waited", value=waited
        )
        yield GaugeMetricFamily(
            "guichet_workers", "Workers not known to be dead", value=WorkerSeen.objects.count()
        )


REGISTRY.register(_Work())


def page() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(REGISTRY)
