"""Accounts and persons. A person is not an address and not a product: those come and go."""

from typing import ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet import clock, sealing
from guichet.ids import new_id

_NUMBER = "persons.Person.national_number"


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
    closed_at = models.DateTimeField(null=True, blank=True)
    last_login = None

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "id"

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Neither suspended nor closed."""
        return self.suspended_at is None and self.closed_at is None


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
