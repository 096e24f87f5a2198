"""What follows from the answers so far: what is shown, what is computed, what is missing.

    state = look(form, answers, today=clock.today(), now=…)
    state.shown                 names of items that are shown ("q", and "rows/r1/q" inside rows)
    state.faults(words)         everything that keeps it from being sent, page by page
    state.final()               the answers as they are sent: nothing hidden, nothing left over

Answers are a map from names to JSON; a repetition is a list of maps, each with its key under
`ROW_KEY`. What is not shown is absent here, and stays in the draft in case it comes back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError

from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import AuthorityIf, Delay, DelayIf, Page, Signer
from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import (
    ROW_KEY,
    Check,
    Computed,
    Item,
    Paper,
    Question,
    Rows,
    Scene,
)
from guichet.procedures.rules import kinds

Ruled = TypeVar("Ruled", DelayIf, AuthorityIf)
Answers = Mapping[str, Any]
Row = Mapping[str, Any]


class Place(NamedTuple):
    """Where an answer stands: a question, perhaps in a row of a repetition."""

    name: str
    rows: str = ""
    row: str = ""

    @property
    def path(self) -> str:
        """As one word: "born", "children/r1/born"."""
        return f"{self.rows}/{self.row}/{self.name}" if self.rows else self.name


class Problem(NamedTuple):
    """What keeps a draft from being sent, or a warning that does not."""

    page: Page
    place: Place
    message: str
    code: str
    blocks: bool = True


@dataclass(frozen=True)
class State:
    """What follows from some answers on some day. Made by `look`."""

    form: Form
    answers: Answers
    today: date
    now: datetime
    shown: frozenset[str]
    shown_pages: frozenset[str]
    values: Mapping[str, Any] = field(repr=False)  # held, of what is shown
    # What only the moment knows: see `Scene.given`.
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)

    # --- What is on a page

    @property
    def pages(self) -> list[Page]:
        """The pages that are shown, in order."""
        return [page for page in self.form.pages if page.page in self.shown_pages]

    def scene(self, words: Words) -> Scene:
        """What questions outside rows are asked in."""
        return Scene(words, self.today, self.form.runs, self.values, given=self.given)

    def row_values(self, rows: str, number: int) -> Row:
        """The held values of a row."""
        found = self.values.get(rows) or []
        return found[number] if number < len(found) else {}

    def rows(self, rows: str) -> list[dict[str, Any]]:
        """The rows of a repetition as they stand in the answers."""
        return rows_in(self.answers, rows)

    def is_shown(self, place: Place) -> bool:
        """Whether it is on a page now."""
        return place.path in self.shown

    def answer(self, place: Place) -> Any:
        """What was answered; None if it is not shown or not answered."""
        if not self.is_shown(place):
            return None
        if not place.rows:
            return self.answers.get(place.name)
        rows = self.rows(place.rows)
        row = next((row for row in rows if str(row.get(ROW_KEY)) == place.row), {})
        return row.get(place.name)

    def computed(self, item: Computed, row: Row | None = None) -> Any:
        """A computed value, held; None while it is unknown."""
        return (self.values if row is None else row).get(item.id)

    # --- What is wrong

    def faults(self, words: Words) -> list[Problem]:
        """Everything missing, out of bounds or against a check, in reading order."""
        return list(self._problems(words))

    def blocking(self, words: Words) -> list[Problem]:
        """Those that keep it from being sent."""
        return [problem for problem in self._problems(words) if problem.blocks]

    def not_eligible(self, words: Words) -> list[str]:
        """Why one cannot use this procedure, in sentences; empty while nothing says so."""
        return [words("checks", check.check) for check in self.against()]

    def against(self) -> list[Check]:
        """The conditions of the procedure that these answers do not meet."""
        return [
            check
            for check in self.form.definition.eligible
            if self.form.runs[("eligible", check.check)](self.values, {}) is False
        ]

    def signers(self) -> list[Signer]:
        """Who has to sign besides whoever sends."""
        return [
            signer
            for signer in self.form.definition.signers
            if signer.show_if is None
            or self.form.runs[(f"signer:{signer.signer}", "show_if")](self.values, {}) is True
        ]

    def cost_cents(self) -> int | None:
        """What it costs, in cents; None while that is not known, and never below nothing."""
        cost = self.form.definition.cost_cents
        if isinstance(cost, str):
            found = self.form.runs[("cost:", "cost_cents")](self.values, {})
            return None if found is None else max(0, found)
        return cost

    def delay(self) -> Delay | None:
        """How long the authority has."""
        definition = self.form.definition
        return self._first("delay", definition.delay_if) or definition.delay

    def authority(self) -> str | None:
        """The authority that decides because of these answers; None for the procedure's own."""
        found = self._first("authority", self.form.definition.authority_if)
        return found.authority if found else None

    def _first(self, owner: str, several: Sequence[Ruled]) -> Ruled | None:
        """The first of several whose rule holds."""
        runs = self.form.runs
        for number, one in enumerate(several):
            if runs[(f"{owner}:{number}", "when")](self.values, {}) is True:
                return one
        return None

    def _problems(self, words: Words) -> Iterator[Problem]:
        scene = self.scene(words)
        for page in self.pages:
            for item in page.items:
                if item.id not in self.shown or not isinstance(item, Question):
                    continue
                place = Place(item.id)
                yield from self._of(page, item, place, self.answers.get(item.id), scene)
                if isinstance(item, Rows):
                    yield from self._of_rows(page, item, scene)

    def _of_rows(self, page: Page, rows: Rows, scene: Scene) -> Iterator[Problem]:
        for number, row in enumerate(self.rows(rows.id)):
            inner_scene = scene.within(self.row_values(rows.id, number))
            key = str(row.get(ROW_KEY))
            for inner in rows.questions:
                place = Place(inner.id, rows.id, key)
                if self.is_shown(place) and isinstance(inner, Question):
                    yield from self._of(page, inner, place, row.get(inner.id), inner_scene)

    def _of(
        self, page: Page, item: Question, place: Place, answer: Any, scene: Scene
    ) -> Iterator[Problem]:
        if answer is None or answer in ("", [], {}):
            if isinstance(item, Rows) and not item.min:
                return
            if item.is_required(scene) and not (isinstance(item, Paper) and item.later):
                yield Problem(page, place, item.missing(scene), "missing")
            return
        try:
            item.check(answer, scene)
        except ValidationError as fault:
            yield Problem(page, place, fault.messages[0], str(fault.error_list[0].code or "wrong"))
            return
        for check in item.failing(scene):
            words = scene.words("checks", check.check)
            yield Problem(page, place, words, check.check, check.level == "error")

    # --- What is sent

    def final(self) -> dict[str, Any]:
        """The answers as they are sent: what is shown, and what was computed. Nothing else."""
        found: dict[str, Any] = {}
        for page in self.pages:
            for item in page.items:
                if item.id not in self.shown:
                    continue
                if isinstance(item, Rows):
                    found[item.id] = [
                        self._final_row(item, row, self.row_values(item.id, number))
                        for number, row in enumerate(self.rows(item.id))
                    ]
                elif (value := self._final(item, self.answers, self.values)) is not None:
                    found[item.id] = value
        return found

    def _final_row(self, rows: Rows, row: Row, held: Row) -> dict[str, Any]:
        key = str(row.get(ROW_KEY))
        found: dict[str, Any] = {ROW_KEY: key}
        for inner in rows.questions:
            if self.is_shown(Place(inner.id, rows.id, key)):
                value = self._final(inner, row, held)
                if value is not None:
                    found[inner.id] = value
        return found

    def _final(self, item: Item, answers: Answers, held: Row) -> Any:
        if isinstance(item, Computed):
            return kinds.written(held.get(item.id), item.kind)
        if isinstance(item, Question):
            answer = answers.get(item.id)
            return None if answer in (None, "", [], {}) else answer
        return None

    @cached_property
    def papers(self) -> list[tuple[Paper, Place]]:
        """The supporting documents that are asked for now, with their places."""
        found = []
        for page in self.pages:
            for item in page.items:
                if isinstance(item, Paper) and item.id in self.shown:
                    found.append((item, Place(item.id)))
                if isinstance(item, Rows) and item.id in self.shown:
                    found += self._papers_of(item)
        return found

    def _papers_of(self, rows: Rows) -> list[tuple[Paper, Place]]:
        places = [
            (inner, Place(inner.id, rows.id, str(row.get(ROW_KEY))))
            for row in self.rows(rows.id)
            for inner in rows.questions
            if isinstance(inner, Paper)
        ]
        return [(paper, place) for paper, place in places if self.is_shown(place)]


