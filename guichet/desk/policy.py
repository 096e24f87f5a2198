"""The door to mergers of spaces."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.desk.pages import Names
from guichet.refusals import Moved, NotAllowed, Way
from guichet.signon.models import Session
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership, Merger, Space
from guichet.spaces.policy import Can


@dataclass(frozen=True)
class Part:
    """Somebody's part in a merger: a member of one of the two spaces, or of both."""

    merger: Merger
    absorbed: Membership | None
    kept: Membership | None

    @property
    def members(self) -> list[Membership]:
        """The memberships, that of the kept space first."""
        return [member for member in (self.kept, self.absorbed) if member is not None]

    @property
    def asked(self) -> Membership | None:
        """The membership on the side that has to consent."""
        return self.absorbed if self.merger.asked_from_kept else self.kept

    @property
    def administrates(self) -> bool:
        """Can cancel, sees the preview, and who asked and consented."""
        return any(spaces.may(member, Can.MERGE) for member in self.members)

    @property
    def can_consent(self) -> bool:
        """Administrates the side that has to consent."""
        return self.asked is not None and bool(spaces.may(self.asked, Can.MERGE))

    @property
    def administrates_both(self) -> bool:
        """One person asks and consents, each with an act of its own."""
        return len([each for each in self.members if spaces.may(each, Can.MERGE)]) == 2

    @property
    def waits_for_me(self) -> bool:
        """Nobody has consented, and this person can."""
        return self.merger.is_live and self.merger.consented_at is None and self.can_consent

    @property
    def sees_the_stored(self) -> bool:
        """The stored preview says no more than one may know: the asked side opens the whole one."""
        return bool(self.merger.preview["whole"]) or not self.can_consent

    @property
    def names(self) -> Names:
        """The other space has a name for its members, for those it asks, and after consent."""
        merger = self.merger
        if merger.outcome:
            names = Names(merger.outcome["absorbed_name"], merger.outcome["kept_name"])
        else:
            open_to_both = self.can_consent or merger.consented_at is not None
            names = Names(
                _called(merger.absorbed_identifier, self.absorbed, merger.absorbed, open_to_both),
                _called(merger.kept_identifier, self.kept, merger.kept, open_to_both),
            )
        return told_apart(names, merger.absorbed_identifier, merger.kept_identifier)

    def spaces(self) -> tuple[Space | None, Space | None]:
        """Absorbed and kept, for whoever must consent."""
        return (
            self.merger.absorbed or (self.absorbed.space if self.absorbed else None),
            self.merger.kept or (self.kept.space if self.kept else None),
        )

    def to_consent(self) -> Membership:
        """The membership that can consent. Raises `NotAllowed`."""
        if self.asked is None:
            raise NotAllowed(
                _("The administrators of the other eSpace answer this request."),
                ways=[Way(_("See the merger"), reverse("desk:merger", args=[self.merger.pk]))],
            )
        spaces.require(self.asked, Can.MERGE)
        return self.asked

    def to_cancel(self) -> Membership:
        """The membership that can cancel. Raises `NotAllowed`."""
        able = [member for member in self.members if spaces.may(member, Can.MERGE)]
        if not able:
            spaces.require(self.members[0], Can.MERGE)
        return able[0]


