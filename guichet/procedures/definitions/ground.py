"""What is known of a version's names before anybody answers: their values, when they are there."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Page
from guichet.procedures.fields import Computed, Item, Question, Rows, names_of
from guichet.procedures.fields.choices import Tick
from guichet.procedures.rules import Kind
from guichet.procedures.rules.check import Program
from guichet.procedures.rules.evaluate import program

COMBINATIONS_MAX = 4_096
OPTIONS_MAX = 4  # of a question with several answers: sixteen combinations
OTHERS = 3  # codes that no rule names stand for all of these: rules can only compare them

Domain = tuple[Any, ...]
_TRUTH: Domain = (None, True, False)
_LOOKS = ("get", "row")


@dataclass(frozen=True)
class Outcomes:
    """What a condition can give."""

    possible: frozenset[Any]  # of True, False, None
    answered: frozenset[Any]  # once everything that it looks at is answered


@dataclass(frozen=True)
class Ground:
    """What is known of the names of a form. Made by `ground_of`."""

    items: Mapping[str, Item]  # by each name that it gives
    conditions: Mapping[str, tuple[Program, ...]]  # by id: when it is shown, all have to hold
    programs: Mapping[str, Program]  # of computed values
    named: frozenset[str]  # codes that some rule names

    def told_apart(self, codes: Iterable[str]) -> list[str]:
        """Of the codes of a choice, as many as rules can tell apart."""
        some = sorted(codes)
        others = [code for code in some if code not in self.named]
        return [code for code in some if code in self.named or code in others[:OTHERS]]

    def outcomes(self, rule: Program, given: Iterable[Program] = ()) -> Outcomes | None:
        """What `rule` can give where all of `given` hold; None when there is too much to try.

        Choices and yes-or-no are tried with every value. Whatever else a rule looks at counts as
        free: it may be yes, no or unknown. So what is impossible here is impossible.
        """
        for with_conditions in (True, False):
            sketch = _Sketch(self)
            asked = sketch.of(rule)
            facts = [sketch.of(fact) for fact in given]
            if with_conditions:
                facts += sketch.implied()
            if sketch.combinations() <= COMBINATIONS_MAX:
                return sketch.tried(asked, facts)
        return None

    def known(self, facts: Sequence[Program]) -> "Known":
        """What follows where all of `facts` hold."""
        return Known(self, facts)


def ground_of(form: Form) -> Ground:
    """Of a form whose rules have a meaning."""
    items: dict[str, Item] = {}
    conditions: dict[str, tuple[Program, ...]] = {}
    for page in form.pages:
        for item in page.items:
            items |= dict.fromkeys((item.id, *names_of(item)), item)
            conditions[item.id] = _conditions(form, page, item)
            for inner in item.questions if isinstance(item, Rows) else ():
                items |= dict.fromkeys((inner.id, *names_of(inner)), inner)
                conditions[inner.id] = conditions[item.id] + _own(form, inner)
    programs = {
        name: form.checked[(name, "value")].program
        for name, item in items.items()
        if isinstance(item, Computed)
    }
    named = frozenset(code for rule in form.checked.values() for code in _codes(rule.program))
    return Ground(items, conditions, programs, named)


def _conditions(form: Form, page: Page, item: Item) -> tuple[Program, ...]:
    found = form.checked.get((f"page:{page.page}", "show_if"))
    return (*((found.program,) if found else ()), *_own(form, item))


def _own(form: Form, item: Item) -> tuple[Program, ...]:
    found = form.checked.get((item.id, "show_if"))
    return (found.program,) if found else ()


# --- Trying


class _Sketch:
    """A rule in which everything that cannot be tried stands as a free yes-or-no."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._domains: dict[str, Domain] = {}
        self._may_lack: set[str] = set()  # absent is one of their answers

    def of(self, code: Program) -> Program:
        """The same as a program over what can be tried."""
        op = code[0]
        if op == "const":
            return code
        if op in ("and", "or", "not", "if"):
            return [op, *(self.of(part) for part in code[1:])]
        if op in _LOOKS and (defined := self._defined(code[1])):
            return self.of(defined)
        return self._atom(code)

    def _defined(self, name: str) -> Program | None:
        """A computed yes-or-no that is always shown is what it computes."""
        item = self._ground.items.get(name)
        is_plain = isinstance(item, Computed) and not self._ground.conditions[item.id]
        return self._ground.programs[name] if is_plain else None

    def _atom(self, code: Program) -> Program:
        names = _names(code)
        if names == set():
            return code
        domains = {name: self._domain(name) for name in names or ()}
        if names is None or None in domains.values():
            truth: Domain = (True, False) if code[0] == "answered" else self._by_bounds(code)
            return self._variable(json.dumps(code), truth)
        for name, domain in domains.items():
            self._variable(name, domain or _TRUTH)
            if code[0] == "answered" or isinstance(self._ground.items[name], Tick):
                self._may_lack.add(name)
        return _without_rows(code)

    def _variable(self, name: str, domain: Domain) -> Program:
        self._domains[name] = domain
        return ["get", name]

    def _domain(self, name: str) -> Domain | None:
        item = self._ground.items.get(name)
        kind = names_of(item).get(name) if item else None
        if kind is None or item is None:
            return None
        if kind.kind == Kind.BOOLEAN:
            return (None, True) if isinstance(item, Tick) else _TRUTH
        codes = sorted(kind.codes)
        if kind.kind == Kind.CHOICE and not isinstance(item, Computed):
            return (None, *self._ground.told_apart(codes))
        if kind.kind == Kind.CHOICES and len(codes) <= OPTIONS_MAX:
            some = [list(c) for n in range(1, len(codes) + 1) for c in combinations(codes, n)]
            return (None, *some)
        return None

    def _by_bounds(self, code: Program) -> Domain:
        """A question with written bounds, compared with a written value beyond them."""
        if len(code) != 3 or code[0] not in _MIRRORED:
            return _TRUTH
        op, left, right = code
        if left[0] == "const":
            op, left, right = _MIRRORED[op], right, left
        item = self._ground.items.get(left[1]) if left[0] in _LOOKS else None
        if item is None or item.id != left[1] or right[0] != "const" or not _is_whole(item):
            return _TRUTH
        results = _against(op, getattr(item, "min", None), getattr(item, "max", None), right[1])
        return (None, *results)

    def implied(self) -> list[Program]:
        """Whatever is answered is shown, so that its conditions hold."""
        facts: list[Program] = []
        done: set[str] = set()
        while waiting := [name for name in self._domains if name not in done]:
            for name in waiting:
                done.add(name)
                item = self._ground.items.get(name)
                for condition in self._ground.conditions[item.id] if item else ():
                    facts.append(["or", ["not", ["answered", ["get", name]]], self.of(condition)])
        return facts

    def combinations(self) -> int:
        number = 1
        for domain in self._domains.values():
            number *= len(domain)
        return number

    def tried(self, asked: Program, facts: list[Program]) -> Outcomes:
        """With every combination in which the facts hold."""
        run, holding = program(asked), [program(fact) for fact in facts]
        possible, answered = set(), set()
        for chosen in product(*self._domains.values()):
            values = dict(zip(self._domains, chosen, strict=True))
            if any(fact(values, {}) is not True for fact in holding):
                continue
            result = run(values, {})
            possible.add(result)
            if all(value is not None or name in self._may_lack for name, value in values.items()):
                answered.add(result)
        return Outcomes(frozenset(possible), frozenset(answered))


