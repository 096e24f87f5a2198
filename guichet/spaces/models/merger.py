"""Two professional spaces become one."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from guichet import clock, sealing
from guichet.files.models import File
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.spaces.models.space import Space

_OUTCOME = "spaces.Merger.outcome"
_OPEN = Q(done_at=None, cancelled_at=None)


class MergerQuerySet(models.QuerySet["Merger"]):
    def live(self) -> "MergerQuerySet":
        """Waiting for consent within its time, or consented to; neither done nor cancelled."""
        in_time = Q(consented_at__isnull=False) | Q(
            previewed_at__gt=clock.now() - Merger.CONSENT_WITHIN
        )
        return self.filter(in_time, done_at=None, cancelled_at=None)

    def agreed(self) -> "MergerQuerySet":
        """Consented to, and neither done nor cancelled."""
        return self.filter(_OPEN).exclude(consented_at=None)

    def died(self) -> "MergerQuerySet":
        """Nobody has consented in time, and nobody has said so yet."""
        return self.filter(
            consented_at=None,
            done_at=None,
            cancelled_at=None,
            previewed_at__lte=clock.now() - Merger.CONSENT_WITHIN,
        )

    def due(self) -> "MergerQuerySet":
        """Consented to, and the time to think it over has passed."""
        return self.live().filter(consented_at__lte=clock.now() - Merger.TO_THINK_IT_OVER)


class Merger(models.Model):
    """`absorbed` goes into `kept`. What exactly will happen stands in `preview`, which is stored.

    An administrator of one space asks, one of the other consents (the same person may be both);
    72 hours later everything moves in one transaction. The identifiers are kept beside the keys,
    because one of the spaces goes.

    As long as the other side has not consented, its key is missing here unless the asker
    administrates it too: nobody can hold up a space of others by asking, and a request to a space
    that does not exist looks like one that does.
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
    # Made anew when it no longer holds at the hour of the merger; then consent is asked again.
    previewed_at = models.DateTimeField(default=clock.now)
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
    # What the report says of what is no longer there: names, the company, what was moved.
    outcome_sealed = models.BinaryField(null=True, blank=True)
    report = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True)

    objects = MergerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=_OPEN,
                name="one_live_merger_per_absorbed_space",
            ),
            models.UniqueConstraint(
                fields=["kept"],
                condition=_OPEN,
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
        indexes = [
            models.Index(
                fields=[side], condition=_OPEN, name=f"open_merger_by_{side.split('_')[0]}"
            )
            for side in ("absorbed_identifier", "kept_identifier")
        ]

    @property
    def due_at(self) -> datetime | None:
        """When everything moves; None as long as nobody has consented."""
        return self.consented_at + self.TO_THINK_IT_OVER if self.consented_at else None

    @property
    def consent_until(self) -> datetime:
        """Until when the other side can consent."""
        return self.previewed_at + self.CONSENT_WITHIN

    @property
    def has_died(self) -> bool:
        """Nobody has consented in time."""
        return self.is_open and self.consented_at is None and clock.now() >= self.consent_until

    @property
    def is_open(self) -> bool:
        """Neither done nor cancelled."""
        return self.done_at is None and self.cancelled_at is None

    @property
    def is_live(self) -> bool:
        """Open, and its time to consent has not run out."""
        return self.is_open and not self.has_died

    @property
    def is_due(self) -> bool:
        """Is being carried out, or will be as soon as a worker comes to it."""
        return self.is_open and self.due_at is not None and clock.now() >= self.due_at

    @property
    def asking_identifier(self) -> str:
        """Of the space whose administrator asked."""
        return self.kept_identifier if self.asked_from_kept else self.absorbed_identifier

    @property
    def asked_identifier(self) -> str:
        """Of the space that has to consent."""
        return self.absorbed_identifier if self.asked_from_kept else self.kept_identifier

    @property
    def outcome(self) -> dict[str, Any]:
        """What the report needs to know of the day it was done; empty before."""
        if self.outcome_sealed is None:
            return {}
        return dict(json.loads(sealing.unseal(self.outcome_sealed, context=_OUTCOME)))

    @staticmethod
    def sealed_outcome(outcome: dict[str, Any]) -> bytes:
        """As a merger keeps it: the company may be one person's."""
        return sealing.seal(json.dumps(outcome), context=_OUTCOME)
