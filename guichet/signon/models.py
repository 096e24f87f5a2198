"""Credentials, attempts, sessions, throttles.

A credential is a thing somebody holds; an attempt is before there is anybody; a session is who
signed on, with what, until when. States are times: what is not ended, expired or used is live.
"""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Expression, F, Q

from guichet import clock, sealing
from guichet.ids import new_id
from guichet.persons.models import Agent, Person
from guichet.signon.levels import Level

_SEALED_FOR = "signon.OtpDevice.secret"


def draw_number() -> str:
    """A random certificate number: 20 digits, the first of them not 0."""
    return str(10**19 + secrets.randbelow(9 * 10**19))


class Credential(models.Model):
    """One product in one hand. Bound to (issuer, subject), never to a name or an address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.CharField(max_length=20)  # the code of a class in `products/`
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)  # for certificates: the 20-digit SSN
    # The 20-digit number of the certificate (SSN), which its holder may tell others.
    number = models.CharField(max_length=20, unique=True, default=draw_number)
    label = models.CharField(max_length=60, blank=True)  # what its holder calls it
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    # As the product's certificate says, capitals and all; the register's names are the person's.
    given_names = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    created_at = models.DateTimeField(default=clock.now)
    activated_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    last_success_at = models.DateTimeField(null=True, blank=True)
    space_limit = models.PositiveIntegerField(null=True, blank=True)  # help desk may raise it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="one_credential_per_issuer_and_subject"
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(agent=None),
                name="a_credential_is_a_persons_or_an_agents",
            ),
        ]

    @property
    def holder(self) -> Person | Agent | None:
        """Whose it is: a person's, an agent's, or nobody's whom we know."""
        return self.person or self.agent

    @property
    def is_usable(self) -> bool:
        """Neither suspended nor revoked."""
        return self.suspended_at is None and self.revoked_at is None


class LocalSecret(models.Model):
    """UserID, password and secret image of a product that we check ourselves."""

    credential = models.OneToOneField(
        Credential, on_delete=models.CASCADE, primary_key=True, related_name="local"
    )
    user_id_index = models.CharField(max_length=64, unique=True)  # HMAC of the UserID in capitals
    password = models.CharField(max_length=200)  # argon2id, PHC string
    picture = models.PositiveSmallIntegerField()  # number of the secret image, 0 to 191

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(picture__lt=192), name="picture_is_one_of_192")
        ]


class OtpDevice(models.Model):
    """A token that computes RFC 6238 codes."""

    credential = models.OneToOneField(
        Credential, on_delete=models.CASCADE, primary_key=True, related_name="otp"
    )
    serial = models.CharField(max_length=40, unique=True)
    secret_sealed = models.BinaryField()
    period_seconds = models.PositiveSmallIntegerField(default=30)
    digits = models.PositiveSmallIntegerField(default=6)
    last_step = models.BigIntegerField(default=-1)  # the newest time step ever accepted
    drift_steps = models.SmallIntegerField(default=0)  # how far its clock is ahead of ours

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digits__gte=6, digits__lte=8), name="otp_has_six_to_eight_digits"
            ),
            models.CheckConstraint(
                condition=Q(period_seconds__gt=0), name="otp_period_is_positive"
            ),
        ]

    @property
    def secret(self) -> bytes:
        """The shared secret. Raises `sealing.Unreadable`."""
        return bytes.fromhex(sealing.unseal(self.secret_sealed, context=_SEALED_FOR))

    @secret.setter
    def secret(self, value: bytes) -> None:
        self.secret_sealed = sealing.seal(value.hex(), context=_SEALED_FOR)


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def unfinished(self) -> "AttemptQuerySet":
        """Neither succeeded nor failed nor abandoned; its time may have run out all the same."""
        return self.filter(succeeded_at=None, failed_at=None, abandoned_at=None)

    def live(self, at: datetime) -> "AttemptQuerySet":
        """Unfinished and within its time."""
        return self.unfinished().filter(expires_at__gt=at)


