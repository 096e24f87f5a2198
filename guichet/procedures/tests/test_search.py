"""Searching: languages, accents, compounds, synonyms, typing errors, hostile words."""

import string
from pathlib import Path

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from guichet.persons.models import Authority
from guichet.procedures import catalogue, search
from guichet.procedures.definitions.synonyms import read_synonyms
from guichet.procedures.tests.given import CODE

HOUSE = Path(__file__).parents[3] / "procedures"
TEXTS = {
    "bike": [(10, "Prime pour un vélo"), (10, "Fahrradprämie"), (8, "pedelec"), (4, "Une aide")],
    "tax": [(10, "Déclaration d’impôt"), (10, "Steuererklärung"), (2, "Salariés")],
    "record": [(10, "Extrait de casier judiciaire"), (10, "Criminal record"), (8, "bulletin 3")],
    "permit": [(10, "Autorisation d’établissement"), (10, "Business permit"), (4, "Betriebe")],
    "house": [(10, "Gebäude melden"), (4, "Straße")],
}
SYNONYMS = [
    ("vélo", "bicyclette", "bike", "Fahrrad"),
    ("casier judiciaire", "Strafregister"),
]
INDEX = search.indexed(TEXTS, SYNONYMS)


def best(query: str) -> list[str]:
    ranked = INDEX.ranked(query)
    return sorted(ranked, key=lambda code: (-ranked[code][0], -ranked[code][1], code))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("vélo", "bike"),
        ("VELO", "bike"),
        ("velos", "bike"),
        ("bicyclette", "bike"),  # a synonym, written nowhere
        ("bike", "bike"),
        ("Fahrrad", "bike"),
        ("fahrad", "bike"),
        ("Farrad", "bike"),
        ("Fahrradzuschuss", "bike"),  # a compound of a known word and another one
        ("Prämie", "bike"),
        ("praemie", "bike"),
        ("pramie", "bike"),
        ("Erklärung", "tax"),
        ("steuer", "tax"),
        ("imopt", "tax"),  # two letters exchanged
        ("declaraton d'impot", "tax"),
        ("casier", "record"),
        ("Strafregister", "record"),
        ("bulletin 3", "record"),
        ("crimnal recrod", "record"),
        ("autorisation etablissement", "permit"),
        ("je voudrais une autorisation", "permit"),
        ("Strasse", "house"),
        ("GEBAEUDE", "house"),
    ],
)
def test_it_is_found_first(query, code):
    assert best(query)[:1] == [code]


@pytest.mark.parametrize("query", ["", " ", "zzqqxx", "xyz", "9", "…", "\x00", "'; DROP TABLE"])
def test_what_means_nothing_finds_nothing(query):
    assert best(query) == []


def test_a_synonym_of_several_words_needs_all_of_them():
    index = search.indexed({"a": [(10, "judiciaire")], "b": [(10, "casier judiciaire")]}, SYNONYMS)
    assert list(index.ranked("Strafregister")) == ["b"]


def test_a_title_says_more_than_a_summary():
    index = search.indexed({"a": [(4, "aide")], "b": [(10, "aide")], "c": [(2, "aide")]}, [])
    ranked = index.ranked("aide")
    assert ranked["b"][1] > ranked["a"][1] > ranked["c"][1]


@any_of(st.text(max_size=400))
def test_nothing_typed_does_harm(query):
    ranked = INDEX.ranked(query)
    assert set(ranked) <= set(TEXTS)
    assert ranked == INDEX.ranked(query[: search.QUERY_LENGTH_MAX])


words = st.text(alphabet=string.ascii_lowercase[:5], min_size=1, max_size=9)


@any_of(words, words, st.integers(min_value=1, max_value=2))
def test_distances_are_those_of_the_book(one, other, most):
    def far(a: str, b: str) -> int:
        """Optimal string alignment, as it is defined."""
        table = [[max(i, j) if min(i, j) == 0 else 0 for j in range(len(b) + 1)]
                 for i in range(len(a) + 1)]  # fmt: skip
        for i in range(1, len(a) + 1):
            for j in range(1, len(b) + 1):
                cost = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
                cost = min(cost, table[i - 1][j] + 1, table[i][j - 1] + 1)
                if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                    cost = min(cost, table[i - 2][j - 2] + 1)
                table[i][j] = cost
        return table[len(a)][len(b)]

    whole, beginning = search.distances(one, other, most)
    assert min(whole, most + 1) == min(far(one, other), most + 1)
    nearest = min(far(one, other[:end]) for end in range(len(other) + 1))
    assert min(beginning, most + 1) == min(nearest, most + 1)


@any_of(st.sampled_from(["autorisation", "etablissement", "declaration"]), st.data())
def test_one_error_anywhere_is_forgiven(word, data):
    place = data.draw(st.integers(min_value=0, max_value=len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    for typed in (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place + 1 :],
        word[:place] + letter + word[place:],
    ):
        assert best(typed)


@pytest.mark.django_db
@pytest.mark.usefixtures("published")
def test_a_procedure_is_found_by_everything_that_is_said_of_it(django_assert_num_queries):
    Authority.objects.create(
        code="acd", names={"fr": "Administration des jardins", "de": "Gartenamt"}
    )
    with django_assert_num_queries(1):
        for query in ("garden", "jardin", "Gartenamt", "Gartengenehmigung"):
            assert search.find(query)[0].code == CODE, query
    assert search.find("garden", among=[]) == []


def test_the_houses_own_synonyms_are_read_without_a_fault():
    groups, faults = read_synonyms([HOUSE])
    assert faults == []
    assert groups


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("synonyms:\n  - [one]\n", 2),
        ("synonyms:\n  - [one, two]\nother: 1\n", 3),
        ("synonyms:\n  - [one, two]\n  - [one, two, 3]\n", 3),
        ("synonyms:\n  - &a [one, two]\n", 2),
        ("synonyms: [", 1),
        ("", 1),
    ],
)
def test_a_fault_in_synonyms_has_its_line_and_stops_publishing(tmp_path, settings, text, line):
    (tmp_path / "synonyms.yaml").write_text(text)
    settings.PROCEDURES = [tmp_path]
    catalogue.forget()
    (fault,) = catalogue.shelf().faults
    assert (fault.file.name, fault.line, fault.is_error) == ("synonyms.yaml", line, True)
    catalogue.forget()
