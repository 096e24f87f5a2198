"""Small definitions that nobody wrote, and answers to them: right, wrong, and nonsense."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from hypothesis import strategies as st

from guichet.procedures.definitions.form import Circular, Faulty, Form, compiled_as_far
from guichet.procedures.definitions.model import Definition
from guichet.procedures.fields import ROW_KEY, Item, Question, Rows
from guichet.procedures.tests import test_random_rules as random_rules
from guichet.procedures.tests.writing import words_for

TODAY = date(2026, 11, 25)
NOW = datetime.combine(TODAY, time(18, 50))
CODES = random_rules.CODES
CONSTANTS = {"decimal": "0.5", "money": "12 EUR", "integer": "3"}

Made = dict[str, Any]

# The names are those that the random rules look at.
_TYPES: dict[str, Made] = {
    "i0": {"type": "integer"},
    "i1": {"type": "integer", "min": -5, "max": 12},
    "d0": {"type": "computed", "of": "decimal"},
    "d1": {"type": "computed", "of": "decimal", "hidden": True},
    "m0": {"type": "money"},
    "m1": {"type": "computed", "of": "money"},
    "b0": {"type": "yes-no"},
    "b1": {"type": "tick"},
    "b2": {"type": "yes-no", "agent_only": True},
    "t0": {"type": "text", "max_length": 12},
    "t1": {"type": "long-text"},
    "day0": {"type": "date"},
    "day1": {"type": "date"},
    "c": {"type": "choice", "options": CODES},
    "cs": {"type": "choices", "options": CODES},
    "f": {"type": "file"},
    "rows": {"type": "rows", "min": 0},
    "note": {"type": "note"},
}
_BOUNDS = {"integer": random_rules.integers, "date": random_rules.days}
_SIMPLE = {
    "integer": "{} > 3",
    "money": "{} < 100 EUR",
    "yes-no": "{}",
    "tick": "not {}",
    "text": "length({}) > 3",
    "date": "{} < today",
    "choice": '{} = "owner"',
    "choices": 'contains({}, "other")',
    "file": "is_answered({})",
    "rows": "any({}, ok)",
}
_VALUES = {
    "decimal": random_rules.decimals,
    "money": random_rules.amounts,
    "integer": random_rules.integers,
}


def _rarely(draw: Any, strategy: st.SearchStrategy[Any], put: Callable[[Any], None]) -> None:
    if draw(st.integers(0, 2)) == 0:
        put(draw(strategy))


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A compiled version of two to fourteen items on one to four pages."""
    names = draw(st.lists(st.sampled_from(sorted(_TYPES)), min_size=2, max_size=14, unique=True))
    earlier: list[str] = []
    pages: list[Made] = []
    for name in names:
        if not pages or draw(st.integers(0, 3)) == 0:
            pages.append({"page": f"p{len(pages)}", "items": []})
            _rarely(draw, _condition(earlier), lambda rule: pages[-1].update(show_if=rule))
        pages[-1]["items"].append(draw(_item(name, earlier)))
        if name in _TYPES and _TYPES[name]["type"] in _SIMPLE:
            earlier = [*earlier, name]
    made = {"procedure": "random", "version": 1, "keep_sent": "1y", "pages": pages}
    if draw(st.booleans()):
        made["eligible"] = [{"check": "e", "rule": draw(random_rules.conditions)}]
    return _compiled(made)


def _condition(earlier: list[str]) -> st.SearchStrategy[str]:
    simple = [_SIMPLE[_TYPES[name]["type"]].format(name) for name in earlier] or ["true"]
    return st.one_of(st.sampled_from(simple), random_rules.conditions)


@st.composite
def _item(draw: st.DrawFn, name: str, earlier: list[str]) -> Made:
    made = {"id": name, **_TYPES[name]}
    _rarely(draw, _condition(earlier), lambda rule: made.update(show_if=rule))
    if made["type"] == "computed":
        made["value"] = draw(_VALUES[made["of"]])
        return made
    if made["type"] == "note":
        return made
    made["optional"] = draw(st.booleans())
    _rarely(draw, random_rules.conditions, lambda rule: made.update(required_if=rule))
    _rarely(
        draw, random_rules.conditions, lambda r: made.update(checks=[{"check": "k", "rule": r}])
    )
    if made["type"] in _BOUNDS and "max" not in made:
        _rarely(draw, _BOUNDS[made["type"]], lambda rule: made.update(max=rule))
    if made["type"] == "rows":
        made["questions"] = draw(_row_questions(earlier))
    return made


