"""What differs between two versions, so that a lawyer can read it; and what becomes of a draft.

changes(before, after)                  what differs, page by page
moved_answers(before, after, answers)   the answers under their new names; none is dropped
carried(before, after)                  new name → old name, of questions whose answers go along
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from guichet.procedures.definitions.form import Form
from guichet.procedures.fields import ROW_KEY, Check, Computed, Item, Question, Rows
from guichet.procedures.filling import Answers


class Severity(StrEnum):
    """How much somebody has to think about a change."""

    HARMLESS = "harmless"
    LOOK = "look"  # a draft may have to be completed
    BREAKS = "breaks drafts"  # answers no longer fit


class Kind(StrEnum):
    """What happened."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"  # another id, the same question
    MOVED = "moved"
    RELABELLED = "relabelled"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    RETYPED = "retyped"
    RULE = "rule"
    RETENTION = "retention"
    PURPOSE = "purpose"
    TEXT = "text"


class Change(NamedTuple):
    """One difference. `name` is the question's, or empty for the version or page as a whole."""

    page: str
    name: str
    kind: Kind
    severity: Severity
    sentence: str


@dataclass(frozen=True)
class Move:
    """What becomes of a draft's answers in another version. `answers` is the draft there."""

    kept: tuple[str, ...]  # names, as they are called now
    moved: tuple[str, ...]  # under another name, or on another page
    again: tuple[str, ...]  # asked there, and not answered by this
    answers: Mapping[str, Any]
    set_aside: Mapping[str, Any]  # of questions that are not asked any more, by their old name


# --- What differs


def changes(before: Form, after: Form) -> list[Change]:
    """Everything that differs, page by page as the new version has them."""
    found = [*_whole(before, after), *_pages(before, after), *_items(before, after)]
    order = {page.page: number for number, page in enumerate((*after.pages, *before.pages), 1)}
    return sorted(found, key=lambda change: order.get(change.page, 0))


def _whole(before: Form, after: Form) -> Iterator[Change]:
    a, b = before.definition, after.definition
    for field, what in (("keep_sent", "Sent cases"), ("keep_drafts", "Drafts")):
        old, new = getattr(a, field), getattr(b, field)
        if old != new:
            said = f"{what} are kept {_period(new)} instead of {_period(old)}."
            yield Change("", "", Kind.RETENTION, Severity.LOOK, said)
    if a.cost_cents != b.cost_cents:
        said = f"It costs {_cost(b.cost_cents)} instead of {_cost(a.cost_cents)}."
        yield Change("", "", Kind.RULE, Severity.LOOK, said)
    if a.authority_if != b.authority_if:
        said = "Which authority decides is another one for some answers."
        yield Change("", "", Kind.RULE, Severity.LOOK, said)
    if (a.delay, a.delay_if) != (b.delay, b.delay_if):
        yield Change("", "", Kind.RULE, Severity.LOOK, "The delay of the authority is another one.")
    if a.closes_after != b.closes_after:
        old, new = _period(a.closes_after), _period(b.closes_after)
        said = f"A case ends by itself after {new} instead of {old}."
        yield Change("", "", Kind.RULE, Severity.LOOK, said)
    if (a.signed, a.signers) != (b.signed, b.signers):
        yield Change("", "", Kind.RULE, Severity.LOOK, "Other people have to sign.")
    if a.makes != b.makes:
        yield Change("", "", Kind.RULE, Severity.LOOK, "The document made at once is another one.")
    yield from _checks("", "", "the procedure", a.eligible, b.eligible)
    for code in sorted(set(b.declarations) - set(a.declarations)):
        said = f"One has to declare something more: {_quoted(after, 'declarations', code)}."
        yield Change("", "", Kind.TIGHTENED, Severity.LOOK, said)
    for code in sorted(set(a.declarations) - set(b.declarations)):
        said = f"One no longer declares: {_quoted(before, 'declarations', code)}."
        yield Change("", "", Kind.LOOSENED, Severity.HARMLESS, said)
    yield from _words_of_the_whole(before, after)


def _words_of_the_whole(before: Form, after: Form) -> Iterator[Change]:
    names = sorted(
        {name for form in (before, after) for texts in form.texts.values() for name in texts}
        - {"pages", "questions"}
    )
    for name in names:
        languages = _languages(before, after, (name,))
        if languages and name == "purpose":
            said = f"What the answers are used for is said otherwise ({languages})."
            yield Change("", "", Kind.PURPOSE, Severity.LOOK, said)
        elif languages:
            said = f"The text “{name}” is another one ({languages})."
            yield Change("", "", Kind.TEXT, Severity.HARMLESS, said)


