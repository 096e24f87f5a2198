"""Everybody can read what they did and what was done to them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from guichet.account import journal
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.ids import new_id
from guichet.spaces.tests.given import a_member, a_professional_space, words
from tests.cast import a_credential, a_person, signed_on

JOURNAL = "/fr/compte/journal/"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller")
    signed_on(client, ada)
    return ada


def test_every_event_that_is_recorded_has_a_sentence():
    recorded = set()
    for path in Path(__file__).parents[2].rglob("*.py"):
        if not {"tests", "migrations", "bench"} & set(path.parts):
            recorded |= set(re.findall(r'\brecord\(\s*f?"([\w.-]+)"', path.read_text()))
    assert sorted(recorded - journal.EVENTS.keys() - journal.OF_NOBODY) == []
    assert sorted(journal.EVENTS.keys() & journal.OF_NOBODY) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_says_something_in_every_language(language):
    with translation.override(language):
        for event, told in journal.EVENTS.items():
            for sentence in (str(told.mine), str(told.to_me)):
                assert sentence.endswith("."), event


def test_ada_reads_what_she_did_and_in_which_space(client, ada):
    a_professional_space(ada, "Le four")
    page = words(client.get(JOURNAL))
    assert "Vous avez créé l’espace." in page
    assert "Le four" in page
    assert "Vous vous êtes connect" not in page  # no gender is guessed
    assert "Vous avez ouvert une session." in page


def test_what_was_done_to_her_says_by_whom_if_they_share_a_space(client, ada):
    tom, eve = a_person("Tom Weber"), a_person("Eve Stranger")
    space = a_professional_space(tom, "Toitures")
    a_member(ada, space)
    record("space.left", by=tom, whom=ada.pk, space=space.pk)
    record("space.left", by=eve, whom=ada.pk, space=new_id())
    page = words(client.get(JOURNAL))
    assert "Tom Weber" in page
    assert "Eve Stranger" not in page
    assert "Un autre utilisateur de l’espace" in page
    assert "Un espace auquel vous n’appartenez pas" in page


def test_a_space_that_she_left_is_not_named_any_more(client, ada):
    space = a_professional_space(ada, "Le four")
    space.memberships.all().delete()
    assert "Le four" not in words(client.get(JOURNAL))


def test_a_try_with_her_product_that_was_refused_is_told(client, ada):
    product = a_credential(ada)
    record("signon.attempt-refused", about=product, outcome=Entry.Outcome.REFUSED)
    page = words(client.get(JOURNAL))
    assert "On a essayé de se connecter avec votre produit, sans succès." in page
    assert "Refusé" in page


def test_what_others_did_is_not_shown(client, ada):
    tom = a_person("Tom Weber")
    record("account.product-removed", by=tom)
    assert "retiré" not in words(client.get(JOURNAL))


def test_an_event_without_a_sentence_still_says_something(client, ada):
    record("parcel.sent", by=ada)
    record("parcel.sent", by=ada, space=new_id())
    page = words(client.get(JOURNAL))
    assert "Quelque chose a été fait dans votre compte." in page
    assert "Quelque chose a été fait dans un espace." in page


def test_one_kind_at_a_time(client, ada):
    a_professional_space(ada, "Le four")
    page = words(client.get(f"{JOURNAL}?type=connexion"))
    assert "Vous avez ouvert une session." in page
    assert "Vous avez créé l’espace." not in page
    assert "Vous avez créé l’espace." in words(client.get(f"{JOURNAL}?type=espaces"))
    assert client.get(f"{JOURNAL}?type=nonsense").status_code == 200


def test_older_acts_come_page_by_page_each_once(client, ada):
    for number in range(120):
        record("account.product-named", by=ada, number=number)
    seen, before, pages = [], None, 0
    while True:
        page = journal.page(ada, kind="compte", before=before)
        seen += [line.entry.pk for line in page.lines]
        pages += 1
        if page.older is None:
            break
        before = page.older
    assert len(seen) == len(set(seen)) >= 120
    assert pages == 3
    html = words(client.get(JOURNAL))
    assert "avant=" in html
    assert client.get(f"{JOURNAL}?avant=nonsense").status_code == 200
    assert client.get(f"{JOURNAL}?avant={new_id()}").status_code == 200


def test_a_page_costs_the_same_however_much_happened(client, ada, django_assert_max_num_queries):
    client.get(JOURNAL)
    for _ in range(60):
        record("account.product-named", by=ada)
    with django_assert_max_num_queries(8):
        client.get(JOURNAL)
