"""What administrations let a space reach: their services, the codes they give, who was granted."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.ids import new_id
from guichet.persons.models import Agent, Authority, Person
from guichet.spaces.models.space import Space


class Service(models.Model):
    """One thing that an authority opens to certified spaces only: employers' tax cards, say."""

    code = models.SlugField(primary_key=True, max_length=40)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="services")
    names = models.JSONField()  # language: name
    descriptions = models.JSONField(default=dict)  # language: one sentence
    theme = models.CharField(max_length=20)  # a code of `themes.Theme`
    closed_at = models.DateTimeField(null=True, blank=True)

    @property
    def name(self) -> str:
        """In the language of the page."""
        return str(self.names.get(get_language() or "", "") or self.names.get("fr", self.code))

    @property
    def description(self) -> str:
        """In the language of the page; may be empty."""
        texts = self.descriptions
        return str(texts.get(get_language() or "", "") or texts.get("fr", ""))


class Grade(models.TextChoices):
    """For whom somebody reaches a service."""

    HOLDER = "holder", _("Holder")  # the legal person, for itself
    AGENT = "agent", _("Agent")  # a mandatary, for a holder


class Ending(models.TextChoices):
    """Why a certification is over."""

    # An authority chooses one of these.
    NOT_ENTITLED = "not-entitled", _("The conditions are no longer met")
    CLOSED = "company-closed", _("The company has ceased its activity")
    ERROR = "given-in-error", _("The certification was given in error")
    MISUSE = "misuse", _("The access was misused")
    # Follow from what members or the portal do.
    HOLDER = "holder", _("The holder has withdrawn the mandate")
    HOLDER_ENDED = "holder-ended", _("The certification of the holder is over")
    GIVEN_UP = "given-up", _("The eSpace has given it up")
    MERGER = "merger", _("The eSpace was merged with another one")


BY_AUTHORITY = (Ending.NOT_ENTITLED, Ending.CLOSED, Ending.ERROR, Ending.MISUSE)


class AccessCodeQuerySet(models.QuerySet["AccessCode"]):
    def live(self) -> "AccessCodeQuerySet":
        """Can still be entered."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())


class AccessCode(models.Model):
    """A code that certifies one space once. Shown once; only its digest is kept.

    A holder's code is made by an agent of the service's authority; an agent's code is made by the
    holder's space, or by the authority.
    """

    VALIDITY = timedelta(days=30)
    TRIES_MAX = 5  # wrong entries from one space in a day
    NOTE_LENGTH_MAX = 120

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="codes")
    grade = models.CharField(max_length=6, choices=Grade.choices)
    digest = models.CharField(max_length=64, unique=True)  # a keyed index, see `sealing.index`
    # For whom it is, in the maker's words.
    note = models.CharField(max_length=NOTE_LENGTH_MAX, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    made_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by_member = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    holder = models.ForeignKey(
        "spaces.Certification",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="agent_codes",
    )
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(made_by__isnull=False, made_by_member=None)
                | Q(made_by=None, made_by_member__isnull=False),
                name="a_code_is_made_by_an_agent_or_by_a_member",
            ),
            models.CheckConstraint(
                condition=Q(holder=None) | Q(grade="agent"),
                name="only_agents_codes_hang_on_a_holder",
            ),
        ]

    @property
    def is_live(self) -> bool:
        """Can still be entered."""
        return self.used_at is None and self.revoked_at is None and clock.now() < self.expires_at

    @property
    def state(self) -> tuple[str, str]:
        """Where the code stands: the colour of its tag, and the word."""
        if self.used_at is not None:
            return "success", str(_("Used"))
        if self.revoked_at is not None:
            return "error", str(_("Revoked"))
        if not self.is_live:
            return "warning", str(_("Expired"))
        return "info", str(_("Not used yet"))


class CertificationQuerySet(models.QuerySet["Certification"]):
    def live(self) -> "CertificationQuerySet":
        """Not revoked, and not over."""
        return self.filter(Q(until=None) | Q(until__gt=clock.now()), revoked_at=None)


class Certification(models.Model):
    """A space may reach a service, since when, by which code. All its members see it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="certifications")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="certifications")
    grade = models.CharField(max_length=6, choices=Grade.choices)
    code = models.OneToOneField(AccessCode, on_delete=models.PROTECT, related_name="certification")
    # For an agent: whose agent it is, when the holder's space made the code.
    holder = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="agents"
    )
    since = models.DateTimeField(default=clock.now)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=20, blank=True)  # one of `Ending`

    objects = CertificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "service"],
                condition=Q(grade="holder", revoked_at=None),
                name="one_holder_per_service_and_space",
            ),
            models.UniqueConstraint(
                fields=["space", "service", "holder"],
                condition=Q(grade="agent", revoked_at=None),
                name="one_agent_per_service_space_and_holder",
            ),
        ]

    @property
    def is_live(self) -> bool:
        """Not revoked, and not over."""
        return self.revoked_at is None and (self.until is None or clock.now() < self.until)

    @property
    def is_holder(self) -> bool:
        """For the legal person itself, not for somebody else."""
        return self.grade == Grade.HOLDER

    @property
    def over_at(self) -> datetime | None:
        """When it ended, or will."""
        return self.revoked_at or self.until

    @property
    def why_over(self) -> str:
        """Why it is over, in words; empty while it is not."""
        return str(Ending(self.revoked_why).label) if self.revoked_why in Ending.values else ""
