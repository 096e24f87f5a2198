"""The secret images tell nothing but themselves."""

from itertools import product
from xml.etree import ElementTree

import pytest
from django.utils import translation

from guichet.signon import pictures

ALL = range(pictures.COUNT)


def test_there_are_192() -> None:
    assert pictures.COUNT == 192


def test_all_have_the_same_length() -> None:
    assert len({len(pictures.svg(number)) for number in ALL}) == 1


def test_all_are_different_and_well_formed() -> None:
    drawn = {pictures.svg(number) for number in ALL}
    assert len(drawn) == 192
    for svg in drawn:
        assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_each_has_words_of_its_own(language: str) -> None:
    with translation.override(language):
        assert len({pictures.words(number) for number in ALL}) == 192


def test_words_are_in_the_language_of_the_page() -> None:
    for language, expected in {
        "fr": "bateau · bleu",
        "de": "Boot · blau",
        "en": "boat · blue",
    }.items():
        with translation.override(language):
            assert pictures.words(5) == expected


def test_without_colours_they_still_differ() -> None:
    """Same object, two colours: the ground has another pattern."""
    grounds = [pictures.svg(number).split(b'<path d="')[1].split(b'"')[0] for number in range(12)]
    assert len(set(grounds)) == 12
    assert all(one != other for one, other in product(grounds[:1], grounds[1:]))
