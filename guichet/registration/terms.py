"""The terms as reviewed text: read from `texts/`, parsed once, and which of them holds today.

A version is a folder `texts/<document>/<number>/` with `version.toml` and one text per language:

    # Title
    --- short      what matters, as a list of `- ` lines
    --- changes    what is new since the version before, the same way; may be left out
    --- text       `# part`, `## section`, numbered articles and plain paragraphs, blank lines between

The database holds a copy of each text, because an acceptance refers to what was shown. A text
that has been published does not change: another wording is another version.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from guichet import clock

FOLDER = Path(__file__).parent / "texts"

_ARTICLE = re.compile(r"(\d+)\. (.+)", re.DOTALL)


@dataclass(frozen=True)
class Paragraph:
    """An article with its number, or a plain paragraph with none."""

    text: str
    number: int | None = None


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it. `is_part` headings are the outer ones."""

    key: str  # its anchor on the page
    heading: str
    is_part: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Wording:
    """A version in one language, ready for a page or for paper."""

    document: str
    number: int
    effective_from: date
    language: str
    digest: str
    source: str  # the file, whole
    title: str
    in_short: tuple[str, ...]
    changes: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def contents(self) -> list["Entry"]:
        """The outer headings with the inner ones below them."""
        entries: list[Entry] = []
        for section in self.sections:
            if section.is_part or not entries or not entries[-1].section.is_part:
                entries.append(Entry(section, []))
            else:
                entries[-1].inner.append(section)
        return entries


class Entry(NamedTuple):
    """A line of the contents."""

    section: Section
    inner: list[Section]


@dataclass(frozen=True)
class Published:
    """A version with all its wordings."""

    document: str
    number: int
    effective_from: date
    needs_new_acceptance: bool
    wordings: dict[str, Wording]

    def wording(self, language: str) -> Wording:
        """The text in this language, or in the first language of the portal."""
        return self.wordings.get(language) or self.wordings[settings.LANGUAGE_CODE]


@cache
def published(document: str) -> tuple[Published, ...]:
    """All versions of a document, oldest first. Raises `ValueError` for a text that is not whole."""
    numbers = sorted(int(folder.name) for folder in (FOLDER / document).iterdir())
    return tuple(_read(document, number) for number in numbers)


def current(document: str) -> Published:
    """The newest version in force today; before the first, the first."""
    today = clock.today()
    in_force = [version for version in published(document) if version.effective_from <= today]
    return in_force[-1] if in_force else published(document)[0]


def required(document: str) -> int:
    """The oldest version whose acceptance still counts today."""
    newest = current(document).number
    asking = [
        version.number
        for version in published(document)
        if version.number <= newest and version.needs_new_acceptance
    ]
    return max(asking, default=published(document)[0].number)


def with_digest(document: str, digest: str) -> Wording | None:
    """The wording of the current version that a page showed, or None if it shows no longer."""
    wordings = current(document).wordings.values()
    return next((wording for wording in wordings if wording.digest == digest), None)


def changes_since(document: str, number: int, language: str) -> list[Wording]:
    """The wordings, newest first, of the versions after `number` that say what changed."""
    newest = current(document).number
    later = [version for version in published(document) if number < version.number <= newest]
    wordings = [version.wording(language) for version in reversed(later)]
    return [wording for wording in wordings if wording.changes]


def _read(document: str, number: int) -> Published:
    folder = FOLDER / document / str(number)
    facts = tomllib.loads((folder / "version.toml").read_text(encoding="utf-8"))
    return Published(
        document=document,
        number=number,
        effective_from=facts["effective_from"],
        needs_new_acceptance=facts["needs_new_acceptance"],
        wordings={
            file.stem: parse(
                file.read_text(encoding="utf-8"),
                document=document,
                number=number,
                effective_from=facts["effective_from"],
                language=file.stem,
            )
            for file in sorted(folder.glob("*.txt"))
        },
    )


def parse(
    source: str, *, document: str, number: int, effective_from: date, language: str
) -> Wording:
    """A wording from its file. Raises `ValueError` when a part is missing."""
    head, *rest = re.split(r"^--- (\w+)\n", source, flags=re.MULTILINE)
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    title = head.strip().removeprefix("# ")
    if not title or not {"short", "text"} <= parts.keys() <= {"short", "changes", "text"}:
        raise ValueError(f"terms {document} {number} {language}: title, short and text are needed")
    name = f"{document}\0{number}\0{language}\0{source}"
    return Wording(
        document=document,
        number=number,
        effective_from=effective_from,
        language=language,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        source=source,
        title=title,
        in_short=_list(parts["short"]),
        changes=_list(parts.get("changes", "")),
        sections=tuple(_sections(parts["text"])),
    )


def _list(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple(line.removeprefix("- ") for line in lines if line)


def _sections(text: str) -> list[Section]:
    sections: list[Section] = []
    for block in re.split(r"\n{2,}", text.strip()):
        if block.startswith("#"):
            mark, _space, heading = block.partition(" ")
            key = f"section-{len(sections) + 1}"
            sections.append(Section(key, heading.strip(), mark == "#", ()))
            continue
        if not sections:
            raise ValueError("a text of terms begins with a heading")
        last = sections[-1]
        article = _ARTICLE.fullmatch(block)
        paragraph = Paragraph(article[2], int(article[1])) if article else Paragraph(block)
        sections[-1] = Section(last.key, last.heading, last.is_part, (*last.paragraphs, paragraph))
    return sections
