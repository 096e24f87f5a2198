"""What the help desk sees of spaces that are not its own. Every look is recorded, with why."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.audit.actions import record
from guichet.persons.models import Agent
from guichet.persons.policy import require_duty
from guichet.refusals import Refused
from guichet.registers import identifiers as numbers
from guichet.signon import throttle
from guichet.spaces.actions.guarding import active_administrators, active_members
from guichet.spaces.models import Appointment, GivenIdentifier, Membership, Role, Space

FOUND_MAX = 20
MEMBERS_SHOWN = 50
SIGNS_MIN = 3


class Why(models.TextChoices):
    """Why somebody at the help desk looks at a space. The code goes into the register."""

    CALL = "call", gettext_lazy("A user of the eSpace asks for help")
    LOSS = "loss", gettext_lazy("An administrator has died or can no longer act")
    AUTHORITY = "authority", gettext_lazy("A court or an authority asks")
    REVIEW = "review", gettext_lazy("I check what a colleague proposes")


@dataclass(frozen=True)
class Found:
    """A space as the help desk sees it before it looks at who belongs to it."""

    space: Space
    members: int
    is_administrated: bool
    last_log_in: datetime | None


def find_spaces(agent: Agent, *, text: str, why: str) -> list[Found]:
    """Professional spaces with this identifier, this number of their company, or this in a name.

    At most `FOUND_MAX` and one, which says that there are more. Refused for fewer than three signs, for
    a person's number, and when the same agent searches too often.
    """
    require_duty(agent, Agent.Duty.HELP_DESK)
    why = Why(why).value
    text = text.strip()
    clean = numbers.compact(text)
    if len(clean) < SIGNS_MIN:
        raise Refused(
            _("Enter at least 3 letters of the name, the identifier or a number of the company."),
            code="search-too-short",
            field="text",
        )
    if len(clean) == numbers.PERSON_DIGITS and clean.isdigit():
        raise Refused(
            _("A person’s number is not searched. Enter the identifier or the company."),
            code="person-number-searched",
            field="text",
        )
    throttle.hit("help-desk-space", agent.pk)
    with transaction.atomic():
        found = list(_seen(_named(text, clean)).order_by("name", "identifier")[: FOUND_MAX + 1])
        record("space.searched", by=agent, why=why, found=len(found))
    return [_found(space) for space in found]


@transaction.atomic
def look_into(agent: Agent, *, identifier: str, why: str) -> Found | None:
    """One professional space, recorded as looked into; None when there is none."""
    require_duty(agent, Agent.Duty.HELP_DESK)
    space = _seen(Space.objects.filter(identifier=identifier)).first()
    if space is None:
        return None
    record("space.looked-into", by=agent, about=space, space=space.pk, why=Why(why).value)
    return _found(space)


@transaction.atomic
def read_appointment(agent: Agent, *, appointment: Appointment) -> Appointment:
    """The grounds of a proposal, recorded as read: they tell of people."""
    require_duty(agent, Agent.Duty.HELP_DESK)
    record(
        "space.appointment-read",
        by=agent,
        about=appointment,
        space=appointment.space_id,
        whom=appointment.person_id,
    )
    return appointment


def members_of(space: Space) -> list[Membership]:
    """The first `MEMBERS_SHOWN` members, administrators before all; `can_open` says who can act."""
    members = Membership.objects.filter(space=space).select_related("person")
    ranked = members.annotate(
        can_open=Exists(active_members().filter(pk=OuterRef("pk"))),
        rank=models.Case(models.When(role=Role.ADMINISTRATOR, then=0), default=1),
    )
    return list(ranked.order_by("rank", "since", "pk")[:MEMBERS_SHOWN])


def _named(text: str, clean: str) -> QuerySet[Space]:
    """What is meant by a text: exact for identifiers and numbers, anywhere in a name."""
    identifier = f"{clean[:2]}-{clean[2:]}"
    merged = GivenIdentifier.objects.filter(pk=identifier, leads_to__isnull=False)
    wanted = Q(identifier=identifier) | Q(pk__in=merged.values("leads_to"))
    wanted |= Q(name__icontains=text) | Q(company__name__icontains=text)
    if rcs := clean.removeprefix("RCS").removeprefix("LUXEMBOURG"):
        wanted |= Q(company__rcs=rcs)
    vat = clean.removeprefix("TVA").removeprefix("LU")
    if vat and vat.isdigit():
        wanted |= Q(company__vat=f"LU{vat}") | Q(company__business_number=vat)
    return Space.objects.filter(wanted)


def _seen(spaces: QuerySet[Space]) -> QuerySet[Space]:
    """Professional ones, with all that `Found` needs in the same query."""
    administrators = active_administrators().filter(space=OuterRef("pk"))
    return (
        spaces.filter(kind=Space.Kind.PROFESSIONAL)
        .select_related("company")
        .annotate(
            member_count=Count("memberships", distinct=True),
            is_administrated=Exists(administrators),
            last_log_in=Max("memberships__person__credentials__last_success_at"),
        )
    )


def _found(space: Space) -> Found:
    seen = vars(space)  # what `_seen` has added
    return Found(space, seen["member_count"], seen["is_administrated"], seen["last_log_in"])
