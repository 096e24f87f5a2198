"""The kinds of values, how they are written in answers (JSON), and how they are held to compute.

Everything that is computed with is a whole number, so that Python and the browser cannot differ:

| kind     | in answers                 | held as                                    |
| -------- | -------------------------- | ------------------------------------------ |
| text     | "abc"                      | the same                                   |
| integer  | 12                         | 12                                         |
| decimal  | "12.5"                     | millionths: 12500000                       |
| money    | 1250 (cents)               | 1250                                       |
| boolean  | true                       | true                                       |
| date     | "2026-03-28"               | days since 1970-01-01                      |
| moment   | "2026-03-28T08:40"         | minutes since 1970-01-01T00:00, local time |
| choice   | "tenant"                   | the same                                   |
| choices  | ["a", "b"]                 | the same                                   |
| file     | an identifier, as text     | the same                                   |
| rows     | [{…}, {…}]                 | the same, with held values                 |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

MICRO = 1_000_000
# Beyond this a number is absent: a browser's JSON and a database's column still hold it.
NUMBER_MAX = 10**15
TEXT_LENGTH_MAX = 10_000
YEAR_MIN, YEAR_MAX = 1000, 9999


class Kind(StrEnum):
    """What a value is."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    FILE = "file"
    ROWS = "rows"
    SPAN = "span"  # "18y", "12w": only in rules, never in answers


@dataclass(frozen=True)
class Type:
    """A kind, with the codes of a choice or the fields of rows."""

    kind: Kind
    codes: frozenset[str] = frozenset()
    fields: Mapping[str, "Type"] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.kind)

    def __hash__(self) -> int:
        return hash((self.kind, self.codes, tuple(sorted(self.fields))))


BOOLEAN = Type(Kind.BOOLEAN)
TEXT = Type(Kind.TEXT)
INTEGER = Type(Kind.INTEGER)
DECIMAL = Type(Kind.DECIMAL)
MONEY = Type(Kind.MONEY)
DATE = Type(Kind.DATE)
MOMENT = Type(Kind.MOMENT)
SPAN = Type(Kind.SPAN)

_DECIMAL = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,6})?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_MOMENT = re.compile(r"([0-9-]{10})T([0-9]{2}):([0-9]{2})", re.ASCII)


def held(value: Any, of: Type) -> Any:
    """A value of the answers as rules compute with it; None for what is absent or no such value."""
    reader = _READERS.get(of.kind)
    if value is None or reader is None:
        return None
    return reader(value, of)


def _text(value: Any, _of: Type) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= TEXT_LENGTH_MAX else None


def _integer(value: Any, _of: Type) -> int | None:
    if isinstance(value, float) and value.is_integer():  # JSON knows one kind of number
        value = int(value)
    return whole(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _decimal(value: Any, _of: Type) -> int | None:
    return micros(value) if isinstance(value, str) else None


def _boolean(value: Any, _of: Type) -> bool | None:
    return value if isinstance(value, bool) else None


def _date(value: Any, _of: Type) -> int | None:
    return days(value) if isinstance(value, str) else None


def _moment(value: Any, _of: Type) -> int | None:
    return minutes(value) if isinstance(value, str) else None


def _choice(value: Any, of: Type) -> str | None:
    return value if isinstance(value, str) and value in of.codes else None


def _choices(value: Any, of: Type) -> list[str] | None:
    if not isinstance(value, list):
        return None
    chosen = [code for code in value if isinstance(code, str) and code in of.codes]
    return chosen or None


def _rows(value: Any, of: Type) -> list[dict[str, Any]] | None:
    if not isinstance(value, list):
        return None
    return [
        {name: held(row.get(name), kind) for name, kind in of.fields.items()}
        for row in value
        if isinstance(row, dict)
    ]


_READERS = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.FILE: _text,
    Kind.ROWS: _rows,
}


def written(value: Any, of: Type) -> Any:
    """The other way: a computed value as it stands in answers."""
    if value is None:
        return None
    if of.kind == Kind.DECIMAL:
        return decimal_text(value)
    if of.kind == Kind.DATE:
        return day_text(value)
    if of.kind == Kind.MOMENT:
        return f"{day_text(value // 1440)}T{value % 1440 // 60:02d}:{value % 60:02d}"
    return value


def whole(number: int) -> int | None:
    """The number, or None when it is beyond what rules compute with."""
    return number if -NUMBER_MAX <= number <= NUMBER_MAX else None


def micros(text: str) -> int | None:
    """ "12.5" as millionths."""
    if not _DECIMAL.fullmatch(text):
        return None
    whole_part, _dot, rest = text.lstrip("-").partition(".")
    number = int(whole_part) * MICRO + int(rest.ljust(6, "0"))
    return whole(-number if text.startswith("-") else number)


def decimal_text(number: int) -> str:
    """Millionths as "12.5": no zeros at the end."""
    sign, size = ("-", -number) if number < 0 else ("", number)
    rest = f"{size % MICRO:06d}".rstrip("0")
    return f"{sign}{size // MICRO}" + (f".{rest}" if rest else "")


def days(text: str) -> int | None:
    """ "2026-03-28" as days since 1970; None for a day that does not exist."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return day_number(date(*(int(part) for part in found.groups())))
    except ValueError:
        return None


def minutes(text: str) -> int | None:
    """ "2026-03-28T08:40" as minutes since 1970."""
    found = _MOMENT.fullmatch(text)
    day = days(found[1]) if found else None
    if found is None or day is None or int(found[2]) > 23 or int(found[3]) > 59:
        return None
    return day * 1440 + int(found[2]) * 60 + int(found[3])


_FIRST = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int | None:
    """Days since 1970-01-01; None outside the years that rules know."""
    return day.toordinal() - _FIRST if YEAR_MIN <= day.year <= YEAR_MAX else None


def day_of(number: int) -> date:
    """The other way."""
    return date.fromordinal(number + _FIRST)


def day_text(number: int) -> str:
    """As it stands in answers."""
    return day_of(number).isoformat()