_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def _is_whole(item: Item) -> bool:
    kind = getattr(item, "kind", None)
    return kind is not None and kind.kind in (Kind.INTEGER, Kind.MONEY)


def _against(op: str, least: Any, most: Any, value: int) -> tuple[bool, ...]:
    """What comparing with `value` can give for numbers from `least` to `most`."""
    low = least if isinstance(least, int) else None
    high = most if isinstance(most, int) else None
    below = low is None or low < value
    above = high is None or high > value
    equal = (low is None or low <= value) and (high is None or value <= high)
    if op in ("eq", "ne"):
        yes, no = equal, below or above
        return _both(*((yes, no) if op == "eq" else (no, yes)))
    less = op in ("lt", "le")
    yes, no = (below, above) if less else (above, below)
    with_equal = op in ("le", "ge")
    return _both(yes or (equal and with_equal), no or (equal and not with_equal))


def _both(yes: bool, no: bool) -> tuple[bool, ...]:
    return (*((True,) if yes else ()), *((False,) if no else ()))


_OVER_ROWS = ("count", "any", "all", "sum_rows", "min_rows", "max_rows")


def _operands(code: Program) -> list[Program]:
    """The programs within a program."""
    parts = code[1:2] if code[0] in ("in", "contains") else code[1:]
    return [part for part in parts if isinstance(part, list)]