@dataclass(frozen=True)
class Pair:
    """Two spaces that somebody thinks of merging; she administrates one of them, or both."""

    absorbed_identifier: str
    kept_identifier: str
    absorbed: Membership | None
    kept: Membership | None

    @property
    def keeps(self) -> bool:
        """Whether the space that asks is the one that stays."""
        return self.absorbed is None

    @property
    def member(self) -> Membership:
        """On the side that asks."""
        member = self.absorbed or self.kept
        if member is None:
            raise Http404
        return member

    @property
    def other(self) -> Membership | None:
        """On the other side, if it is one's own too."""
        return self.kept if self.absorbed else None

    @property
    def other_identifier(self) -> str:
        """Of the side that will be asked."""
        return self.absorbed_identifier if self.keeps else self.kept_identifier

    @property
    def absorbed_space(self) -> Space | None:
        """As far as one may look into it."""
        return self.absorbed.space if self.absorbed else None

    @property
    def kept_space(self) -> Space | None:
        """As far as one may look into it."""
        return self.kept.space if self.kept else None

    @property
    def names(self) -> Names:
        """Identifiers for what one does not administrate."""
        names = Names(
            self.absorbed.space.name if self.absorbed else self.absorbed_identifier,
            self.kept.space.name if self.kept else self.kept_identifier,
        )
        return told_apart(names, self.absorbed_identifier, self.kept_identifier)


def told_apart(names: Names, absorbed: str, kept: str) -> Names:
    """Two spaces of one name are told apart by their identifiers."""
    if names.absorbed != names.kept:
        return names
    return Names(f"{names.absorbed} ({absorbed})", f"{names.kept} ({kept})")


def pair(session: Session, absorbed: str, kept: str) -> Pair:
    """Two spaces by identifier, of which one is administrated by whoever signed on (`Http404`)."""
    found = Pair(absorbed, kept, _administrator(session, absorbed), _administrator(session, kept))
    if absorbed == kept or (found.absorbed is None and found.kept is None):
        raise Http404
    return found


def administrated(session: Session) -> list[Membership]:
    """Memberships of whoever signed on in the business spaces that she can merge now."""
    found = Membership.objects.filter(
        person=session.person,
        role__in=spaces.roles_with(Can.MERGE),
        space__kind=Space.Kind.PROFESSIONAL,
        space__binned_at=None,
    ).filter(Q(only_with=None) | Q(only_with=session.credential_id))
    return list(found.select_related("space").order_by("space__name", "space__identifier"))


def mergers(members: Iterable[Membership]) -> list[Merger]:
    """Live mergers of these members' spaces that they may know of."""
    by_identifier = {member.space.identifier: member for member in members}
    if not by_identifier:
        return []
    identifiers = list(by_identifier)
    live = Merger.objects.live().filter(
        Q(absorbed_identifier__in=identifiers) | Q(kept_identifier__in=identifiers)
    )
    return [
        merger
        for merger in live.defer("preview", "outcome_sealed").order_by("asked_at")
        if merger.consented_at is not None
        or any(
            spaces.may(by_identifier[identifier], Can.MERGE)
            for identifier in (merger.absorbed_identifier, merger.kept_identifier)
            if identifier in by_identifier
        )
    ]


def part(session: Session, merger_id: UUID) -> Part:
    """The one door to a merger: for members of its spaces; for strangers there is none (`Http404`).

    A request is for administrators; what was consented to concerns all members of both spaces.
    """
    merger = Merger.objects.select_related("absorbed", "kept").filter(pk=merger_id).first()
    if merger is None:
        raise Http404
    kept_identifier = merger.kept.identifier if merger.kept else merger.kept_identifier
    found = Part(
        merger,
        absorbed=_member(session, merger.absorbed_identifier),
        kept=_member(session, kept_identifier),
    )
    if not found.members:
        raise Http404
    if not found.administrates and merger.consented_at is None:
        spaces.require(found.members[0], Can.MERGE)
    return found


def _administrator(session: Session, identifier: str) -> Membership | None:
    member = _member(session, identifier)
    return member if member is not None and spaces.may(member, Can.MERGE) else None


def _member(session: Session, identifier: str) -> Membership | None:
    try:
        return spaces.membership(session, identifier, to=Can.VIEW, in_the_bin=True)
    except (Http404, Moved, NotAllowed):
        return None


def _called(
    identifier: str, member: Membership | None, space: Space | None, open_to_both: bool
) -> str:
    if member is not None:
        return member.space.name
    return space.name if space is not None and open_to_both else identifier