class Attempt(models.Model):
    """Somebody at the door, not known yet. The verdict stays sealed until everything is given."""

    class Failure(models.TextChoices):
        TRIES = "tries"  # too many codes in this attempt
        BLOCKED = "blocked"  # too many codes for this UserID; see `retry_at`
        SUSPENDED = "suspended"  # everything right, but the product may not be used

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=6)  # the six digits shown; a key to nothing
    browser_hash = models.CharField(max_length=64, unique=True)
    product = models.CharField(max_length=20)
    return_to = models.CharField(max_length=500, blank=True)
    typed_id_index = models.CharField(max_length=64, blank=True)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, null=True, blank=True)
    secrets_right = models.BooleanField(null=True)
    picture = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=10, choices=Failure.choices, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    # By the person, by a newer attempt, or because its time ran out.
    abandoned_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(succeeded_at=None, failed_at=None, abandoned_at=None),
                name="one_live_attempt_per_number",
            ),
            models.CheckConstraint(
                condition=Q(succeeded_at=None) | Q(failed_at=None, abandoned_at=None),
                name="attempt_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(tries__lte=3), name="attempt_has_three_tries_at_most"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")), name="attempt_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="attempt_by_end")]


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self, at: datetime | Expression) -> "SessionQuerySet":
        """Not ended, not idle too long, not past the limit."""
        return self.filter(ended_at=None, idle_until__gt=at, hard_until__gt=at)


class Session(models.Model):
    """Who signed on, with which credential, until when. Its key is in the cookie, hashed here."""

    class End(models.TextChoices):
        PERSON = "person"
        IDLE = "idle"
        LIMIT = "limit"
        REPLACED = "replaced"
        CREDENTIAL = "credential"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key_hash = models.CharField(max_length=64, unique=True)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="sessions")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    attempt_number = models.CharField(max_length=6, blank=True)
    signed_on_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    idle_until = models.DateTimeField()
    hard_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=12, choices=End.choices, blank=True)
    device = models.CharField(max_length=120, blank=True)  # "Firefox, Linux": for the person's list
    # The terms that the gate has found accepted, so that it need not look again for a minute.
    cleared_for = models.CharField(max_length=80, blank=True)

    # What a room above found on its way to an answer, for the header of that answer; never stored.
    places: str | None = None

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hard_until__gt=F("signed_on_at")), name="session_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(agent=None), name="a_session_is_a_persons_or_an_agents"
            ),
        ]
        indexes = [models.Index(fields=["person", "-seen_at"], name="session_by_person")]

    @property
    def holder(self) -> Person | Agent | None:
        """Who signed on, as far as we know."""
        return self.person or self.agent

    @classmethod
    def limits(cls, at: datetime) -> dict[str, Any]:
        """Both ends of a session that begins now."""
        return {"idle_until": at + settings.SESSION_IDLE, "hard_until": at + settings.SESSION_LIMIT}


class Proof(models.Model):
    """The product of a session was asked once more, for one act. See `again`."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=64)  # SHA-256 of what it was for
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["session", "act"], name="proof_by_session_and_act")]


class Throttle(models.Model):
    """How often something was tried. Counts in the database: all workers see the same number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(max_length=30)
    key_hash = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)
    blocks = models.PositiveIntegerField(default=0)  # how often it was blocked: pauses grow
    window_started_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key_hash"], name="one_throttle_per_key")
        ]
        indexes = [models.Index(fields=["window_started_at"], name="throttle_by_age")]


class KeptForm(models.Model):
    """What was typed into a page whose session had ended. See `signon.kept`."""

    PATH_LENGTH_MAX = 400

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=PATH_LENGTH_MAX)
    typed_sealed = models.BinaryField()
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["credential", "-kept_at"], name="kept_form_by_credential")]
