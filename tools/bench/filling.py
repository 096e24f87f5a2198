"""What one change of a large draft costs: 500 fields and 200 rows, evaluated whole.

480 questions on 80 pages, half of them shown by a rule, one in twelve computed; and a repetition of
20 questions with 200 rows. Prints milliseconds of CPU, the median of several runs.
"""

import json
import os
import time
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock_time
from statistics import median
from typing import Any

OUTSIDE, INSIDE, ROWS, ON_A_PAGE = 480, 20, 200, 6
RUNS = 15
TODAY = date(2026, 3, 1)
NOW = datetime.combine(TODAY, clock_time(12))

Made = dict[str, Any]


def main() -> None:
    """Print the figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    import django

    django.setup()
    print(json.dumps(measured()))


def measured() -> dict[str, float]:
    """Milliseconds by what was done."""
    from guichet.procedures.definitions.form import compiled
    from guichet.procedures.definitions.model import Definition
    from guichet.procedures.filling import look

    definition = Definition.model_validate_json(json.dumps(_definition()))
    texts: Made = {"fr": {}}
    form = compiled(definition, texts)
    answers = _answers()
    state = look(form, answers, today=TODAY, now=NOW)
    if len(state.values["rows"]) != ROWS or len(state.shown) < OUTSIDE:
        raise RuntimeError("The draft is smaller than it should be.")
    words = form.words("fr")
    bare = {"rows": [{"_row": row["_row"]} for row in answers["rows"]]}
    empty = look(form, bare, today=TODAY, now=NOW)
    return {
        "compile": _milliseconds(lambda: compiled(definition, texts).runs),
        "look": _milliseconds(lambda: look(form, answers, today=TODAY, now=NOW)),
        "faults": _milliseconds(lambda: state.faults(words)),
        "final": _milliseconds(state.final),
        "nothing-answered": _milliseconds(lambda: empty.faults(words)),
    }


def _milliseconds(act: Callable[[], object]) -> float:
    act()
    spent = []
    for _ in range(RUNS):
        before = time.process_time()
        act()
        spent.append((time.process_time() - before) * 1e3)
    return median(spent)


def _definition() -> Made:
    outside = [_question(f"q{n}", n, before=f"q{n - n % 12}") for n in range(OUTSIDE)]
    inside = [_question(f"r{n}", n, before=f"r{n - n % 12}") for n in range(INSIDE)]
    total = {"id": "total", "type": "computed", "of": "money", "value": "sum(rows.r3) + q3"}
    rows = {"id": "rows", "type": "rows", "max": ROWS, "questions": inside}
    pages = [
        {"page": f"p{n // ON_A_PAGE}", "items": outside[n : n + ON_A_PAGE]}
        for n in range(0, OUTSIDE, ON_A_PAGE)
    ]
    pages.append({"page": "last", "items": [rows, total]})
    return {"procedure": "large", "version": 1, "keep_sent": "1y", "pages": pages}


def _question(name: str, number: int, *, before: str) -> Made:
    """Twelve of a kind: a number that the others look at, then six that it shows."""
    made: Made = {"id": name}
    kind = number % 12
    if kind % 2 and kind > 3:
        made["show_if"] = f"{before} > 2 and {before} < 90"
    if kind == 11:
        return made | {"type": "computed", "of": "money", "value": f"eur({before}) * 1.17"}
    given: dict[int, Made] = {
        0: {"type": "integer", "max": 99},
        1: {"type": "choice", "options": ["one", "two", "three"]},
        2: {"type": "date", "max": "today"},
        3: {"type": "money"},
        4: {"type": "yes-no"},
        5: {"type": "choices", "options": ["one", "two", "three"]},
    }
    return made | given.get(kind, {"type": "text"})


def _answers() -> Made:
    rows = [{"_row": f"r{number}", **_answered("r", INSIDE)} for number in range(ROWS)]
    return {**_answered("q", OUTSIDE), "rows": rows}


def _answered(letter: str, count: int) -> Made:
    given: dict[int, Any] = {
        0: 12,
        1: "two",
        2: "2026-02-14",
        3: 125_000,
        4: True,
        5: ["one", "three"],
    }
    return {f"{letter}{n}": given.get(n % 12, "Luxembourg") for n in range(count) if n % 12 != 11}


if __name__ == "__main__":
    main()
