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


def say(french: str, language: str) -> str:
    """What a screen in `language` says where a French one says `french`.

    A part of a longer French sentence gives the whole sentence; names of things stay what they
    are. Raises `KeyError` for words that no catalogue holds.
    """
    if language == "fr":
        return french
    wanted = plain(french)
    entries = _catalogue("fr")
    exact = [message for message, said in entries.items() if plain(said) == wanted]
    longer = [message for message, said in entries.items() if wanted in plain(said)]
    found = exact or sorted(longer, key=len)
    if not found and french in NAMES:
        return french
    if not found:
        raise KeyError(f"no French catalogue says {french!r}")
    return found[0] if language == "en" else _catalogue(language)[found[0]]


def plain(text: str) -> str:
    """For comparing: no tags, no capitals, no accents, one kind of space and of apostrophe."""
    text = re.sub(r"</?[a-zA-Z][^>]*>", "", text).replace("’", "'")
    text = "".join(c for c in normalize("NFD", text) if not combining(c))
    return re.sub(r"\s+", " ", text).strip(" .").casefold()


def pattern(text: str) -> re.Pattern[str]:
    """Matches the text on a page: any kind of space, either apostrophe, placeholders as anything."""
    parts = re.split(r"(%\(\w+\)[sd]|<[^>]+>)", text)
    return re.compile("".join(_part(part) for part in parts), re.IGNORECASE)


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
def _catalogue(language: str) -> dict[str, str]:
    entries = {}
    for file in sorted(PACKAGE.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                    entries[_named(message.id)] = _named(message.string)
    return entries


def _named(text: str) -> str:
    """With the name that the demonstration's site has."""
    return text.replace("%(site_name)s", SITE_NAME)
