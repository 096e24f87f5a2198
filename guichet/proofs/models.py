"""What the portal has vouched for: receipts, and chains of what happened. Added, never changed."""

import json
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
