"""What the rules of a definition say of some answers, as whoever writes it is told."""

from datetime import date, datetime

from guichet.procedures import verdicts
from guichet.procedures.filling import look
from guichet.procedures.tests.writing import form

FORM = """
eligible: [{check: of-age, rule: 'age(born, today) >= 18'}]
signers: [{signer: partner, show_if: married}]
pages:
- page: you
  items:
  - {id: born, type: date, max: today}
  - {id: married, type: yes-no}
  - {id: home, type: choice, options: [flat, house]}
  - {id: rent, type: money, show_if: 'home = "flat"', max: 'if(married, 3000.50 EUR, 2000 EUR)'}
  - {id: share, type: computed, of: decimal, value: 'round(rent / 1000 EUR, 2)'}
  - {id: note, type: text, optional: true, agent_only: true}
- page: children
  show_if: married and rent > 0 EUR
  items:
  - id: children
    type: rows
    min: 0
    questions:
    - {id: years, type: integer}
    - {id: school, type: text, show_if: years >= 6, optional: true}
  - {id: old, type: text, show_if: 'count(children) > 1 and max(children.years) >= 6'}
"""
ANSWERS = {
    "born": "1990-05-02",
    "married": True,
    "home": "flat",
    "rent": 125000,
    "children": [{"_row": "r1", "years": 7}, {"_row": "r2", "years": 2}],
}


def said(page: str = "", rows: str = "", row: str = "", **other: object) -> list[str]:
    """One line for each rule."""
    answers = {name: value for name, value in {**ANSWERS, **other}.items() if value is not None}
    now = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - local, as `look` takes it
    state = look(form(FORM), answers, today=date(2026, 3, 1), now=now)
    return [
        f"{one.owner} {one.what}: {one.said}{' hidden' if one.hides else ''} "
        f"({', '.join(f'{name} {held}' for name, held in one.looked)})"
        for one in verdicts.on(state, page, rows, row)
    ]


def test_each_rule_of_a_page_says_what_it_looks_at():
    assert said("you") == [
        "born max: 2026-03-01 (today 2026-03-01)",
        'rent show_if: true (home "flat")',
        "rent max: 3000.50 EUR (married true)",
        "share value: 1.25 (rent 1250.00 EUR)",
        "note agent_only:  hidden ()",
    ]


def test_what_is_not_answered_is_absent_and_a_condition_on_it_unknown():
    assert said("you", home=None, married=None)[1:4] == [
        "rent show_if: unknown hidden (home absent)",
        "rent max: absent (married absent)",
        "share value: absent (rent absent)",
    ]


def test_rows_are_counted_outside_and_looked_at_one_by_one():
    assert said("children") == [
        "old show_if: true (children 2, children.years 7, 2)",
    ]
    assert said("children", "children", "r1") == ["school show_if: true (years 7)"]
    assert said("children", "children", "r2") == ["school show_if: false hidden (years 2)"]
    assert said("children", "children", "gone") == ["school show_if: unknown hidden (years absent)"]


def test_beside_the_pages_stands_what_decides_about_all_of_them():
    assert said(married=False) == [
        "page:children show_if: false hidden (married false, rent 1250.00 EUR)",
        "eligible of-age: true (born 1990-05-02, today 2026-03-01)",
        "signer:partner show_if: false hidden (married false)",
    ]
