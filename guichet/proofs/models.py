"""Receipts: what the portal has vouched for. Added, never changed, never taken away."""

import json
from typing import Any

from django.conf import settings
from django.db import models
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
