"""Accounts and persons. A person is not an address and not a product: those come and go."""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet import clock, sealing
from guichet.ids import new_id

_NUMBER = "persons.Person.national_number"
_CODE = "persons.EmailChange.code"


class Account(AbstractBaseUser):
    """Whoever can act: a person, an agent, a service. Has no password: products prove who it is."""

    class Kind(models.TextChoices):
        PERSON = "person"
        AGENT = "agent"
        SERVICE = "service"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    created_at = models.DateTimeField(default=clock.now)
    suspended_at = models.DateTimeField(null=True, blank=True)
    # Whoever asks for it has 30 days to come back; until then nothing but that is open.
    closing_asked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_login = None

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "id"
    CLOSING_LASTS = timedelta(days=30)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Neither suspended nor closed."""
        return self.suspended_at is None and self.closed_at is None

    @property
    def closes_at(self) -> datetime | None:
        """When an account that somebody asked to close is closed for good."""
        return self.closing_asked_at + self.CLOSING_LASTS if self.closing_asked_at else None


class PersonQuerySet(models.QuerySet["Person"]):
    def with_number(self, national_number: str) -> "PersonQuerySet":
        """The person with this 13-digit national identification number: none or one."""
        return self.filter(national_number_index=sealing.index(national_number, context=_NUMBER))


class Person(models.Model):
    """Somebody the State knows. Names and number come from the register and are never typed over.

    Shares its key with its account, so that a reference to a person needs no second look-up.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True)
    national_number_sealed = models.BinaryField()
    national_number_index = models.CharField(max_length=64, unique=True)
    given_names = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200)
    birth_date = models.DateField()
    register_checked_at = models.DateTimeField()
    language = models.CharField(max_length=8)
    email = models.EmailField(max_length=254)
    email_confirmed_at = models.DateTimeField()

    objects = PersonQuerySet.as_manager()

    @property
    def id(self) -> UUID:
        """The key shared with the account."""
        return self.account_id

    @property
    def name(self) -> str:
        """Given names and family name, as the register writes them."""
        return f"{self.given_names} {self.family_name}"

    @property
    def national_number(self) -> str:
        """The 13 digits. Asked for only where a law or a letter needs them."""
        return sealing.unseal(self.national_number_sealed, context=_NUMBER)

    @national_number.setter
    def national_number(self, digits: str) -> None:
        self.national_number_sealed = sealing.seal(digits, context=_NUMBER)
        self.national_number_index = sealing.index(digits, context=_NUMBER)


class EmailChangeQuerySet(models.QuerySet["EmailChange"]):
    def open(self) -> "EmailChangeQuerySet":
        """Neither done nor cancelled; its time may have run out all the same."""
        return self.filter(done_at=None, cancelled_at=None)

    def live(self) -> "EmailChangeQuerySet":
        """Open and within its time."""
        return self.open().filter(asked_at__gt=clock.now() - EmailChange.VALIDITY)


class EmailChange(models.Model):
    """Another address for somebody, once both the old and the new one have said yes.

    Each gets a code of its own by mail; only digests are kept. The order does not matter. Either
    of them can say no.
    """

    VALIDITY = timedelta(hours=72)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="email_changes")
    old_email = models.EmailField(max_length=254)
    new_email = models.EmailField(max_length=254)
    old_code_index = models.CharField(max_length=64, unique=True)
    new_code_index = models.CharField(max_length=64, unique=True)
    with_spaces = models.BooleanField(default=True)  # where the old one is used in spaces, too
    asked_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(default=clock.now)
    old_confirmed_at = models.DateTimeField(null=True, blank=True)
    new_confirmed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = EmailChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at=None, cancelled_at=None),
                name="one_open_email_change_per_person",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None)
                | Q(old_confirmed_at__isnull=False, new_confirmed_at__isnull=False),
                name="an_address_changes_once_both_have_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(cancelled_at=None),
                name="an_email_change_is_done_or_cancelled",
            ),
        ]

    @staticmethod
    def index_of(code: str) -> str:
        """What the database knows of a code."""
        return sealing.index(code, context=_CODE)

    @property
    def expires_at(self) -> datetime:
        """Until when both have to confirm."""
        return self.asked_at + self.VALIDITY

    @property
    def is_old_mute(self) -> bool:
        """Our mails come back from the old address: it was not asked."""
        return self.old_confirmed_at == self.asked_at

    @property
    def is_live(self) -> bool:
        """Can still be confirmed."""
        return self.done_at is None and self.cancelled_at is None and clock.now() < self.expires_at


class Authority(models.Model):
    """An administration that agents work for and that grants and decides."""

    code = models.SlugField(primary_key=True, max_length=40)
    names = models.JSONField()  # language: name

    @property
    def name(self) -> str:
        """In the language of the page."""
        return str(self.names.get(get_language() or "", "") or self.names.get("fr", self.code))


class Agent(models.Model):
    """Somebody who works for an authority: an account of its own, apart from the person they are.

    Signs on with a product of its own. `duties` says what for; nothing is open without one.
    """

    class Duty(models.TextChoices):
        HELP_DESK = "help-desk", _("Help desk")
        ACCESS_CODES = "access-codes", _("Access codes")

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="agents")
    given_names = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=8)
    duties = models.JSONField(default=list)

    @property
    def id(self) -> UUID:
        """The key shared with the account."""
        return self.account_id

    @property
    def name(self) -> str:
        """Given names and family name."""
        return f"{self.given_names} {self.family_name}"

    def has(self, duty: str) -> bool:
        """Whether this is among what the agent works on."""
        return duty in self.duties
