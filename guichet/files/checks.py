"""What must hold before papers are taken for real."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


def papers_are_scanned(**_: Any) -> list[CheckMessage]:
    """guichet.W003: outside a demonstration somebody looks for viruses."""
    if settings.CLAMD or settings.DEMO:
        return []
    return [
        Warning(
            "No virus scanner is named: every paper that people hand in waits.",
            hint="Run clamd and name its socket in GUICHET_CLAMD.",
            id="guichet.W003",
        )
    ]
