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

Spellings = frozenset[str]


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
    return bool(shorter[0] & longer[0]) and all(
        any(word & candidate for candidate in rest) for word in shorter
    )


def _same(one: list[Spellings], other: list[Spellings]) -> bool:
    return len(one) == len(other) and all(a & b for a, b in zip(one, other, strict=True))


def _written_as_one(one: list[Spellings], other: list[Spellings]) -> bool:
    """Jeanpierre is Jean-Pierre, and DASILVA is da Silva."""
    return bool(_joined(one) & _joined(other))


def _joined(names: list[Spellings]) -> Spellings:
    spellings = {""}
    for name in names:
        spellings = {before + spelling for before in spellings for spelling in name}
    return frozenset(spellings)


def _without_particles(names: list[Spellings]) -> list[Spellings]:
    kept = [name for name in names if not name & _PARTICLES]
    return kept or names


def _words(text: str) -> list[Spellings]:
    """Each word of a name in bare letters and as a passport spells it; figures are no name."""
    found = re.findall(r"[^\W\d_]+", _small(text))
    return [frozenset({_bare(word), _bare(word.translate(_PASSPORT))}) for word in found]


def _small(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
