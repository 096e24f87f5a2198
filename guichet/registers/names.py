"""Whether two ways of writing a name can belong to one person.

A certificate writes LEA MULLER where the register writes Léa Marie Müller. What counts is the
letters; what does not: capitals, accents, hyphens, apostrophes, particles and later given names.
"""

import re
import unicodedata

# Letters that do not fall apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# The way of passports (ICAO Doc 9303, part 3, section 6) to write umlauts and their likes.
_PASSPORT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_PARTICLES = frozenset(
    re.findall(
        r"\w+",
        "a al af av d da das de del della den der des di do dos du e el la las le les los of op "
        "t te ten ter van vom von vun y z zu zum zur",
    )
)

Spellings = tuple[str, str]  # in bare letters, and as a passport spells it


def agree(
    certificate_given: str, certificate_family: str, register_given: str, register_family: str
) -> bool:
    """True if the certificate's holder can be the person of the register.

    Family names agree as a whole, with or without particles. Given names agree if the shorter
    list is in the longer one, in order, starting with the same first name.
    """
    return _families_agree(certificate_family, register_family) and _givens_agree(
        certificate_given, register_given
    )


def words(text: str) -> list[str]:
    """Words and figures of `text` in small letters without accents: what a search compares."""
    return [_bare(word) for word in re.findall(r"[^\W_]+", _small(text))]


def _families_agree(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    return (
        _same(mine, theirs)
        or _same(_without_particles(mine), _without_particles(theirs))
        or _written_as_one(mine, theirs)
    )


def _givens_agree(one: str, other: str) -> bool:
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if not shorter:
        return not longer
    if _written_as_one(shorter, longer):
        return True
    rest = iter(longer)
    return _alike(shorter[0], longer[0]) and all(
        any(_alike(word, candidate) for candidate in rest) for word in shorter
    )


def _same(one: list[Spellings], other: list[Spellings]) -> bool:
    return len(one) == len(other) and all(map(_alike, one, other))


def _alike(one: Spellings, other: Spellings) -> bool:
    return not set(one).isdisjoint(other)


def _written_as_one(one: list[Spellings], other: list[Spellings]) -> bool:
    """Jeanpierre is Jean-Pierre, and DASILVA is da Silva."""
    return bool(_joined(one) & _joined(other))


def _joined(names: list[Spellings]) -> set[str]:
    return {"".join(plain for plain, _ in names), "".join(passport for _, passport in names)}


def _without_particles(names: list[Spellings]) -> list[Spellings]:
    kept = [name for name in names if name[0] not in _PARTICLES]
    return kept or names


def _words(text: str) -> list[Spellings]:
    """The words of a name; figures are no name."""
    found = re.findall(r"[^\W\d_]+", _small(text))
    return [(_bare(word), _bare(word.translate(_PASSPORT))) for word in found]


def _small(text: str) -> str:
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    # An accent that has no letter of its own would tear its word apart.
    return _without_accents(composed)


def _bare(word: str) -> str:
    return _without_accents(unicodedata.normalize("NFKD", word.translate(_LETTERS)))


def _without_accents(text: str) -> str:
    return "".join(letter for letter in text if not unicodedata.combining(letter))
