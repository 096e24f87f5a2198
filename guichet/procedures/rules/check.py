"""What a rule means: every name is known, every operation has operands that it can take.

The result is a small program, plain lists of JSON, that `evaluate` and the browser both run:
`["lt", ["age", ["get", "born"], ["get", "today"]], ["const", 18]]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from guichet.procedures.rules import kinds
from guichet.procedures.rules.kinds import Kind, Type
from guichet.procedures.rules.syntax import Mistake, Node, parse

Program = list[Any]

# What the case gives besides the answers: frozen when it is sent, never read from a clock.
CONTEXT: Mapping[str, Type] = {"today": kinds.DATE, "now": kinds.MOMENT}

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
_ORDERED = (*_NUMBERS, Kind.DATE, Kind.MOMENT)
_UNITS = {"y": "months", "m": "months", "w": "days", "d": "days"}
_TIMES = {"y": 12, "m": 1, "w": 7, "d": 1}


class Fault(Exception):
    """A rule that says nothing, or nothing that can be computed. `at` is the place in its text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass(frozen=True)
class Scope:
    """The names that a rule may use. Inside a repetition those of `row` mean this row."""

    names: Mapping[str, Type]
    row: Mapping[str, Type] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """A rule that has a meaning. `names` are the questions that it looks at (`rows.field` too)."""

    text: str
    type: Type
    program: Program
    names: frozenset[str]

    @property
    def is_constant(self) -> bool:
        """Looks at nothing: always the same."""
        return not self.names


@dataclass(frozen=True)
class _Typed:
    type: Type
    program: Program

    @property
    def kind(self) -> Kind:
        return self.type.kind


def check(text: str, scope: Scope, *, to: Kind | None = None) -> Checked:
    """The rule in `text`, with names of `scope`; `to` is the kind that it has to give.

    Raises `Fault` with a sentence and a place.
    """
    try:
        tree = parse(text)
    except Mistake as mistake:
        raise Fault(mistake.message, mistake.at) from None
    checker = _Checker(scope)
    typed = checker.of(tree)
    if to is not None and typed.kind != to:
        raise Fault(f"The rule gives {typed.type}, but {to} is needed here.", tree.at)
    if typed.kind in (Kind.ROWS, Kind.SPAN):
        raise Fault(f"A rule cannot give {typed.type}.", tree.at)
    return Checked(text, typed.type, typed.program, frozenset(checker.names))


