"""Look at papers that wait for the virus scanner, as the worker does: the demonstration's stand-in."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

import django

django.setup()

from django.test import override_settings  # noqa: E402

from guichet.files import scanning  # noqa: E402
from guichet.files.models import Scan  # noqa: E402


def scan() -> None:
    """All that wait, now."""
    waiting = Scan.objects.filter(checked_at=None).values_list("digest", flat=True)
    with override_settings(DEMO=True):
        for digest in list(waiting):
            scanning.check(digest)


if __name__ == "__main__":
    scan()
