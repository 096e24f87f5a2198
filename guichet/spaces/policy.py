"""Who may do what in a space, why, and the one door to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet import clock
from guichet.persons.models import Agent, Person
from guichet.post.models import Unreachable
from guichet.prepared import Prepared, Slot
from guichet.refusals import Moved, NotAllowed, Refused, Way
from guichet.signon.models import Session
from guichet.spaces.models import (
    AccessCode,
    Certification,
    Contest,
    GivenIdentifier,
    Grade,
    Invitation,
    Membership,
    Merger,
    Role,
    RoleRequest,
    Service,
    Space,
    SpaceDraft,
)
from guichet.spaces.switching import Places, open_to
from guichet.spaces.themes import Theme

ADMINISTRATORS_NAMED = 3


class Can(StrEnum):
    """What somebody may do in a space. Pages and actions ask for these, never for a role."""

    VIEW = "view"
    PREPARE = "prepare"  # procedures: begin, fill in
    SEND = "send"  # procedures: sign and send
    CHANGE = "change"  # the space's name, notification address and company
    MEMBERS = "members"  # see who belongs, invite, change roles, remove, answer requests
    CERTIFY = "certify"  # enter access codes, look after one's agents
    MERGE = "merge"
    DELETE = "delete"


# What each right is called, in the order of the printed table.
RIGHTS: dict[Can, str | Promise] = {
    Can.VIEW: gettext_lazy("See everything in the eSpace: data, procedures, communications"),
    Can.PREPARE: gettext_lazy("Begin and fill in procedures"),
    Can.SEND: gettext_lazy("Sign and submit procedures"),
    Can.CHANGE: gettext_lazy("Change the details of the eSpace and of the company"),
    Can.MEMBERS: gettext_lazy("See the users, invite, change roles, remove"),
    Can.CERTIFY: gettext_lazy("Enter access codes and look after agents"),
    Can.MERGE: gettext_lazy("Merge the eSpace with another one"),
    Can.DELETE: gettext_lazy("Delete the eSpace"),
}

# The one table. Pages print it; nothing else says what a role may do.
CAPABILITIES: dict[str, frozenset[Can]] = {
    Role.ADMINISTRATOR: frozenset(Can),
    Role.MANAGER: frozenset({Can.VIEW, Can.PREPARE, Can.SEND}),
    Role.CONTRIBUTOR: frozenset({Can.VIEW, Can.PREPARE}),
    Role.READER: frozenset({Can.VIEW}),
}
# What the limits of a membership narrow. The rest has to do with no theme.
LIMITED = frozenset({Can.PREPARE, Can.SEND})
LIMITED_ROLES = (Role.MANAGER, Role.CONTRIBUTOR)


@dataclass(frozen=True)
class Answer:
    """Yes or no, and why, in words. True or false as a condition."""

    member: Membership
    to: Can
    about: tuple[str, ...] = ()  # codes of the theme and of the procedure that it concerns

    def __bool__(self) -> bool:
        return self.role_allows and self.limits_allow

    @property
    def role_allows(self) -> bool:
        return self.to in CAPABILITIES[self.member.role]

    @property
    def limits_allow(self) -> bool:
        """No limit, nothing that could be limited, or one of the limits meets what it is about."""
        limits = self.member.limits
        if not limits or not self.about or self.to not in LIMITED:
            return True
        return any(code in limits for code in self.about)

    @cached_property
    def reasons(self) -> list[str]:
        """At least one sentence, also for a yes. Asks the database who gave the role."""
        if self.role_allows and not self.limits_allow:
            return [why(self.member), limited_to(self.member)]
        return [why(self.member)]


def may(member: Membership, to: Can, about: Iterable[str] = ()) -> Answer:
    """Whether, and why, the member may do it. `about` names the theme and the procedure."""
    return Answer(member, to, tuple(about))


def require(member: Membership, to: Can, about: Iterable[str] = ()) -> None:
    """Raise `NotAllowed`: which right is missing, who can give it, and how to ask for it."""
    answer = may(member, to, about)
    if not answer:
        raise _not_allowed(answer)


def roles_with(to: Can) -> list[Role]:
    """The roles that have a right, the least first."""
    return [role for role in reversed(Role) if to in CAPABILITIES[role]]


def why(member: Membership) -> str:
    """Where somebody's role comes from: "Jean Muller made you administrator on 3 May 2026."."""
    day = date_format(localtime(member.role_since), "DATE_FORMAT")
    words = {"role": member.role_name, "day": day}
    if member.role_from_id is None:
        return _("The help desk made you %(role)s on %(day)s.") % words
    if member.role_from_id == member.person_id and member.origin == Membership.Origin.MERGER:
        return (
            _("You are %(role)s since %(day)s: of an eSpace that was merged into this one.") % words
        )
    if member.role_from_id == member.person_id:
        if member.role != Role.ADMINISTRATOR:  # only administrators give roles, also to themselves
            return _("You chose this role yourself on %(day)s: %(role)s.") % words
        return _("You created the eSpace on %(day)s and are: %(role)s.") % words
    giver = member.role_from
    return _("%(name)s made you %(role)s on %(day)s.") % {
        **words,
        "name": giver.name if giver else "",
    }