def _pages(before: Form, after: Form) -> Iterator[Change]:
    old, new = ({page.page: page for page in form.pages} for form in (before, after))
    for code, page in new.items():
        if code not in old:
            said = f"There is a new page, {_quoted(after, 'pages', code, 'title')}."
            yield Change(code, "", Kind.ADDED, Severity.LOOK, said)
            continue
        yield from _rule(code, "", f"The page {code}", "shown", old[code].show_if, page.show_if)
        if languages := _languages(before, after, ("pages", code)):
            said = f"The words of the page {code} are other ones ({languages})."
            yield Change(code, "", Kind.TEXT, Severity.HARMLESS, said)
    for code in sorted(old.keys() - new.keys()):
        said = f"The page {_quoted(before, 'pages', code, 'title')} is gone."
        yield Change(code, "", Kind.REMOVED, Severity.LOOK, said)


def _items(before: Form, after: Form) -> Iterator[Change]:
    old_names = _old_names(before, after)
    for name, item in after.items.items():
        page = after.page_of[name].page
        old_name = old_names.get(name)
        if old_name is None:
            yield _added(after, page, item)
            continue
        if old_name != name:
            said = f"“{old_name}” is now called “{name}”; answers go along."
            yield Change(page, name, Kind.RENAMED, Severity.HARMLESS, said)
        yield from _item(before, after, page, before.items[old_name], item)
    for name in sorted(before.items.keys() - set(old_names.values())):
        what = _what(before, before.items[name])
        is_asked = isinstance(before.items[name], Question)
        said = f"{what} is gone." + (" Answers to it are set aside." if is_asked else "")
        severity = Severity.LOOK if is_asked else Severity.HARMLESS
        yield Change(before.page_of[name].page, name, Kind.REMOVED, severity, said)


def _old_names(before: Form, after: Form) -> dict[str, str]:
    """New name → old name, of everything that is in both; no old name is taken twice."""
    moved = {
        new: old
        for new, old in after.definition.moved.items()
        if new in after.items and old in before.items
    }
    taken = set(moved.values())
    found = {name: name for name in after.items if name in before.items and name not in taken}
    for new, old in moved.items():
        if old not in {o for n, o in found.items() if n != new}:
            found[new] = old
    return found


def _added(form: Form, page: str, item: Item) -> Change:
    what = _what(form, item)
    if not isinstance(item, Question):
        return Change(page, item.id, Kind.ADDED, Severity.HARMLESS, f"{what} is new.")
    if item.optional or item.agent_only:
        said = f"{what} is new; it need not be answered."
        return Change(page, item.id, Kind.ADDED, Severity.HARMLESS, said)
    said = f"{what} is new and has to be answered{' when it is shown' if item.show_if else ''}."
    return Change(page, item.id, Kind.ADDED, Severity.LOOK, said)


def _item(before: Form, after: Form, page: str, old: Item, new: Item) -> Iterator[Change]:
    what, name = _what(after, new), new.id
    old_page = before.page_of[old.id].page
    if old_page != page:
        said = f"{what} stands on the page {page} instead of {old_page}."
        yield Change(page, name, Kind.MOVED, Severity.HARMLESS, said)
    if before.rows_of[old.id] != _old_names(before, after).get(after.rows_of[new.id], ""):
        said = f"{what} is asked in other rows than before. Answers are set aside."
        yield Change(page, name, Kind.RETYPED, Severity.BREAKS, said)
    if getattr(old, "type", "") != getattr(new, "type", ""):
        said = f"{what} is a “{getattr(new, 'type', '')}” and was a “{getattr(old, 'type', '')}”."
        yield Change(page, name, Kind.RETYPED, Severity.BREAKS, said)
    else:
        yield from _settings(page, what, old, new)
    yield from _rule(page, name, what, "shown", old.show_if, new.show_if)
    if isinstance(old, Question) and isinstance(new, Question):
        yield from _obligation(page, what, old, new)
        yield from _checks(page, name, what, old.checks, new.checks)
        if old.keep != new.keep:
            said = f"{what} is kept {_period(new.keep)} instead of {_period(old.keep)}."
            yield Change(page, name, Kind.RETENTION, Severity.LOOK, said)
    yield from _item_words(before, after, page, old, new)


def _obligation(page: str, what: str, old: Question, new: Question) -> Iterator[Change]:
    was, now = _duty(old), _duty(new)
    if was == now:
        return
    is_tighter = now == "always" or was == "never"
    kind = Kind.TIGHTENED if is_tighter else Kind.LOOSENED
    severity = Severity.LOOK if is_tighter else Severity.HARMLESS
    words = {"always": "has to be answered", "never": "need not be answered"}
    said = words.get(now, f"has to be answered when {now}")
    yield Change(page, new.id, kind, severity, f"{what} {said} now.")


