"""Viruses: what strangers hand in is looked at by a scanner, once for the same bytes.

    state_of(file)        waiting, clean, refused: only what is clean may be given to anybody
    states(files)         the same for many, in one query

While the scanner is away, everything waits, and is tried again without end. Nothing passes
because nobody looked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import F

from guichet import clock
from guichet.files import disk
from guichet.files.models import File, Scan, State
from guichet.files.scanners import Absent, Clamd, Scanner, StandIn, TooLarge, Unscanned
from guichet.jobs.tasks import pause_after

_AT_ONCE_MAX = 100
_SOON = timedelta(minutes=5)
_GIVEN_TO_THE_FIRST = timedelta(seconds=60)

log = structlog.get_logger("guichet.files")


def state_of(file: File) -> State:
    """What is known of its bytes. What nobody asked the scanner about waits."""
    return states([file])[file.digest]


def states(files: Iterable[File]) -> dict[str, State]:
    """The state by digest."""
    digests = {file.digest for file in files}
    known = {scan.digest: scan.state for scan in Scan.objects.filter(digest__in=digests)}
    return {digest: known.get(digest, State.WAITING) for digest in digests}


def scan_of(file: File) -> Scan | None:
    """Who looked at its bytes, when, and what was found; `engine` is "stand-in" in a demonstration."""
    return Scan.objects.filter(digest=file.digest).first()


def ask(digest: str) -> Scan:
    """Have these bytes scanned, in the caller's transaction; the same bytes are asked about once."""
    now = clock.now()
    # The task that the caller enqueues comes first; the round takes what that one leaves.
    waiting = Scan(digest=digest, asked_at=now, next_try_at=now + _GIVEN_TO_THE_FIRST)
    Scan.objects.bulk_create([waiting], ignore_conflicts=True)
    return Scan.objects.get(digest=digest)


def check_waiting() -> int:
    """Scan what waits and whose turn has come again; returns how many were scanned.

    When the scanner does not answer the first, the others are not held up to it one by one.
    """
    due = Scan.objects.filter(checked_at=None, next_try_at__lte=clock.now())
    digests = due.order_by("next_try_at").values_list("digest", flat=True)[:_AT_ONCE_MAX]
    scanned = 0
    for digest in list(digests):
        if check(digest):
            scanned += 1
        elif Scan.objects.filter(digest=digest, trouble=Absent.code).exists():
            break
    return scanned


def check(digest: str) -> bool:
    """Scan these bytes unless that is done; False when it came to nothing and they still wait."""
    waiting = Scan.objects.filter(digest=digest, checked_at=None)
    scan = waiting.first()
    if scan is None:
        return True
    try:
        scanner = at_hand()
        with disk.place_of(digest).open("rb") as stream:
            found = scanner.look_for(stream)
        engine = scanner.name()
    except FileNotFoundError:
        return _forgotten_or_missing(scan)
    except Unscanned as fault:
        _later(scan, fault)
        return False
    waiting.update(
        checked_at=clock.now(), found=found[:200], engine=engine[:100], trouble="", tries=0
    )
    # It answers: what waited for that need not wait for its pause as well.
    Scan.objects.filter(checked_at=None, trouble=Absent.code).update(next_try_at=clock.now())
    if found:
        log.warning("virus found", digest=digest, found=found, engine=engine)
    return True


def at_hand() -> Scanner:
    """The scanner that the operator named; in a demonstration without one, the stand-in."""
    if settings.CLAMD:
        return Clamd(settings.CLAMD)
    if is_stand_in():
        return StandIn()
    raise Absent("GUICHET_CLAMD is empty")


def is_stand_in() -> bool:
    """Whether nobody really looks: a demonstration without a scanner. Its pages say so."""
    return settings.DEMO and not settings.CLAMD


def keeps_up() -> bool:
    """A scanner is named and no paper waits for long: a line of the health page.

    Told from the database alone: a scanner that hangs must not make the portal look ill.
    """
    try:
        at_hand()
    except Absent:
        return False
    since = waiting_since()
    return since is None or clock.now() - since < _SOON


def waiting_since() -> datetime | None:
    """Since when the oldest paper has waited; None when none waits."""
    oldest = Scan.objects.filter(checked_at=None).order_by("asked_at").first()
    return oldest.asked_at if oldest else None


def _later(scan: Scan, fault: Unscanned) -> None:
    pause = pause_after(min(scan.tries + 1, 10))
    Scan.objects.filter(pk=scan.pk, checked_at=None).update(
        tries=F("tries") + 1, next_try_at=clock.now() + pause, trouble=fault.code
    )
    if isinstance(fault, TooLarge):
        # It waits for whoever runs the scanner: no try by itself will help.
        log.error("larger than the scanner takes", digest=scan.digest)
    else:
        log.warning("not scanned", trouble=fault.code, tries=scan.tries + 1)


def _forgotten_or_missing(scan: Scan) -> bool:
    """Bytes that are gone because no row names them need no scan."""
    if File.objects.filter(digest=scan.digest).exists():
        _later(scan, Unscanned("the bytes are missing"))
        return False
    scan.delete()
    return True
