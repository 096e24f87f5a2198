"""A right never outlives its source: what somebody set going ends when she may no longer do it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guichet.desk import actions as desk
from guichet.desk import previews
from guichet.ids import new_id
from guichet.persons.actions import let_agent_go
from guichet.persons.models import Agent
from guichet.refusals import Refused
from guichet.spaces import actions, policy
from guichet.spaces.actions import moving
from guichet.spaces.models import (
    AccessCode,
    Appointment,
    GivenIdentifier,
    Invitation,
    Membership,
    Merger,
    Role,
    RoleRequest,
    Service,
    Space,
)
from guichet.spaces.policy import Standing
from guichet.spaces.tests.given import a_member, a_professional_space, words
from tests.cast import a_person, an_agent, signed_on, travel

pytestmark = pytest.mark.django_db

IN_BETWEEN = "192.0.2.1"


@pytest.fixture
def ada():
    return a_person("Ada Muller")


@pytest.fixture
def eve():
    return a_person("Eve Weber")


@pytest.fixture
def bakery(ada):
    return a_professional_space(ada, "Bakery")


def member(person, space):
    return Membership.objects.select_related("space", "person").get(person=person, space=space)


# --- Mergers


def asked_by_eve(eve, bakery):
    """Eve, administrator of both, asks from the bakery's side that it go into her own space."""
    own = a_professional_space(eve, "Eve's")
    a_member(eve, bakery, Role.ADMINISTRATOR)
    seen = previews.foresee(bakery, own).digest
    merger = desk.ask(
        member(eve, bakery),
        other=member(eve, own),
        identifier=own.identifier,
        keeps=False,
        seen=seen,
    )
    return own, merger


@pytest.mark.parametrize("how", ["removed", "demoted", "left"])
def test_whoever_loses_the_space_cannot_take_it_along(ada, eve, bakery, how):
    own, merger = asked_by_eve(eve, bakery)
    if how == "removed":
        actions.remove_member(member(ada, bakery), member=member(eve, bakery))
    elif how == "demoted":
        actions.change_member(member(ada, bakery), member=member(eve, bakery), role=Role.READER)
    else:
        actions.leave_space(member(eve, bakery))
    assert not Merger.objects.live().filter(pk=merger.pk).exists()
    seen = previews.foresee(bakery, own, but=merger.pk).digest
    with pytest.raises(Refused) as refusal:
        desk.consent(member(eve, own), merger=merger, seen=seen)
    assert refusal.value.code == "merger-over"
    assert Space.objects.filter(pk=bakery.pk).exists()


def test_also_when_nobody_has_taken_the_request_back(eve, bakery):
    own, merger = asked_by_eve(eve, bakery)
    Membership.objects.filter(person=eve, space=bakery).delete()
    assert Merger.objects.live().filter(pk=merger.pk).exists()
    seen = previews.foresee(bakery, own, but=merger.pk).digest
    with pytest.raises(Refused) as refusal:
        desk.consent(member(eve, own), merger=merger, seen=seen)
    assert refusal.value.code == "merger-over"


def test_the_request_of_whoever_stays_stays(ada, eve, bakery):
    tom = a_person("Tom Weber")
    a_member(tom, bakery)
    own, merger = asked_by_eve(eve, bakery)
    actions.remove_member(member(ada, bakery), member=member(tom, bakery))
    seen = previews.foresee(bakery, own, but=merger.pk).digest
    assert desk.consent(member(eve, own), merger=merger, seen=seen).consented_at


def test_an_appointment_that_ran_out_hinders_nothing(bakery):
    agent = an_agent("Sonia Lentz", duties=[Agent.Duty.HELP_DESK])
    Appointment.objects.create(
        space=bakery,
        person=a_person("Tom Weber"),
        asked_by="Me Weis",
        proof=Appointment.Proof.DEATH,
        reason="Died",
        proposed_by=agent,
    )
    assert moving.hindrances(bakery) == ["appointment"]
    with travel(days=Appointment.VALIDITY.days + 1):
        assert moving.hindrances(bakery) == []


# --- Access codes


@pytest.fixture
def sonia():
    actions.load_services()
    service = Service.objects.get(pk="tax-cards")
    return an_agent("Sonia Lentz", authority=service.authority_id, duties=[Agent.Duty.ACCESS_CODES])


def holders_code(agent):
    return actions.make_code(
        agent, once=new_id(), service="tax-cards", grade="holder", note="Bakery"
    )