def limited_to(member: Membership) -> str:
    """What a limited membership is limited to, in words."""
    return _("Your role is limited to: %(themes)s.") % {"themes": themes(member.limits)}


def themes(limits: Iterable[str]) -> str:
    """The limits in words, in one line."""
    return ", ".join(str(Theme(code).label) if code in Theme.values else code for code in limits)


_PERSON = Slot("person", Membership._meta.get_field("person"))
_PRODUCT = Slot("credential", Membership._meta.get_field("only_with"))
# Asked by every page of a space; brings along what the header lists.
_membership = Prepared(
    lambda: (
        Membership.objects.select_related("space")
        .filter(
            space__identifier=Slot("identifier", Space._meta.get_field("identifier")),
            person=Slot("person", Membership._meta.get_field("person")),
        )
        .annotate(
            places=Places(open_to(_PERSON, _PRODUCT)),
            merging=Exists(
                Merger.objects.agreed().filter(
                    Q(absorbed=OuterRef("space")) | Q(kept=OuterRef("space"))
                )
            ),
        )
    )
)


def membership(
    session: Session, identifier: str, *, to: Can, in_the_bin: bool = False
) -> Membership:
    """The one door to a space: the membership of whoever signed on, its space in the same query.

    A stranger finds no space (`Http404`); a member may be told no (`NotAllowed`): the role does
    not allow it, the space opens with another product only, or it is in the bin, unless the page
    is for spaces `in_the_bin` too. The identifier of a space that was merged leads to where it
    went (`Moved`).
    """
    person = session.person
    if person is None:
        raise Http404
    found = _membership.first(
        identifier=identifier, person=person.pk, credential=session.credential_id
    )
    if found is None:
        raise _elsewhere(person, identifier)
    found.person = person
    this = f"{found.space.identifier}{found.space.name}"  # may not be among the first by name
    found.space.may_be_merging = bool(getattr(found, "merging", True))
    session.places = f"{this}\n{getattr(found, 'places', None) or ''}"
    if found.only_with_id not in (None, session.credential_id):
        raise _other_product(found)
    if found.space.binned_at is not None and not in_the_bin:
        raise _binned(found)
    require(found, to)
    return found


def draft(person: Person, draft_id: UUID) -> SpaceDraft:
    """The one door to a space in preparation: its own person's, or none (`Http404`)."""
    try:
        found = SpaceDraft.objects.select_related("space").get(pk=draft_id, person=person)
    except SpaceDraft.DoesNotExist:
        raise Http404 from None
    if found.finished_at is None and not SpaceDraft.objects.open().filter(pk=found.pk).exists():
        raise Http404
    return found


def administrators(space_id: UUID) -> list[Person]:
    """Who can give rights in a space, by name: the first few whose account is open."""
    found = Membership.objects.filter(
        space=space_id,
        role=Role.ADMINISTRATOR,
        person__account__suspended_at=None,
        person__account__closing_asked_at=None,
        person__account__closed_at=None,
    )
    first = found.select_related("person").order_by("since", "pk")[:ADMINISTRATORS_NAMED]
    return [member.person for member in first]


# --- What administrations opened to a space


