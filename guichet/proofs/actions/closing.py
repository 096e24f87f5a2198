"""Closing a day: one root over everything that was added to any chain, signed and published.

No chain is locked for it. Any number of workers may close the same day: they add its leaves in turns,
and the first one that has the root writes it. Whoever dies is taken over from where it stood.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import make_aware

from guichet import clock
from guichet.proofs import canonical, chains, merkle, signing
from guichet.proofs.models import Day, Leaf, Link, Tile

AT_ONCE = 2_000
# An act that was still under way when a day was closed is found within this time.
_LATE = timedelta(days=7)

Place: TypeAlias = tuple[datetime, UUID]  # of a link among all: its time, its key

log = structlog.get_logger("guichet.proofs")


def close_days() -> int:
    """Close yesterday, and whatever was left half done before; returns how many. Twice changes nothing.

    From the first chain on, every day has its root, also one over nothing. Days on which no worker
    runs have none, and the next one holds what was added on them.
    """
    _begin(clock.today() - timedelta(days=1))
    return sum(_close(day) for day in Day.objects.filter(closed_at=None).order_by("day"))


def _begin(day: date) -> None:
    if Day.objects.filter(day=day).exists():
        return
    if Day.objects.exists() or Link.objects.filter(at__lt=_end_of(day)).exists():
        Day.objects.bulk_create([Day(day=day)], ignore_conflicts=True)


def _close(day: Day) -> bool:
    after: Place | None = (_since(day), UUID(int=0))
    while after is not None:
        after = _gather(day, after)
    day.refresh_from_db()
    tiles = list(merkle.tiles(_leaves(day)))
    return _publish(day, tiles)


def _gather(day: Day, after: Place) -> Place | None:
    """Make the next links leaves; returns the last of them, None when there are no more."""
    with transaction.atomic():
        held = Day.objects.select_for_update().get(pk=day.pk)  # all that is locked
        if held.gathered_at:
            return None
        links = list(_last_links(held, after)[:AT_ONCE])
        Leaf.objects.bulk_create(
            Leaf(link=link, day=held, position=held.count + at) for at, link in enumerate(links)
        )
        held.count += len(links)
        held.gathered_at = None if len(links) == AT_ONCE else clock.now()
        held.save(update_fields=["count", "gathered_at"])
        return None if held.gathered_at else (links[-1].at, links[-1].pk)


def _last_links(day: Day, after: Place) -> QuerySet[Link]:
    """The last link of each chain as it stood when the day ended, if it is in no tree yet."""
    rows = Link.objects.filter(at__lt=_end_of(day.day))
    following = rows.filter(chain=OuterRef("chain"), number=OuterRef("number") + 1)
    placed = Leaf.objects.filter(link=OuterRef("pk"))
    at, pk = after
    further = rows.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk), at__gte=at)
    found = further.filter(~Exists(placed), ~Exists(following))
    return found.only("at").order_by("at", "pk")


def _since(day: Day) -> datetime:
    before = _before(day)
    return _end_of(before.day) - _LATE if before else datetime.min.replace(tzinfo=UTC)


def _before(day: Day) -> Day | None:
    return Day.objects.closed().filter(day__lt=day.day).order_by("day").last()


def _leaves(day: Day) -> Iterator[bytes]:
    for first in range(0, day.count, merkle.WIDTH):
        rows = day.leaves.filter(position__range=(first, first + merkle.WIDTH - 1))
        for digest in rows.order_by("position").values_list("link__digest", flat=True):
            yield merkle.leaf(bytes.fromhex(digest))


def _publish(day: Day, tiles: list[merkle.Tile]) -> bool:
    hashes = {(tile.level, tile.position): tile.hashes for tile in tiles}
    root = merkle.Tree(day.count, lambda *at: hashes[at]).root()
    before, closed_at = _before(day), clock.now()
    statement = {
        "v": 1,
        "kind": "day",
        "portal": settings.SITE_URL,
        "day": f"{day.day}",
        "closed_at": chains.moment(closed_at),
        "count": day.count,
        "root": root.hex(),
    }
    if before:
        statement |= {"before_day": f"{before.day}", "before": before.digest.hex()}
    content = canonical.written(statement)
    key, signature = signing.sign(content)
    with transaction.atomic():
        ours = Day.objects.filter(pk=day.pk, closed_at=None).update(
            closed_at=closed_at, statement=content.decode(), signature=signature, key=key
        )
        if ours:
            rows = (
                Tile(day=day, level=tile.level, position=tile.position, hashes=tile.hashes)
                for tile in tiles
            )
            Tile.objects.bulk_create(rows, batch_size=100)
    log.info("day closed", day=f"{day.day}", count=day.count, ours=bool(ours))
    return bool(ours)


def _end_of(day: date) -> datetime:
    """Midnight after it, where the portal stands."""
    return make_aware(datetime.combine(day + timedelta(days=1), time()))
