"""Who may do what: the whole table, and the one door."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guichet.spaces import policy
from guichet.spaces.models import Role
from guichet.spaces.policy import CAPABILITIES, Can
from guichet.spaces.tests.given import a_draft, a_member, a_private_space, a_professional_space
from tests.cast import a_person, signed_on, travel

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
            Can.SEE_MEMBERS,
            Can.CHANGE,
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
    with django_assert_num_queries(1):
        member = policy.membership(ada, space.identifier, to=Can.CHANGE)
        assert (member.space.name, member.space.version, member.person) == ("Boulangerie", 1, ada)


@pytest.mark.django_db
def test_a_stranger_finds_no_space():
    space = a_private_space(a_person("Ada Muller"))
    with pytest.raises(Http404):
        policy.membership(a_person("Eve Stranger"), space.identifier, to=Can.VIEW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if Can.CHANGE not in CAPABILITIES[role]])
def test_a_member_is_told_no_with_a_reason(role):
    space = a_professional_space(a_person("Ada Muller"))
    tom = a_person("Tom Weber")
    a_member(tom, space, role)
    assert policy.membership(tom, space.identifier, to=Can.VIEW).role == role
    with pytest.raises(PermissionDenied, match="administrat"):
        policy.membership(tom, space.identifier, to=Can.CHANGE)


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
