"""Two members at one draft: they see each other, also without scripts; a person alone sees nobody."""

import re

import pytest

from guichet.procedures.tests.given import a_draft, page, post_page
from guichet.procedures.tests.people import Somebody, a_company, save
from guichet.spaces.tests.given import words
from tests.cast import travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


def named(client, draft):
    """Who is said to fill it in too, on the list of its pages and on a page."""
    told = set()
    for view, more in (("fill", []), ("page", ["garden"])):
        text = words(client.get(page(view, draft.space.identifier, draft.pk, *more)))
        told |= set(re.findall(r"([\w ]+) is filling this in too \(last saved at [\d:]+\)", text))
    return told


def test_two_members_at_one_draft_see_each_other():
    ada, tom = a_company()
    draft = a_draft(ada.member)
    at_ada, at_tom = ada.at_the_desk(), tom.at_the_desk()
    assert named(at_ada, draft) == set()
    assert named(at_tom, draft) == {"Ada Muller"}
    garden = page("page", draft.space.identifier, draft.pk, "garden")
    saved = post_page(at_tom, garden, {"size": "12"}, headers={"accept": "application/json"})
    assert saved.json()["beside"].startswith("Ada Muller is filling this in too")
    assert (named(at_ada, draft), named(at_tom, draft)) == ({"Tom Weber"}, {"Ada Muller"})
    home = words(at_ada.get(f"/en/espaces/{ada.space.identifier}/"))
    assert re.search(r"Last saved on [\w ]+ at [\d:]+ by Tom Weber", home)


def test_a_colleague_who_has_stopped_is_not_named():
    ada, tom = a_company()
    draft = a_draft(ada.member)
    with travel(minutes=9):
        save(tom.member, draft, size=12)
    with travel(minutes=11):
        assert named(tom.at_the_desk(), draft) == set()
        assert named(ada.at_the_desk(), draft) == {"Tom Weber"}


def test_in_a_private_space_nobody_is_named():
    ada = Somebody("Ada Muller")
    draft = a_draft(ada.member)
    client = ada.at_the_desk()
    assert named(client, draft) == set()
    assert "by Ada Muller" not in words(client.get(f"/en/espaces/{ada.space.identifier}/"))
