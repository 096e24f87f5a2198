"""What the portal has vouched for: receipts, and chains of what happened. Added, never changed."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from guichet import clock
from guichet.ids import new_id
from guichet.proofs import codes


class Receipt(models.Model):
    """One signed statement. It holds digests and public words, nothing of a person.

    `statement` is the text that was signed, to the byte (see `canonical`). The database refuses to
    change a row or to take it away.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
    statement = models.TextField()
    signature = models.CharField(max_length=128)  # r and s, hexadecimal
    key = models.CharField(max_length=16)  # which of our keys, see `signing.key_id`
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=rf"^[{codes.ALPHABET}]{{{codes.LENGTH}}}$"),
                name="receipt_has_a_code",
            ),
            models.CheckConstraint(
                condition=models.Q(signature__regex=r"^[0-9a-f]{128}$"),
                name="receipt_is_signed",
            ),
        ]

    @property
    def says(self) -> dict[str, Any]:
        """The statement, read."""
        said: dict[str, Any] = json.loads(self.statement)
        return said

    @property
    def grouped_code(self) -> str:
        """The code as people read it."""
        return codes.grouped(self.code)

    @property
    def address(self) -> str:
        """Where anybody can look it up: what the QR code on a slip holds."""
        return f"{settings.SITE_URL}{reverse('proofs:receipt', args=[self.grouped_code])}"


class Kind(StrEnum):
    """What a link of a chain says that happened. A closed list: no word about anybody."""

    SIGNED = "signed"
    SENT = "sent"
    PAPER_MADE = "paper-made"


class Chain(models.Model):
    """What happened to one thing, link by link. Its row is the lock of its links, and no other's.

    `name` is the key of what it is about, in whatever room that lives; it goes when that goes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.UUIDField(unique=True, null=True, blank=True)


class Link(models.Model):
    """One thing that happened, and the digest of all before: see `chains`.

    The database refuses to take a link away or to change it, but for this: salt and facts may go
    together. `at` is kept to the second, as it was digested.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="links")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)  # one of `Kind`
    at = models.DateTimeField()
    facts = models.TextField(blank=True)  # canonical JSON
    salt = models.CharField(max_length=32, blank=True)
    facts_digest = models.CharField(max_length=64)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "number"], name="a_chain_has_one_link_in_each_place"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$")
                & Q(before__regex=r"^[0-9a-f]{64}$")
                & Q(facts_digest__regex=r"^[0-9a-f]{64}$"),
                name="a_link_holds_digests",
            ),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z]+(-[a-z]+)*$"), name="a_link_has_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(salt="", facts="") | (~Q(salt="") & ~Q(facts="")),
                name="salt_and_facts_go_together",
            ),
        ]
        indexes = [models.Index(fields=["at", "id"], name="link_by_time")]


class DayQuerySet(models.QuerySet["Day"]):
    def closed(self) -> "DayQuerySet":
        """Those with a root, signed and published."""
        return self.exclude(closed_at=None)

    def waiting(self) -> "DayQuerySet":
        """Closed, and no authority has confirmed the time yet."""
        return self.closed().filter(token=None)


class Day(models.Model):
    """A day, once it is over: one root over the chains to which something was added.

    First their last links become leaves (`gathered_at`: no more are added), then the root is signed
    and published (`closed_at`), then an authority says what time it is (`stamped_at`, its word).
    `statement` is the text that was signed, to the byte; it names the day before by its digest. The
    database refuses to take a day away, and to change statement or token once they are there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField(unique=True)
    count = models.PositiveIntegerField(default=0)
    gathered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    statement = models.TextField(blank=True)
    signature = models.CharField(max_length=128, blank=True)
    key = models.CharField(max_length=16, blank=True)
    token = models.BinaryField(null=True, blank=True)  # RFC 3161, DER
    stamped_at = models.DateTimeField(null=True, blank=True)

    objects = DayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, statement="", signature="", key="")
                | Q(closed_at__isnull=False, gathered_at__isnull=False)
                & ~Q(statement="")
                & Q(signature__regex=r"^[0-9a-f]{128}$"),
                name="a_closed_day_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(token=None, stamped_at=None)
                | Q(token__isnull=False, stamped_at__isnull=False, closed_at__isnull=False),
                name="only_a_closed_day_is_stamped",
            ),
        ]

    @property
    def says(self) -> dict[str, Any]:
        """The statement, read."""
        said: dict[str, Any] = json.loads(self.statement)
        return said

    @property
    def certain_at(self) -> datetime | None:
        """Since when nothing before it can have changed: by the authority's word, else by ours."""
        return self.stamped_at or self.closed_at

    @property
    def digest(self) -> bytes:
        """SHA-256 of the statement: what is time-stamped, and what the next day names."""
        return hashlib.sha256(self.statement.encode()).digest()


class Leaf(models.Model):
    """A link in the tree of a day: in one place, of one day."""

    link = models.OneToOneField(Link, on_delete=models.PROTECT, primary_key=True)
    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="leaves")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "position"], name="a_place_in_a_tree_holds_one_leaf"
            )
        ]


class Tile(models.Model):
    """A part of the tree of a day, see `merkle`."""

    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="tiles")
    level = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "level", "position"], name="a_tile_is_kept_once")
        ]