class _Checker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.names: set[str] = set()
        self._rows = ""  # the repetition that a row's names belong to, inside any(), sum() …

    def of(self, node: Node) -> _Typed:
        if node.op == "literal":
            return _literal(node)
        if node.op == "name":
            return self._name(node)
        if node.op == "call":
            return self._call(node)
        if node.op == "list":
            raise Fault("A list stands only after “in”.", node.at)
        return self._operator(node)

    # --- Names

    def _name(self, node: Node) -> _Typed:
        name = str(node.value)
        if name in self.scope.row:
            self.names.add(f"{self._rows}.{name}" if self._rows else name)
            return _Typed(self.scope.row[name], ["row", name])
        found = self.scope.names.get(name) or CONTEXT.get(name)
        if found is None:
            raise Fault(f"There is no question “{name}” that this rule may look at.", node.at)
        self.names.add(name)
        return _Typed(found, ["get", name])

    def _repetition(self, node: Node) -> tuple[_Typed, str]:
        if node.op != "name" or "." in str(node.value):
            raise Fault("The name of a repetition should stand here.", node.at)
        typed = self._name(node)
        if typed.kind != Kind.ROWS:
            raise Fault(f"“{node.value}” is not a repetition.", node.at)
        return typed, str(node.value)

    # --- Operators

    def _operator(self, node: Node) -> _Typed:
        if node.op in ("and", "or", "not"):
            parts = [self._boolean(part) for part in node.parts]
            return _Typed(kinds.BOOLEAN, [node.op, *parts])
        if node.op == "in":
            return self._in(node)
        if node.op == "neg":
            (one,) = (self.of(part) for part in node.parts)
            if one.kind not in _NUMBERS:
                raise Fault(f"“-” takes a number, not {one.type}.", node.at)
            return _Typed(one.type, ["neg", one.program])
        left, right = (self.of(part) for part in node.parts)
        if node.op in _COMPARISONS:
            return _compared(node, left, right)
        return _computed(node, left, right)

    def _boolean(self, node: Node) -> Program:
        typed = self.of(node)
        if typed.kind != Kind.BOOLEAN:
            raise Fault(f"A yes or no should stand here, not {typed.type}.", node.at)
        return typed.program

    def _in(self, node: Node) -> _Typed:
        one, values = self.of(node.parts[0]), node.parts[1]
        programs = []
        for value in values.parts:
            _one, other = _alike(value.at, one, _literal(value))
            programs.append(other.program[1])
        if one.kind not in (Kind.TEXT, Kind.CHOICE, Kind.INTEGER):
            raise Fault(f"“in” takes a text, a choice or an integer, not {one.type}.", node.at)
        return _Typed(kinds.BOOLEAN, ["in", one.program, programs])

    # --- Functions

    def _call(self, node: Node) -> _Typed:
        name = str(node.value)
        if name in _AGGREGATES:
            return self._aggregate(node, name)
        if name in ("min", "max") and _over_rows(node, self.scope):
            return self._over_rows(node, name)
        if name == "is_answered":
            return self._is_answered(node)
        function = _FUNCTIONS.get(name)
        if function is None:
            known = ", ".join(sorted([*_FUNCTIONS, *_AGGREGATES, "is_answered"]))
            raise Fault(f"There is no function “{name}”. There are: {known}.", node.at)
        return function(node, [self.of(part) for part in node.parts])

    def _is_answered(self, node: Node) -> _Typed:
        if len(node.parts) != 1 or node.parts[0].op != "name":
            raise Fault("is_answered(…) takes the name of one question.", node.at)
        return _Typed(kinds.BOOLEAN, ["answered", self.of(node.parts[0]).program])

    def _aggregate(self, node: Node, name: str) -> _Typed:
        if name == "sum":
            return self._over_rows(node, name)
        least = 1 if name == "count" else 2
        if not least <= len(node.parts) <= 2:
            raise Fault(f"{name}(…) takes a repetition and a condition.", node.at)
        rows, of = self._repetition(node.parts[0])
        condition = self._in_row(rows.type, of)._boolean(node.parts[1]) if node.parts[1:] else None
        if name == "count":
            return _Typed(kinds.INTEGER, ["count", rows.program, condition])
        return _Typed(kinds.BOOLEAN, [name, rows.program, condition])

    def _over_rows(self, node: Node, name: str) -> _Typed:
        """`sum(rows.field)` or `sum(rows, expression)`; likewise min and max."""
        parts = node.parts
        if len(parts) == 1 and parts[0].op == "name" and "." in str(parts[0].value):
            of, _dot, column = str(parts[0].value).partition(".")
            at = parts[0].at
            parts = (Node("name", at, of), Node("name", at + len(of) + 1, column))
        if len(parts) != 2:
            raise Fault(f"{name}(…) takes “repetition.field”.", node.at)
        rows, of = self._repetition(parts[0])
        each = self._in_row(rows.type, of).of(parts[1])
        allowed = _NUMBERS if name == "sum" else _ORDERED
        if each.kind not in allowed:
            raise Fault(f"{name}(…) cannot take {each.type}.", parts[1].at)
        return _Typed(each.type, [f"{name}_rows", rows.program, each.program])

    def _in_row(self, rows: Type, of: str) -> "_Checker":
        inner = _Checker(replace(self.scope, row=rows.fields))
        inner.names, inner._rows = self.names, of
        return inner


def _over_rows(node: Node, scope: Scope) -> bool:
    """Whether min or max asks for the rows of a repetition, and not for the least of several."""
    first = str(node.parts[0].value).partition(".")[0] if node.parts else ""
    found = scope.names.get(first)
    is_name = bool(node.parts) and node.parts[0].op == "name"
    return is_name and found is not None and found.kind == Kind.ROWS


# --- Literals


def _literal(node: Node) -> _Typed:
    if node.op != "literal":
        raise Fault("A value should stand here.", node.at)
    kind, text = node.value
    typed = _LITERALS[kind](text)
    if typed.kind != Kind.SPAN and typed.program[1] is None:
        raise Fault(f"{text} is not a value that rules can compute with.", node.at)
    return typed


def _money_literal(text: str) -> _Typed:
    euros, _dot, cents = text.removesuffix(" EUR").partition(".")
    return _Typed(kinds.MONEY, ["const", kinds.whole(int(euros) * 100 + int(cents or 0))])


_LITERALS: dict[str, Callable[[str], _Typed]] = {
    "boolean": lambda text: _Typed(kinds.BOOLEAN, ["const", text == "true"]),
    "integer": lambda text: _Typed(kinds.INTEGER, ["const", kinds.whole(int(text))]),
    "decimal": lambda text: _Typed(kinds.DECIMAL, ["const", kinds.micros(text)]),
    "money": _money_literal,
    "text": lambda text: _Typed(kinds.TEXT, ["const", text[1:-1]]),
    "date": lambda text: _Typed(kinds.DATE, ["const", kinds.days(text)]),
    "span": lambda text: _Typed(
        kinds.SPAN, ["span", _UNITS[text[-1]], int(text[:-1][:6]) * _TIMES[text[-1]]]
    ),
}


