"""Finding a procedure by what somebody types: in any language, with accents or without, misspelt.

    search.find("fahrad")           [Listed(bicycle-subsidy)]

Everything is looked for in all languages at once. A word is found as it is, as the beginning of a
longer one, inside a compound ("Erklärung" in "Steuererklärung"), as a compound of words that are
known ("Fahrradprämie"), by a synonym, and with a typing error or two. The index stands in memory:
it is built at the first question of the day, for the procedures of this process.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock

from django.conf import settings
from django.utils import translation

from guichet import clock
from guichet.persons.models import Authority
from guichet.procedures import catalogue
from guichet.procedures.catalogue import Listed
from guichet.spaces.themes import Theme

QUERY_LENGTH_MAX = 200
_WORDS_MAX = 8  # of a query; what follows is not looked at
_WORD_LENGTH_MAX = 40
_COMPOUND_PART_MIN = 4

# How much a word is worth, by where it stands.
_TITLE, _KEYWORD, _SYNONYM, _THEME, _SUMMARY, _AUTHORITY, _WHO = 10.0, 8.0, 6.0, 4.0, 4.0, 3.0, 2.0
# How sure it is that a word is meant, by how it was found.
_SAME, _BEGINS, _INSIDE, _ONE_ERROR, _TWO_ERRORS, _BEGINS_WITH_ERROR = 1.0, 0.8, 0.5, 0.4, 0.25, 0.2

# Small words of the three languages that say nothing about what somebody looks for.
_SMALL = frozenset(
    "au aux avec ce ces cette chez comment dans de des du en est et faire il je la le les leur ma "
    "mais mes moi mon ne nous on ou par pas pour qu quel quelle qui quoi sa ses son sur un une veux vos votre vous "
    "aber am an auf aus bei das dem den der des die ein eine einem einen einer fuer fur ich im in "
    "ist kann man mein meine mich mit nach oder sich sie sind und von vom wie will wo zu zum zur "
    "and are at by can do for from get has have how is it me my not of or our the this to want "
    "what where with you your".split()
)


def plain(text: str) -> str:
    """Without accents and capitals; "ä", "ae" and "a" are one, and so are "ß" and "ss"."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    text = unicodedata.normalize("NFKD", text)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def words_in(text: str) -> list[str]:
    """Its words, plain, in order; without small words, unless there are no others."""
    found = [word[:_WORD_LENGTH_MAX] for word in re.findall(r"[^\W_]+", plain(text))]
    telling = [word for word in found if word not in _SMALL and (len(word) > 1 or word.isdigit())]
    return telling or found


def find(query: str, among: Iterable[Listed] | None = None) -> list[Listed]:
    """The procedures that the query means, the best first; of all, or of those `among`.

    When nothing has all the words, those with the most of them. At most `QUERY_LENGTH_MAX`
    characters of the query are read. Equal ones stand by their titles.
    """
    listed = catalogue.procedures() if among is None else {one.code: one for one in among}
    values = {code: value for code, value in _index().ranked(query).items() if code in listed}
    if not values:
        return []
    most = max(matched for matched, _worth in values.values())
    found = [listed[code] for code, (matched, _worth) in values.items() if matched == most]
    return sorted(
        found, key=lambda one: (-round(values[one.code][1], 6), plain(one.title), one.code)
    )


@dataclass(frozen=True)
class Index:
    """Which words stand where. Made by `indexed`."""

    worth: Mapping[str, Mapping[str, float]]  # word: code: what it is worth there
    vocabulary: list[str]  # sorted
    by_length: Mapping[int, list[tuple[str, int]]]  # words with their letters

    def ranked(self, query: str) -> dict[str, tuple[int, float]]:
        """By code: how many words of the query it has, and what that is worth."""
        found: dict[str, tuple[int, float]] = {}
        for word in list(dict.fromkeys(words_in(query[:QUERY_LENGTH_MAX])))[:_WORDS_MAX]:
            for code, worth in self._values(word).items():
                matched, before = found.get(code, (0, 0.0))
                found[code] = (matched + 1, before + worth)
        return found

    def _values(self, word: str) -> dict[str, float]:
        """What one word of a query is worth, by code."""
        best: dict[str, float] = {}
        for known, sureness in (
            self._known(word) or self._parts(word) or self._meant(word)
        ).items():
            codes = self.worth[known]
            # A word that few procedures have says more than one that stands everywhere.
            rare = sureness * (1 + 1 / len(codes))
            for code, worth in codes.items():
                best[code] = max(best.get(code, 0.0), worth * rare)
        return best

    def _known(self, word: str) -> dict[str, float]:
        """The word itself, longer ones that begin with it, and compounds that hold it."""
        found = {}
        if len(word) >= _COMPOUND_PART_MIN:
            found = {known: _INSIDE for known in self.vocabulary if word in known}
        if len(word) > 1:
            found |= dict.fromkeys(self._beginning_with(word), _BEGINS)
        if word in self.worth:
            found[word] = _SAME
        return found

    def _parts(self, word: str) -> dict[str, float]:
        """For a compound that is not known: known words at its beginning and its end."""
        found: dict[str, float] = {}
        for cut in range(len(word) - _COMPOUND_PART_MIN, _COMPOUND_PART_MIN - 1, -1):
            for part in (word[:cut], word[cut:]):
                if part in self.worth:
                    found[part] = _INSIDE
        return found

    def _meant(self, word: str) -> dict[str, float]:
        """Words from which it differs by a typing error; in a long one, by two."""
        errors = 0 if len(word) < 4 or word.isdigit() else 1 if len(word) < 8 else 2
        found: dict[str, float] = {}
        if not errors:
            return found
        if len(word) > 4:  # the beginning of a longer one, its first two letters right
            for known in self._beginning_with(word[:2]):
                if distances(word, known, 1)[1] == 1:
                    found[known] = _BEGINS_WITH_ERROR
        own = _letters(word)
        for length in range(len(word) - errors, len(word) + errors + 1):
            for known, letters in self.by_length.get(length, ()):
                # An error brings one letter in and takes one away: few are left to look at.
                if (own & ~letters).bit_count() > errors or (letters & ~own).bit_count() > errors:
                    continue
                away = distances(word, known, errors)[0]
                if away <= errors:
                    found[known] = _ONE_ERROR if away == 1 else _TWO_ERRORS
        return found

    def _beginning_with(self, start: str) -> Iterator[str]:
        place = bisect_left(self.vocabulary, start)
        while place < len(self.vocabulary) and self.vocabulary[place].startswith(start):
            yield self.vocabulary[place]
            place += 1


