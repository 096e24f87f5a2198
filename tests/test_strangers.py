"""Whoever has no place in a space finds nothing of it: no page, no form, no download."""

import pytest
from django.test import Client

from guichet import access
from guichet.persons.models import Agent
from tests.cast import a_person, an_agent, signed_on
from tests.test_every_address import PAGES, visitor

OWNED = [
    address
    for address in PAGES
    if address.parts
    and access.openness(address.view) is None
    and "link" not in dict(address.parts)  # an invitation is for whoever holds its link
]

pytestmark = [pytest.mark.django_db, pytest.mark.demo]


@pytest.mark.parametrize("address", OWNED, ids=str)
def test_a_stranger_finds_nothing_of_somebody_elses(address):
    tom = visitor("a registered person")
    path = tom.path(address)
    eve = Client()
    signed_on(eve, a_person("Eve Stranger"))
    assert eve.post(path, {"name": "Eve"}).status_code == 404
    for answer in (eve.get(path), eve.head(path)):
        assert answer.status_code in (404, 405)  # some addresses only take forms
    page = eve.get(path).content.decode()
    assert tom.rows["identifier"] not in page.replace(path.removeprefix("/fr"), "")
    assert "Boulangerie Muller" not in page


@pytest.mark.parametrize("address", OWNED, ids=str)
def test_an_agent_finds_nothing_of_a_persons_pages(address):
    path = visitor("a registered person").path(address)
    client = Client()
    signed_on(client, an_agent(duties=Agent.Duty.values))
    for answer in (client.get(path), client.post(path, {"name": "x"})):
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("/agents/")