@pytest.mark.parametrize("how", ["removed", "demoted", "gone unseen"])
def test_a_code_opens_nothing_once_its_maker_is_no_administrator(ada, eve, bakery, sonia, how):
    actions.enter_code(member(ada, bakery), code=holders_code(sonia).text, address=IN_BETWEEN)
    own = a_professional_space(eve, "Eve's")
    a_member(eve, bakery, Role.ADMINISTRATOR)
    service = Service.objects.get(pk="tax-cards")
    made = actions.make_agent_code(member(eve, bakery), once=new_id(), service=service, note="")
    if how == "removed":
        actions.remove_member(member(ada, bakery), member=member(eve, bakery))
    elif how == "demoted":
        actions.change_member(member(ada, bakery), member=member(eve, bakery), role=Role.READER)
    else:
        Membership.objects.filter(person=eve, space=bakery).delete()
    assert made.text is not None
    with pytest.raises(Refused) as refusal:
        actions.enter_code(member(eve, own), code=made.text, address=IN_BETWEEN)
    expected = "code-maker-gone" if how == "gone unseen" else "code-revoked"
    assert refusal.value.code == expected
    assert policy.certification(member(eve, own), "tax-cards") is None
    assert AccessCode.objects.get(pk=made.code.pk).used_at is None


def test_a_code_opens_nothing_once_its_agent_is_let_go(ada, bakery, sonia):
    made = holders_code(sonia)
    let_agent_go(sonia)
    with pytest.raises(Refused) as refusal:
        actions.enter_code(member(ada, bakery), code=made.text, address=IN_BETWEEN)
    assert refusal.value.code == "code-maker-gone"


def test_what_was_certified_stays_so_and_says_so_again(ada, bakery, sonia):
    made = holders_code(sonia)
    first = actions.enter_code(member(ada, bakery), code=made.text, address=IN_BETWEEN)
    let_agent_go(sonia)
    again = actions.enter_code(member(ada, bakery), code=made.text, address=IN_BETWEEN)
    assert again == first


# --- Requests and invitations


def test_an_old_request_never_takes_a_later_role_away(ada, bakery):
    tom = a_person("Tom Weber")
    asked = actions.join(tom, identifier=bakery.identifier, role=Role.READER)
    invited = actions.invite(
        member(ada, bakery),
        email=tom.email,
        given_names="Tom",
        family_name="Weber",
        role=Role.ADMINISTRATOR,
        language="fr",
    )
    session = signed_on(Client(), tom)
    actions.accept_invitation(session, invitation=invited)
    with pytest.raises(Refused) as refusal:
        actions.grant(member(ada, bakery), request=asked, role=Role.READER)
    assert refusal.value.code == "request-over"
    assert member(tom, bakery).role == Role.ADMINISTRATOR


def test_whoever_is_removed_does_not_come_back_by_an_older_invitation(ada, bakery):
    tom = a_person("Tom Weber")
    a_member(tom, bakery)
    invited = Invitation.objects.create(
        space=bakery,
        email=tom.email.lower(),
        given_names="Tom",
        family_name="Weber",
        role=Role.ADMINISTRATOR,
        invited_by=ada,
    )
    assert policy.standing(invited) == Standing.OPEN
    actions.remove_member(member(ada, bakery), member=member(tom, bakery))
    invited.refresh_from_db()
    assert policy.standing(invited) == Standing.WITHDRAWN


def test_two_identifiers_of_one_space_tell_nothing(bakery):
    tom = a_person("Tom Weber")
    former = "PM-7K2M4Q"
    GivenIdentifier.objects.create(identifier=former, leads_to=bakery)
    actions.join(tom, identifier=bakery.identifier, role=Role.READER)
    actions.join(tom, identifier=former, role=Role.READER)
    assert RoleRequest.objects.open().filter(space=bakery).count() == 1
    with travel(days=RoleRequest.VALIDITY.days + 1):
        actions.join(tom, identifier=former, role=Role.READER)
        assert RoleRequest.objects.open().get(space=bakery).identifier == former


@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_activity_does_not_say_whether_there_is_a_space(bakery, withdrawn):
    seen = set()
    for name, identifier in (("Tom Weber", bakery.identifier), ("Zoe Braun", "PM-7K2M4Q")):
        person = a_person(name, language="en")
        client = Client()
        signed_on(client, person)
        asked = actions.join(person, identifier=identifier, role=Role.MANAGER)
        if withdrawn:
            actions.withdraw_request(person, request=asked)
        with translation.override("en"):
            page = words(client.get(reverse("account:journal")))
        assert "You asked for a role." in page
        seen.add("An eSpace that you do not belong to" in page)
    assert seen == {False}


def test_nobody_is_flooded_with_invitations(ada):
    for number in range(10):
        invite_zoe(ada, a_professional_space(ada, f"Space {number}"))
    with pytest.raises(Refused) as refusal:
        invite_zoe(ada, a_professional_space(ada, "One more"))
    assert refusal.value.code == "too-many-tries"
    with travel(hours=timedelta(days=2).total_seconds() / 3600):
        invite_zoe(ada, a_professional_space(ada, "Later"))


def invite_zoe(ada, space):
    return actions.invite(
        member(ada, space),
        email="zoe@example.lu",
        given_names="Zoe",
        family_name="Braun",
        role=Role.READER,
        language="fr",
    )
