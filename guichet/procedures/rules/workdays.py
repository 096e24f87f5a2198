"""Working days: neither Saturday nor Sunday nor a public holiday of Luxembourg.

The holidays are those of the Labour Code, article L. 232-2. The browser counts the same way
(`static/procedures/rules.js`).
"""

from datetime import date, timedelta
from functools import lru_cache

from guichet.procedures.rules import kinds

COUNT_MAX = 1_000

_FIXED = ((1, 1), (5, 1), (6, 23), (8, 15), (11, 1), (12, 25), (12, 26))
_AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension Day, Whit Monday
_EUROPE_DAY_SINCE = 2019


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[int]:
    """The public holidays of a year, as days since 1970-01-01."""
    easter = _easter(year)
    days = [date(year, month, day) for month, day in _FIXED]
    days += [easter + timedelta(days=after) for after in _AFTER_EASTER]
    if year >= _EUROPE_DAY_SINCE:
        days.append(date(year, 5, 9))
    return frozenset(number for day in days if (number := kinds.day_number(day)) is not None)


def is_working(day: int) -> bool:
    """Whether offices are open on this day, counted from 1970-01-01."""
    return (day + 3) % 7 < 5 and day not in holidays(kinds.day_of(day).year)


def working_day(day: int, number: int) -> int | None:
    """The so-and-so-many-th working day after a day, or before it when `number` is negative.

    With 0 the day itself, or the next working day if it is none. None beyond 1,000, and beyond the
    years that rules know.
    """
    if abs(number) > COUNT_MAX:
        return None
    if number == 0:
        number = 0 if is_working(day) else 1
    step = -1 if number < 0 else 1
    while number:
        day += step
        if not _FIRST <= day <= _LAST:
            return None
        if is_working(day):
            number -= step
    return day


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar: the first Sunday after the first full moon of spring."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    if moon == 29 or (moon == 28 and golden > 10):
        moon -= 1
    full = date(year, 3, 21) + timedelta(days=moon)
    return full + timedelta(days=7 - full.isoweekday() % 7)


_FIRST = date(kinds.YEAR_MIN, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_LAST = date(kinds.YEAR_MAX, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