@st.composite
def _row_questions(draw: st.DrawFn, earlier: list[str]) -> list[Made]:
    found: list[Made] = [
        {"id": "n", "type": "integer", "min": -5},
        {"id": "ok", "type": "yes-no"},
        {"id": "born", "type": "date"},
        {"id": "pay", "type": "money"},
        {"id": "twice", "type": "computed", "of": "integer", "value": "n * 2"},
    ]
    found = draw(st.permutations(found))
    inner = st.one_of(st.sampled_from(["ok", "n > 3", "twice > 6"]), _condition(earlier))
    for each in found:
        _rarely(draw, inner, lambda rule, each=each: each.update(show_if=rule))  # type: ignore[misc]
        if each["type"] != "computed":
            each["optional"] = draw(st.booleans())
    return found


def _compiled(made: Made) -> Form:
    """Without the rules that have no meaning here: those that look ahead, or at what is not there."""
    wrong: list[Faulty] = []
    _form(made, wrong)
    for fault in wrong:
        _take_away(made, *fault.key)
    form = _form(made, [])
    try:
        form.order, form.row_order  # noqa: B018 - raises for what goes round in circles
    except Circular:
        items = [item for page in made["pages"] for item in page["items"]]
        for item in [*items, *(inner for rows in items for inner in rows.get("questions", []))]:
            if item["type"] == "computed":
                item["value"] = CONSTANTS[item["of"]]
        form = _form(made, [])
    return form


def _form(made: Made, wrong: list[Faulty]) -> Form:
    definition = Definition.model_validate_json(json.dumps(made))
    texts = dict.fromkeys(("fr", "de", "en"), words_for(definition))
    return compiled_as_far(definition, texts, wrong)


def _take_away(made: Made, owner: str, what: str) -> None:
    owners = {f"page:{page['page']}": page for page in made["pages"]}
    for page in made["pages"]:
        for item in page["items"]:
            owners[item["id"]] = item
            owners |= {inner["id"]: inner for inner in item.get("questions", [])}
    if owner == "eligible":
        del made["eligible"]
    elif what.startswith("check:"):
        del owners[owner]["checks"]
    elif what == "value":
        owners[owner]["value"] = CONSTANTS[owners[owner]["of"]]
    else:
        del owners[owner][what]


# --- Answers

_RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(0, 12),
    "money": st.integers(0, 10**6),
    "yes-no": st.booleans(),
    "tick": st.just(True),
    "text": st.text("abé🚲 ", min_size=1, max_size=12).filter(str.strip),
    "long-text": st.text("abé\n", min_size=1, max_size=30).filter(str.strip),
    "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str),
    "choice": st.sampled_from(CODES),
    "choices": st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    "file": st.uuids().map(lambda key: [str(key)]),
}
_WRONG: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.sampled_from([-6, 13, 10**16, 1.5, "12"]),
    "money": st.sampled_from([-1, "12,50", 0.5]),
    "text": st.text(min_size=13, max_size=20),
    "date": st.sampled_from(["2026-02-30", "30.2.2026", 20260228, "0999-01-01"]),
    "choice": st.sampled_from(["cousin", ["owner"]]),
    "choices": st.sampled_from([["cousin"], "owner", ["owner", "cousin"]]),
}
nonsense: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", [], {}, "x", 1, -0.5, True, False, "2026-02-30", [["x"]], [{}], {"a": [1]}, [None]]
)


def right_answer(item: Item) -> st.SearchStrategy[Any]:
    """One that its type takes."""
    if isinstance(item, Rows):
        return st.lists(_row(item, right_answer), min_size=0, max_size=3).map(_keyed)
    return _RIGHT[getattr(item, "type", "")]


def any_answer(item: Item) -> st.SearchStrategy[Any]:
    """Right, wrong or nonsense; half of them right."""
    other = st.one_of(_WRONG.get(getattr(item, "type", ""), nonsense), nonsense)
    if isinstance(item, Rows):
        row = st.one_of(_row(item, any_answer), nonsense)
        return st.one_of(right_answer(item), st.lists(row, max_size=4), nonsense)
    return st.one_of(right_answer(item), other)


def _row(
    rows: Rows, answer: Callable[[Item], st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    key = st.sampled_from(["r1", "r2", "r3", 1, None])
    return st.fixed_dictionaries({}, optional={ROW_KEY: key, **_each(rows.questions, answer)})


def _keyed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, ROW_KEY: f"r{number}"} for number, row in enumerate(rows)]


def _each(
    items: Any, answer: Callable[[Item], st.SearchStrategy[Any]]
) -> dict[str, st.SearchStrategy[Any]]:
    return {item.id: answer(item) for item in items if isinstance(item, Question)}


def answers_to(
    form: Form, answer: Callable[[Item], st.SearchStrategy[Any]] = any_answer
) -> st.SearchStrategy[dict[str, Any]]:
    """To some of its questions, and to some that it does not ask."""
    outside = [item for page in form.pages for item in page.items]
    return st.fixed_dictionaries(
        {}, optional={"gone": nonsense, "m1": nonsense, **_each(outside, answer)}
    )
