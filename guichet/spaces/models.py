"""Spaces, who belongs to them, the company behind them, and spaces that are being prepared.

What people own belongs to a space, never to an address or a product. Each table that belongs to
a space carries the space's key.
"""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guichet import clock, sealing
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.signon.models import Credential

_COMPANY_NUMBER = "spaces.Company.national_number"
_DRAFT_COMPANY = "spaces.SpaceDraft.company"


class SpaceQuerySet(models.QuerySet["Space"]):
    def private_of(self, person: Person) -> "SpaceQuerySet":
        """The private space of a person: none or one."""
        return self.filter(owner=person)

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
        ]
        indexes = [models.Index(fields=["opened_with", "kind"], name="space_by_credential")]

    @property
    def is_private(self) -> bool:
        """Of one person, for herself."""
        return self.kind == Space.Kind.PRIVATE

    def changed(self) -> None:
        """Say that what the space shows has changed; in the transaction of the change."""
        Space.objects.filter(pk=self.pk).update(version=F("version") + 1)


class GivenIdentifier(models.Model):
    """Every identifier ever given to a space. The row stays when the space goes.

    Its primary key is why no identifier is given twice, also not a retired one.
    """

    identifier = models.CharField(primary_key=True, max_length=9)
    given_at = models.DateTimeField(default=clock.now)


class Role(models.TextChoices):
    """What somebody is in a space. What each may do stands in `policy.CAPABILITIES`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    CONTRIBUTOR = "contributor", _("Contributor")
    READER = "reader", _("Reader")


class Membership(models.Model):
    """Somebody in a space, and how they came there."""

    class Origin(models.TextChoices):
        CREATOR = "creator", _("Created the eSpace")
        INVITATION = "invitation", _("Was invited")
        ACCESS_CODE = "access-code", _("Entered an access code")
        REGISTER = "register", _("Stands in a register")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role.choices)
    notification_email = models.EmailField(max_length=254)  # where this member is told
    since = models.DateTimeField(default=clock.now)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "person"], name="one_membership_per_space_and_person"
            ),
        ]

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)


class Source(models.TextChoices):
    """Where a value comes from."""

    REGISTER = "register", _("Business register")
    TYPED = "typed", _("Entered by you")


class Company(models.Model):
    """Who stands behind a professional space: a company, an association or a self-employed person.

    Values of the business register keep the day they were read; typed ones the day they were
    typed. The number of a self-employed person is a person's number and is sealed.
    """

    space = models.OneToOneField(
        Space, on_delete=models.CASCADE, primary_key=True, related_name="company"
    )
    name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=100, blank=True)
    rcs = models.CharField(max_length=7, blank=True)
    vat = models.CharField(max_length=10, blank=True)
    business_number = models.CharField(max_length=11, blank=True)
    person_number_sealed = models.BinaryField(null=True, blank=True)
    permit = models.CharField(max_length=20, blank=True)
    nace = models.CharField(max_length=10, blank=True)
    address_line1 = models.CharField(max_length=120, blank=True)
    address_line2 = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    locality = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, default="LU")
    phone = models.CharField(max_length=24, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    checked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(business_number="") | Q(person_number_sealed__isnull=True),
                name="a_company_has_one_national_number",
            )
        ]

    @property
    def national_number(self) -> str:
        """11 digits of a legal person, 13 of a self-employed person, or nothing."""
        if self.person_number_sealed is None:
            return self.business_number
        return sealing.unseal(self.person_number_sealed, context=_COMPANY_NUMBER)

    @national_number.setter
    def national_number(self, digits: str) -> None:
        personal = len(digits) == 13
        self.business_number = "" if personal else digits
        self.person_number_sealed = (
            sealing.seal(digits, context=_COMPANY_NUMBER) if personal else None
        )


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
