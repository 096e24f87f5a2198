"""Who belongs to a space, who is asked to, who asks to, and what they are told."""

import math
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.ids import new_id
from guichet.persons.models import Agent, Person
from guichet.signon.models import Credential
from guichet.spaces.models.space import Space


class Role(models.TextChoices):
    """What somebody is in a space. What each may do stands in `policy.CAPABILITIES`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    CONTRIBUTOR = "contributor", _("Contributor")
    READER = "reader", _("Reader")


class Membership(models.Model):
    """Somebody in a space, and how they came there.

    `limits` holds codes of `themes.Theme`, or of procedures; an empty list is no limit. With
    `only_with`, the space opens to this person with that one product only.
    """

    class Origin(models.TextChoices):
        CREATOR = "creator", _("Created the eSpace")
        INVITATION = "invitation", _("Was invited")
        REQUEST = "request", _("Asked to join")
        ACCESS_CODE = "access-code", _("Entered an access code")
        REGISTER = "register", _("Stands in a register")
        HELP_DESK = "help-desk", _("Was appointed by the help desk")
        MERGER = "merger", _("Came with a merged eSpace")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role.choices)
    limits = models.JSONField(default=list, blank=True)
    only_with = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    notification_email = models.EmailField(max_length=254)  # where this member is told
    settings = models.JSONField(default=dict, blank=True)  # kind of notice: when one is told
    since = models.DateTimeField(default=clock.now)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    created_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who gave the present role, and when; as above, None when the help desk did.
    role_from = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role_since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "person"], name="one_membership_per_space_and_person"
            ),
        ]
        indexes = [models.Index(fields=["space", "role"], name="membership_by_role")]

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unanswered(self) -> "InvitationQuerySet":
        """Neither accepted, refused nor withdrawn; it may have expired all the same."""
        return self.filter(accepted_at=None, refused_at=None, withdrawn_at=None)

    def live(self) -> "InvitationQuerySet":
        """Unanswered and within its time, which begins anew when somebody accepts."""
        limit = clock.now() - Invitation.VALIDITY
        return self.unanswered().filter(Q(sent_at__gt=limit) | Q(claimed_at__gt=limit))


class Invitation(models.Model):
    """An invitation dies by the clock, never by a status somebody must remember to set.

    By e-mail and name; or strictly, by the 20-digit number of one product (`product_number`).
    Whoever accepts under another name than the invited one waits (`claimed_at`) until the inviter
    says that it is the right person.
    """

    class Scope(models.TextChoices):
        PERSON = "person", _("All products of this person")
        PRODUCT = "product", _("This product only")

    VALIDITY = timedelta(days=14)
    _SALT = "spaces.invitation"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)  # in lower case
    given_names = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    product_number = models.CharField(max_length=20, blank=True)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.PERSON)
    role = models.CharField(max_length=14, choices=Role.choices)
    limits = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=8)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_with = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "email"],
                condition=Q(accepted_at=None, refused_at=None, withdrawn_at=None),
                name="one_live_invitation_per_address_and_space",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, refused_at=None)
                | Q(accepted_at=None, withdrawn_at=None)
                | Q(refused_at=None, withdrawn_at=None),
                name="invitation_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(claimed_by__isnull=False),
                name="an_accepted_invitation_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(scope="person") | ~Q(product_number=""),
                name="only_a_strict_invitation_is_for_one_product",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="invitation_by_email")]

    @property
    def name(self) -> str:
        """Who was invited, as the inviter wrote it."""
        return f"{self.given_names} {self.family_name}"

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)

    @property
    def certificate_name(self) -> str:
        """The names on the certificate of whoever accepted; empty as long as nobody has."""
        claimed = self.claimed_with
        return f"{claimed.given_names} {claimed.family_name}" if claimed else ""

    @property
    def expires_at(self) -> datetime:
        """Until when it can be accepted, or, once it is, confirmed."""
        return (self.claimed_at or self.sent_at) + self.VALIDITY

    @property
    def days_left(self) -> int:
        """For how many more days, the last one begun counting as one; 0 when its time is over."""
        return max(0, math.ceil((self.expires_at - clock.now()) / timedelta(days=1)))

    @property
    def is_answered(self) -> bool:
        """Accepted, refused or withdrawn."""
        return bool(self.accepted_at or self.refused_at or self.withdrawn_at)

    @property
    def is_live(self) -> bool:
        """Can still be accepted."""
        return not self.is_answered and clock.now() < self.expires_at

    @property
    def key(self) -> str:
        """What the mailed link carries. Bound to `sent_at`, so renewing kills older links.

        The same sending has one key, whenever it is asked for: the page that offers the link to be
        copied shows what the mail said.
        """
        signer = signing.Signer(salt=self._SALT)
        return signer.sign_object([str(self.pk), self.sent_at.isoformat()])

    @classmethod
    def read_key(cls, key: str) -> tuple[UUID, datetime] | None:
        """The invitation and the sending that a link was made for, or None when it is not ours."""
        try:
            row, sent_at = signing.Signer(salt=cls._SALT).unsign_object(key)
            return UUID(row), datetime.fromisoformat(sent_at)
        except (signing.BadSignature, TypeError, ValueError):
            return None


class RoleRequestQuerySet(models.QuerySet["RoleRequest"]):
    def unanswered(self) -> "RoleRequestQuerySet":
        """Neither granted, declined nor withdrawn; its time may be over all the same."""
        return self.filter(granted_at=None, declined_at=None, withdrawn_at=None)

    def open(self) -> "RoleRequestQuerySet":
        """Unanswered and within its time."""
        return self.unanswered().filter(asked_at__gt=clock.now() - RoleRequest.VALIDITY)


class RoleRequest(models.Model):
    """Somebody asks for a role: to join a space, or for more than they have in it.

    `identifier` is what was asked for. Where no professional space has it there is no `space`, and
    nobody will answer: whoever asks sees the same as for one that exists.
    """

    VALIDITY = timedelta(days=30)
    AGAIN_AFTER = timedelta(days=7)  # to wait after a request was declined
    MESSAGE_LENGTH_MAX = 500

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    identifier = models.CharField(max_length=9)
    space = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="role_requests"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=14, choices=Role.choices)
    message = models.CharField(max_length=MESSAGE_LENGTH_MAX, blank=True)
    asked_with = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=clock.now)
    granted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RoleRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "person"],
                condition=Q(granted_at=None, declined_at=None, withdrawn_at=None),
                name="one_open_role_request_per_person_and_space",
            ),
            models.UniqueConstraint(
                fields=["identifier", "person"],
                condition=Q(granted_at=None, declined_at=None, withdrawn_at=None),
                name="one_open_role_request_per_person_and_identifier",
            ),
        ]

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)

    @property
    def expires_at(self) -> datetime:
        """Until when it can be granted."""
        return self.asked_at + self.VALIDITY

    @property
    def again_from(self) -> datetime | None:
        """When one may ask again after a request was declined; None for one that was not."""
        return self.declined_at + self.AGAIN_AFTER if self.declined_at else None

    @property
    def is_open(self) -> bool:
        """Nobody has answered it, and it is within its time."""
        answered = self.granted_at or self.declined_at or self.withdrawn_at
        return not answered and clock.now() < self.expires_at


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def undecided(self) -> "AppointmentQuerySet":
        """Neither consented to nor dropped; its time may have run out all the same."""
        return self.filter(consented_at=None, dropped_at=None)

    def live(self) -> "AppointmentQuerySet":
        """Undecided and within its time."""
        return self.undecided().filter(proposed_at__gt=clock.now() - Appointment.VALIDITY)


class Appointment(models.Model):
    """The help desk makes somebody administrator of a space that has lost its own.

    One agent proposes, with a reason; another one consents. Nobody does both. What nobody
    decides on in time is over.
    """

    class Proof(models.TextChoices):
        DEATH = "death-certificate", _("Death certificate")
        COURT = "court-decision", _("Decision of a court")
        REGISTER = "business-register", _("Extract of the register of companies")
        OTHER = "other", _("Something else")

    VALIDITY = timedelta(days=14)
    REASON_LENGTH_MAX = 1000

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=200)  # who came to the help desk, in the agent's words
    proof = models.CharField(max_length=20, choices=Proof.choices)  # which the agent has seen
    proof_words = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=REASON_LENGTH_MAX)
    proposed_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    consented_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space"],
                condition=Q(consented_at=None, dropped_at=None),
                name="one_open_appointment_per_space",
            ),
            models.CheckConstraint(
                condition=~Q(proof="other", proof_words=""), name="another_proof_is_named"
            ),
            models.CheckConstraint(
                condition=Q(consented_by=None) | ~Q(consented_by=F("proposed_by")),
                name="nobody_consents_to_their_own_proposal",
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None) | Q(consented_by__isnull=False, dropped_at=None),
                name="an_appointment_is_consented_by_an_agent_and_not_dropped",
            ),
        ]

    @property
    def expires_at(self) -> datetime:
        """Until when it can be consented to."""
        return self.proposed_at + self.VALIDITY

    @property
    def is_live(self) -> bool:
        """Waits for a second agent."""
        decided = self.consented_at or self.dropped_at
        return decided is None and clock.now() < self.expires_at


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self) -> "NoticeQuerySet":
        """To be told now, together."""
        return self.filter(sent_at=None, due_at__lte=clock.now())


class Notice(models.Model):
    """Something that a member is told: in a mail of its own when it happens, or in a summary."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notices")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notice_by_due"),
        ]
