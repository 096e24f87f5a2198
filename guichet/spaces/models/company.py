"""The company behind a professional space."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet import clock, sealing
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.spaces.models.space import Space

_COMPANY_NUMBER = "spaces.Company.national_number"
_RIGHT_VALUE = "spaces.Contest.right_value"
_WORDS = "spaces.Contest.words"


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


class ContestQuerySet(models.QuerySet["Contest"]):
    def open(self) -> "ContestQuerySet":
        """Neither withdrawn, nor settled by the register."""
        return self.filter(withdrawn_at=None)


class Contest(models.Model):
    """A member says that a value of the register is wrong. The register stays as it is."""

    WORDS_LENGTH_MAX = 1000

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="contests")
    field = models.CharField(max_length=30)  # the name of a field of `Company`, or of a citizen
    right_value_sealed = models.BinaryField()  # what it should be, in the member's words
    words_sealed = models.BinaryField()  # why
    contested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    contested_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ContestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "field"],
                condition=Q(withdrawn_at=None),
                name="one_open_contest_per_field_and_space",
            ),
        ]

    @property
    def right_value(self) -> str:
        """What the value should be."""
        return sealing.unseal(self.right_value_sealed, context=_RIGHT_VALUE)

    @right_value.setter
    def right_value(self, text: str) -> None:
        self.right_value_sealed = sealing.seal(text, context=_RIGHT_VALUE)

    @property
    def words(self) -> str:
        """Why, in the member's words."""
        return sealing.unseal(self.words_sealed, context=_WORDS)

    @words.setter
    def words(self, text: str) -> None:
        self.words_sealed = sealing.seal(text, context=_WORDS)