def _codes(code: Program) -> Iterator[str]:
    """The texts that stand in a program; those of choices are their codes."""
    if code[0] == "const" and isinstance(code[1], str):
        yield code[1]
    if code[0] == "in":
        yield from (value for value in code[2] if isinstance(value, str))
    for part in _operands(code):
        yield from _codes(part)


def _names(code: Program) -> set[str] | None:
    """What a program looks at; None where it goes through rows."""
    if code[0] in _OVER_ROWS:
        return None
    if code[0] in _LOOKS:
        return {str(code[1])}
    found: set[str] = set()
    for part in _operands(code):
        inner = _names(part)
        if inner is None:
            return None
        found |= inner
    return found


def _without_rows(code: Program) -> Program:
    """Names are unique in a form: a row's may stand among the others."""
    if code[0] == "row":
        return ["get", code[1]]
    inner = _operands(code)
    return [_without_rows(part) if part in inner else part for part in code]


# --- What is there


class Known:
    """What follows from facts: which names have a value, whatever else was answered."""

    def __init__(self, ground: Ground, facts: Sequence[Program]) -> None:
        self._ground = ground
        self._facts: set[str] = set()
        self._present: set[str] = {"today", "now"}
        for fact in facts:
            self._add(fact)

    def _add(self, fact: Program) -> None:
        for part in _conjuncts(fact):
            text = json.dumps(part)
            if text in self._facts:
                continue
            self._facts.add(text)
            for name in looked_at_when(part, True) or ():
                self._present.add(name)
                item = self._ground.items.get(name)
                for condition in self._ground.conditions[item.id] if item else ():
                    self._add(condition)

    def has(self, name: str) -> bool:
        """Whether it has a value for sure, once everything that is needed has been answered."""
        if name in self._present:
            return True
        item = self._ground.items.get(name)
        if item is None or not self._is_shown(item):
            return False
        if isinstance(item, Computed):
            code = self._ground.programs[name]
            names = _names(code)
            always = names is not None and not _may_fail(code)
            return always and all(self.has(each) for each in names or ())
        return isinstance(item, Question) and _is_needed(item)

    def _is_shown(self, item: Item) -> bool:
        wanted = (part for one in self._ground.conditions[item.id] for part in _conjuncts(one))
        return all(json.dumps(part) in self._facts for part in wanted)


def _is_needed(item: Question) -> bool:
    is_free = item.optional or item.required_if or item.agent_only or getattr(item, "later", False)
    return not is_free and not (isinstance(item, Rows) and not item.min)


def _may_fail(code: Program) -> bool:
    """Whether a program may give nothing although everything is there: a division by zero."""
    return code[0] == "div_dec" or any(_may_fail(part) for part in _operands(code))


def _conjuncts(code: Program) -> Iterator[Program]:
    if code[0] == "and":
        for part in code[1:]:
            yield from _conjuncts(part)
    else:
        yield code


def looked_at_when(code: Program, wanted: bool) -> frozenset[str] | None:
    """Which names have a value for sure when a rule gives `wanted`; None if it never does."""
    op, parts = code[0], code[1:]
    if op == "const":
        return frozenset() if parts[0] == wanted else None
    if op == "not":
        return looked_at_when(parts[0], not wanted)
    if op in ("and", "or"):
        found = [looked_at_when(part, wanted) for part in parts]
        return _joined(found) if (op == "and") == wanted else _shared(found)
    if op == "answered":
        return frozenset(_names(parts[0]) or ()) if wanted else frozenset()
    if op == "if":
        yes = _joined([looked_at_when(parts[0], True), looked_at_when(parts[1], wanted)])
        no = _joined([looked_at_when(parts[0], False), looked_at_when(parts[2], wanted)])
        return _shared([yes, no])
    return _strict(code)


def _strict(code: Program) -> frozenset[str]:
    """Names without which a value is absent."""
    if code[0] in _LOOKS:
        return frozenset({str(code[1])})
    if code[0] in (*_OVER_ROWS, "and", "or", "if", "answered"):
        return frozenset()
    return frozenset().union(*(_strict(part) for part in _operands(code)))


def _joined(found: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    sure = [names for names in found if names is not None]
    return frozenset().union(*sure) if len(sure) == len(found) else None


def _shared(found: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    sure = [names for names in found if names is not None]
    return sure[0].intersection(*sure[1:]) if sure else None
