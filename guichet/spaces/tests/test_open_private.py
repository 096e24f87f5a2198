"""One's own space: opened on one page, once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guichet.audit.models import Entry
from guichet.refusals import Refused
from guichet.spaces import actions
from guichet.spaces.models import GivenIdentifier, Membership, Role, Space
from guichet.spaces.tests.given import a_private_space, words
from tests.cast import a_credential, a_person, signed_on

PAGE = "/fr/espaces/prive/creer/"


@pytest.mark.django_db
def test_ada_opens_her_private_space(client):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    assert 'value="ada@example.lu"' in words(client.get(PAGE))

    response = client.post(PAGE, {"notification_email": "ada.prive@example.lu"}, follow=True)

    space = Space.objects.get(owner=ada)
    assert response.redirect_chain == [(f"/fr/espaces/{space.identifier}/", 302)]
    page = words(response)
    assert "Votre espace privé est créé." in page
    assert "Ada Muller" in page
    [member] = Membership.objects.filter(space=space)
    assert (member.person, member.role, member.origin) == (ada, Role.ADMINISTRATOR, "creator")
    assert member.notification_email == space.notification_email == "ada.prive@example.lu"
    entry = Entry.objects.get(event="space.opened")
    assert (entry.space, entry.data) == (space.pk, {"kind": "private"})


@pytest.mark.django_db
def test_the_address_is_checked(client):
    signed_on(client, a_person("Ada Muller"))
    page = words(client.post(PAGE, {"notification_email": "ada@"}))
    assert "Exemple : nom@exemple.lu" in page
    page = words(client.post(PAGE, {"notification_email": ""}))
    assert "Indiquez l’adresse" in page
    assert not Space.objects.exists()


@pytest.mark.django_db
def test_a_second_click_lands_in_the_same_space(client):
    ada = a_person("Ada Muller")
    signed_on(client, ada)
    answers = [client.post(PAGE, {"notification_email": "a@example.lu"}) for _click in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert client.get(PAGE).headers["Location"] == answers[0].headers["Location"]
    assert Space.objects.count() == 1


@pytest.mark.django_db
def test_a_second_private_space_is_refused_whatever_the_product():
    ada = a_person("Ada Muller")
    a_private_space(ada)
    with pytest.raises(Refused) as refusal:
        actions.open_private(ada, notification_email="b@example.lu", credential=a_credential(ada))
    assert refusal.value.code == "private-space-exists"
    assert Space.objects.count() == 1
    assert GivenIdentifier.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_one_opens_the_private_space():
    ada, clicks = a_person("Ada Muller"), 6
    barrier = Barrier(clicks)

    def click(_number: int) -> str:
        barrier.wait()
        try:
            return actions.open_private(ada, notification_email="a@example.lu").identifier
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(clicks) as pool:
        outcomes = list(pool.map(click, range(clicks)))

    assert outcomes.count("private-space-exists") == clicks - 1
    assert Space.objects.get().identifier in outcomes
    assert Membership.objects.count() == 1
