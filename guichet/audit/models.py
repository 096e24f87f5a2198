"""The house register. Entries are added, never changed, never taken away: the database refuses."""

from django.db import models

from guichet import clock
from guichet.ids import new_id


class Entry(models.Model):
    """One act. Identifiers only: no name, number, address or code of anybody.

    There are no foreign keys: an entry outlives whatever it is about.
    """

    class Outcome(models.TextChoices):
        OK = "ok"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=clock.now)
    event = models.CharField(max_length=60)  # room-noun.past-tense, "space.member-invited"
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OK)
    actor = models.CharField(max_length=80, blank=True)  # kind:identifier, "person:0190…"
    session = models.UUIDField(null=True)
    attempt = models.CharField(max_length=6, blank=True)  # the number shown while signing on
    about = models.CharField(max_length=80, blank=True)  # kind:identifier, "space:0190…"
    space = models.UUIDField(null=True)
    # The person to whom it was done, when that is not whoever did it: for their own activity log.
    whom = models.UUIDField(null=True)
    request = models.CharField(max_length=36, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["about", "-at"], name="audit_by_subject"),
            models.Index(fields=["attempt", "-at"], name="audit_by_attempt"),
            models.Index(fields=["whom", "-at"], name="audit_by_whom"),
        ]
