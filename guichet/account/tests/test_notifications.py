"""For each space and kind of news: at once, once a day, never."""

import pytest

from guichet.spaces.actions.telling import Kind, When, when
from guichet.spaces.models import Membership
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_person, signed_on

NOTIFICATIONS = "/fr/compte/notifications/"


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


@pytest.fixture
def space(ada):
    return a_professional_space(ada, "Le four")


def test_ada_chooses_once_a_day_for_one_space(client, ada, space):
    other = a_professional_space(ada, "La table")
    path = f"{NOTIFICATIONS}{space.identifier}/"
    page = words(client.get(path))
    assert "Ceci arrive toujours tout de suite." in page
    chosen = dict.fromkeys(Kind, When.NEVER) | {Kind.MEMBERS: When.DAILY}
    assert client.post(path, chosen).url == NOTIFICATIONS
    member = Membership.objects.get(space=space)
    assert [when(member, kind) for kind in Kind] == [
        "daily",
        *["never"] * 3,
        "at-once",
    ]
    assert when(Membership.objects.get(space=other), Kind.MEMBERS) == When.AT_ONCE
    page = words(client.get(NOTIFICATIONS))
    assert "Votre choix est enregistré." in page
    assert "Une fois par jour" in page
    assert "ada@example.lu" in page


def test_nobody_is_asked_about_users_of_a_private_space(client, ada):
    mine = a_private_space(ada)
    page = words(client.get(f"{NOTIFICATIONS}{mine.identifier}/"))
    assert "Signatures" in page
    assert "Certifications" not in page


def test_an_answer_that_is_none_is_refused(client, ada, space):
    path = f"{NOTIFICATIONS}{space.identifier}/"
    page = words(client.post(path, {Kind.MEMBERS: "monthly"}))
    assert "aria-invalid" in page
    assert Membership.objects.get(space=space).settings == {}


def test_a_reader_chooses_for_himself_only_and_a_stranger_not_at_all(client, ada, space):
    tom = a_person("Tom Weber")
    theirs = a_professional_space(tom, "Toitures")
    assert client.get(f"{NOTIFICATIONS}{theirs.identifier}/").status_code == 404
    a_member(ada, theirs)
    client.post(
        f"{NOTIFICATIONS}{theirs.identifier}/",
        dict.fromkeys(Kind, When.NEVER),
    )
    assert Membership.objects.get(space=theirs, person=tom).settings == {}
    assert Membership.objects.get(space=theirs, person=ada).settings["members"] == "never"


def test_without_a_space_the_page_says_so(client, ada):
    assert "Vous n’avez pas encore d’espace." in words(client.get(NOTIFICATIONS))
