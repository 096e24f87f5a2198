"""Spaces that are being prepared."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from guichet import clock, sealing
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.spaces.models.space import Space

_DRAFT_COMPANY = "spaces.SpaceDraft.company"


class SpaceDraftQuerySet(models.QuerySet["SpaceDraft"]):
    def open(self) -> "SpaceDraftQuerySet":
        """Not finished, and not older than drafts are kept."""
        return self.filter(finished_at=None, saved_at__gt=clock.now() - SpaceDraft.KEPT)

    def too_old(self) -> "SpaceDraftQuerySet":
        """Untouched for longer than drafts are kept."""
        return self.filter(saved_at__lte=clock.now() - SpaceDraft.KEPT)


class SpaceDraft(models.Model):
    """A professional space that somebody prepares in three steps, perhaps over several days.

    `revision` grows with each save and is compared before the next one, so that two tabs do not
    overwrite each other. `key` comes with the first form: sending it twice makes one draft.
    """

    KEPT = timedelta(days=90)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    name = models.CharField(max_length=Space.NAME_LENGTH_MAX)
    company_sealed = models.BinaryField(null=True, blank=True)
    notification_email = models.CharField(max_length=254, blank=True)  # as typed so far
    # Where whoever began it came from, a path of ours: shown again at the end.
    return_to = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    space = models.ForeignKey(
        Space, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = SpaceDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="one_draft_per_first_form"),
            models.CheckConstraint(
                condition=Q(space=None) | Q(finished_at__isnull=False),
                name="only_a_finished_draft_has_a_space",
            ),
        ]
        indexes = [models.Index(fields=["person", "-saved_at"], name="draft_by_person")]

    @property
    def company(self) -> dict[str, Any]:
        """What is known of the company so far: fields of `Company` by name, or nothing."""
        if self.company_sealed is None:
            return {}
        values = json.loads(sealing.unseal(self.company_sealed, context=_DRAFT_COMPANY))
        return dict(values)

    @staticmethod
    def sealed(company: dict[str, Any]) -> bytes:
        """Company values as a draft keeps them: they may hold a person's number."""
        return sealing.seal(json.dumps(company), context=_DRAFT_COMPANY)

    @property
    def expires_at(self) -> datetime:
        """When an unfinished draft is forgotten."""
        return self.saved_at + self.KEPT
