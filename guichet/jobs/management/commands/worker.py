"""`manage.py worker`: does what was put off until after the answer."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from guichet.jobs.worker import Worker


class Command(BaseCommand):
    help = "Run the tasks of the portal until SIGTERM or SIGINT; then finish the one at hand."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(import_string(settings.JOBS_SCHEDULE))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
