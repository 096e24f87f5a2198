"""Two professional spaces become one."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from guichet import clock
from guichet.files.models import File
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.spaces.models.space import Space


class MergerQuerySet(models.QuerySet["Merger"]):
    def live(self) -> "MergerQuerySet":
        """Asked for, and neither done nor cancelled."""
        return self.filter(done_at=None, cancelled_at=None)

    def due(self) -> "MergerQuerySet":
        """Consented to, and the time to think it over has passed."""
        return self.live().filter(consented_at__lte=clock.now() - Merger.TO_THINK_IT_OVER)


class Merger(models.Model):
    """`absorbed` goes into `kept`. What exactly will happen stands in `preview`, which is stored.

    An administrator of one space asks, one of the other consents (the same person may be both);
    72 hours later everything moves in one transaction. The identifiers are kept beside the keys,
    because one of the spaces goes.
    """

    TO_THINK_IT_OVER = timedelta(hours=72)
    CONSENT_WITHIN = timedelta(days=14)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    absorbed = models.ForeignKey(
        Space, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kept = models.ForeignKey(
        Space, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    absorbed_identifier = models.CharField(max_length=9)
    kept_identifier = models.CharField(max_length=9)
    preview = models.JSONField()
    preview_digest = models.CharField(max_length=64)  # SHA-256 of what was shown and agreed to
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    # Which of the two spaces asked: the other one has to consent.
    asked_from_kept = models.BooleanField()
    consented_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    report = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True)

    objects = MergerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(done_at=None, cancelled_at=None),
                name="one_live_merger_per_absorbed_space",
            ),
            models.UniqueConstraint(
                fields=["kept"],
                condition=Q(done_at=None, cancelled_at=None),
                name="one_live_merger_per_kept_space",
            ),
            models.CheckConstraint(
                condition=Q(absorbed=None) | Q(kept=None) | ~Q(absorbed=F("kept")),
                name="no_space_is_merged_with_itself",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(consented_at__isnull=False, cancelled_at=None),
                name="a_merger_is_done_with_consent_or_not_at_all",
            ),
        ]

    @property
    def due_at(self) -> datetime | None:
        """When everything moves; None as long as nobody has consented."""
        return self.consented_at + self.TO_THINK_IT_OVER if self.consented_at else None

    @property
    def is_live(self) -> bool:
        """Neither done nor cancelled."""
        return self.done_at is None and self.cancelled_at is None
