"""What leaves the house, one row a piece: an outbox that the worker empties."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guichet import clock
from guichet.files.models import File
from guichet.ids import new_id

_WAITING = Q(sent_at=None, gave_up_at=None)


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def waiting(self) -> "DispatchQuerySet":
        """Neither sent nor given up."""
        return self.filter(_WAITING)

    def due(self) -> "DispatchQuerySet":
        """Waiting, and it is time for the next try."""
        return self.waiting().filter(next_try_at__lte=clock.now())

    def given_up(self) -> "DispatchQuerySet":
        """Dead letters: somebody has to look at them."""
        return self.exclude(gave_up_at=None)


class Dispatch(models.Model):
    """One mail or letter: written in the transaction of the act it tells of, sent after commit.

    Its words are kept only until it has left the house, its address only for a while longer.
    """

    class Kind(models.TextChoices):
        MAIL = "mail"
        LETTER = "letter"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    template = models.CharField(max_length=80)
    # Whoever sends with the same key twice has sent once.
    key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 - null is no key
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    to = models.EmailField(max_length=254, blank=True)
    addressee = models.JSONField(default=list, blank=True)  # the lines of a letter's window
    # To find out whether an address is right: leaves even to one that mails come back from.
    proves_address = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    last_error = models.CharField(max_length=60, blank=True)  # a code, never an answer's words
    rendered_at = models.DateTimeField(null=True, blank=True)  # letters: the PDF is made
    sent_at = models.DateTimeField(null=True, blank=True)  # taken by mail server or print queue
    gave_up_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)  # taken, and came back
    bounce = models.CharField(max_length=11, blank=True)  # why, as RFC 3463 numbers it

    objects: ClassVar[DispatchQuerySet] = DispatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(gave_up_at=None),
                name="dispatch_is_sent_or_given_up_never_both",
            ),
            models.CheckConstraint(
                condition=~Q(kind="letter") | Q(sent_at=None) | Q(rendered_at__isnull=False),
                name="letter_is_rendered_before_it_is_handed_over",
            ),
            models.CheckConstraint(
                condition=Q(bounced_at=None) | Q(sent_at__isnull=False),
                name="what_comes_back_has_left",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=_WAITING, name="dispatch_by_next_try")
        ]


class Unreachable(models.Model):
    """An address that our mails come back from for good, until somebody has confirmed it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.EmailField(max_length=254, unique=True)  # in small letters
    status = models.CharField(max_length=11)
    since = models.DateTimeField(default=clock.now)

    @property
    def masked(self) -> str:
        """For pages that somebody may read over a shoulder: a…@example.lu."""
        name, _, domain = self.address.rpartition("@")
        return f"{name[:1]}…@{domain}"