def certification(member: Membership, service: str, *, grade: str = "") -> Certification | None:
    """What opens this service to the member's space, as holder if it can; None if nothing does.

    Whatever the role of the member: all who belong to a certified space see the same.
    """
    live = Certification.objects.live().filter(
        space=member.space_id, service=service, service__closed_at=None
    )
    grades = [grade] if grade else [Grade.HOLDER, Grade.AGENT]
    found = live.filter(grade__in=grades).select_related("service__authority")
    return found.order_by("-grade", "since", "pk").first()  # "holder" before "agent"


def require_certification(member: Membership, service: str, *, grade: str = "") -> Certification:
    """What opens this service to the member's space; raises `NotAllowed` with how to get it."""
    found = certification(member, service, grade=grade)
    if found is None:
        raise _not_certified(member, service, grade)
    return found


def own_certification(member: Membership, certification_id: UUID) -> Certification:
    """The door to what the member's space was granted; what is over or another's is not there."""
    live = Certification.objects.live().filter(space=member.space_id)
    return _or_404(live.select_related("service__authority", "holder"), certification_id)


def agent_of(holder: Certification, certification_id: UUID) -> Certification:
    """The door to a holder's agents."""
    live = Certification.objects.live().filter(holder=holder)
    return _or_404(live.select_related("space__company", "service"), certification_id)


def agent_code_of(holder: Certification, code_id: UUID) -> AccessCode:
    """The door to the codes that a holder made or was given for its agents."""
    return _or_404(AccessCode.objects.filter(holder=holder), code_id)


def services_of(agent: Agent) -> QuerySet[Service]:
    """The services of the authority that an agent works for, open or closed."""
    return Service.objects.filter(authority=agent.authority_id).order_by("code")


def require_service(agent: Agent, service: str) -> None:
    """Raise `Http404` unless the service is the agent's authority's and codes are their duty."""
    if not agent.has(Agent.Duty.ACCESS_CODES) or not services_of(agent).filter(pk=service).exists():
        raise Http404


def code_of(agent: Agent, code_id: UUID) -> AccessCode:
    """The door to the codes of an agent's authority."""
    codes = AccessCode.objects.filter(service__authority=agent.authority_id)
    return _or_404(codes.exclude(made_by=None).select_related("service"), code_id)


def certification_granted_by(agent: Agent, certification_id: UUID) -> Certification:
    """The door to what an agent's authority granted."""
    live = Certification.objects.live().filter(service__authority=agent.authority_id)
    return _or_404(live.select_related("space__company", "service"), certification_id)


# --- What members contest


def open_contest(member: Membership, field: str) -> Contest | None:
    """What was said against a value of the member's space, if anything was."""
    found = Contest.objects.open().filter(space=member.space_id, field=field)
    return found.select_related("contested_by").first()


def contest_for(agent: Agent, contest_id: UUID) -> Contest:
    """The door of the help desk to what members contest, withdrawn or not."""
    if not agent.has(Agent.Duty.HELP_DESK):
        raise Http404
    return _or_404(Contest.objects.select_related("space__company", "contested_by"), contest_id)


_Row = TypeVar("_Row", bound=Model)


def _or_404(rows: QuerySet[_Row], key: UUID) -> _Row:
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


# --- Others in the space, and who asks to be


def member(admin: Membership, membership_id: UUID) -> Membership:
    """The door to one user of the space that `admin` administrates, or none (`Http404`)."""
    require(admin, Can.MEMBERS)
    rows = Membership.objects.select_related("person", "role_from", "created_by", "only_with")
    try:
        found = rows.get(pk=membership_id, space=admin.space_id)
    except Membership.DoesNotExist:
        raise Http404 from None
    found.space = admin.space
    return found


def role_request(admin: Membership, request_id: UUID) -> RoleRequest:
    """The door to a request that the administrators of the space answer, or none (`Http404`)."""
    require(admin, Can.MEMBERS)
    return _request_or_404(pk=request_id, space=admin.space_id)


def own_role_request(person: Person, request_id: UUID) -> RoleRequest:
    """The door to what somebody has asked for, or none (`Http404`)."""
    return _request_or_404(pk=request_id, person=person)


def _request_or_404(**which: object) -> RoleRequest:
    try:
        return RoleRequest.objects.select_related("person__account", "space").get(**which)
    except RoleRequest.DoesNotExist:
        raise Http404 from None


