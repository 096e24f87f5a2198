"""Names of a certificate and of the register belong to one person, or they do not."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guichet.registers.names import agree, words

letters = st.sampled_from("abcdefghijklmnopqrstuvwyzàâäçèéêëîïñôöøùûüßœæščžł")
name = st.text(letters, min_size=2, max_size=10).map(str.capitalize)
family_names = st.lists(name, min_size=1, max_size=3).map(" ".join)
given_names = st.lists(name, min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("certificate", "register"),
    [
        (("LEA", "GUICHET"), ("Léa", "Guichet")),
        (("LEA", "GUICHET"), ("Léa Marie", "Guichet")),
        (("Léa Marie Josée", "Guichet"), ("Léa Josée", "Guichet")),
        (("JEAN-PIERRE", "MUELLER"), ("Jean Pierre", "Müller")),
        (("JEANPIERRE", "MULLER"), ("Jean-Pierre", "Müller")),
        (("JURGEN", "GROSS"), ("Jürgen", "Groß")),
        (
            ("INES", "DA SILVA FERREIRA DE ALBUQUERQUE"),
            ("Inês Beatriz", "da Silva Ferreira de Albuquerque"),
        ),
        (("INES", "SILVA FERREIRA ALBUQUERQUE"), ("Inês", "da Silva Ferreira de Albuquerque")),
        (("INES", "DASILVA"), ("Inês", "da Silva")),
        (("KARL", "STEINMETZ VON HOHENFELS"), ("Karl", "Steinmetz-von Hohenfels")),
        (("Anne", "DHONDT"), ("Anne", "D’Hondt")),
        (("Anne", "D'Hondt"), ("Anne", "d’Hondt")),
        (("SØREN", "ØSTERGÅRD"), ("Soeren", "Oestergaard")),
        (("İNCİ", "YILMAZ"), ("Inci", "Yılmaz")),
        (("Le\u0301a", "Guichet"), ("Léa", "Guichet")),
        (("Α", "ΠΑΠΑΔΟΠΟΥΛΟΣ"), ("α", "Παπαδόπουλος")),
    ],
)
def test_one_person_written_in_two_ways(certificate, register):
    assert agree(*certificate, *register)
    assert agree(*register, *certificate)


@pytest.mark.parametrize(
    ("certificate", "register"),
    [
        (("LEA", "GUICHET"), ("Léa", "Guichard")),
        (("LEA", "GUICHET"), ("Lena", "Guichet")),
        (("MARIE", "GUICHET"), ("Léa Marie", "Guichet")),
        (("LEA SOPHIE", "GUICHET"), ("Léa Marie", "Guichet")),
        (("LEA", "GUICHET WEBER"), ("Léa", "Guichet")),
        (("LEA", "DA COSTA"), ("Léa", "da Silva")),
        (("GUICHET", "LEA"), ("Léa", "Guichet")),
        (("", "GUICHET"), ("Léa", "Guichet")),
        (("LEA", ""), ("Léa", "Guichet")),
        (("LEA", "DE LA"), ("Léa", "Guichet")),
        (("JEAN MARIE", "KLEIN"), ("Marie Jean", "Klein")),
    ],
)
def test_two_people(certificate, register):
    assert not agree(*certificate, *register)
    assert not agree(*register, *certificate)


@given(given_names, family_names)
def test_capitals_accents_and_hyphens_do_not_count(given, family):
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", family.upper())
        if not unicodedata.combining(letter)
    )
    assert agree("-".join(given).upper(), family, " ".join(given), family)
    assert agree(" ".join(given), bare, " ".join(given), family)


@given(given_names, family_names, st.data())
def test_later_given_names_may_be_left_out(given, family, data):
    kept = data.draw(st.integers(1, len(given)))
    assert agree(" ".join(given[:kept]), family, " ".join(given), family)


@given(given_names, family_names, given_names, family_names)
def test_it_does_not_matter_who_is_asked_first(given, family, other_given, other_family):
    mine, theirs = (" ".join(given), family), (" ".join(other_given), other_family)
    assert agree(*mine, *theirs) == agree(*theirs, *mine)


@given(
    given_names, st.text(alphabet="abcdfgh", min_size=3), st.text(alphabet="ijklmnp", min_size=3)
)
def test_another_family_name_is_another_person(given, family, other):
    assume(family != other)
    assert not agree(" ".join(given), family, " ".join(given), other)


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_gets_an_answer(one, two, three, four):
    assert agree(one, two, three, four) in (True, False)


def test_a_search_compares_words_and_figures():
    assert words("Café « 21 », Düdelingen") == ["cafe", "21", "dudelingen"]
