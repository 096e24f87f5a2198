"""From one space to another in the header: always right, never a new sign-on."""

import pytest
from django.test import Client

from guichet import clock
from guichet.desk import kept
from guichet.spaces import switching
from guichet.spaces.models import Membership, Space
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_credential, a_person, signed_on


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    kept.memory.clear()


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller")
    signed_on(client, ada)
    return ada


@pytest.fixture
def home(client, ada):
    """A space's home, after a first visit: the gate has made its note."""
    address = f"/fr/espaces/{a_professional_space(ada, 'Le four').identifier}/"
    client.get(f"{address}communications/")
    return address


def listed(page: str) -> bool:
    return 'id="switch"' in page


def test_one_space_needs_no_switch(client, ada, home):
    assert not listed(words(client.get(home)))
    assert not listed(words(client.get("/fr/espaces/")))


def test_two_spaces_are_listed_on_every_page_and_this_one_is_marked(client, ada, home):
    other = a_professional_space(ada, "La table & Cie")
    for path in (home, f"{home}communications/", f"{home}?x=1"):
        page = words(client.get(path))
        assert listed(page)
        assert f'href="/fr/espaces/{other.identifier}/">La table &amp; Cie' in page
        assert f'href="{home}" aria-current="true">Le four' in page
    for path in ("/fr/espaces/", "/fr/compte/", "/fr/aide/"):
        page = words(client.get(path))
        assert listed(page)
        assert "aria-current" not in page.partition('id="switch"')[2].partition("</nav>")[0]
    assert not listed(words(Client().get("/fr/aide/")))


def test_the_list_is_right_at_once_on_a_page_that_is_kept(client, ada, home):
    tag = client.get(home).headers["ETag"]
    other = a_professional_space(ada, "La table")
    response = client.get(home, headers={"if-none-match": tag})
    assert response.status_code == 200
    assert "La table" in words(response)
    Space.objects.filter(pk=other.pk).update(name="Le jardin")
    assert "Le jardin" in words(client.get(home))
    tag = client.get(home).headers["ETag"]
    assert client.get(home, headers={"if-none-match": tag}).status_code == 304
    Space.objects.filter(pk=other.pk).update(binned_at=clock.now(), binned_by=ada)
    assert not listed(words(client.get(home)))


def test_what_it_costs(client, ada, home, django_assert_num_queries):
    a_professional_space(ada, "La table")
    with django_assert_num_queries(5):  # as without the list: nothing more is asked for it
        client.get(home)
    with django_assert_num_queries(2):
        assert listed(words(client.get(home)))
    tag = client.get(home).headers["ETag"]
    with django_assert_num_queries(2):
        assert client.get(home, headers={"if-none-match": tag}).status_code == 304


def test_a_space_that_opens_with_another_product_is_not_listed(client, ada, home):
    tom = a_person("Tom Weber")
    member = a_member(ada, a_professional_space(tom, "Toitures"))
    assert "Toitures" in words(client.get(home))
    Membership.objects.filter(pk=member.pk).update(only_with=a_credential(ada))
    assert "Toitures" not in words(client.get(home))


def test_of_many_spaces_some_are_listed_and_the_rest_is_on_the_hub(client, ada, home):
    for number in range(switching.SHOWN + 3):
        a_professional_space(ada, f"Atelier {number:02d}", credential=a_credential(ada))
    page = words(client.get(home))
    shown = page.partition('id="switch"')[2].partition("</nav>")[0]
    assert shown.count('<li><a href="/fr/espaces/P') == switching.SHOWN
    assert "Tous mes espaces" in page
    assert "Le four" in page.partition('popovertarget="switch"')[2].partition("</button>")[0]


def test_two_tabs_in_two_spaces_never_mix(client, ada, home):
    private = f"/fr/espaces/{a_private_space(ada).identifier}/"
    for path, mine in ((home, "Le four"), (private, "Ada Muller"), (home, "Le four")):
        page = words(client.get(path))
        head = page.partition('class="space-name">')[2].partition("</p>")[0]
        assert mine in head
        assert f'href="{path}" aria-current="true"' in page


def test_each_language_has_its_own_words_and_addresses(client, ada, home):
    a_professional_space(ada, "La table")
    page = words(client.get(home.replace("/fr/", "/de/")))
    assert "Alle meine Bereiche" in page
    assert 'href="/fr/espaces/P' not in page.partition('id="switch"')[2].partition("</nav>")[0]
