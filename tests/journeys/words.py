"""The guide's words in another language: from the French catalogues to the others.

The guide is French. A German or English screen says the same things in the words of the catalogues,
which are found through the French text, as a translator would.
"""

import re
from functools import cache
from pathlib import Path
from unicodedata import combining, normalize

from babel.messages.pofile import read_po

SITE_NAME = "MyGuichet.lu"
NAMES = {"Token", "UserID", "Password", "OTP"}
PACKAGE = Path(__file__).resolve().parents[2] / "guichet"


def wanted(french: str, language: str) -> re.Pattern[str]:
    """Matches what a screen in `language` says where a French one says `french`.

    A part of a longer French sentence matches the whole sentence; names of things stay what they
    are. Raises `KeyError` for words that no catalogue holds.
    """
    said = sorted({_part_of_a_pattern(text) for text in _sayings(french, language)})
    return re.compile("(?:" + "|".join(said) + ")", re.IGNORECASE)


def _sayings(french: str, language: str) -> list[str]:
    if language == "fr":
        return [french]
    looked_for = plain(french)
    entries = _catalogue("fr")
    exact = [message for message, said in entries.items() if plain(said) == looked_for]
    longer = [message for message, said in entries.items() if looked_for in plain(said)]
    shortest = min((message for _context, message in longer), key=len, default="")
    found = exact or [message for message in longer if message[1] == shortest]
    if not found and french in NAMES:
        return [french]
    if not found:
        raise KeyError(f"no French catalogue says {french!r}")
    if language == "en":
        return [message for _context, message in found]
    return [_catalogue(language)[message] for message in found]


def plain(text: str) -> str:
    """For comparing: no tags, no capitals, no accents, one kind of space and of apostrophe."""
    text = re.sub(r"</?[a-zA-Z][^>]*>", "", text).replace("’", "'")
    text = "".join(c for c in normalize("NFD", text) if not combining(c))
    return re.sub(r"\s+", " ", text).strip(" .").casefold()


def _part_of_a_pattern(text: str) -> str:
    """Any kind of space, either apostrophe, placeholders as anything, no tags."""
    return "".join(_part(part) for part in re.split(r"(%\(\w+\)[sd]|<[^>]+>)", text))


def _part(part: str) -> str:
    if part.startswith("%("):
        return ".+?"
    if part.startswith("<"):
        return ""
    escaped = re.sub("['’]", "['’]", re.escape(part))
    # The transcription leaves the accents of capitals out.
    escaped = re.sub(r"\bE(?=tat)", "[EÉ]", re.sub(r"\bA(?=\\ )", "[AÀ]", escaped))
    return re.sub(r"(\\?\s)+", r"\\s+", escaped)


@cache
def _catalogue(language: str) -> dict[tuple[str, str], str]:
    """What each message says, by its context, or "", and its English words."""
    entries = {}
    for file in sorted(PACKAGE.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                    entries[message.context or "", _named(message.id)] = _named(message.string)
    return entries


def _named(text: str) -> str:
    """With the name that the demonstration's site has."""
    return text.replace("%(site_name)s", SITE_NAME)
