"""Which papers the house holds. The bytes lie on disk under their digest; rows name them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from guichet import clock
from guichet.files import names
from guichet.ids import new_id

UPLOADS_KEPT = timedelta(days=3)


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
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="file_is_named_by_its_digest",
            )
        ]

    @property
    def kind(self) -> str:
        """What sort of file it is, in a word that people know: "PDF"."""
        return names.kind(self.media_type)


def upload_expires_at() -> datetime:
    """When an upload that is begun or continued now is given up."""
    return clock.now() + UPLOADS_KEPT


class Upload(models.Model):
    """A paper on its way, piece by piece. Whose it is says the room that began it, in its own row.

    That row goes with this one (CASCADE or SET_NULL): an upload ends with what it was for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    size_bytes = models.PositiveBigIntegerField()  # as announced
    received_bytes = models.PositiveBigIntegerField(default=0)  # synced, when last written
    begun_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(default=upload_expires_at, db_index=True)
    finished_at = models.DateTimeField(null=True)
    file = models.OneToOneField(File, on_delete=models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="upload_is_of_something"),
            models.CheckConstraint(
                condition=Q(received_bytes__lte=F("size_bytes")),
                name="upload_holds_no_more_than_announced",
            ),
            models.CheckConstraint(
                condition=Q(file=None, finished_at=None)
                | Q(file__isnull=False, finished_at__isnull=False, received_bytes=F("size_bytes")),
                name="upload_is_finished_with_its_file",
            ),
        ]

    @property
    def is_whole(self) -> bool:
        """Every byte has arrived; `actions.finish` may be called."""
        return self.received_bytes == self.size_bytes

    @property
    def is_over(self) -> bool:
        """Not finished in time."""
        return self.finished_at is None and self.expires_at <= clock.now()


class State(models.TextChoices):
    """What the virus scanner has said. Only `CLEAN` may be given to anybody."""

    WAITING = "waiting"
    CLEAN = "clean"
    REFUSED = "refused"


class Scan(models.Model):
    """What a virus scanner says of some bytes, for every file that has them."""

    digest = models.CharField(max_length=64, primary_key=True)
    asked_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveIntegerField(default=0)  # that came to nothing
    next_try_at = models.DateTimeField(default=clock.now)
    trouble = models.CharField(max_length=20)  # why the last try came to nothing
    checked_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=200)  # the scanner's name for it
    engine = models.CharField(max_length=100)  # who checked, with its version

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(checked_at=None), name="scan_waiting_idx"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(found="") | Q(checked_at__isnull=False),
                name="scan_finds_only_what_it_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_at=None, engine="")
                | (Q(checked_at__isnull=False) & ~Q(engine="")),
                name="scan_says_who_checked",
            ),
        ]

    @property
    def state(self) -> State:
        """Computed from what happened."""
        if self.checked_at is None:
            return State.WAITING
        return State.REFUSED if self.found else State.CLEAN
