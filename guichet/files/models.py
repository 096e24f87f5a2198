"""Which papers the house holds. The bytes lie on disk under their digest; rows name them."""

from django.db import models

from guichet import clock
from guichet.ids import new_id


class File(models.Model):
    """One paper, as somebody handed it in or as we made it. Never changed: another is stored.

    Two papers with the same bytes are two rows and one file on disk.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, db_index=True)  # SHA-256, hexadecimal
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)  # as a person sees it; never part of a path
    stored_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="file_is_named_by_its_digest",
            )
        ]
