"""A draft on its way to a newer version: where each answer goes, and what is set aside.

    carried = carry([v1, v2, v3], content, papers)
    carried.content     the draft as it is there
    carried.places      of everything typed or attached: its path before → its path there

Versions are gone through one by one, for each names only the questions of the one before. What a
version does not ask, or no longer takes, is set aside, not dropped, and comes back with the first
version that asks for it. The path of what is set aside begins with `ASIDE`; no question's does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from guichet.procedures import changes
from guichet.procedures.changes import Change
from guichet.procedures.definitions import diff
from guichet.procedures.definitions.form import Form
from guichet.procedures.fields import ROW_KEY, Paper, Question, Rows
from guichet.procedures.filling import rows_in
from guichet.procedures.models import Content

ASIDE = "aside:"

Entry = dict[str, Any]  # what was set aside: `version`, `path` there, `type`, and what was held
PaperKinds = Mapping[str, frozenset[str]]  # by path: "pdf", "image"


@dataclass(frozen=True)
class Carried:
    """A draft as it is in another version. Nothing that stood in it is missing."""

    content: Content
    places: Mapping[str, str]  # of answers and what was typed
    papers: Mapping[str, str]  # of attachments


def carry(route: Sequence[Form], content: Content, papers: PaperKinds | None = None) -> Carried:
    """Through these versions, from the first to the last. Pure and total."""
    kinds = papers or {}
    places = {path: path for path in held_paths(route[0], content)}
    where = {path: path for path in kinds}
    for before, after in pairwise(route):
        step = _Step(before, after, content)
        content = step.content
        places = {origin: step.followed(path) for origin, path in places.items()}
        where = {origin: step.paper(path, kinds[origin]) for origin, path in where.items()}
    return Carried(content, places, where)


def carry_change(route: Sequence[Form], change: Change) -> Change | tuple[str, Entry] | None:
    """One change typed in the first of these versions: as the last one has it, or what to set aside.

    None for an emptied question that is not asked any more.
    """
    place, mine = change.place, Content()
    if place.rows:
        mine.answers[place.rows] = [{ROW_KEY: place.row}]
    changes.put(mine, change)
    carried = carry(route, mine)
    if place.path in carried.places:
        path = carried.places[place.path]
    else:
        path = followed(route, place.path)
    if path.startswith(ASIDE):
        held = {"answer": change.answer, "typed": change.typed and dict(change.typed)}
        known = {part: value for part, value in held.items() if not _is_nothing(value)}
        return (path.removeprefix(ASIDE), known | _about(route[0], place.path)) if known else None
    there = changes.place_of(path)
    answer = changes.get(carried.content.answers, there)
    return Change(there, answer, carried.content.typed.get(path), change.was)


def set_aside(content: Content, path: str, entry: Entry) -> None:
    """Lay something beside the draft; the same twice is once.

    `late` names whoever typed it on a page of an older version: their last word there counts.
    """
    about = (entry.get("late"), entry["version"], entry["path"])
    kept = [
        one
        for one in content.set_aside.get(path, [])
        if not about[0] or (one.get("late"), one["version"], one["path"]) != about
    ]
    content.set_aside[path] = [*kept, *([] if entry in kept else [entry])]


def held_paths(form: Form, content: Content) -> Iterator[str]:
    """Where something stands: answers, row by row, and what could not be read."""
    found: dict[str, None] = {}
    for name, answer in content.answers.items():
        if isinstance(form.items.get(name), Rows):
            for row in rows_in(content.answers, name):
                inside = (inner for inner, value in row.items() if not _is_nothing(value))
                found |= {
                    f"{name}/{row.get(ROW_KEY)}/{inner}": None
                    for inner in inside
                    if inner != ROW_KEY
                }
        elif not _is_nothing(answer):
            found[name] = None
    yield from found | dict.fromkeys((*content.typed, *content.disputed))


@dataclass
class _Step:
    """From one version to the next."""

    before: Form
    after: Form
    old: Content
    content: Content = field(init=False)

    def __post_init__(self) -> None:
        self._from = diff.carried(self.before, self.after)
        self._to = {old: new for new, old in self._from.items()}
        move = diff.moved_answers(self.before, self.after, self.old.answers)
        self._left = dict(self._flat(move.set_aside))
        self._back: set[str] = set()
        self.content = Content(answers=dict(move.answers))
        self._carry_parts()
        self._restore()

    # --- Where paths lead

    def to(self, path: str) -> str | None:
        """The path in the new version, if the question goes along."""
        rows, slash, key = path.partition("/")
        if slash and "/" not in key:  # a row by itself
            return f"{self._to[rows]}/{key}" if rows in self._to else None
        place = changes.place_of(path)
        name = self._to.get(place.name)
        if name is None or self.before.rows_of[place.name] != place.rows:
            return None
        if not place.rows:
            return name
        return f"{self._to[place.rows]}/{place.row}/{name}" if place.rows in self._to else None

    def key(self, path: str) -> str:
        """Under which path something is set aside."""
        return self.to(path) or path

    def followed(self, path: str) -> str:
        """Where what stood there stands now."""
        if not path.startswith(ASIDE):
            target = self.to(path)
            return target if target and path not in self._left else ASIDE + self.key(path)
        key = self.key(path.removeprefix(ASIDE))
        return key if {key, key.partition("/")[0]} & self._back else ASIDE + key

    def paper(self, path: str, kinds: frozenset[str]) -> str:
        """The same for an attachment of these kinds."""
        bare = path.removeprefix(ASIDE)
        key, place = self.key(bare), changes.place_of(self.key(bare))
        item = self.after.items.get(place.name)
        is_asked = (
            isinstance(item, Paper)
            and self.after.rows_of[place.name] == place.rows
            and self._has_row(place.rows, place.row)
            and kinds <= set(item.accept)
        )
        goes = self.to(bare) is not None or (path.startswith(ASIDE) and self._comes_back(bare))
        return key if is_asked and goes else ASIDE + key

    def _has_row(self, rows: str, row: str) -> bool:
        present = rows_in(self.content.answers, rows) if rows else []
        return not rows or any(str(one.get(ROW_KEY)) == row for one in present)

    def _comes_back(self, path: str) -> bool:
        """Not asked before, and asked now, under its own name."""
        name = changes.place_of(path).name
        return name not in self.before.items and name not in self._from

    # --- What goes along

    def _flat(self, aside: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """What found no place, by path; rows that are gone as a whole stay together."""
        for name, value in aside.items():
            if name in self._to and isinstance(self.before.items[name], Rows):
                for row in value:
                    key = row.get(ROW_KEY)
                    yield from ((f"{name}/{key}/{n}", v) for n, v in row.items() if n != ROW_KEY)
            else:
                yield name, value

    def _carry_parts(self) -> None:
        fresh: dict[str, Entry] = {}
        for path, answer in self._left.items():
            if not _is_nothing(answer):
                fresh.setdefault(path, {})["answer"] = answer
        for part in ("typed", "disputed", "sources", "touched"):
            for path, value in getattr(self.old, part).items():
                target = self.to(path)
                if target and path not in self._left:
                    getattr(self.content, part)[target] = _renamed(part, value, path, target)
                else:
                    fresh.setdefault(path, {})[part] = value
        for path, entries in self.old.set_aside.items():
            key = self.key(path)
            self.content.set_aside[key] = [
                {part: _renamed(part, value, path, key) for part, value in entry.items()}
                for entry in entries
            ]
        for path, held in fresh.items():
            if held.keys() & {"answer", "typed", "disputed"}:
                key = self.key(path)
                known = {part: _renamed(part, value, path, key) for part, value in held.items()}
                set_aside(self.content, key, known | _about(self.before, path))

    # --- What comes back

    def _restore(self) -> None:
        old_keys = {self.key(path): path for path in self.old.set_aside}
        fresh = {self.key(path): path for path in self._left}
        # Rows first: what was set aside of one finds its row again.
        for key in sorted(self.content.set_aside, key=lambda key: key.count("/")):
            path = old_keys.get(key) or fresh.get(key) or key
            if self.to(path) is None and not self._comes_back(path):
                continue
            entries = self.content.set_aside[key]
            entry = next((one for one in reversed(entries) if self._fits(key, one)), None)
            if entry is None:
                continue
            entries.remove(entry)
            if not entries:
                del self.content.set_aside[key]
            self._put_back(key, entry)

    def _fits(self, key: str, entry: Entry) -> bool:
        place = changes.place_of(key)
        item = self.after.items.get(place.name)
        if not isinstance(item, Question) or item.type != entry["type"]:  # type: ignore[attr-defined]
            return False
        is_there = self.after.rows_of[place.name] == place.rows
        is_free = key not in self.content.typed and _is_nothing(
            changes.get(self.content.answers, place)
        )
        if not (is_there and is_free and self._has_row(place.rows, place.row)):
            return False
        if isinstance(item, Rows) or "answer" not in entry:
            return True
        return bool(item.held(entry["answer"]))

    def _put_back(self, key: str, entry: Entry) -> None:
        if "answer" in entry:
            changes.set_answer(self.content.answers, changes.place_of(key), entry["answer"])
        for part in ("typed", "disputed", "sources", "touched"):
            if part in entry:
                getattr(self.content, part)[key] = entry[part]
        self._back.add(key)


def _about(form: Form, path: str) -> Entry:
    """What is needed to name it, and to know whether it fits again."""
    item = form.items.get(changes.place_of(path).name)
    return {"version": form.version, "path": path, "type": getattr(item, "type", "")}


def followed(route: Sequence[Form], path: str) -> str:
    """Where a question itself leads, answered or not."""
    if path.startswith(ASIDE):
        return path
    for before, after in pairwise(route):
        target = _Step(before, after, Content()).to(path)
        if target is None:
            return ASIDE + path
        path = target
    return path


def _renamed(part: str, value: Any, old: str, new: str) -> Any:
    """What could not be read is kept by the names of inputs, which begin with the question's."""
    if part == "disputed":
        return [{**one, "typed": _renamed("typed", one.get("typed"), old, new)} for one in value]
    if part != "typed" or not isinstance(value, dict):
        return value
    before, after = changes.place_of(old).name, changes.place_of(new).name
    return {
        after + name.removeprefix(before) if name.startswith(before) else name: texts
        for name, texts in value.items()
    }


def _is_nothing(answer: Any) -> bool:
    return answer is None or answer in ("", [], {})
