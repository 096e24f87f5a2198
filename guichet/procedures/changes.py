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

    What stands against something newer goes into `content.disputed` instead, for somebody to
    choose: the last word of each person, the newest at the end. Rows that are not there take nothing.
    """
    touched = set()
    for change in changes:
        path, now = change.place.path, shown(content, change.place)
        if change.digest in (now, change.was) or not _has_place(content, change.place):
            continue  # said already, or not touched on this page
        others = [one for one in content.disputed.pop(path, []) if _digest_of(one) != change.digest]
        if now == change.was:
            put(content, change)
            content.touched[path] = revision
        else:
            others = [one for one in others if one["by"] != by]
            said = {"answer": change.answer, "typed": change.typed, "by": by, "at": at}
            others.append(said)
        if others:
            content.disputed[path] = others
        touched.add(path)
    return touched


def bring_rows_back(content: Content, changes: list[Change], *, revision: int) -> set[str]:
    """Rows that were removed while somebody typed in them stand there again, as that page has them.

    Returns their names, "children/r1". That a row was removed is known by its name in `touched`.
    """
    typed_in = {_row(one.place) for one in changes if one.place.rows and one.digest != one.was}
    back = {name for name in typed_in if name in content.touched}
    for name in back:
        rows, _slash, key = name.partition("/")
        content.answers[rows] = [*rows_in(content.answers, rows), {ROW_KEY: key}]
        del content.touched[name]
    for change in changes:
        if _row(change.place) in back:
            put(content, change)
            content.touched[change.place.path] = revision
    return back


def dispute(content: Content, path: str) -> str:
    """A short name for the two values that somebody has to choose between now."""
    newest = content.disputed[path][-1]
    return f"{shown(content, place_of(path))}.{_digest_of(newest)}"


def settle(content: Content, path: str) -> dict[str, Any]:
    """Take the newest value of a dispute out of it. What others have typed is asked about next."""
    *others, newest = content.disputed.pop(path)
    if others:
        content.disputed[path] = others
    found: dict[str, Any] = newest
    return found


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


def _row(place: Place) -> str:
    return f"{place.rows}/{place.row}" if place.rows else ""


def _has_place(content: Content, place: Place) -> bool:
    rows = rows_in(content.answers, place.rows) if place.rows else []
    return not place.rows or any(row.get(ROW_KEY) == place.row for row in rows)


def _digest_of(said: Mapping[str, Any]) -> str:
    return digest(said["answer"], said["typed"])
