"""Asking for a role: after a refusal, or to join by identifier; granted, declined, withdrawn."""

import re

import pytest
from django.utils import translation

from guichet.audit.models import Entry
from guichet.persons.models import Person
from guichet.post.models import Dispatch
from guichet.refusals import Refused
from guichet.spaces import actions, policy
from guichet.spaces.models import GivenIdentifier, Membership, Role, RoleRequest, Space
from guichet.spaces.policy import Can
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from guichet.spaces.tests.test_members import subjects, url
from tests.cast import a_credential, a_person, signed_on, travel
from tests.racing import together

JOIN = "/en/espaces/rejoindre/"


@pytest.fixture
def ada(db):
    return a_person("Ada Muller", language="en")


@pytest.fixture
def tom(db):
    tom = a_person("Tom Weber", language="en")
    a_credential(tom)
    return tom


@pytest.fixture
def space(ada):
    return a_professional_space(ada)


@pytest.fixture
def administrator(space):
    return Membership.objects.get(space=space)


def asks(client, person: Person, identifier: str, **more: str) -> str:
    signed_on(client, person)
    data = {"identifier": identifier, "role": "manager", "message": "", **more}
    return words(client.post(JOIN, data, follow=True))


def joins(person: Person, space: Space, role: str = Role.MANAGER) -> RoleRequest:
    return actions.join(person, identifier=space.identifier, role=role)


# --- From a refusal


def test_a_refused_reader_asks_for_the_right_and_gets_it(client, ada, tom, space, administrator):
    member = a_member(tom, space, Role.READER)
    signed_on(client, tom)
    refused = words(client.get(url(space, "modifier/")))
    address = url(space, "demander/?droit=change")
    assert f'href="{address}"' in refused
    page = words(client.get(address))
    assert "You need this right: Change the details" in page
    assert page.count('type="radio"') == 1
    sent = words(client.post(address, {"role": "administrator", "message": "I help"}, follow=True))
    assert "Your request is on its way" in sent
    again = words(client.get(url(space, "modifier/")))
    assert "Nobody has answered yet." in again
    assert f'href="{address}"' not in again
    request = RoleRequest.objects.get()
    actions.tell_of_request(request.pk)
    assert "Somebody asks for access to your eSpace" in subjects(ada)
    signed_on(client, ada)
    assert "I help" in words(client.get(url(space, "utilisateurs/")))
    answer = url(space, f"utilisateurs/demandes/{request.pk}/")
    assert "Request of Tom Weber" in words(client.get(answer))
    client.post(answer, {"role": "administrator", "scope": "all"})
    member.refresh_from_db()
    assert (member.role, member.role_from) == (Role.ADMINISTRATOR, ada)
    assert "Your request for an eSpace was granted" in subjects(tom)
    signed_on(client, tom)
    assert client.get(url(space, "modifier/")).status_code == 200


def test_the_least_role_that_has_the_right_is_chosen_already(client, tom, space):
    a_member(tom, space, Role.READER)
    signed_on(client, tom)
    page = words(client.get(url(space, "demander/?droit=send")))
    chosen = re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)
    assert len(chosen) == 1
    assert 'value="manager"' in chosen[0]


def test_who_has_everything_cannot_ask_for_more(client, ada, space, administrator):
    signed_on(client, ada)
    assert client.get(url(space, "demander/")).headers["Location"] == url(space, "droits/")
    with pytest.raises(Refused) as refusal:
        actions.ask_for_role(administrator, role=Role.READER)
    assert refusal.value.code == "role-held"


def test_a_limited_member_may_ask_for_the_same_role_without_limits(tom, space):
    member = a_member(tom, space, Role.MANAGER)
    assert policy.roles_to_ask_for(member, Can.SEND) == [Role.ADMINISTRATOR]
    member.limits = ["taxes"]
    assert policy.roles_to_ask_for(member, Can.SEND) == [Role.MANAGER, Role.ADMINISTRATOR]


# --- Joining by identifier


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}"])
def test_an_identifier_is_read_as_people_type_it(client, tom, space, typed):
    own = space.identifier
    text = typed.format(own, lower=own.lower(), bare=own.replace("-", " "))
    assert "now see your request" in asks(client, tom, text)
    assert RoleRequest.objects.get().space == space


def test_what_is_no_identifier_is_said(client, tom):
    assert "An identifier has 2 letters" in asks(client, tom, "PM-0000")
    assert not RoleRequest.objects.exists()


def test_a_stranger_does_not_learn_which_spaces_exist(client, ada, tom, space):
    private = a_private_space(ada)
    binned = a_professional_space(ada)
    Space.objects.filter(pk=binned.pk).update(binned_at=binned.created_at, binned_by=ada)
    seen = set()
    for identifier in (space.identifier, private.identifier, binned.identifier, "PM-ZZZZZZ"):
        RoleRequest.objects.all().delete()
        page = asks(client, tom, identifier)
        assert asks(client, tom, identifier).count("Nobody has answered yet.") == 1
        hub = words(client.get("/en/espaces/"))
        key = str(RoleRequest.objects.get().pk)
        for shown in (page, hub):
            assert identifier in shown
        tokenless = hub.replace(identifier, "…").replace(key, "…")
        seen.add(tokenless[tokenless.index("<main") : tokenless.index("</main")])
    assert len(seen) == 1
    assert Entry.objects.filter(event="space.role-requested").count() == 4