def _duty(question: Question) -> str:
    if question.required_if:
        return question.required_if
    return "never" if question.optional else "always"


# Settings by which a type gets narrower or wider. `1`: a higher value is narrower.
_NARROWER = {"min": 1, "min_length": 1, "max": -1, "max_length": -1, "max_files": -1}
_NARROWER |= {"max_megabytes": -1}
_SAID_ELSEWHERE = {
    "id",
    "type",
    "show_if",
    "optional",
    "required_if",
    "checks",
    "keep",
    "questions",
}


def _settings(page: str, what: str, old: Item, new: Item) -> Iterator[Change]:
    for setting in type(new).model_fields:
        a, b = getattr(old, setting, None), getattr(new, setting)
        if setting in _SAID_ELSEWHERE or a == b:
            continue
        if isinstance(a, tuple) and isinstance(b, tuple):
            yield from _lists(page, new.id, what, setting, a, b)
            continue
        kind = _direction(setting, a, b)
        severity = Severity.HARMLESS if kind == Kind.LOOSENED else Severity.LOOK
        said = f"{what}: “{setting}” is {_value(b)} instead of {_value(a)}."
        yield Change(page, new.id, kind, severity, said)


def _direction(setting: str, old: Any, new: Any) -> Kind:
    sign = _NARROWER.get(setting)
    if sign is None:
        return Kind.RULE
    if new is None:
        return Kind.LOOSENED
    if old is None:
        return Kind.TIGHTENED
    if isinstance(old, int) and isinstance(new, int):
        return Kind.TIGHTENED if (new - old) * sign > 0 else Kind.LOOSENED
    return Kind.RULE


def _lists(
    page: str, name: str, what: str, setting: str, old: tuple[Any, ...], new: tuple[Any, ...]
) -> Iterator[Change]:
    gone, more = [v for v in old if v not in new], [v for v in new if v not in old]
    if gone:
        said = f"{what}: {', '.join(map(str, gone))} can no longer be chosen ({setting})."
        yield Change(page, name, Kind.TIGHTENED, Severity.BREAKS, said)
    if more:
        said = f"{what}: {', '.join(map(str, more))} can be chosen too ({setting})."
        yield Change(page, name, Kind.LOOSENED, Severity.HARMLESS, said)
    if not gone and not more:
        said = f"{what}: the order of “{setting}” is another one."
        yield Change(page, name, Kind.TEXT, Severity.HARMLESS, said)


def _checks(
    page: str, name: str, what: str, old: tuple[Check, ...], new: tuple[Check, ...]
) -> Iterator[Change]:
    a, b = {check.check: check for check in old}, {check.check: check for check in new}
    for code, check in b.items():
        if code not in a:
            said = f"A condition is new for {what}, {code}: {check.rule}"
            severity = Severity.LOOK if check.level == "error" else Severity.HARMLESS
            yield Change(page, name, Kind.TIGHTENED, severity, said)
        elif check.rule != a[code].rule:
            said = f"The condition {code} of {what} is: {check.rule} — it was: {a[code].rule}"
            yield Change(page, name, Kind.RULE, Severity.LOOK, said)
        elif check.level != a[code].level:
            is_tighter = check.level == "error"
            kind = Kind.TIGHTENED if is_tighter else Kind.LOOSENED
            severity = Severity.LOOK if is_tighter else Severity.HARMLESS
            said = f"The condition {code} of {what} {'keeps one from sending' if is_tighter else 'only warns'} now."
            yield Change(page, name, kind, severity, said)
    for code in sorted(a.keys() - b.keys()):
        said = f"A condition is gone for {what}: {code}."
        yield Change(page, name, Kind.LOOSENED, Severity.HARMLESS, said)


def _rule(
    page: str, name: str, what: str, verb: str, old: str | None, new: str | None
) -> Iterator[Change]:
    if old == new:
        return
    if new is None:
        said = f"{what} is always {verb} now."
    elif old is None:
        said = f"{what} is {verb} only when: {new}"
    else:
        said = f"{what} is {verb} when: {new} — it was: {old}"
    yield Change(page, name, Kind.RULE, Severity.LOOK, said)


