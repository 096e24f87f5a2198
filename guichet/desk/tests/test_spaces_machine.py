"""Several people, several spaces, anything in any order: what must hold always holds.

The invariants are those of `ARCHITECTURE.md`: an administrator remains, a private space stays
private, no identifier comes back, nobody holds a right that nobody gave.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.http import Http404
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from guichet import clock
from guichet.audit.models import Entry
from guichet.desk import previews
from guichet.desk.actions import closing, merging
from guichet.persons.models import Person
from guichet.refusals import NotAllowed, Refused
from guichet.signon.models import Credential, Session
from guichet.spaces import actions, policy
from guichet.spaces.actions.guarding import active_administrators
from guichet.spaces.actions.moving import right_of
from guichet.spaces.models import (
    GivenIdentifier,
    Invitation,
    Membership,
    Merger,
    Role,
    RoleRequest,
    Space,
)
from guichet.spaces.policy import Can
from guichet.spaces.tests.given import a_member
from tests.cast import a_credential, a_person, a_professional_space, a_session

NAMES = ("Ada Muller", "Tom Weber", "Marc Klein", "Ines Albuquerque")
_people = count(1)
somebody, which, roles = st.integers(0, len(NAMES) - 1), st.integers(0, 7), st.sampled_from(Role)
NO = (Refused, NotAllowed, Http404)


class Spaces(RuleBasedStateMachine):
    """Four people who open, invite, ask, change, leave, delete, bring back and merge."""

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(datetime.now(UTC), tick=True)
        self.traveller = self.travel.start()
        self.people: list[Person] = []
        for name in NAMES:
            number = next(_people)
            person = a_person(name, number=f"{number:013d}", email=f"p{number}@example.lu")
            a_credential(person)
            self.people.append(person)
        self.renew_sessions()
        self.spaces: list[str] = []  # identifiers, also of those that are gone
        self.administrated: set[Any] = set()
        for who, role in ((0, Role.ADMINISTRATOR), (1, Role.MANAGER), (2, Role.READER)):
            self.open_with(who, role)
        self.entries = Entry.objects.count()

    def open_with(self, who: int, role: Role) -> None:
        """A professional space with a second user."""
        space = a_professional_space(self.people[who], f"Espace {who}")
        self.spaces.append(space.identifier)
        second = self.people[(who + 1) % len(NAMES)]
        a_member(second, space, role)

    def teardown(self) -> None:
        self.travel.stop()

    def renew_sessions(self) -> None:
        self.sessions: list[Session] = [a_session(person) for person in self.people]

    # --- Looking up, as pages do

    def member(self, who: int, space: int, to: Can) -> Membership:
        """Somebody who may do it, if anybody may, through the door; else somebody who may not."""
        mine = Membership.objects.filter(person__in=self.people)
        rows = list(mine.select_related("space").order_by("pk"))
        able = [row for row in rows if policy.may(row, to)] or rows
        if not able:
            raise Http404
        chosen = able[(who + 4 * space) % len(able)]
        session = next(each for each in self.sessions if each.person_id == chosen.person_id)
        return policy.membership(
            session, chosen.space.identifier, to=to, in_the_bin=to == Can.DELETE
        )

    def other(self, admin: Membership, index: int) -> Membership:
        found = list(Membership.objects.filter(space=admin.space_id).order_by("pk"))
        return policy.member(admin, found[index % len(found)].pk)

    def tries(self, act: Callable[[], object]) -> None:
        """Do it, or be told no; a no changes nothing, which the invariants see."""
        try:
            act()
        except NO:
            return

    # --- What people do

    @rule(who=somebody)
    def open_professional(self, who: int) -> None:
        space = a_professional_space(self.people[who], f"Espace {len(self.spaces)}")
        self.spaces.append(space.identifier)

    @rule(who=somebody)
    def open_private(self, who: int) -> None:
        person = self.people[who]
        self.tries(lambda: actions.open_private(person, notification_email=person.email))

    @rule(who=somebody, space=which, whom=somebody, role=roles, named=st.booleans())
    def invite(self, who: int, space: int, whom: int, role: Role, named: bool) -> None:
        person = self.people[whom]
        self.tries(
            lambda: actions.invite(
                self.member(who, space, Can.MEMBERS),
                email=person.email,
                given_names=person.given_names if named else "Autre",
                family_name=person.family_name if named else "Nom",
                role=role,
                language="fr",
            )
        )

    @rule(who=somebody, index=which)
    def accept(self, who: int, index: int) -> None:
        found = list(Invitation.objects.unanswered().order_by("pk"))
        if found:
            one = found[index % len(found)]
            self.tries(lambda: actions.accept_invitation(self.sessions[who], invitation=one))

    @rule(who=somebody, index=which)
    def confirm(self, who: int, index: int) -> None:
        found = list(Invitation.objects.exclude(claimed_at=None).order_by("pk"))
        if found:
            one = found[index % len(found)]
            self.tries(lambda: actions.confirm_name(self.admin_of(one.space, who), invitation=one))

    @rule(who=somebody, space=which, whom=which, role=roles)
    def change_role(self, who: int, space: int, whom: int, role: Role) -> None:
        def act() -> None:
            admin = self.member(who, space, Can.MEMBERS)
            actions.change_member(admin, member=self.other(admin, whom), role=role)

        self.tries(act)

    @rule(who=somebody, space=which, whom=which)
    def remove(self, who: int, space: int, whom: int) -> None:
        def act() -> None:
            admin = self.member(who, space, Can.MEMBERS)
            actions.remove_member(admin, member=self.other(admin, whom))

        self.tries(act)

    @rule(who=somebody, space=which)
    def leave(self, who: int, space: int) -> None:
        self.tries(lambda: actions.leave_space(self.member(who, space, Can.VIEW)))

    @rule(who=somebody, space=which, role=roles)
    def ask_to_join(self, who: int, space: int, role: Role) -> None:
        if self.spaces:
            session = self.sessions[who]
            self.tries(
                lambda: actions.join(
                    self.people[who],
                    identifier=self.spaces[space % len(self.spaces)],
                    role=role,
                    message="",
                    credential=session.credential,
                    address=f"10.0.0.{who}",
                )
            )

    @rule(who=somebody, index=which, role=roles)
    def grant(self, who: int, index: int, role: Role) -> None:
        found = list(RoleRequest.objects.exclude(space=None).order_by("pk"))
        if found:
            asked = found[index % len(found)]
            self.tries(
                lambda: actions.grant(
                    self.admin_of(asked.space, who), request=asked, role=role, limits=[]
                )
            )

    @rule(who=somebody, space=which)
    def put_into_the_bin(self, who: int, space: int) -> None:
        def act() -> None:
            member = self.member(who, space, Can.DELETE)
            actions.bin_space(member, typed=member.space.identifier)

        self.tries(act)

    @rule(who=somebody, space=which)
    def bring_back(self, who: int, space: int) -> None:
        self.tries(lambda: actions.bring_back(self.member(who, space, Can.DELETE)))

    @rule(who=somebody, one=which, two=which, keeps=st.booleans())
    def ask_to_merge(self, who: int, one: int, two: int, keeps: bool) -> None:
        def act() -> None:
            member = self.member(who, one, Can.MERGE)
            identifier = self.spaces[two % len(self.spaces)]
            theirs = Membership.objects.filter(
                person=member.person, space__identifier=identifier, role=Role.ADMINISTRATOR
            )
            other = theirs.select_related("space", "person").first()
            others = other.space if other else None
            pair = (others, member.space) if keeps else (member.space, others)
            merging.ask(
                member,
                other=other,
                identifier=identifier,
                keeps=keeps,
                seen=previews.foresee(*pair).digest,
            )

        self.tries(act)

    @rule(who=somebody, index=which)
    def consent(self, who: int, index: int) -> None:
        def act() -> None:
            open_ones = list(Merger.objects.live().order_by("pk"))
            if not open_ones:
                return
            merger = open_ones[index % len(open_ones)]
            asked = Space.objects.filter(identifier=merger.asked_identifier).first()
            asker = merger.kept if merger.asked_from_kept else merger.absorbed
            if asked is None or asker is None:
                return
            member = self.admin_of(asked, who)
            pair = (asked, asker) if merger.asked_from_kept else (asker, asked)
            seen = previews.foresee(*pair, but=merger.pk).digest
            merging.consent(member, merger=merger, seen=seen)

        self.tries(act)

    @rule(who=somebody, lost=st.booleans())
    def lose_or_find_the_product(self, who: int, lost: bool) -> None:
        """What the provider does is not ours to refuse; a space may lose its administrator."""
        at = clock.now() if lost else None
        Credential.objects.filter(person=self.people[who]).update(suspended_at=at)
        self.administrated &= self.with_administrator()

    @rule(days=st.sampled_from([1, 4, 15, 31]))
    def time_passes(self, days: int) -> None:
        self.traveller.shift(timedelta(days=days))
        self.renew_sessions()
        for merger in list(Merger.objects.due()):
            agreed = previews.Preview.read(merger.preview)
            if merging.carry_out(merger.pk):
                self.nobody_gained_more_than(agreed, merger.kept_id)
        for space in list(actions.to_be_purged()):
            closing.purge(space.pk)

    def nobody_gained_more_than(self, agreed: previews.Preview, kept: Any) -> None:
        """Nobody has a right that the preview did not list (peers: conservation)."""
        listed = {place.person: place.after for place in agreed.places}
        for member in Membership.objects.filter(space=kept):
            assert listed[member.person_id].covers(right_of(member))

    # --- What holds

    def admin_of(self, space: Space | None, index: int) -> Membership:
        rows = Membership.objects.filter(space=space, role=Role.ADMINISTRATOR)
        found = list(rows.select_related("space", "person").order_by("pk"))
        if not found:
            raise Http404
        return found[index % len(found)]

    def with_administrator(self) -> set[Any]:
        return set(active_administrators().values_list("space", flat=True))

    @invariant()
    def a_space_in_use_that_had_an_administrator_keeps_one(self) -> None:
        in_use = set(Space.objects.in_use().professional().values_list("pk", flat=True))
        have = self.with_administrator()
        assert (self.administrated & in_use) <= have
        self.administrated |= have & in_use

    @invariant()
    def a_private_space_is_one_persons(self) -> None:
        for space in Space.objects.exclude(owner=None):
            assert list(space.memberships.values_list("person", flat=True)) == [space.owner_id]
        owners = list(Space.objects.exclude(owner=None).values_list("owner", flat=True))
        assert len(owners) == len(set(owners))

    @invariant()
    def no_identifier_comes_back(self) -> None:
        given = set(GivenIdentifier.objects.values_list("identifier", flat=True))
        assert set(Space.objects.values_list("identifier", flat=True)) <= given
        assert set(self.spaces) <= given
        assert len(self.spaces) == len(set(self.spaces))

    @invariant()
    def whoever_may_is_told_why(self) -> None:
        for member in Membership.objects.select_related("space", "role_from"):
            for right in Can:
                answer = policy.may(member, right)
                assert answer.reasons
                assert bool(answer) == (right in policy.CAPABILITIES[member.role])

    @invariant()
    def what_was_written_down_stays(self) -> None:
        now = Entry.objects.count()
        assert now >= self.entries
        self.entries = now


@pytest.mark.django_db
def test_spaces_under_any_sequence_of_acts() -> None:
    run_state_machine_as_test(
        Spaces,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
