"""Identifiers: the shape of the domain, never given twice."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from guichet.spaces import actions, identifiers
from guichet.spaces.models import GivenIdentifier, Space
from guichet.spaces.tests.given import a_private_space, a_professional_space
from tests.cast import a_person

SHAPE = re.compile(r"^(PP|PM)-[A-NP-Z1-9]{6}$")


@given(st.sampled_from(["PP", "PM"]), st.randoms(use_true_random=False))
def test_every_identifier_has_the_shape_of_the_domain(prefix, random):
    drawn = identifiers.draw(prefix, random.choice)
    assert SHAPE.match(drawn)
    assert not set("O0") & set(drawn.removeprefix(prefix))
    assert re.fullmatch(identifiers.PATTERN, drawn)


def test_the_alphabet_has_34_signs():
    assert len(set(identifiers.ALPHABET)) == 34


@given(st.text(max_size=12))
def test_an_address_takes_an_identifier_and_nothing_else(text):
    if SHAPE.match(text) and not text.endswith("\n"):
        assert resolve(f"/fr/espaces/{text}/").kwargs == {"identifier": text}
    else:
        with pytest.raises(NoReverseMatch):
            reverse("desk:space", args=[text])


@pytest.mark.parametrize("text", ["PM-7k2m4q", "pm-7K2M4Q", "PM-7K2M4O", "PM-7K2M40", "PX-7K2M4Q"])
def test_case_and_letters_count(text):
    with pytest.raises(Resolver404):
        resolve(f"/fr/espaces/{text}/donnees/")


@pytest.mark.django_db
def test_the_kind_stands_in_front():
    ada = a_person("Ada Muller")
    assert a_private_space(ada).identifier.startswith("PP-")
    assert a_professional_space(ada).identifier.startswith("PM-")


@pytest.mark.django_db
def test_an_identifier_that_was_given_is_not_given_again(monkeypatch):
    drawn = iter(["PP-AAAAAA", "PP-AAAAAA", "PP-BBBBBB"])
    monkeypatch.setattr(identifiers, "draw", lambda prefix: next(drawn))
    assert a_private_space(a_person("Ada Muller")).identifier == "PP-AAAAAA"
    assert a_private_space(a_person("Tom Weber")).identifier == "PP-BBBBBB"


@pytest.mark.django_db
def test_an_identifier_stays_given_when_its_space_is_gone(monkeypatch):
    drawn = iter(["PP-AAAAAA", "PP-AAAAAA", "PP-BBBBBB"])
    monkeypatch.setattr(identifiers, "draw", lambda prefix: next(drawn))
    ada = a_person("Ada Muller")
    a_private_space(ada).delete()
    assert a_private_space(ada).identifier == "PP-BBBBBB"
    with pytest.raises(IntegrityError), transaction.atomic():
        GivenIdentifier.objects.create(identifier="PP-AAAAAA")


@pytest.mark.django_db
def test_chance_that_is_broken_is_no_endless_loop(monkeypatch):
    monkeypatch.setattr(identifiers, "draw", lambda prefix: "PP-AAAAAA")
    a_private_space(a_person("Ada Muller"))
    with pytest.raises(RuntimeError):
        actions.open_private(a_person("Tom Weber"), notification_email="tom@example.lu")


@pytest.mark.django_db
def test_the_database_refuses_a_kind_with_the_other_prefix():
    space = a_professional_space(a_person("Ada Muller"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Space.objects.filter(pk=space.pk).update(identifier="PP-CCCCCC")
