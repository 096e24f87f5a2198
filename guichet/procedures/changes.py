"""Three people at one form: what I saw, what I typed, what stands there now.

A page is sent with a digest of each value as it was shown. What somebody did not touch is left to
whoever did; what two have touched is kept twice, and somebody chooses. Nothing typed is lost.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guichet.procedures.definitions.form import canonical
from guichet.procedures.fields import ROW_KEY
from guichet.procedures.filling import Place, rows_in
from guichet.procedures.models import Content

NOTHING = "-"


@dataclass(frozen=True)
class Change:
    """What a page says about one question.

    `answer` is JSON, None for nothing; `typed` what came, where it could not be read; `was` the
    digest of what the page had shown.
    """

    place: Place
    answer: Any
    typed: Mapping[str, list[str]] | None = None
    was: str = NOTHING

    @property
    def digest(self) -> str:
        """Of the value that it wants."""
        return digest(self.answer, self.typed)


def digest(answer: Any, typed: Mapping[str, list[str]] | None = None) -> str:
    """A short name for a value, to see whether it is still the one that was shown."""
    if answer in (None, "", [], {}) and not typed:
        return NOTHING
    return hashlib.sha256(canonical([answer, typed or None])).hexdigest()[:12]


def shown(content: Content, place: Place) -> str:
    """The digest of what stands in a draft."""
    return digest(get(content.answers, place), content.typed.get(place.path))


def apply(content: Content, changes: list[Change], *, revision: int, by: str, at: str) -> set[str]:
    """Put the changes into the content; returns the paths that have changed.

    What stands against something newer goes into `content.disputed` instead, for somebody to choose.
    """
    touched = set()
    for change in changes:
        path, now = change.place.path, shown(content, change.place)
        if change.digest in (now, change.was):
            continue  # said already, or not touched on this page
        if now == change.was:
            put(content, change)
            content.touched[path] = revision
            content.disputed.pop(path, None)
        else:
            content.disputed[path] = {
                "answer": change.answer,
                "typed": change.typed,
                "by": by,
                "at": at,
            }
        touched.add(path)
    return touched


def put(content: Content, change: Change) -> None:
    """Write one value, readable or not."""
    path = change.place.path
    set_answer(content.answers, change.place, change.answer)
    content.sources.pop(path, None)
    if change.typed:
        content.typed[path] = dict(change.typed)
    else:
        content.typed.pop(path, None)


def get(answers: Mapping[str, Any], place: Place) -> Any:
    """The answer at a place, or None."""
    if not place.rows:
        return answers.get(place.name)
    row = next((r for r in rows_in(answers, place.rows) if r.get(ROW_KEY) == place.row), None)
    return row.get(place.name) if row else None


def set_answer(answers: dict[str, Any], place: Place, answer: Any) -> None:
    """Write an answer; None takes it away. A row that is gone takes nothing."""
    target = answers
    if place.rows:
        rows = rows_in(answers, place.rows)
        found = next((row for row in rows if row.get(ROW_KEY) == place.row), None)
        if found is None:
            return
        target = found
    if answer is None:
        target.pop(place.name, None)
    else:
        target[place.name] = answer


def place_of(path: str) -> Place:
    """The other way: "children/r1/born"."""
    parts = path.split("/")
    return Place(parts[2], parts[0], parts[1]) if len(parts) == 3 else Place(path)