def distances(typed: str, known: str, most: int) -> tuple[int, int]:
    """How many errors lie between two words, and between the first and a beginning of the second.

    An error is a letter too many, too few, another one, or two neighbours exchanged (optimal string
    alignment). Numbers above `most` only say: more than that.
    """
    far = most + 1
    known = known[: len(typed) + far]
    before_last: list[int] = []
    last = [min(place, far) for place in range(len(known) + 1)]
    for row, letter in enumerate(typed, start=1):
        this = [min(row, far)]
        for column, other in enumerate(known, start=1):
            if abs(row - column) > most:
                this.append(far)
                continue
            cost = last[column - 1] + (letter != other)
            cost = min(cost, last[column] + 1, this[column - 1] + 1)
            if row > 1 and column > 1 and letter == known[column - 2] and typed[row - 2] == other:
                cost = min(cost, before_last[column - 2] + 1)
            this.append(min(cost, far))
        if min(this) > most:
            return far, far
        before_last, last = last, this
    return last[-1], min(last)


def indexed(
    texts: Mapping[str, Iterable[tuple[float, str]]], groups: Iterable[Iterable[str]]
) -> Index:
    """An index of texts by code, each text with what its words are worth, and of synonyms."""
    synonyms = [[words for term in group if (words := words_in(term))] for group in groups]
    by_word: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    for number, terms in enumerate(synonyms):
        for term in terms:
            by_word[term[0]].append((number, term))
    worth: dict[str, dict[str, float]] = defaultdict(dict)
    for code, parts in texts.items():
        held: dict[str, float] = {}
        for value, text in parts:
            for word in words_in(text):
                held[word] = max(held.get(word, 0.0), value)
        telling = {word for word, value in held.items() if value > _SUMMARY}
        for number in {
            number
            for word in telling
            for number, term in by_word.get(word, ())
            if telling.issuperset(term)
        }:
            for term in synonyms[number]:
                for word in term:
                    held[word] = max(held.get(word, 0.0), _SYNONYM)
        for word, value in held.items():
            worth[word][code] = value
    vocabulary = sorted(worth)
    by_length: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for word in vocabulary:
        by_length[len(word)].append((word, _letters(word)))
    return Index(dict(worth), vocabulary, dict(by_length))


def _letters(word: str) -> int:
    """A bit for each letter, another one for its second time, and one for its third."""
    bits = 0
    for letter in word:
        bit = 1 << (ord(letter) % 61)
        while bits & bit and bit < 1 << 122:
            bit <<= 61
        bits |= bit
    return bits


# --- The index of this process


@dataclass(frozen=True)
class _Built:
    procedures: Mapping[str, Listed]
    day: date
    index: Index


_guard = Lock()
_built: _Built | None = None


def _index() -> Index:
    """Of today's procedures. Built by one thread; the others wait for it."""
    global _built
    procedures, today = catalogue.procedures(), clock.today()
    with _guard:
        if _built is None or _built.procedures is not procedures or _built.day != today:
            texts = {code: list(_texts(one)) for code, one in procedures.items()}
            _name_authorities(texts, procedures)
            _built = _Built(procedures, today, indexed(texts, catalogue.synonyms()))
        return _built.index


def _texts(listed: Listed) -> Iterator[tuple[float, str]]:
    for language, _name in settings.LANGUAGES:
        words = listed.latest.words(language)
        yield _TITLE, words("title")
        yield _SUMMARY, words("summary")
        for line in words.lines("keywords"):
            yield _KEYWORD, line
        for line in words.lines("who"):
            yield _WHO, line
        with translation.override(language):
            for theme in listed.procedure.themes:
                yield _THEME, str(Theme(theme).label)


def _name_authorities(
    texts: dict[str, list[tuple[float, str]]], procedures: Mapping[str, Listed]
) -> None:
    named = Authority.objects.in_bulk()
    for code, one in procedures.items():
        by_answers = [each.authority for each in one.latest.definition.authority_if]
        for authority in (one.procedure.authority, *by_answers):
            for name in named[authority].names.values() if authority in named else ():
                texts[code].append((_AUTHORITY, str(name)))
