"""Who may do what: the whole table, and the one door."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation

from guichet import clock
from guichet.refusals import NotAllowed
from guichet.spaces import policy
from guichet.spaces.models import GivenIdentifier, Membership, Role, Space
from guichet.spaces.policy import CAPABILITIES, Can
from guichet.spaces.tests.given import a_draft, a_member, a_private_space, a_professional_space
from guichet.spaces.themes import Theme
from tests.cast import a_credential, a_person, a_session, signed_on, travel

SPACE_PAGES = ["", "communications/", "donnees/", "donnees/entreprise/", "espace/"]
SPACE_PAGES += ["espace/modifier/", "espace/adresse/"]
DRAFT_PAGES = ["nom/", "entreprise/", "entreprise/saisie/", "entreprise/registre/"]
DRAFT_PAGES += ["utilisateur/", "termine/", "supprimer/"]


def test_the_whole_table():
    assert {
        Role.ADMINISTRATOR: {
            Can.VIEW,
            Can.PREPARE,
            Can.SEND,
            Can.CHANGE,
            Can.MEMBERS,
            Can.CERTIFY,
            Can.MERGE,
            Can.DELETE,
        },
        Role.MANAGER: {Can.VIEW, Can.PREPARE, Can.SEND},
        Role.CONTRIBUTOR: {Can.VIEW, Can.PREPARE},
        Role.READER: {Can.VIEW},
    } == CAPABILITIES
    assert set(CAPABILITIES) == set(Role)


@pytest.mark.django_db
def test_the_door_gives_the_membership_with_its_space_in_one_query(django_assert_num_queries):
    ada = a_person("Ada Muller")
    space = a_professional_space(ada, "Boulangerie")
    session = a_session(ada)
    with django_assert_num_queries(1):
        member = policy.membership(session, space.identifier, to=Can.CHANGE)
        assert (member.space.name, member.space.version, member.person) == ("Boulangerie", 1, ada)


@pytest.mark.django_db
def test_a_stranger_finds_no_space():
    space = a_private_space(a_person("Ada Muller"))
    with pytest.raises(Http404):
        policy.membership(a_session(a_person("Eve Stranger")), space.identifier, to=Can.VIEW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if Can.CHANGE not in CAPABILITIES[role]])
def test_a_member_is_told_no_with_a_reason(role):
    space = a_professional_space(a_person("Ada Muller"))
    tom = a_person("Tom Weber")
    a_member(tom, space, role)
    assert policy.membership(a_session(tom), space.identifier, to=Can.VIEW).role == role
    with pytest.raises(PermissionDenied, match=r"Gestionnaire|Contribut|Lect"):
        policy.membership(a_session(tom), space.identifier, to=Can.CHANGE)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", SPACE_PAGES)
def test_eve_finds_no_page_of_adas_spaces(client, page, method):
    ada = a_person("Ada Muller")
    spaces = [a_private_space(ada), a_professional_space(ada)]
    signed_on(client, a_person("Eve Stranger"))
    for space in spaces:
        address = f"/fr/espaces/{space.identifier}/{page}"
        assert getattr(client, method)(address, {"name": "Eve"}).status_code == 404
        space.refresh_from_db()
        assert (space.name, space.version) != ("Eve", 2)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", DRAFT_PAGES)
def test_eve_finds_no_page_of_adas_draft(client, page, method):
    draft = a_draft(a_person("Ada Muller"))
    signed_on(client, a_person("Eve Stranger"))
    address = f"/fr/espaces/pro/creer/{draft.pk}/{page}"
    data = {"name": "Eve", "revision": 2, "notification_email": "eve@example.lu"}
    assert getattr(client, method)(address, data).status_code == 404
    draft.refresh_from_db()
    assert (draft.name, draft.finished_at) == ("Espace pro", None)


@pytest.mark.django_db
@pytest.mark.parametrize("page", SPACE_PAGES)
def test_without_a_session_every_page_leads_to_sign_on(client, page):
    space = a_private_space(a_person("Ada Muller"))
    response = client.get(f"/fr/espaces/{space.identifier}/{page}")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/fr/connexion/?next=")


@pytest.mark.django_db
def test_a_draft_is_forgotten_after_90_days():
    ada = a_person("Ada Muller")
    draft = a_draft(ada)
    assert policy.draft(ada, draft.pk) == draft
    with pytest.raises(Http404):
        policy.draft(ada, uuid4())
    with travel(days=91), pytest.raises(Http404):
        policy.draft(ada, draft.pk)


@pytest.mark.django_db
def test_a_manager_sees_no_member_list_and_changes_nothing(client):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    space = a_professional_space(ada)
    a_member(tom, space, Role.MANAGER)
    signed_on(client, tom)
    page = client.get(f"/fr/espaces/{space.identifier}/espace/").content.decode()
    assert "Gestionnaire" in page
    assert "Ada Muller" not in page
    assert "/espace/modifier/" not in page
    for closed in ("espace/modifier/", "donnees/entreprise/"):
        response = client.post(f"/fr/espaces/{space.identifier}/{closed}", {"name": "Tom"})
        assert response.status_code == 403
    assert (
        "/donnees/entreprise/"
        not in client.get(f"/fr/espaces/{space.identifier}/donnees/").content.decode()
    )


# --- Reasons


def test_every_right_is_named_and_somebody_has_it():
    assert set(policy.RIGHTS) == set(Can)
    assert all(Role.ADMINISTRATOR in policy.roles_with(right) for right in Can)
    assert policy.roles_with(Can.SEND) == [Role.MANAGER, Role.ADMINISTRATOR]


@pytest.mark.django_db
@pytest.mark.parametrize("right", list(Can))
@pytest.mark.parametrize("role", list(Role))
def test_every_answer_says_why(role, right):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    member = a_member(tom, a_professional_space(ada), role)
    answer = policy.may(member, right)
    assert bool(answer) == (right in CAPABILITIES[role])
    with translation.override("en"):
        assert [reason for reason in answer.reasons if "Ada Muller made you " in reason]


@pytest.mark.django_db
def test_the_creator_is_told_that_she_created_it():
    ada = a_person("Ada Muller")
    a_professional_space(ada)
    with translation.override("en"):
        assert policy.why(Membership.objects.get(person=ada)).startswith("You created the eSpace")


@pytest.mark.django_db
def test_limits_narrow_procedures_and_nothing_else():
    tom = a_person("Tom Weber")
    member = a_member(tom, a_professional_space(a_person("Ada Muller")), Role.MANAGER)
    member.limits = [Theme.TAXES, "vacant-position"]
    assert policy.may(member, Can.SEND, about=[Theme.TAXES, "vat-registration"])
    assert policy.may(member, Can.SEND, about=[Theme.STAFF, "vacant-position"])
    assert policy.may(member, Can.VIEW, about=[Theme.STAFF])
    refused = policy.may(member, Can.SEND, about=[Theme.STAFF, "tax-cards"])
    assert not refused
    with translation.override("en"):
        assert "Your role is limited to: Taxes and duties, vacant-position." in refused.reasons
    with pytest.raises(PermissionDenied):
        policy.require(member, Can.SEND, about=[Theme.STAFF])


@pytest.mark.django_db
def test_no_limit_is_no_limit():
    member = a_member(a_person("Tom Weber"), a_professional_space(a_person("Ada Muller")))
    assert policy.may(member, Can.SEND, about=[Theme.STAFF])


@pytest.mark.django_db
def test_a_space_opens_with_the_product_of_the_invitation_only(client):
    tom = a_person("Tom Weber")
    space = a_professional_space(a_person("Ada Muller"))
    first, second = a_credential(tom), a_credential(tom)
    member = a_member(tom, space)
    member.only_with = first
    member.save()
    assert policy.membership(a_session(first), space.identifier, to=Can.VIEW) == member
    with pytest.raises(NotAllowed):
        policy.membership(a_session(second), space.identifier, to=Can.VIEW)
    signed_on(client, second)
    answer = client.get(f"/en/espaces/{space.identifier}/")
    assert answer.status_code == 403
    assert "with another product" in answer.content.decode()


@pytest.mark.django_db
def test_a_space_in_the_bin_opens_only_where_that_is_meant(client):
    ada = a_person("Ada Muller")
    space = a_professional_space(ada)
    Space.objects.filter(pk=space.pk).update(binned_at=clock.now(), binned_by=ada)
    with pytest.raises(NotAllowed):
        policy.membership(a_session(ada), space.identifier, to=Can.VIEW)
    session = a_session(ada)
    assert policy.membership(session, space.identifier, to=Can.DELETE, in_the_bin=True)
    signed_on(client, ada)
    assert "in the bin until" in client.get(f"/en/espaces/{space.identifier}/").content.decode()


@pytest.mark.django_db
def test_an_old_identifier_leads_members_to_where_the_space_went(client):
    ada = a_person("Ada Muller")
    space = a_professional_space(ada)
    GivenIdentifier.objects.create(identifier="PM-ABCDEF", retired_at=clock.now(), leads_to=space)
    signed_on(client, ada)
    answer = client.get("/fr/espaces/PM-ABCDEF/donnees/?x=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/fr/espaces/{space.identifier}/donnees/?x=1"
    signed_on(client, a_person("Eve Stranger"))
    assert client.get("/fr/espaces/PM-ABCDEF/donnees/").status_code == 404


@pytest.mark.django_db
def test_where_nobody_administrates_any_more_the_help_desk_is_named(client, settings):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    space = a_professional_space(ada)
    a_member(tom, space, Role.READER)
    ada.account.suspended_at = clock.now()
    ada.account.save()
    signed_on(client, tom)
    page = client.get(f"/en/espaces/{space.identifier}/espace/modifier/").content.decode()
    assert settings.SUPPORT_PHONE in page
    assert "Ask for this right" not in page
