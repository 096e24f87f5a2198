"""Is the portal well? What a load balancer, a supervisor and a monitoring system ask."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from guichet.jobs.models import WorkerSeen, machine_now

WORKER_SEEN_WITHIN = timedelta(seconds=30)

# Migrations do not become unapplied: once found applied, a process need not look again.
_migrated = False


def checks() -> dict[str, bool]:
    """Each thing that must hold before people are sent here, and whether it does."""
    return {name: _holds(check) for name, check in _CHECKS.items()}


def notes() -> dict[str, bool]:
    """What an operator should know of though the portal works: a line each of `HEALTH_NOTES`."""
    return {name: _holds(import_string(path)) for name, path in settings.HEALTH_NOTES.items()}


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except DatabaseError:
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _worker() -> bool:
    return WorkerSeen.objects.filter(seen_at__gte=machine_now() - WORKER_SEEN_WITHIN).exists()


_CHECKS = {"database": _database, "migrations": _migrations, "worker": _worker}
