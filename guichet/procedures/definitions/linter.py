"""Everything that is wrong with a definition, by file and line, in sentences for whoever wrote it.

Reading and compiling say what has no meaning. Here is what has one that nobody can have wanted:
questions that no answer leads to, rules that never decide, words that are missing. Errors keep a
version from being published; the rest is only said.
"""

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from guichet.procedures.definitions import examples, wording
from guichet.procedures.definitions.form import Form, RuleKey
from guichet.procedures.definitions.ground import Ground, Outcomes, ground_of
from guichet.procedures.definitions.library import (
    Fault,
    Shelf,
    Shelved,
    Version,
    line_of,
    path_of,
)
from guichet.procedures.definitions.model import Page
from guichet.procedures.fields import Computed, Item, Question, Rows
from guichet.procedures.rules import Kind
from guichet.procedures.rules.check import Program

QUESTIONS_MAX = 6
_OF_THE_WHOLE = ("signer:", "paragraph:", "delay:", "authority:")


class Place(NamedTuple):
    """Where an item stands, counted as one reads; in a row also its place there."""

    number: int
    inner: int = -1


def lint(shelf: Shelf) -> list[Fault]:
    """Everything that is wrong with what was read, sorted by file and line."""
    found = [*shelf.faults]
    for shelved in shelf.procedures.values():
        for version in shelved.versions.values():
            found += _version(shelved, version)
    return sorted(set(found), key=lambda fault: (str(fault.file), fault.line, fault.message))


def _version(shelved: Shelved, version: Version) -> Iterator[Fault]:
    if version.definition is None:
        return
    yield from wording.faults(version)
    yield from _sizes(version)
    if version.form is None:
        return
    yield from _since(shelved, version, version.form)
    ground = ground_of(version.form)
    yield from wording.placeholder_faults(version, version.form, ground)
    yield from _Rules(version, version.form, ground).faults()
    yield from examples.faults(version, version.form, ground)


def _sizes(version: Version) -> Iterator[Fault]:
    pages = version.definition.pages if version.definition else ()
    for number, page in enumerate(pages):
        yield from _size(version, ("pages", number), f"The page {page.page}", page.items)
        for place, item in enumerate(page.items):
            if isinstance(item, Rows):
                path = ("pages", number, "items", place)
                yield from _size(version, path, f"Each row of {item.id}", item.questions)


def _size(
    version: Version, path: tuple[str | int, ...], what: str, items: Sequence[Item]
) -> Iterator[Fault]:
    asked = sum(isinstance(item, Question) and not item.agent_only for item in items)
    if asked > QUESTIONS_MAX:
        said = f"{what} asks {asked} questions. Split it: {QUESTIONS_MAX} at most are easy to read."
        yield Fault(version.source.file, version.source.line(*path), said, is_error=False)


def _since(shelved: Shelved, version: Version, form: Form) -> Iterator[Fault]:
    """What the version before has to do with this one."""
    file, line = version.source.file, version.source.line
    before = shelved.versions.get(version.number - 1)
    old = before.form.items if before and before.form else None
    for new_name, old_name in form.definition.moved.items():
        at = line("moved", new_name)
        if new_name not in form.items:
            yield Fault(file, at, f"There is no question “{new_name}” in this version.")
        if old is not None and old_name not in old:
            yield Fault(file, at, f"There was no question “{old_name}” in the version before.")
    for name, item in form.items.items():
        earlier = old.get(name) if old else None
        if earlier is not None and getattr(earlier, "type", "") != getattr(item, "type", ""):
            said = f"“{name}” had another type in the version before. Give it a new name."
            yield Fault(file, line(*path_of(version, name), "type"), said)


# --- Rules