def test_nobody_is_told_of_a_request_for_no_space(tom):
    request = actions.join(tom, identifier="PM-ZZZZZZ", role=Role.READER)
    actions.tell_of_request(request.pk)
    assert not Dispatch.objects.exists()


def test_an_identifier_from_before_a_merger_leads_to_the_space(ada, tom, space):
    GivenIdentifier.objects.create(identifier="PM-ABCDEF", leads_to=space)
    assert actions.join(tom, identifier="PM-ABCDEF", role=Role.READER).space == space


def test_whoever_belongs_to_the_space_is_told_so(client, ada, space):
    assert "You already belong to this eSpace" in asks(client, ada, space.identifier)


def test_a_request_is_granted_with_the_role_that_the_administrator_chooses(
    client, ada, tom, space, administrator
):
    request = joins(tom, space, Role.ADMINISTRATOR)
    signed_on(client, ada)
    data = {"role": "contributor", "scope": "some", "limits": ["taxes"]}
    client.post(url(space, f"utilisateurs/demandes/{request.pk}/"), data)
    member = Membership.objects.get(person=tom)
    assert (member.role, member.limits, member.origin) == ("contributor", ["taxes"], "request")
    assert (member.created_by, member.role_from) == (ada, ada)
    assert not RoleRequest.objects.open().exists()
    assert Entry.objects.get(event="space.role-request-granted").whom == tom.pk


def test_a_request_is_declined_and_may_come_back_after_a_week(
    client, ada, tom, space, administrator
):
    request = joins(tom, space)
    signed_on(client, ada)
    address = url(space, f"utilisateurs/demandes/{request.pk}/refuser/")
    assert "Decline the request of Tom Weber?" in words(client.get(address))
    assert "is declined" in words(client.post(address, {"yes": 1}, follow=True))
    assert subjects(tom) == ["Your request for an eSpace was declined"]
    assert "This request is over" in words(client.get(address, follow=True))
    assert "You can ask again from" in asks(client, tom, space.identifier)
    with travel(days=7, minutes=1):
        assert joins(tom, space).is_open


def test_a_request_dies_after_thirty_days(ada, tom, space, administrator):
    request = joins(tom, space)
    with travel(days=30, minutes=1):
        with pytest.raises(Refused) as refusal:
            actions.grant(administrator, request=request, role=Role.READER)
        assert refusal.value.code == "request-over"
        assert joins(tom, space) != request
    request.refresh_from_db()
    assert request.withdrawn_at


def test_a_request_is_withdrawn_by_whoever_asked_and_nobody_else(client, tom, space, administrator):
    request = joins(tom, space)
    address = f"/en/espaces/demandes/{request.pk}/retirer/"
    signed_on(client, a_person("Eve Stranger"))
    assert client.post(address).status_code == 404
    signed_on(client, tom)
    assert "Withdraw the request" in words(client.get("/en/espaces/"))
    assert "is withdrawn" in words(client.post(address, follow=True))
    assert "nothing left to withdraw" in words(client.get(address))
    with pytest.raises(Refused):
        actions.grant(administrator, request=request, role=Role.READER)
    assert not Membership.objects.filter(person=tom).exists()


def test_what_a_user_asked_for_ends_when_the_user_is_removed(tom, space, administrator):
    member = a_member(tom, space, Role.READER)
    actions.ask_for_role(member, role=Role.MANAGER)
    actions.remove_member(administrator, member=member)
    assert not RoleRequest.objects.open().exists()


def test_a_manager_and_a_stranger_answer_no_request(client, tom, space):
    marc = a_person("Marc Klein")
    request = joins(marc, space)
    a_member(tom, space)
    for person, status in ((tom, 403), (a_person("Eve Stranger"), 404), (marc, 404)):
        signed_on(client, person)
        for page in ("", "refuser/"):
            address = url(space, f"utilisateurs/demandes/{request.pk}/{page}")
            assert client.post(address, {"role": "reader", "scope": "all"}).status_code == status
    assert RoleRequest.objects.get().is_open


def test_whoever_asks_and_withdraws_again_and_again_has_to_wait(tom, space):
    for _time in range(3):
        actions.withdraw_request(tom, request=joins(tom, space))
    with pytest.raises(Refused) as refusal:
        joins(tom, space)
    assert refusal.value.code == "too-many-tries"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_asked_twice_at_once_there_is_one_request(_round):
    tom = a_person("Tom Weber")
    space = a_professional_space(a_person("Ada Muller"))
    together(lambda: joins(tom, space), lambda: joins(tom, space))
    assert RoleRequest.objects.filter(person=tom).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_granted_and_withdrawn_at_once_only_one_wins(_round):
    tom = a_person("Tom Weber")
    space = a_professional_space(a_person("Ada Muller"))
    admin, request = Membership.objects.get(space=space), joins(tom, space)
    together(
        lambda: actions.grant(admin, request=request, role=Role.READER),
        lambda: actions.withdraw_request(tom, request=request),
        lambda: actions.decline(admin, request=request),
    )
    request.refresh_from_db()
    answers = [request.granted_at, request.withdrawn_at, request.declined_at]
    assert len([answer for answer in answers if answer]) == 1
    assert Membership.objects.filter(person=tom).exists() == bool(request.granted_at)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_mails_are_in_the_language_of_who_gets_them(language, space, administrator):
    tom = a_person("Tom Weber", language=language)
    with translation.override("fr"):
        actions.decline(administrator, request=joins(tom, space))
    mail = Dispatch.objects.get(to=tom.email)
    assert mail.language == language
    assert f"/{language}/espaces/" in mail.text
    assert "&" not in mail.text
