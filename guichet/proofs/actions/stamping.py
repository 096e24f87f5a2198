"""Letting somebody else say what time it is: an authority stamps each day that was closed."""

from datetime import timedelta

import structlog
from django.conf import settings

from guichet import clock
from guichet.proofs import timestamps
from guichet.proofs.models import Day

_AT_ONCE = 50
_LATE = timedelta(days=1)

log = structlog.get_logger("guichet.proofs")


def stamp_days() -> int:
    """Have the days that wait for it time-stamped, the oldest first; returns how many were.

    While the authority does not answer they wait, for as long as it takes. It is asked outside any
    transaction; of two workers the first one's token is kept.
    """
    if not settings.TIMESTAMP_AUTHORITY:
        return 0
    stamped = 0
    for day in Day.objects.waiting().order_by("day")[:_AT_ONCE]:
        try:
            token, at = timestamps.fetch(day.digest)
        except timestamps.NoStamp as fault:
            log.warning("no time stamp", day=f"{day.day}", reason=str(fault))
            break
        waiting = Day.objects.waiting().filter(pk=day.pk)
        stamped += waiting.update(token=token, stamped_at=at)
    return stamped


def keeps_up() -> bool:
    """Whether an authority is named and no day has waited for it for more than a day."""
    late = Day.objects.waiting().filter(closed_at__lte=clock.now() - _LATE)
    return not settings.TIMESTAMP_AUTHORITY or not late.exists()