class _Rules:
    """What the rules of a form come to together."""

    def __init__(self, version: Version, form: Form, ground: Ground) -> None:
        self._version = version
        self._form = form
        self._ground = ground
        self._places = _places(form)

    def faults(self) -> Iterator[Fault]:
        for page in self._form.pages:
            first = self._places[page.items[0].id]
            is_dead = yield from self._shown(f"page:{page.page}", f"The page {page.page}", ())
            yield from self._later((f"page:{page.page}", "show_if"), first)
            for item in page.items:
                without = yield from self._item(item, self._page_given(page), is_dead=is_dead)
                for inner in item.questions if isinstance(item, Rows) else ():
                    given = self._ground.conditions[item.id]
                    yield from self._item(inner, given, is_dead=without)
        for key in self._form.checked:
            if key[0] == "eligible" or key[0].startswith(_OF_THE_WHOLE):
                yield from self._never_decides(key, ())

    def _page_given(self, page: Page) -> tuple[Program, ...]:
        found = self._form.checked.get((f"page:{page.page}", "show_if"))
        return (found.program,) if found else ()

    def _item(
        self, item: Item, given: Sequence[Program], *, is_dead: bool
    ) -> Generator[Fault, None, bool]:
        """Yields faults; returns whether nothing ever shows it."""
        yield from self._later((item.id, "show_if"), self._places[item.id])
        if is_dead:
            return True
        needed = isinstance(item, Question) and not item.optional and not item.required_if
        what = f"{item.id}{', which has to be answered,' if needed else ''}"
        if (yield from self._shown(item.id, what, given)):
            return True
        for name, (_text, kind) in item.rules().items():
            if kind == Kind.BOOLEAN and name not in ("show_if", "value"):
                yield from self._never_decides((item.id, name), self._ground.conditions[item.id])
        return False

    def _fault(self, key: RuleKey, message: str, *, is_error: bool = True) -> Fault:
        line = line_of(self._version, key)
        return Fault(self._version.source.file, line, message, is_error)

    def _shown(
        self, owner: str, what: str, given: Sequence[Program]
    ) -> Generator[Fault, None, bool]:
        """Yields faults; returns whether nothing ever shows it."""
        checked = self._form.checked.get((owner, "show_if"))
        if checked is None:
            return False
        key = (owner, "show_if")
        if checked.is_constant:
            yield self._fault(key, f"{what}: this condition is always the same.")
            return False
        found = self._ground.outcomes(checked.program, given)
        if found is None or not found.possible:
            return False
        if True not in found.possible:
            yield self._fault(key, f"{what} can never be shown: no answers make this true.")
            return True
        if _is_always(found):
            said = (
                f"{what}: this always holds once it is answered. Leave it out, or ask is_answered."
            )
            yield self._fault(key, said, is_error=False)
        return False

    def _never_decides(self, key: RuleKey, given: Sequence[Program]) -> Iterator[Fault]:
        owner, name = key
        what = f"{owner}, {name.removeprefix('check:')}"
        checked = self._form.checked[key]
        if checked.is_constant:
            yield self._fault(key, f"{what}: this condition is always the same.")
            return
        found = self._ground.outcomes(checked.program, given)
        if found is None or not found.possible:
            return
        if True not in found.possible:
            yield self._fault(key, f"{what}: no answers make this true.")
        elif (owner == "eligible" or name.startswith("check:")) and False not in found.possible:
            yield self._fault(key, f"{what}: no answers make this false, so it refuses nothing.")
        elif _is_always(found):
            said = f"{what}: this always holds once it is answered."
            yield self._fault(key, said, is_error=False)

    # --- Looking ahead

    def _later(self, key: RuleKey, place: Place) -> Iterator[Fault]:
        """What decides whether something is shown must not look ahead, through no computed value."""
        checked = self._form.checked.get(key)
        for name in sorted(checked.names) if checked else ():
            for through in self._computed_behind(name):
                ahead = [
                    looked
                    for looked in self._looked_at(through)
                    if not isinstance(self._ground.items[looked], Computed)
                    and self._is_ahead(self._places[self._ground.items[looked].id], place)
                ]
                if ahead:
                    said = f"This looks at {through}, which looks at {ahead[0]} further down."
                    yield self._fault(key, said)

    def _computed_behind(self, name: str) -> list[str]:
        """The computed values that a name leads to, itself included."""
        found: list[str] = []
        waiting = [name.rpartition(".")[2]]
        while waiting:
            one = waiting.pop()
            if one in self._ground.programs and one not in found:
                found.append(one)
                waiting += self._looked_at(one)
        return sorted(found)

    def _looked_at(self, computed: str) -> list[str]:
        names = self._form.checked[(computed, "value")].names
        return sorted({n.rpartition(".")[2] for n in names} & self._ground.items.keys())

    @staticmethod
    def _is_ahead(looked: Place, place: Place) -> bool:
        if looked.number == place.number and place.inner >= 0:
            return looked.inner >= place.inner
        return looked.number >= place.number


def _is_always(found: Outcomes) -> bool:
    return found.answered == {True} and False not in found.possible


def _places(form: Form) -> dict[str, Place]:
    found: dict[str, Place] = {}
    items = [item for page in form.pages for item in page.items]
    for number, item in enumerate(items):
        found[item.id] = Place(number)
        for inner, question in enumerate(item.questions if isinstance(item, Rows) else ()):
            found[question.id] = Place(number, inner)
    return found