def not_yet(person: Person, identifier: str) -> Refused | None:
    """Why somebody cannot ask for a role in this space now: they have, or were told no lately."""
    asked = RoleRequest.objects.filter(person=person, identifier=identifier)
    last = asked.order_by("-asked_at", "-pk").first()
    if last is None:
        return None
    if last.is_open:
        return already_asked(last)
    again = last.again_from
    if again and last.declined_at and clock.now() < again:
        return Refused(
            _("Your request was declined on %(day)s. You can ask again from %(again)s.")
            % {"day": _day(last.declined_at), "again": _day(again)},
            code="role-request-declined",
        )
    return None


def already_asked(request: RoleRequest) -> Refused:
    """The refusal of a second request while the first one waits."""
    return Refused(
        _("You asked for this role on %(day)s: %(role)s. Nobody has answered yet.")
        % {"day": _day(request.asked_at), "role": request.role_name},
        code="role-request-open",
    )


def roles_to_ask_for(member: Membership, to: Can | None = None) -> list[Role]:
    """The roles that would give more than one has, and the right `to`; the least first."""
    own = CAPABILITIES[member.role]
    return [
        role
        for role in (roles_with(to) if to else reversed(Role))
        if own < CAPABILITIES[role] or (role == member.role and member.limits)
    ]


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


# --- Saying no


def _not_certified(member: Membership, code: str, grade: str) -> NotAllowed:
    service = Service.objects.select_related("authority").filter(pk=code).first()
    if service is None or member.space.is_private:
        raise Http404
    words = {"service": service.name, "authority": service.authority.name}
    message = _("This page is for eSpaces certified for: %(service)s.") % words
    if grade == Grade.HOLDER:
        message = _("This page is for the holder of: %(service)s.") % words
    hints = [_("Ask this authority for an access code: %(authority)s.") % words]
    identifier = member.space.identifier
    ways = [
        Way(
            _("How to get the certification"),
            reverse("spaces:certification", args=[identifier, code]),
        )
    ]
    if may(member, Can.CERTIFY):
        enter = Way(_("Enter an access code"), reverse("spaces:enter_code", args=[identifier]))
        ways = [enter, *ways]
        hints.append(_("Once you have the code, enter it in this eSpace."))
    else:
        givers = ", ".join(person.name for person in administrators(member.space_id))
        hints.append(_("The code is entered by an administrator: %(names)s.") % {"names": givers})
    return NotAllowed(message, hints=hints, ways=ways)


def _elsewhere(person: Person, identifier: str) -> Exception:
    """Where a merged space went, for who belongs there; for all others there is no such space."""
    row = GivenIdentifier.objects.select_related("leads_to").filter(pk=identifier).first()
    space = row.leads_to if row else None
    if space and Membership.objects.filter(space=space, person=person).exists():
        return Moved(identifier, space.identifier)
    return Http404()


def _not_allowed(answer: Answer) -> NotAllowed:
    member = answer.member
    right = str(RIGHTS[answer.to])
    message = _("Your role in this eSpace is: %(role)s. It does not include: %(right)s.") % {
        "role": member.role_name,
        "right": right[:1].lower() + right[1:],
    }
    if answer.role_allows:
        message = limited_to(member)
    givers = ", ".join(person.name for person in administrators(member.space_id))
    hints = [why(member), _("This can be changed by: %(names)s.") % {"names": givers}]
    identifier = member.space.identifier
    if not givers:
        hints[1] = _(
            "Nobody administrates this eSpace any more. The help desk can appoint somebody: "
            "call %(phone)s."
        ) % {"phone": settings.SUPPORT_PHONE}
    ways = [
        Way(_("See who may do what"), reverse("spaces:rights", args=[identifier])),
        Way(_("Go back to the eSpace"), reverse("desk:space", args=[identifier])),
    ]
    waits = not_yet(member.person, identifier)
    if waits:
        hints.append(waits.message)
    elif givers:
        url = reverse("spaces:ask", args=[identifier]) + f"?droit={answer.to}"
        ways.insert(0, Way(_("Ask for this right"), url))
    return NotAllowed(message, hints=hints, ways=ways)


def _other_product(member: Membership) -> NotAllowed:
    return NotAllowed(
        _("This eSpace opens to you with another product: the one named in your invitation."),
        hints=[_("Log out, then log in with that product.")],
        ways=[Way(_("My eSpaces"), reverse("desk:spaces"))],
    )


