"""What somebody began here and has to finish with another product in hand."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from guichet import clock
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.signon.models import Credential


class AdditionQuerySet(models.QuerySet["Addition"]):
    def live(self) -> "AdditionQuerySet":
        """Not done, and begun not long ago."""
        return self.filter(done_at=None, asked_at__gt=clock.now() - Addition.VALIDITY)


class Addition(models.Model):
    """Somebody wants to add a product: begun in a session with one that they hold already.

    Good for the same browser, for ten minutes, once, and only for the sign-on that put an end to
    that very session: whoever sits down later, or has but the link, takes up nothing.
    """

    VALIDITY = timedelta(minutes=10)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    session = models.UUIDField()  # in which it was begun; sessions are forgotten, this may stay
    browser_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AdditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(done_at=None), name="one_open_addition_per_person"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, credential=None)
                | Q(done_at__isnull=False, credential__isnull=False),
                name="an_addition_that_is_done_says_what_was_added",
            ),
            models.CheckConstraint(
                condition=~Q(browser_hash=""), name="an_addition_belongs_to_a_browser"
            ),
        ]
        indexes = [models.Index(fields=["browser_hash"], name="addition_by_browser")]
