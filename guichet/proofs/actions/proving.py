"""What is published of a day, and what whoever something belongs to takes along as proof."""

import json
from base64 import b64encode
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from guichet.proofs import canonical, chains, merkle, signing
from guichet.proofs.actions.vouching import receipt_file
from guichet.proofs.models import Day, Kind, Leaf, Link, Receipt

# So many days hold the paths of a proof at most: the first ones, and the last.
DAYS_MAX = 50


def day_file(day: Day) -> bytes:
    """What is published of a closed day: statement, signature, public key, token once there is one.

    Canonical JSON. Raises `ValueError` if the key is no longer one of ours.
    """
    return canonical.written(_published(day))


def proved_since(chain: UUID) -> Day | None:
    """The first day that holds what this chain says was sent; None as long as there is no proof."""
    sent = Link.objects.filter(chain=OuterRef("link__chain"), kind=Kind.SENT)
    leaves = Leaf.objects.filter(
        Exists(sent), link__chain__name=chain, day__closed_at__isnull=False
    )
    first = leaves.select_related("day").order_by("day__day").first()
    return first.day if first else None


def proof_file(chain: UUID, receipt: Receipt, *, salt: str = "") -> bytes:
    """`preuve.json`: the links of a chain with their facts, the receipt, and the way to each day.

    Canonical JSON, all that checking needs but trust. Raises `ValueError` as `receipt_file`, and as
    long as no day holds the chain.
    """
    links = Link.objects.filter(chain__name=chain).order_by("number")
    leaves = list(
        Leaf.objects.filter(link__chain__name=chain, day__closed_at__isnull=False)
        .select_related("day", "link")
        .order_by("day__day", "link__number")
    )
    if not leaves:
        raise ValueError("no day holds this chain yet")
    if len(leaves) > DAYS_MAX:
        leaves = [*leaves[: DAYS_MAX - 1], leaves[-1]]
    return canonical.written(
        {
            "chain": [_told(link) for link in links],
            "days": [_way(leaf) for leaf in leaves],
            "receipt": json.loads(receipt_file(receipt, salt=salt)),
        }
    )


def _told(link: Link) -> dict[str, Any]:
    return {
        "number": link.number,
        "kind": link.kind,
        "at": chains.moment(link.at),
        "facts": json.loads(link.facts),
        "salt": link.salt,
    }


def _way(leaf: Leaf) -> dict[str, Any]:
    """From a link to the root of a day."""
    path = _tree(leaf.day).path(leaf.position)
    way = {"number": leaf.link.number, "position": leaf.position, "path": [h.hex() for h in path]}
    return _published(leaf.day) | way


def _tree(day: Day) -> merkle.Tree:
    @cache
    def hashes(level: int, position: int) -> bytes:
        return bytes(day.tiles.get(level=level, position=position).hashes)

    return merkle.Tree(day.count, hashes)


def _published(day: Day) -> dict[str, Any]:
    whole = signing.with_key(day.says, day.signature, day.key)
    return whole | ({"token": b64encode(bytes(day.token)).decode()} if day.token else {})
