"""What each rule of a definition says of a draft, in the words of the rule language.

For whoever writes the definition; people who fill it in never see a rule.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from guichet.procedures.definitions.form import Form, RuleKey
from guichet.procedures.fields import ROW_KEY, Item, Question, Rows, names_of
from guichet.procedures.filling import State
from guichet.procedures.models import Draft
from guichet.procedures.presented import presented
from guichet.procedures.rules import Kind, Type, kinds

UNKNOWN, ABSENT = "unknown", "absent"


class Verdict(NamedTuple):
    """What a rule says now, and what it looks at."""

    owner: str  # "payload", "page:child", "eligible"
    what: str  # "show_if", "min", or the code of a check
    rule: str  # as it is written; empty for what no rule decides
    said: str  # "true", "false", "unknown"; of what is no condition, its value or "absent"
    looked: tuple[tuple[str, str], ...]  # the names in it, with what they stand for
    hides: bool  # this keeps something from being shown


def of(draft: Draft, page: str = "", rows: str = "", row: str = "") -> list[Verdict]:
    """The rules of one page, or of one row on a page of its own; without either, of the whole."""
    return on(presented(draft).state, page, rows, row)


def on(state: State, page: str = "", rows: str = "", row: str = "") -> list[Verdict]:
    """The same, of answers that belong to nobody."""
    form, found = state.form, state.form.page(page)
    if found is None:
        return list(_verdicts(state, _of_the_whole(form)))
    repetition = form.items.get(rows)
    if not isinstance(repetition, Rows):
        return list(_of_items(state, found.items))
    keys = [str(one.get(ROW_KEY)) for one in state.rows(rows)]
    held = state.row_values(rows, keys.index(row)) if row in keys else {}
    return list(_of_items(state, repetition.questions, held))


def _of_items(
    state: State, items: Iterable[Item], row: Mapping[str, Any] | None = None
) -> Iterator[Verdict]:
    for item in items:
        if isinstance(item, Question) and item.agent_only:
            yield Verdict(item.id, "agent_only", "", "", (), hides=True)
        yield from _verdicts(state, [(item.id, what) for what in item.rules()], row)


def _of_the_whole(form: Form) -> list[RuleKey]:
    """What stands beside the pages: who may, which pages there are, who signs, what is printed."""
    kinds_of_owner = ("page:", "signer:", "paragraph:")
    return [
        key for key in form.checked if key[0] == "eligible" or key[0].startswith(kinds_of_owner)
    ]


def _verdicts(
    state: State, keys: Iterable[RuleKey], row: Mapping[str, Any] | None = None
) -> Iterator[Verdict]:
    form = state.form
    types = {name: kind for item in form.items.values() for name, kind in names_of(item).items()}
    types |= {"today": kinds.DATE, "now": kinds.MOMENT}
    for key in keys:
        checked = form.checked[key]
        value = form.runs[key](state.values, row or {})
        looked = tuple(
            (name, _held(name, types, {**state.values, **(row or {})}))
            for name in sorted(checked.names)
        )
        yield Verdict(
            key[0],
            key[1].removeprefix("check:"),
            checked.text,
            _said(value, checked.type),
            looked,
            hides=key[1] == "show_if" and value is not True,
        )


def _said(value: Any, of: Type) -> str:
    return UNKNOWN if value is None and of.kind == Kind.BOOLEAN else _written(value, of)


def _held(name: str, types: Mapping[str, Type], values: Mapping[str, Any]) -> str:
    rows, dot, inner = name.partition(".")
    if not dot:
        return _written(values.get(name), types[name])
    held = [one.get(inner) for one in values.get(rows) or ()]
    return ", ".join(_written(value, types[rows].fields[inner]) for value in held) or ABSENT


def _written(value: Any, of: Type) -> str:
    """As one writes it in a rule."""
    if value is None:
        return ABSENT
    if of.kind == Kind.ROWS:
        return str(len(value))
    if of.kind == Kind.MONEY:
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d} EUR"
    given = kinds.written(value, of)
    if of.kind in (Kind.DATE, Kind.MOMENT, Kind.DECIMAL):
        return str(given)
    return json.dumps(given, ensure_ascii=False)
