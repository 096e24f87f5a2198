"""Tests beside a definition: answers in, and what has to come out. One file is one example.

    about: A child's bicycle
    today: 2026-03-01
    answers: {for_whom: child, price: 80000}
    expect:
      shown: [child_name]
      hidden: [payload]
      computed: {subsidy: 40000}
      faults: {child_born: missing}     exactly these, when it stands here
      eligible: true                    or false, or the code of the check that says no
      sendable: false
      cost_cents: 1800
      authority: labour                 when it is not the procedure's own
      answer_by: 2026-06-01             when it is sent today

Something in a row is named `rows/r1/name`; rows without a key are called r1, r2, ….
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils import translation

from guichet.procedures import following
from guichet.procedures.definitions.form import Form, RuleKey
from guichet.procedures.definitions.ground import Ground
from guichet.procedures.definitions.library import (
    Fault,
    Version,
    line_of,
    modelled,
    read_text,
)
from guichet.procedures.definitions.model import Day
from guichet.procedures.fields import ROW_KEY, Computed, Rows, Strict
from guichet.procedures.fields.base import Code, Json
from guichet.procedures.filling import State, look
from guichet.procedures.rules import kinds
from guichet.procedures.rules.evaluate import Run, Values, program

Said = tuple[tuple[str | int, ...], str]  # a place in the file, and a sentence


class Expected(Strict):
    """What has to come out. What is not named is not looked at."""

    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    computed: dict[str, Json] = {}
    faults: dict[str, Code | tuple[Code, ...]] | None = None
    eligible: bool | Code | None = None
    sendable: bool | None = None
    cost_cents: int | None = None
    authority: Code | None = None
    answer_by: Day | None = None


class Example(Strict):
    """Answers on some day, and what has to come out."""

    about: str = ""
    today: Day
    answers: dict[str, Json]
    expect: Expected

    @property
    def now(self) -> datetime:
        """Noon of its day."""
        return at_noon(self.today)


def at_noon(day: date) -> datetime:
    """Local time, as `look` takes it."""
    return datetime.combine(day, time(12))


def files(version_folder: Path) -> list[Path]:
    """The examples of a version."""
    return sorted((version_folder / "tests").glob("*.yaml"))


def faults(version: Version, form: Form, ground: Ground) -> Iterator[Fault]:
    """What does not come out as the examples say, and which rules none of them tries."""
    watched = Watched(form.definition, form.texts, form.digest, form.checked)
    for file in files(version.folder):
        yield from example_faults(watched, file)
    for key in form.checked:
        if _is_decision(key):
            yield from _untried(version, watched, ground, key)


def example_faults(form: Form, file: Path) -> list[Fault]:
    """What is wrong with one example, or with the form."""
    found: list[Fault] = []
    text = read_text(file, found)
    example = modelled(Example, text, found)
    if example is not None:
        found += [Fault(file, text.line(*path), said) for path, said in differences(form, example)]
    return found


# --- Trying an example


def differences(form: Form, example: Example) -> Iterator[Said]:
    """What comes out otherwise than the example says."""
    unknown = list(_unknown(form, example))
    yield from unknown
    if unknown:
        return
    with translation.override("fr"):
        state = look(form, _with_keys(form, example.answers), today=example.today, now=example.now)
        for (owner, _what), run in form.runs.items():
            if owner.startswith(
                "paragraph:"
            ):  # of the document that is made: run by nothing else here
                run(state.values, {})
        yield from _other_shown(state, example.expect)
        yield from _other_computed(state, example.expect)
        yield from _other_faults(state, example.expect)
        yield from _other_following(state, example.expect)


def _unknown(form: Form, example: Example) -> Iterator[Said]:
    expect = example.expect
    for name in example.answers:
        if name not in form.items:
            yield ("answers", name), f"There is no question “{name}”."
    for where in ("shown", "hidden"):
        for number, path in enumerate(getattr(expect, where)):
            if path.rpartition("/")[2] not in form.items:
                yield ("expect", where, number), f"There is no question “{path}”."
    for path in expect.faults or ():
        if path.rpartition("/")[2] not in form.items:
            yield ("expect", "faults", path), f"There is no question “{path}”."
    for path in expect.computed:
        if not isinstance(form.items.get(path.rpartition("/")[2]), Computed):
            yield ("expect", "computed", path), f"“{path}” is not computed."
    codes = {check.check for check in form.definition.eligible}
    if isinstance(expect.eligible, str) and expect.eligible not in codes:
        yield ("expect", "eligible"), f"There is no check “{expect.eligible}”."


def _with_keys(form: Form, answers: Mapping[str, Json]) -> dict[str, Json]:
    found = dict(answers)
    for name, rows in answers.items():
        if isinstance(form.items[name], Rows) and isinstance(rows, list):
            found[name] = [
                {ROW_KEY: f"r{number}", **row} if isinstance(row, dict) else row
                for number, row in enumerate(rows, 1)
            ]
    return found


def _other_shown(state: State, expect: Expected) -> Iterator[Said]:
    for number, path in enumerate(expect.shown):
        if path not in state.shown:
            yield ("expect", "shown", number), f"{path} is hidden."
    for number, path in enumerate(expect.hidden):
        if path in state.shown:
            yield ("expect", "hidden", number), f"{path} is shown."


def _other_computed(state: State, expect: Expected) -> Iterator[Said]:
    for path, wanted in expect.computed.items():
        name = path.rpartition("/")[2]
        item = state.form.items[name]
        assert isinstance(item, Computed)  # noqa: S101 - `_unknown` has looked
        value = kinds.written(_values(state, path).get(name), item.kind)
        if value != wanted or type(value) is not type(wanted):
            said = "nothing" if value is None else repr(value)
            yield ("expect", "computed", path), f"{path} is {said}, not {wanted!r}."


def _values(state: State, path: str) -> Mapping[str, Any]:
    rows, _slash, rest = path.partition("/")
    if not rest:
        return state.values
    keys = [str(row.get(ROW_KEY)) for row in state.rows(rows)]
    key = rest.rpartition("/")[0]
    return state.row_values(rows, keys.index(key)) if key in keys else {}


def _other_faults(state: State, expect: Expected) -> Iterator[Said]:
    words = state.form.words("fr")
    problems = state.faults(words)
    refused = {check.check for check in state.against()}
    state.signers()
    if expect.faults is not None:
        found: dict[str, set[str]] = {}
        for problem in problems:
            found.setdefault(problem.place.path, set()).add(problem.code)
        wanted = {
            path: {codes} if isinstance(codes, str) else set(codes)
            for path, codes in expect.faults.items()
        }
        for path in sorted(found.keys() | wanted.keys()):
            if found.get(path) != wanted.get(path):
                codes = ", ".join(f"“{code}”" for code in sorted(found.get(path, ())))
                said = f"{path}: the fault is {codes}." if codes else f"{path}: there is no fault."
                yield ("expect", "faults", path), said
    if isinstance(expect.eligible, str) and expect.eligible not in refused:
        yield ("expect", "eligible"), f"{expect.eligible} does not say no."
    if isinstance(expect.eligible, bool) and expect.eligible == bool(refused):
        said = f"these say no: {', '.join(sorted(refused))}" if refused else "nothing says no"
        yield ("expect", "eligible"), f"Eligibility: {said}."
    blocking = [f"{p.place.path} ({p.code})" for p in problems if p.blocks] + sorted(refused)
    if expect.sendable is not None and expect.sendable == bool(blocking):
        said = f"these keep it back: {', '.join(blocking)}" if blocking else "nothing keeps it back"
        yield ("expect", "sendable"), f"Sending: {said}."


def _other_following(state: State, expect: Expected) -> Iterator[Said]:
    """What follows from sending it; also runs those rules, so that they count as tried."""
    by = following.answer_by(state, state.today)
    found = {"cost_cents": state.cost_cents(), "authority": state.authority(), "answer_by": by}
    for name, value in found.items():
        wanted = getattr(expect, name)
        if wanted is not None and wanted != value:
            said = "nothing" if value is None else str(value)
            yield ("expect", name), f"{name} is {said}, not {wanted}."


# --- Which rules the examples try


@dataclass(frozen=True)
class Watched(Form):
    """A form that notes what its rules have given."""

    seen: dict[RuleKey, set[Any]] = field(default_factory=dict)

    @cached_property
    def runs(self) -> dict[RuleKey, Run]:
        """Every rule; what it gives is noted under its key in `seen`."""
        return {key: self._watch(key, program(c.program)) for key, c in self.checked.items()}

    def _watch(self, key: RuleKey, run: Run) -> Run:
        results = self.seen.setdefault(key, set())

        def watched(values: Values, row: Values) -> Any:
            result = run(values, row)
            if isinstance(result, bool) or result is None:
                results.add(result)
            return result

        return watched


def _is_decision(key: RuleKey) -> bool:
    owner, what = key
    return (
        what in ("show_if", "required_if", "when")
        or what.startswith("check:")
        or owner == "eligible"
    )


def _untried(version: Version, form: Watched, ground: Ground, key: RuleKey) -> Iterator[Fault]:
    checked = form.checked[key]
    seen = form.seen.get(key, set())
    outcomes = ground.outcomes(checked.program)
    possible = outcomes.possible if outcomes else {True, False}
    # A tick is yes or not answered: then "unknown" is its no.
    no = False if False in possible else None
    missing = [said for value, said in ((True, "true"), (no, "false")) if value not in seen]
    if missing and not checked.is_constant:
        name = f"{key[0]}, {key[1].removeprefix('check:')}"
        said = f"No test makes this {' and none '.join(missing)}: {name}."
        yield Fault(version.source.file, line_of(version, key), said, is_error=False)