def _binned(member: Membership) -> NotAllowed:
    space = member.space
    until = date_format(localtime(space.purged_at), "DATE_FORMAT") if space.purged_at else ""
    names = ", ".join(person.name for person in administrators(member.space_id))
    hint, label = _("Until then it can be brought back by: %(names)s."), _("Open the bin")
    if may(member, Can.DELETE):
        hint, label = _("Until then you can bring it back."), _("Bring it back from the bin")
    return NotAllowed(
        _("This eSpace is in the bin until %(day)s, then it is deleted for good.") % {"day": until},
        hints=[hint % {"names": names}],
        ways=[Way(label, reverse("desk:bin")), Way(_("My eSpaces"), reverse("desk:spaces"))],
    )


# --- Invitations


class Standing(StrEnum):
    """Where an invitation stands. Computed from its times, the inviter's role and the space."""

    OPEN = "open"
    CLAIMED = "claimed"  # accepted under another name; an administrator has to agree
    EXPIRED = "expired"
    RENEWED = "renewed"  # there is a newer link
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SOURCE_GONE = "source-gone"  # whoever invited may no longer do so
    BINNED = "binned"


def standing(invitation: Invitation) -> Standing:
    """What can be done with the invitation now. A right never outlives its source."""
    if invitation.accepted_at:
        return Standing.ACCEPTED
    if invitation.refused_at:
        return Standing.REFUSED
    if invitation.withdrawn_at:
        return Standing.WITHDRAWN
    if invitation.space.binned_at:
        return Standing.BINNED
    if clock.now() >= invitation.expires_at:
        return Standing.EXPIRED
    if invitation.claimed_at:
        return Standing.CLAIMED
    source = _may_invite().filter(space=invitation.space_id, person=invitation.invited_by_id)
    return Standing.OPEN if source.exists() else Standing.SOURCE_GONE


def _may_invite() -> QuerySet[Membership]:
    """Memberships that invitations can come from."""
    return Membership.objects.filter(
        role__in=roles_with(Can.MEMBERS),
        person__account__suspended_at=None,
        person__account__closing_asked_at=None,
        person__account__closed_at=None,
    )


def invited(key: str) -> tuple[Invitation, Standing]:
    """The door to an invitation by its link: what it is and where it stands, or none (`Http404`).

    A link that was sent before the newest one stands as `RENEWED`.
    """
    read = Invitation.read_key(key)
    rows = Invitation.objects.select_related("space", "invited_by", "claimed_by", "claimed_with")
    found = rows.filter(pk=read[0]).first() if read else None
    if found is None or read is None:
        raise Http404
    now = standing(found)
    if read[1] != found.sent_at and now in (Standing.OPEN, Standing.CLAIMED, Standing.EXPIRED):
        return found, Standing.RENEWED
    return found, now


def invitation(admin: Membership, invitation_id: UUID) -> Invitation:
    """The door to an invitation of the space that `admin` administrates, or none (`Http404`)."""
    require(admin, Can.MEMBERS)
    rows = Invitation.objects.select_related("space", "invited_by", "claimed_by", "claimed_with")
    try:
        return rows.get(pk=invitation_id, space=admin.space_id)
    except Invitation.DoesNotExist:
        raise Http404 from None


def pending_invitations(person: Person) -> list[Invitation]:
    """Invitations to the person's confirmed address, and those that wait for a confirmation."""
    mine = Q(email__iexact=person.email, claimed_by=None) | Q(claimed_by=person)
    source = _may_invite().filter(space=OuterRef("space"), person=OuterRef("invited_by"))
    open_ones = Invitation.objects.live().filter(
        mine, Q(claimed_at__isnull=False) | Exists(source), space__binned_at=None
    )
    rows = open_ones.exclude(space__memberships__person=person)
    return list(rows.select_related("space", "invited_by").order_by("sent_at", "pk"))


def unreachable(person: Person) -> list[Unreachable]:
    """Addresses where somebody wants to be told, and that our mails come back from."""
    mine = Membership.objects.filter(person=person).values(small=Lower("notification_email"))
    either = Q(address=person.email.lower()) | Q(address__in=mine)
    return list(Unreachable.objects.filter(either).order_by("address"))
