"""Requests to be known, the codes that confirm an address, and what people have agreed to.

A request has no status: it has times. `policy.step` says what they mean for somebody, now.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from guichet import clock, sealing
from guichet.files.models import File
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.registers.base import Citizen
from guichet.signon.models import Credential

_NUMBER = "registration.Request.national_number"
_CITIZEN = "registration.Request.citizen"
_CODE = "registration.Confirmation.code"

# The one application so far. Others of the State get their own access, on their own terms.
PORTAL = "portal"


@dataclass(frozen=True)
class Known:
    """What the population register said, as far as a mail, a letter and a person need it."""

    given_names: str
    family_name: str
    title: str
    birth_date: date
    address: tuple[str, ...]

    @classmethod
    def of(cls, citizen: Citizen) -> "Known":
        """What of the register's answer we keep."""
        return cls(
            given_names=citizen.given_names,
            family_name=citizen.family_name,
            title=citizen.title,
            birth_date=citizen.birth_date,
            address=tuple(citizen.address.lines),
        )

    @property
    def addressee(self) -> tuple[str, ...]:
        """The block on an envelope: title and name, then the address."""
        name = " ".join(part for part in (self.title, self.given_names, self.family_name) if part)
        return (name, *self.address)


class RequestQuerySet(models.QuerySet["Request"]):
    def live(self) -> "RequestQuerySet":
        """Neither completed nor cancelled. Whether it is too old, `Request.is_over` says."""
        return self.filter(completed_at=None, cancelled_at=None)

    def with_number(self, national_number_index: str) -> "RequestQuerySet":
        """All requests for one national number, whoever made them."""
        return self.filter(national_number_index=national_number_index)


class Request(models.Model):
    """Somebody holds a valid product and asks the portal to know them."""

    # A request that nobody finishes in this time is over (30 days after its last step).
    LIFETIME = timedelta(days=30)

    class Register(models.TextChoices):
        """What the population register answered."""

        MATCH = "match"
        MISMATCH = "mismatch"
        UNKNOWN = "unknown"
        UNAVAILABLE = "unavailable"

    class Why(models.TextChoices):
        """Why a request was cancelled."""

        PERSON = "person"  # whoever made it gave it up
        REGISTER = "register"  # the register came back and did not know them
        COMPETING = "competing"  # the same number was registered with another product first
        OVER = "over"  # nobody finished it in time

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, related_name="registrations"
    )
    application = models.CharField(max_length=20, default=PORTAL)
    national_number_sealed = models.BinaryField()
    national_number_index = models.CharField(max_length=64, db_index=True)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=8)
    return_to = models.CharField(max_length=500, blank=True)  # a path of ours, never an address
    submitted_at = models.DateTimeField(default=clock.now)
    register_result = models.CharField(max_length=12, choices=Register.choices)
    register_checked_at = models.DateTimeField()
    # The register's answer, sealed. This and the number are emptied when the request ends.
    citizen_sealed = models.BinaryField(default=bytes)
    mail_confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_browser_hash = models.CharField(max_length=64, blank=True)
    signed_in_again_at = models.DateTimeField(null=True, blank=True)
    # The session in which the code was typed once more, when the browser is not the same.
    proved_session = models.UUIDField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=10, choices=Why.choices, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "application"],
                condition=Q(completed_at=None, cancelled_at=None),
                name="one_live_registration_per_credential",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(cancelled_at=None),
                name="registration_is_completed_or_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(mail_confirmed_at=None) | Q(register_result="match"),
                name="no_confirmation_without_a_register_match",
            ),
            models.CheckConstraint(
                condition=Q(signed_in_again_at=None)
                | Q(signed_in_again_at__gt=F("mail_confirmed_at")),
                name="second_sign_on_comes_after_the_confirmation",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None)
                | Q(signed_in_again_at__isnull=False, mail_confirmed_at__isnull=False),
                name="no_completion_without_a_second_sign_on",
            ),
        ]
        indexes = [
            models.Index(fields=["confirmed_browser_hash"], name="registration_by_browser"),
        ]

    @property
    def national_number(self) -> str:
        """The 13 digits that were typed."""
        return sealing.unseal(self.national_number_sealed, context=_NUMBER)

    @national_number.setter
    def national_number(self, digits: str) -> None:
        self.national_number_sealed = sealing.seal(digits, context=_NUMBER)
        self.national_number_index = number_index(digits)

    def forget_personal_values(self) -> None:
        """At the end of a request: what it led to is kept elsewhere, or nowhere."""
        self.national_number_sealed = self.citizen_sealed = b""

    @property
    def known(self) -> Known:
        """The register's answer. Raises `sealing.Unreadable` before a match and after the end."""
        kept = json.loads(sealing.unseal(self.citizen_sealed, context=_CITIZEN))
        return Known(
            given_names=kept["given_names"],
            family_name=kept["family_name"],
            title=kept["title"],
            birth_date=date.fromisoformat(kept["birth_date"]),
            address=tuple(kept["address"]),
        )

    @known.setter
    def known(self, known: Known) -> None:
        kept = json.dumps(asdict(known), default=date.isoformat, ensure_ascii=False)
        self.citizen_sealed = sealing.seal(kept, context=_CITIZEN)

    @property
    def is_live(self) -> bool:
        """Can still be finished: not completed, not cancelled, not too old."""
        return self.completed_at is None and self.cancelled_at is None and not self.is_over

    @property
    def is_over(self) -> bool:
        """Nobody finished it in time."""
        return clock.now() > (self.mail_confirmed_at or self.submitted_at) + self.LIFETIME

    @property
    def waits_for_the_register(self) -> bool:
        """The register did not answer yet: a task asks again."""
        return self.register_result == self.Register.UNAVAILABLE


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def with_code(self, code: str) -> "ConfirmationQuerySet":
        """The confirmation with this code, as `codes.clean` writes it: none or one."""
        return self.filter(code_index=Confirmation.index_of(code))

    def usable(self, at: datetime) -> "ConfirmationQuerySet":
        """Not used, not replaced, and within its limit, the limit's own second included."""
        return self.filter(
            used_at=None, superseded_at=None, expires_at__gte=at.replace(microsecond=0)
        )


