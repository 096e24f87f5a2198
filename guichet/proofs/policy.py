"""The doors: to receipts for whoever has the code of one, to what is published for everybody."""

import re
from datetime import date

from django.db.models import QuerySet

from guichet.proofs import codes
from guichet.proofs.models import Day, Receipt


def receipt(code: str) -> Receipt | None:
    """The receipt with this code, however it was typed. The code is the key: 80 random bits."""
    cleaned = codes.cleaned(code)
    return Receipt.objects.filter(code=cleaned).first() if cleaned else None


def days() -> QuerySet[Day]:
    """What was published, the newest first."""
    return Day.objects.closed().order_by("-day")


def day(written: str) -> Day | None:
    """What was published of this day, written 2026-11-26."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        return None
    try:
        return days().filter(day=date.fromisoformat(written)).first()
    except ValueError:
        return None
