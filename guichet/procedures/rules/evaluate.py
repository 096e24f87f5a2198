"""Running a checked rule. Total: every program ends, gives a value or None, and never raises.

The browser runs the same programs (`static/procedures/rules.js`). Both are held to one corpus.
A program is turned into closures once, because a form asks the same rules again and again.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from guichet.procedures.rules import kinds
from guichet.procedures.rules.check import Checked, Program
from guichet.procedures.rules.kinds import MICRO, TEXT_LENGTH_MAX, whole
from guichet.procedures.rules.workdays import working_day

Values = Mapping[str, Any]  # held values by name, see `kinds`
Run = Callable[[Values, Values], Any]  # the case's values, this row's

_NO_ROW: Values = {}


def evaluate(rule: Checked, values: Values, row: Values = _NO_ROW) -> Any:
    """What the rule gives with these held values; None is absent, or unknown."""
    return program(rule.program)(values, row)


def program(code: Program) -> Run:
    """The closure of a program. Kept by the caller that runs it often."""
    return _BUILDERS[code[0]](*code[1:])


# --- Looking


def _const(value: Any) -> Run:
    return lambda values, row: value


def _get(name: str) -> Run:
    return lambda values, row: values.get(name)


def _row(name: str) -> Run:
    return lambda values, row: row.get(name)


def _answered(code: Program) -> Run:
    one = program(code)

    def run(values: Values, row: Values) -> bool:
        value = one(values, row)
        return value is not None and value != []

    return run


# --- Yes, no and unknown, after Kleene


def _and(*codes: Program) -> Run:
    parts = [program(code) for code in codes]

    def run(values: Values, row: Values) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(values, row)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return run


def _or(*codes: Program) -> Run:
    parts = [program(code) for code in codes]

    def run(values: Values, row: Values) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(values, row)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return run


def _if(condition: Program, yes: Program, no: Program) -> Run:
    asked, one, other = program(condition), program(yes), program(no)

    def run(values: Values, row: Values) -> Any:
        answer = asked(values, row)
        if answer is None:
            return None
        return one(values, row) if answer else other(values, row)

    return run


# --- Operations on values that are there


def _one(function: Callable[[Any], Any]) -> Callable[[Program], Run]:
    def build(code: Program) -> Run:
        part = program(code)

        def run(values: Values, row: Values) -> Any:
            value = part(values, row)
            return None if value is None else function(value)

        return run

    return build


def _two(function: Callable[[Any, Any], Any]) -> Callable[[Program, Program], Run]:
    def build(left: Program, right: Program) -> Run:
        one, other = program(left), program(right)

        def run(values: Values, row: Values) -> Any:
            a = one(values, row)
            if a is None:
                return None
            b = other(values, row)
            return None if b is None else function(a, b)

        return run

    return build


def _with(function: Callable[[Any, Any], Any]) -> Callable[[Program, Any], Run]:
    """A value, and something that the rule itself gives."""

    def build(code: Program, given: Any) -> Run:
        part = program(code)

        def run(values: Values, row: Values) -> Any:
            value = part(values, row)
            return None if value is None else function(value, given)

        return run

    return build


def _several(function: Callable[..., Any]) -> Callable[..., Run]:
    def build(*codes: Program) -> Run:
        parts = [program(code) for code in codes]

        def run(values: Values, row: Values) -> Any:
            found = [part(values, row) for part in parts]
            return None if None in found else function(*found)

        return run

    return build


# --- Rows


def _count(rows: Program, condition: Program | None) -> Run:
    of = program(rows)
    holds = program(condition) if condition is not None else None

    def run(values: Values, row: Values) -> int:
        found = of(values, row) or []
        if holds is None:
            return len(found)
        return sum(1 for each in found if holds(values, each) is True)

    return run


def _quantified(stops_at: bool) -> Callable[[Program, Program], Run]:
    """any: a yes is enough; all: a no is enough; what is not known stays unknown."""

    def build(rows: Program, condition: Program) -> Run:
        of, holds = program(rows), program(condition)

        def run(values: Values, row: Values) -> bool | None:
            result: bool | None = not stops_at
            for each in of(values, row) or []:
                value: bool | None = holds(values, each)
                if value == stops_at:
                    return stops_at
                if value is None:
                    result = None
            return result

        return run

    return build


def _over(function: Callable[[list[int]], Any]) -> Callable[[Program, Program], Run]:
    """Over the rows in which the value is there."""

    def build(rows: Program, each: Program) -> Run:
        of, value_of = program(rows), program(each)

        def run(values: Values, row: Values) -> Any:
            found = [value_of(values, one) for one in of(values, row) or []]
            return function([value for value in found if value is not None])

        return run

    return build


# --- Arithmetic on whole numbers


def _rounded(number: int, by: int) -> int:
    """`number / by`, halves away from zero."""
    size = (2 * abs(number) + abs(by)) // (2 * abs(by))
    return size if (number < 0) == (by < 0) else -size


def _divided(a: int, b: int) -> int | None:
    return whole(_rounded(a * MICRO, b)) if b else None


def _concat(a: str, b: str) -> str | None:
    joined = a + b
    return joined if len(joined) <= TEXT_LENGTH_MAX else None


# --- Days


def add_days(day: int, number: int) -> int | None:
    """So many days later; None outside the years that rules know."""
    moved = day + number
    return moved if _FIRST_DAY <= moved <= _LAST_DAY else None


def add_months(day: int, number: int) -> int | None:
    """The same day of another month, or its last day when it is shorter."""
    start = kinds.day_of(day)
    month = start.year * 12 + start.month - 1 + number
    year, month = divmod(month, 12)
    if not kinds.YEAR_MIN <= year <= kinds.YEAR_MAX:
        return None
    return kinds.day_number(date(year, month + 1, min(start.day, _month_length(year, month + 1))))


def _month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _months(start: int, end: int) -> int:
    """Full months from one day to another; negative when it lies before.

    Full is when the same day of the month, or the last day of a shorter month, has been reached.
    """
    if end < start:
        return -_months(end, start)
    a, b = kinds.day_of(start), kinds.day_of(end)
    months = (b.year - a.year) * 12 + b.month - a.month
    reached = add_months(start, months)
    return months if reached is not None and reached <= end else months - 1


def _years(start: int, end: int) -> int:
    months = _months(start, end)
    return months // 12 if months >= 0 else -(-months // 12)


def _add_moment_days(moment: int, number: int) -> int | None:
    day = add_days(moment // 1440, number)
    return None if day is None else day * 1440 + moment % 1440


@cache
def _day_limits() -> tuple[int, int]:
    first, last = date(kinds.YEAR_MIN, 1, 1), date(kinds.YEAR_MAX, 12, 31)
    lowest, highest = kinds.day_number(first), kinds.day_number(last)
    if lowest is None or highest is None:
        raise ValueError("The calendar must hold its own limits.")
    return lowest, highest


_FIRST_DAY, _LAST_DAY = _day_limits()

_BUILDERS: dict[str, Callable[..., Run]] = {
    "const": _const,
    "get": _get,
    "row": _row,
    "answered": _answered,
    "and": _and,
    "or": _or,
    "not": _one(lambda a: not a),
    "if": _if,
    "eq": _two(lambda a, b: a == b),
    "ne": _two(lambda a, b: a != b),
    "lt": _two(lambda a, b: a < b),
    "le": _two(lambda a, b: a <= b),
    "gt": _two(lambda a, b: a > b),
    "ge": _two(lambda a, b: a >= b),
    "in": _with(lambda a, given: a in given),
    "contains": _with(lambda a, given: given in a),
    "chosen": _one(len),
    "neg": _one(lambda a: -a),
    "dec": _one(lambda a: whole(a * MICRO)),
    "add": _two(lambda a, b: whole(a + b)),
    "sub": _two(lambda a, b: whole(a - b)),
    "mul": _two(lambda a, b: whole(a * b)),
    "mul_dec": _two(lambda a, b: whole(_rounded(a * b, MICRO))),
    "div_dec": _two(_divided),
    "round": _with(lambda a, given: whole(_rounded(a, given) * given)),
    "floor": _one(lambda a: a // MICRO),
    "min": _several(min),
    "max": _several(max),
    "concat": _two(_concat),
    "length": _one(len),
    "starts_with": _two(lambda a, b: a.startswith(b)),
    "is_digits": _one(lambda a: a.isascii() and a.isdigit()),
    "add_days": _with(add_days),
    "add_months": _with(add_months),
    "add_moment_days": _with(_add_moment_days),
    "days": _two(lambda a, b: b - a),
    "months": _two(_months),
    "years": _two(_years),
    "year": _one(lambda a: kinds.day_of(a).year),
    "month": _one(lambda a: kinds.day_of(a).month),
    "day": _one(lambda a: kinds.day_of(a).day),
    "weekday": _one(lambda a: (a + 3) % 7 + 1),  # Monday is 1; 1970-01-01 was a Thursday
    "working_day": _two(working_day),
    "date_of": _one(lambda a: a // 1440),
    "count": _count,
    "any": _quantified(True),
    "all": _quantified(False),
    "sum_rows": _over(lambda found: whole(sum(found))),
    "min_rows": _over(lambda found: min(found, default=None)),
    "max_rows": _over(lambda found: max(found, default=None)),
}
