"""What leaves the house, one row a piece: an outbox that the worker empties."""

import secrets
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.files.models import File
from guichet.ids import new_id

_WAITING = Q(sent_at=None, gave_up_at=None)


_CODE = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, nothing that looks like another


def new_code() -> str:
    """What a letter is called on its paper: eight characters, typed or scanned."""
    return "".join(secrets.choice(_CODE) for _character in range(8))


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def waiting(self) -> "DispatchQuerySet":
        """Neither sent nor given up."""
        return self.filter(_WAITING)

    def due(self) -> "DispatchQuerySet":
        """Waiting, and it is time for the next try."""
        return self.waiting().filter(next_try_at__lte=clock.now())

    def letters_of(self, whose: UUID) -> "DispatchQuerySet":
        """Somebody's letters, the newest first."""
        return self.filter(kind="letter", whose=whose).order_by("-created_at", "-pk")

    def to_batch(self) -> "DispatchQuerySet":
        """Letters that are rendered and lie in the print queue, in no batch yet."""
        return self.filter(kind="letter", batch=None).exclude(sent_at=None).exclude(file=None)

    def came_back(self) -> "DispatchQuerySet":
        """Letters that the post brought back, and nobody has dealt with."""
        return self.filter(kind="letter", settled_at=None).exclude(returned_at=None)

    def given_up(self) -> "DispatchQuerySet":
        """Dead letters: somebody has to look at them."""
        return self.exclude(gave_up_at=None)


class Batch(models.Model):
    """Letters for a print shop, in one file: made once, made again byte for byte."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField(default=clock.now)
    handed_over_at = models.DateTimeField(null=True, blank=True)  # the shop has said so

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"lot-{self.number:06}.zip"


class Dispatch(models.Model):
    """One mail or letter: written in the transaction of the act it tells of, sent after commit.

    Its words are kept only until it has left the house, its address only for a while longer.
    """

    class Kind(models.TextChoices):
        MAIL = "mail"
        LETTER = "letter"

    class Reason(models.TextChoices):
        """Why the post brought a letter back."""

        UNKNOWN = "unknown", _("Unknown at this address")
        MOVED = "moved", _("The addressee has moved")
        INCOMPLETE = "incomplete", _("Address incomplete or wrong")
        REFUSED = "refused", _("Acceptance refused")
        UNCLAIMED = "unclaimed", _("Not collected")
        OTHER = "other", _("Another reason")

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
    # The life of a letter after that; see `post.letters_life`.
    code = models.CharField(max_length=8, null=True, unique=True)  # noqa: DJ001 - null: a mail
    whose = models.UUIDField(
        null=True, blank=True
    )  # the caller's key of somebody; post knows no more
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="letters"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_why = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)  # the help desk has dealt with it
    contested_at = models.DateTimeField(null=True, blank=True)  # "I never got it"
    instead_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="instead"
    )
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
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(sent_at__isnull=False),
                name="a_letter_that_returns_has_left",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(returned_at__isnull=False),
                name="only_what_has_returned_is_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=_WAITING, name="dispatch_by_next_try"),
            models.Index(fields=["whose"], condition=Q(kind="letter"), name="letter_by_whose"),
            models.Index(
                fields=["returned_at"],
                condition=Q(returned_at__isnull=False, settled_at=None),
                name="letter_that_came_back",
            ),
        ]

    @property
    def handed_over_at(self) -> datetime | None:
        """When the print shop took the batch that a letter is in."""
        return self.batch.handed_over_at if self.batch else None

    @property
    def spoken_code(self) -> str:
        """The code as the paper shows it, in two groups; sent again, the paper is the same."""
        if self.instead_of is not None:
            return self.instead_of.spoken_code
        return f"{self.code[:4]}-{self.code[4:]}" if self.code else ""

    @property
    def paper_name(self) -> str:
        """What its PDF is called in the print queue."""
        return f"{self.created_at:%Y%m%d}-{self.pk}.pdf"


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