def look(
    form: Form,
    answers: Answers,
    *,
    today: date,
    now: datetime,
    given: Mapping[str, Any] | None = None,
) -> State:
    """What follows from `answers`. Total: whatever stands in them, it ends and never raises.

    `now` is local time: what people mean by an hour. `given` is what questions with options of the
    moment need, by item id (`Scene.given`).
    """
    values: dict[str, Any] = {"today": kinds.day_number(today), "now": _minutes(now)}
    shown: set[str] = set()
    pages: dict[str, bool] = {}
    runs = form.runs
    for page, item in form.order:
        if page.page not in pages:
            run = runs.get((f"page:{page.page}", "show_if"))
            pages[page.page] = run is None or run(values, {}) is True
        if not pages[page.page]:
            continue
        run = runs.get((item.id, "show_if"))
        if _is_for_agents(item) or (run is not None and run(values, {}) is not True):
            continue
        shown.add(item.id)
        if isinstance(item, Rows):
            values[item.id] = _look_at_rows(form, item, answers, values, shown)
        else:
            _hold(form, item, answers, values, values, {})
    on = frozenset(code for code, is_on in pages.items() if is_on)
    on -= {page.page for page in form.pages if not any(item.id in shown for item in page.items)}
    return State(form, answers, today, now, frozenset(shown), on, values, given or {})


