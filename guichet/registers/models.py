"""Which register was asked about whom, by whom and why. No personal value, and never changed."""

from django.db import models
from django.db.models import Q

from guichet import clock, sealing
from guichet.ids import new_id

_SUBJECT = "registers.Consultation.subject"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def about(self, number: str) -> "ConsultationQuerySet":
        """Those that concern the person or business with this clean number."""
        return self.filter(subject=subject_index(number))


class Consultation(models.Model):
    """One question to one register.

    `subject` is a one-way index: somebody who gives their number can be told who asked about
    it, and nobody can read from it whose number it was. It is empty for a search by words.
    """

    class Register(models.TextChoices):
        POPULATION = "population"
        BUSINESS = "business"

    class Outcome(models.TextChoices):
        FOUND = "found"
        NOT_FOUND = "not-found"
        UNAVAILABLE = "unavailable"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=clock.now)
    register = models.CharField(max_length=10, choices=Register.choices)
    by = models.CharField(max_length=80, blank=True)  # kind:identifier, "person:0190…"
    purpose = models.CharField(max_length=40)  # a code, "registration"
    subject = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    request = models.CharField(max_length=36, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"], name="consultation_by_subject"),
            models.Index(fields=["by", "-at"], name="consultation_by_asker"),
            models.Index(fields=["register", "-at"], name="consultation_by_register"),
        ]
        constraints = [
            models.CheckConstraint(name="a_consultation_has_a_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="a_consultation_asks_a_known_register",
                condition=Q(register__in=["population", "business"]),
            ),
            models.CheckConstraint(
                name="a_consultation_has_a_known_outcome",
                condition=Q(outcome__in=["found", "not-found", "unavailable"]),
            ),
        ]


def subject_index(number: str) -> str:
    """What stands in `subject` for this clean number; the empty text for none."""
    return sealing.index(number, context=_SUBJECT) if number else ""
