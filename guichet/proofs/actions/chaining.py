"""Chains of what happened: one for each case, lengthened in the transaction of the act."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from guichet import clock
from guichet.proofs import canonical, chains
from guichet.proofs.actions.vouching import new_salt, salted
from guichet.proofs.models import Chain, Kind, Link

FACTS_BYTES_MAX = 4_000


def append(*, chain: UUID, kind: Kind, facts: Mapping[str, Any]) -> Link:
    """Add a link to the chain of this name, in the caller's transaction; the first one begins it.

    `facts` are what whoever the chain is about may read: codes, times, digests, nothing of a person.
    They are written as receipts are, 4,000 bytes at most, and go with `forget`. Two acts about one
    chain follow each other; acts about two chains never wait for each other.
    Raises `ValueError` for facts that are not made so, or a kind that is not known.
    """
    kind, written = Kind(kind), canonical.written(dict(facts))
    if len(written) > FACTS_BYTES_MAX:
        raise ValueError("facts are shorter")
    salt, at = new_salt(), clock.now().replace(microsecond=0)
    digest = salted(written, salt)
    with transaction.atomic(savepoint=False):
        held = _hold(chain)
        # Asked once the lock is ours: in one query with it, PostgreSQL may answer from before.
        links = Link.objects.filter(chain=held).order_by("-number").values_list("number", "digest")
        last, before = links.first() or (0, chains.NOTHING)
        number = last + 1
        return Link.objects.create(
            chain_id=held,
            number=number,
            kind=kind,
            at=at,
            facts=written.decode(),
            salt=salt,
            facts_digest=digest,
            before=before,
            digest=chains.digest_of(
                before=before, number=number, kind=kind, at=chains.moment(at), facts=digest
            ),
        )


@transaction.atomic
def forget(names: Iterable[UUID]) -> int:
    """Let go of these chains: facts, salts and names go for good; returns how many there were.

    What stays are digests that nobody can lead back to anything, so that what was published still
    holds for everybody else.
    """
    held = Chain.objects.select_for_update().filter(name__in=names).order_by("pk")
    keys = list(held.values_list("pk", flat=True))
    Link.objects.filter(chain__in=keys).update(facts="", salt="")
    return Chain.objects.filter(pk__in=keys).update(name=None)


def _hold(name: UUID) -> UUID:
    """The key of the chain of this name, locked until the transaction ends; begun if it is new."""
    rows = Chain.objects.select_for_update().filter(name=name).values_list("pk", flat=True)
    if (found := rows.first()) is None:
        # Waits for whoever begins the same chain at the same instant, and for nobody else.
        Chain.objects.bulk_create([Chain(name=name)], ignore_conflicts=True)
        found = rows.get()
    return found