class Confirmation(models.Model):
    """A code sent to an address. Only its HMAC is kept; it works once and for 72 hours."""

    VALIDITY = timedelta(hours=72)
    TRIES_MAX = 5

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="confirmations")
    code_index = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()  # whole seconds, as the mail prints the limit
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # wrong codes typed at the second sign-on

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(superseded_at=None),
                name="one_current_code_per_registration",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="a_code_ends_after_it_was_sent"
            ),
        ]

    @staticmethod
    def index_of(code: str) -> str:
        """What the database knows of a code, as `codes.clean` writes it."""
        return sealing.index(code, context=_CODE)

    @property
    def is_expired(self) -> bool:
        """Past its limit: one second after the last second that the mail prints."""
        return clock.now().replace(microsecond=0) > self.expires_at


class Access(models.Model):
    """A person may use an application of the State: what a registration ends in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accesses")
    application = models.CharField(max_length=20, default=PORTAL)
    granted_at = models.DateTimeField(default=clock.now)
    suspended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "application"], name="one_access_per_person_and_application"
            )
        ]


class Document(models.TextChoices):
    """What one agrees to: the sign-on portal's terms, and MyGuichet's own."""

    ACCESS = "access"
    PORTAL = "portal"


class Version(models.Model):
    """One version of a document, from a day on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.CharField(max_length=10, choices=Document.choices)
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    needs_new_acceptance = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="one_version_per_document_and_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"


class Text(models.Model):
    """A version in one language, exactly as it was shown. A changed text is a new version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=8)
    body = models.TextField()  # the reviewed file, whole
    digest = models.CharField(max_length=64, unique=True)  # see `terms.Wording`
    pdf = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], name="one_text_per_version_and_language"
            )
        ]


class Acceptance(models.Model):
    """Somebody agreed to a version, having read it in a language. Added, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acceptances")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acceptances")
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)  # of the text that was on the page
    session = models.UUIDField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version"], name="one_acceptance_per_person_and_version"
            )
        ]


def number_index(digits: str) -> str:
    """What finds other requests for the same national number."""
    return sealing.index(digits, context=_NUMBER)


def request_of(credential_id: UUID) -> Request | None:
    """The request of this credential that is neither completed nor cancelled, if any."""
    return Request.objects.live().filter(credential_id=credential_id, application=PORTAL).first()