# --- Comparing and computing

_COMPARISONS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def _compared(node: Node, left: _Typed, right: _Typed) -> _Typed:
    left, right = _alike(node.at, left, right)
    if node.op not in ("=", "!=") and left.kind not in _ORDERED:
        raise Fault(f"“{node.op}” cannot compare {left.type}.", node.at)
    if left.kind in (Kind.CHOICES, Kind.ROWS, Kind.FILE, Kind.SPAN):
        raise Fault(f"{left.type} cannot be compared. Use contains(…) or is_answered(…).", node.at)
    return _Typed(kinds.BOOLEAN, [_COMPARISONS[node.op], left.program, right.program])


def _alike(at: int, left: _Typed, right: _Typed) -> tuple[_Typed, _Typed]:
    """Both of one kind: an integer beside a decimal becomes one, a text beside a choice its code."""
    if {left.kind, right.kind} == {Kind.INTEGER, Kind.DECIMAL}:
        return _as_decimal(left), _as_decimal(right)
    if {left.kind, right.kind} == {Kind.CHOICE, Kind.TEXT}:
        choice, text = (left, right) if left.kind == Kind.CHOICE else (right, left)
        if text.program[0] == "const":
            if text.program[1] not in choice.type.codes:
                codes = ", ".join(sorted(choice.type.codes))
                raise Fault(f"“{text.program[1]}” is not one of the choices: {codes}.", at)
            return replace(left, type=choice.type), replace(right, type=choice.type)
    if left.kind != right.kind:
        raise Fault(f"{left.type} and {right.type} do not go together.", at)
    return left, right


def _as_decimal(one: _Typed) -> _Typed:
    if one.kind == Kind.DECIMAL:
        return one
    if one.program[0] == "const":
        return _Typed(kinds.DECIMAL, ["const", kinds.whole(one.program[1] * kinds.MICRO)])
    return _Typed(kinds.DECIMAL, ["dec", one.program])


def _computed(node: Node, left: _Typed, right: _Typed) -> _Typed:
    if node.op in "+-" and right.kind == Kind.SPAN and left.kind in (Kind.DATE, Kind.MOMENT):
        return _moved(node, left, right)
    if node.op == "+" and left.kind == right.kind == Kind.TEXT:
        return _Typed(kinds.TEXT, ["concat", left.program, right.program])
    if left.kind not in _NUMBERS or right.kind not in _NUMBERS:
        raise Fault(f"“{node.op}” cannot take {left.type} and {right.type}.", node.at)
    if node.op in "+-":
        left, right = _alike(node.at, left, right)
        return _Typed(left.type, [{"+": "add", "-": "sub"}[node.op], left.program, right.program])
    return _multiplied(node, left, right)


def _moved(node: Node, left: _Typed, right: _Typed) -> _Typed:
    _span, unit, number = right.program
    if left.kind == Kind.MOMENT and unit == "months":
        raise Fault("Only weeks and days can be added to a moment.", node.at)
    number = number if node.op == "+" else -number
    op = {("date", "days"): "add_days", ("date", "months"): "add_months"}.get(
        (str(left.kind), unit), "add_moment_days"
    )
    return _Typed(left.type, [op, left.program, number])


def _multiplied(node: Node, left: _Typed, right: _Typed) -> _Typed:
    both = (left.kind, right.kind)
    if node.op == "*" and both == (Kind.INTEGER, Kind.INTEGER):
        return _Typed(kinds.INTEGER, ["mul", left.program, right.program])
    if Kind.MONEY not in both:
        one, other = _as_decimal(left), _as_decimal(right)
        op = "mul_dec" if node.op == "*" else "div_dec"
        return _Typed(kinds.DECIMAL, [op, one.program, other.program])
    if node.op == "*" and both.count(Kind.MONEY) == 1:
        money, factor = (left, right) if left.kind == Kind.MONEY else (right, left)
        return _Typed(kinds.MONEY, ["mul_dec", money.program, _as_decimal(factor).program])
    if node.op == "/" and both == (Kind.MONEY, Kind.MONEY):
        return _Typed(kinds.DECIMAL, ["div_dec", left.program, right.program])
    if node.op == "/" and left.kind == Kind.MONEY:
        return _Typed(kinds.MONEY, ["div_dec", left.program, _as_decimal(right).program])
    raise Fault(f"“{node.op}” cannot take {left.type} and {right.type}.", node.at)


# --- Functions: each looks at its operands and says what comes out

Function = Callable[[Node, list[_Typed]], _Typed]