def _item_words(before: Form, after: Form, page: str, old: Item, new: Item) -> Iterator[Change]:
    was, now = ("questions", old.id), ("questions", new.id)
    if languages := _languages(before, after, (*was, "label"), (*now, "label")):
        a, b = _quoted(before, *was, "label"), _quoted(after, *now, "label")
        said = f"{new.id} is now asked as {b}, before as {a} ({languages})."
        yield Change(page, new.id, Kind.RELABELLED, Severity.HARMLESS, said)
    if languages := _languages(before, after, (*was, "purpose"), (*now, "purpose")):
        said = f"What {new.id} is needed for is said otherwise ({languages})."
        yield Change(page, new.id, Kind.PURPOSE, Severity.LOOK, said)
    others = {
        name
        for form, path in ((before, was), (after, now))
        for language in form.texts
        for name in (form.words(language).find(*path) or {})
    } - {"label", "purpose"}
    for name in sorted(others):
        if languages := _languages(before, after, (*was, name), (*now, name)):
            said = f"The text “{name}” of {new.id} is another one ({languages})."
            yield Change(page, new.id, Kind.TEXT, Severity.HARMLESS, said)


def _languages(
    before: Form, after: Form, old: tuple[str, ...], new: tuple[str, ...] | None = None
) -> str:
    """In which languages a text differs."""
    languages = sorted(before.texts.keys() & after.texts.keys())
    return ", ".join(
        language
        for language in languages
        if before.words(language).find(*old) != after.words(language).find(*(new or old))
    )


def _what(form: Form, item: Item) -> str:
    label = form.words("en")("questions", item.id, "label")
    noun = "The computed value" if isinstance(item, Computed) else "The question"
    if not isinstance(item, Computed | Question):
        noun = "The note"
    return f"{noun} {item.id}" + (f" (“{label}”)" if label else "")


def _quoted(form: Form, *path: str) -> str:
    return f"“{form.words('en')(*path) or path[-1]}”"


def _value(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _cost(cents: int | str) -> str:
    if isinstance(cents, str):
        return f"what this gives: {cents},"
    return f"{cents // 100}.{cents % 100:02d} €" if cents else "nothing"


def _period(period: str | None) -> str:
    if period is None:
        return "as long as the case"
    number, unit = int(period[:-1]), {"d": "day", "m": "month", "y": "year"}[period[-1]]
    return f"{number} {unit}{'s' if number > 1 else ''}"


# --- What becomes of a draft


def moved_answers(before: Form, after: Form, answers: Answers) -> Move:
    """The answers of a draft of one version, for another. Pure and total; no answer is dropped."""
    old_names = carried(before, after)
    found: dict[str, Any] = {}
    aside = dict(answers)
    kept: list[str] = []
    moved: list[str] = []
    again: list[str] = []
    for new, old in old_names.items():
        if old not in answers or after.rows_of[new]:
            continue
        item = after.items[new]
        if not _still_fits(before.items[old], item, answers[old]):
            again.append(new)
            continue
        found[new] = aside.pop(old)
        if isinstance(item, Rows):
            found[new], rest = _moved_rows(before, old_names, item, found[new])
            aside |= {old: rest} if rest else {}
            unfit = {name for row in rest for name in row} & set(old_names.values())
            again += [name for name in old_names if old_names[name] in unfit]
        is_same = new == old and before.page_of[old].page == after.page_of[new].page
        (kept if is_same else moved).append(new)
    names = _old_names(before, after)
    again += [
        name
        for name, item in after.items.items()
        if isinstance(item, Question) and name not in old_names and names.get(name) in answers
    ]
    return Move(tuple(kept), tuple(moved), tuple(again), found, aside)


def carried(before: Form, after: Form) -> dict[str, str]:
    """New name → old name, of the questions whose answers go along."""
    names = _old_names(before, after)
    return {
        new: old
        for new, old in names.items()
        if isinstance(after.items[new], Question)
        and getattr(before.items[old], "type", "") == getattr(after.items[new], "type", "")
        and before.rows_of[old] == names.get(after.rows_of[new], "")
    }


def _still_fits(old: Item, new: Item, answer: Any) -> bool:
    """Not if it was one of the choices, and is none any more."""
    if isinstance(old, Rows) or not (isinstance(old, Question) and isinstance(new, Question)):
        return True
    return bool(new.held(answer)) or not old.held(answer)


def _moved_rows(
    before: Form, old_names: Mapping[str, str], rows: Rows, answer: Any
) -> tuple[Any, list[dict[str, Any]]]:
    """The rows under their new names; and of each row, with its key, what has no place there."""
    if not isinstance(answer, list):
        return answer, []
    inside = {old_names[item.id]: item for item in rows.questions if item.id in old_names}
    found: list[Any] = []
    aside: list[dict[str, Any]] = []
    for row in answer:
        if not isinstance(row, dict):
            found.append(row)
            continue
        there: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        for name, value in row.items():
            item = inside.get(name)
            if name == ROW_KEY:
                there[name] = value
            elif item is not None and _still_fits(before.items[name], item, value):
                there[item.id] = value
            else:
                rest[name] = value
        found.append(there)
        if rest:
            aside.append({ROW_KEY: row.get(ROW_KEY), **rest})
    return found, aside