def _look_at_rows(
    form: Form, rows: Rows, answers: Answers, values: dict[str, Any], shown: set[str]
) -> list[dict[str, Any]]:
    steps = [
        (inner, form.runs.get((inner.id, "show_if")))
        for inner in form.row_order[rows.id]
        if not _is_for_agents(inner)
    ]
    found = []
    for row in rows_in(answers, rows.id):
        held: dict[str, Any] = {}
        prefix = f"{rows.id}/{row.get(ROW_KEY)}/"
        for inner, run in steps:
            if run is not None and run(values, held) is not True:
                continue
            shown.add(prefix + inner.id)
            _hold(form, inner, row, held, values, held)
        found.append(held)
    return found


def _is_for_agents(item: Item) -> bool:
    """Written by the administration: whoever fills in neither sees it nor can answer it."""
    return isinstance(item, Question) and item.agent_only


def _hold(
    form: Form, item: Item, answers: Answers, into: dict[str, Any], values: Row, row: Row
) -> None:
    """Note the held values of an item that is shown."""
    if isinstance(item, Computed):
        value = form.runs[(item.id, "value")](values, row)
        if value is not None:
            into[item.id] = value
    elif isinstance(item, Question):
        into.update(item.held(answers.get(item.id)))


def rows_in(answers: Answers, rows: str) -> list[dict[str, Any]]:
    """The rows of a repetition in some answers: maps, each with a key of its own.

    Of two with one key the first counts: what is hidden in one would be shown by the other.
    """
    found = answers.get(rows)
    kept: dict[str, dict[str, Any]] = {}
    for row in found if isinstance(found, list) else ():
        if isinstance(row, dict):
            kept.setdefault(str(row.get(ROW_KEY)), row)
    return list(kept.values())


def _minutes(now: datetime) -> int | None:
    day = kinds.day_number(now.date())
    return None if day is None else day * 1440 + now.hour * 60 + now.minute


__all__ = ["Answers", "Check", "Place", "Problem", "State", "look", "rows_in"]
