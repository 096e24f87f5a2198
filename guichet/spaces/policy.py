"""Who may do what in a space, why, and the one door to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.persons.models import Person
from guichet.prepared import Prepared, Slot
from guichet.refusals import Moved, NotAllowed, Way
from guichet.signon.models import Session
from guichet.spaces.models import GivenIdentifier, Membership, Role, Space, SpaceDraft
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
    if member.role_from_id == member.person_id:
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
        .annotate(places=Places(open_to(_PERSON, _PRODUCT)))
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
    """Who can give rights in a space, by name: the first few."""
    found = Membership.objects.filter(space=space_id, role=Role.ADMINISTRATOR)
    first = found.select_related("person").order_by("since", "pk")[:ADMINISTRATORS_NAMED]
    return [member.person for member in first]


# --- Saying no


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
    identifier = member.space.identifier
    return NotAllowed(
        message,
        hints=[why(member), _("This can be changed by: %(names)s.") % {"names": givers}],
        ways=[
            Way(_("Go back to the eSpace"), reverse("desk:space", args=[identifier])),
        ],
    )


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
