"""Spaces and the identifiers they were given."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.signon.models import Credential


class SpaceQuerySet(models.QuerySet["Space"]):
    def private_of(self, person: Person) -> "SpaceQuerySet":
        """The private space of a person: none or one."""
        return self.filter(owner=person)

    def in_use(self) -> "SpaceQuerySet":
        """Not in the bin."""
        return self.filter(binned_at=None)

    def professional(self) -> "SpaceQuerySet":
        """Spaces of companies, associations and the self-employed."""
        return self.filter(kind=Space.Kind.PROFESSIONAL)


class Space(models.Model):
    """Where one acts, for oneself or for a company. Known outside by its identifier.

    `version` grows in the transaction of each change to anything the space shows; pages that
    were drawn for an older version are not shown again.
    """

    class Kind(models.TextChoices):
        PRIVATE = "private", _("Private eSpace")
        PROFESSIONAL = "professional", _("Business eSpace")

    PREFIXES: ClassVar[dict[str, str]] = {Kind.PRIVATE: "PP", Kind.PROFESSIONAL: "PM"}
    NAME_LENGTH_MAX = 120
    IN_THE_BIN = timedelta(days=30)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    identifier = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    notification_email = models.EmailField(max_length=254)  # where the space itself is told
    opened_with = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    # In the bin: closed to everything but looking at it and bringing it back, until it is purged.
    binned_at = models.DateTimeField(null=True, blank=True)
    binned_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Not stored: the door notes here when no merger concerns the space, to save pages a question.
    may_be_merging = True

    objects = SpaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner"], name="one_private_space_per_person"),
            models.CheckConstraint(
                condition=Q(kind="private", owner__isnull=False)
                | Q(kind="professional", owner__isnull=True),
                name="a_private_space_and_only_it_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(kind="private", identifier__startswith="PP-")
                | Q(kind="professional", identifier__startswith="PM-"),
                name="identifier_begins_with_the_kind_of_space",
            ),
            models.CheckConstraint(
                condition=Q(binned_at=None, binned_by=None)
                | Q(binned_at__isnull=False, binned_by__isnull=False),
                name="a_space_in_the_bin_says_who_put_it_there",
            ),
        ]
        indexes = [models.Index(fields=["opened_with", "kind"], name="space_by_credential")]

    @property
    def is_private(self) -> bool:
        """Of one person, for herself."""
        return self.kind == Space.Kind.PRIVATE

    @property
    def purged_at(self) -> datetime | None:
        """When a space in the bin goes for good; None for one that is in use."""
        return self.binned_at + self.IN_THE_BIN if self.binned_at else None

    def changed(self) -> None:
        """Say that what the space shows has changed; in the transaction of the change."""
        Space.objects.filter(pk=self.pk).update(version=F("version") + 1)


class GivenIdentifier(models.Model):
    """Every identifier ever given to a space. The row stays when the space goes.

    Its primary key is why no identifier is given twice, also not a retired one. The identifier of
    a space that was merged into another leads there for ever.
    """

    identifier = models.CharField(primary_key=True, max_length=9)
    given_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    leads_to = models.ForeignKey(
        Space, on_delete=models.SET_NULL, null=True, blank=True, related_name="former_identifiers"
    )