def _plain(op: str, gives: Type, *takes: Kind) -> Function:
    """A function of exactly these kinds."""

    def function(node: Node, given: list[_Typed]) -> _Typed:
        if len(given) != len(takes):
            raise Fault(f"{node.value}(…) takes {len(takes)} values, not {len(given)}.", node.at)
        for part, one, kind in zip(node.parts, given, takes, strict=True):
            if one.kind != kind:
                raise Fault(f"{node.value}(…) takes {kind} here, not {one.type}.", part.at)
        return _Typed(gives, [op, *(one.program for one in given)])

    return function


def _least(node: Node, given: list[_Typed]) -> _Typed:
    if len(given) < 2:
        raise Fault(f"{node.value}(…) takes at least two values.", node.at)
    if any(one.kind == Kind.DECIMAL for one in given):
        given = [_as_decimal(one) if one.kind == Kind.INTEGER else one for one in given]
    for part, one in zip(node.parts, given, strict=True):
        if one.kind not in _ORDERED or one.kind != given[0].kind:
            raise Fault(f"{node.value}(…) takes values of one kind, not {one.type}.", part.at)
    return _Typed(given[0].type, [str(node.value), *(one.program for one in given)])


def _if(node: Node, given: list[_Typed]) -> _Typed:
    if len(given) != 3 or given[0].kind != Kind.BOOLEAN:
        raise Fault("if(…) takes a condition, and a value for yes and one for no.", node.at)
    yes, no = _alike(node.at, given[1], given[2])
    if yes.kind in (Kind.SPAN, Kind.ROWS):
        raise Fault(f"if(…) cannot give {yes.type}.", node.at)
    codes = yes.type.codes | no.type.codes
    return _Typed(replace(yes.type, codes=codes), ["if", given[0].program, yes.program, no.program])


def _round(node: Node, given: list[_Typed]) -> _Typed:
    places = given[1].program if len(given) == 2 else ["const", 0]
    if not given or len(given) > 2 or given[0].kind != Kind.DECIMAL:
        raise Fault("round(…) takes a decimal and, perhaps, how many places.", node.at)
    if places[0] != "const" or not isinstance(places[1], int) or not 0 <= places[1] <= 6:
        raise Fault("The number of places is a whole number from 0 to 6.", node.at)
    return _Typed(kinds.DECIMAL, ["round", given[0].program, 10 ** (6 - places[1])])


def _contains(node: Node, given: list[_Typed]) -> _Typed:
    if len(given) != 2 or given[0].kind != Kind.CHOICES or given[1].program[0] != "const":
        raise Fault("contains(…) takes a question with several choices and one code.", node.at)
    code = given[1].program[1]
    if code not in given[0].type.codes:
        codes = ", ".join(sorted(given[0].type.codes))
        raise Fault(f"“{code}” is not one of the choices: {codes}.", node.parts[1].at)
    return _Typed(kinds.BOOLEAN, ["contains", given[0].program, code])


def _eur(node: Node, given: list[_Typed]) -> _Typed:
    if len(given) != 1 or given[0].kind not in (Kind.INTEGER, Kind.DECIMAL):
        raise Fault("eur(…) takes a number of euros.", node.at)
    return _Typed(kinds.MONEY, ["mul_dec", ["const", 100], _as_decimal(given[0]).program])


_AGGREGATES = ("count", "any", "all", "sum")
_FUNCTIONS: dict[str, Function] = {
    "age": _plain("years", kinds.INTEGER, Kind.DATE, Kind.DATE),
    "years": _plain("years", kinds.INTEGER, Kind.DATE, Kind.DATE),
    "months": _plain("months", kinds.INTEGER, Kind.DATE, Kind.DATE),
    "days": _plain("days", kinds.INTEGER, Kind.DATE, Kind.DATE),
    "year": _plain("year", kinds.INTEGER, Kind.DATE),
    "month": _plain("month", kinds.INTEGER, Kind.DATE),
    "day": _plain("day", kinds.INTEGER, Kind.DATE),
    "weekday": _plain("weekday", kinds.INTEGER, Kind.DATE),
    "working_day": _plain("working_day", kinds.DATE, Kind.DATE, Kind.INTEGER),
    "date_of": _plain("date_of", kinds.DATE, Kind.MOMENT),
    "length": _plain("length", kinds.INTEGER, Kind.TEXT),
    "starts_with": _plain("starts_with", kinds.BOOLEAN, Kind.TEXT, Kind.TEXT),
    "is_digits": _plain("is_digits", kinds.BOOLEAN, Kind.TEXT),
    "chosen": _plain("chosen", kinds.INTEGER, Kind.CHOICES),
    "floor": _plain("floor", kinds.INTEGER, Kind.DECIMAL),
    "min": _least,
    "max": _least,
    "if": _if,
    "round": _round,
    "contains": _contains,
    "eur": _eur,
}
