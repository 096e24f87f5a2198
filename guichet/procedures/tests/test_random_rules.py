"""Whatever somebody writes and whatever people answer: no rule raises, and both sides agree."""

import json
import subprocess
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guichet.procedures import rules
from guichet.procedures.rules import kinds
from guichet.procedures.rules.kinds import Kind, Type

HERE = Path(__file__).parent
CODES = ["tenant", "owner", "other"]
ROW = {"n": kinds.INTEGER, "ok": kinds.BOOLEAN, "born": kinds.DATE, "pay": kinds.MONEY}
TYPES = {
    **{f"i{n}": kinds.INTEGER for n in range(2)},
    **{f"d{n}": kinds.DECIMAL for n in range(2)},
    **{f"m{n}": kinds.MONEY for n in range(2)},
    **{f"b{n}": kinds.BOOLEAN for n in range(3)},
    **{f"t{n}": kinds.TEXT for n in range(2)},
    **{f"day{n}": kinds.DATE for n in range(2)},
    "at": kinds.MOMENT,
    "c": Type(Kind.CHOICE, frozenset(CODES)),
    "cs": Type(Kind.CHOICES, frozenset(CODES)),
    "f": Type(Kind.FILE),
    "rows": Type(Kind.ROWS, fields=ROW),
}
SCOPE = rules.Scope(TYPES)
CONTEXT = {"today": "2026-11-25", "now": "2026-11-25T18:50"}

# --- Rules, by what they give

Texts = st.SearchStrategy[str]


def _either(atoms: Texts, calls: Texts) -> Texts:
    """Calls less often than not: most have two operands, and a rule should come to an end."""
    return st.sampled_from([atoms, atoms, atoms, calls, calls]).flatmap(lambda one: one)


integers: Texts = st.deferred(lambda: _either(_integer_atoms, _integer_calls))
decimals: Texts = st.deferred(lambda: _either(_decimal_atoms, _decimal_calls))
amounts: Texts = st.deferred(lambda: _either(_money_atoms, _money_calls))
days: Texts = st.deferred(lambda: _either(_day_atoms, _day_calls))
texts: Texts = st.deferred(lambda: _either(_text_atoms, _joined("({} + {})", texts, texts)))
conditions: Texts = st.deferred(lambda: _either(_condition_atoms, _condition_calls))


def _joined(form: str, *parts: Any) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: form.format(*found))


_integer_atoms: Texts = st.sampled_from(
    ["i0", "i1", "0", "3", "1000000000000000", "count(rows)", "sum(rows.n)", "max(rows.n)"]
)
_integer_calls: Texts = st.one_of(
    _joined("({} + {})", integers, integers),
    _joined("({} - {})", integers, integers),
    _joined("({} * {})", integers, integers),
    _joined("(-{})", integers),
    _joined("min({}, {})", integers, integers),
    _joined("if({}, {}, {})", conditions, integers, integers),
    _joined("age({}, {})", days, days),
    _joined("months({}, {})", days, days),
    _joined("days({}, {})", days, days),
    _joined("weekday({})", days),
    _joined("length({})", texts),
    _joined("floor({})", decimals),
)
_decimal_atoms: Texts = st.sampled_from(["d0", "d1", "0.5", "1.000001", "999999999.999999"])
_decimal_calls: Texts = st.one_of(
    _joined("({} * {})", decimals, decimals),
    _joined("({} / {})", decimals, integers),
    _joined("({} / {})", integers, integers),
    _joined("({} + {})", decimals, integers),
    _joined("round({}, 2)", decimals),
    _joined("({} / {})", amounts, amounts),
)
_money_atoms: Texts = st.sampled_from(["m0", "m1", "12.50 EUR", "0.01 EUR", "sum(rows.pay)"])
_money_calls: Texts = st.one_of(
    _joined("({} - {})", amounts, amounts),
    _joined("({} * {})", amounts, decimals),
    _joined("({} / {})", amounts, integers),
    _joined("max({}, {})", amounts, amounts),
    _joined("eur({})", decimals),
    _joined("sum(rows, pay * {})", integers),
)
_day_atoms: Texts = st.sampled_from(["day0", "day1", "today", "2024-02-29", "min(rows.born)"])
_day_calls: Texts = st.one_of(
    _joined("({} + {}{})", days, st.integers(0, 9999), st.sampled_from("ymwd")),
    _joined("({} - {}{})", days, st.integers(0, 9999), st.sampled_from("ymwd")),
    st.just("date_of(at)"),
    _joined("working_day({}, {})", days, integers),
    _joined("if({}, {}, {})", conditions, days, days),
)
_text_atoms: Texts = st.sampled_from(["t0", "t1", '"é🚲"', '""'])
_condition_atoms: Texts = st.sampled_from(
    [
        "b0",
        "b1",
        "b2",
        "true",
        'c = "owner"',
        'c in ("tenant", "other")',
        'contains(cs, "owner")',
        "is_answered(f)",
        "is_answered(rows)",
        "any(rows, ok)",
        "all(rows, ok or n > 0)",
        "at < now",
    ]
)
_compare = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_condition_calls: Texts = st.one_of(
    _joined("({} {} {})", integers, _compare, integers),
    _joined("({} {} {})", decimals, _compare, integers),
    _joined("({} {} {})", amounts, _compare, amounts),
    _joined("({} {} {})", days, _compare, days),
    _joined("({} = {})", texts, texts),
    _joined("starts_with({}, {})", texts, texts),
    _joined("is_digits({})", texts),
    _joined("({} and {})", conditions, conditions),
    _joined("({} or {})", conditions, conditions),
    _joined("(not {})", conditions),
    _joined("(count(rows, n > {}) > {})", integers, integers),
)
written_rules = st.one_of(integers, decimals, amounts, days, texts, conditions)

# --- Answers: good ones, missing ones and nonsense

_ANSWERS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.INTEGER: st.integers(-(10**16), 10**16),
    Kind.MONEY: st.integers(-(10**15), 10**15),
    Kind.DECIMAL: st.decimals(-(10**9), 10**9, places=3).map(str),
    Kind.BOOLEAN: st.booleans(),
    Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    Kind.DATE: st.dates().map(str),
    Kind.MOMENT: st.datetimes().map(lambda at: at.isoformat()[:16]),
    Kind.CHOICE: st.sampled_from([*CODES, "cousin"]),
    Kind.CHOICES: st.lists(st.sampled_from([*CODES, "cousin"]), max_size=4),
    Kind.FILE: st.text(max_size=3, alphabet="abc"),
}
_nonsense: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", [], {}, "x", 1, -0.5, True, ["owner"], "2026-02-30"]
)


def _answer(of: Type) -> st.SearchStrategy[Any]:
    return st.one_of(_ANSWERS[of.kind], _nonsense)


_rows = st.lists(
    st.one_of(
        st.fixed_dictionaries({}, optional={n: _answer(of) for n, of in ROW.items()}), _nonsense
    ),
    max_size=5,
)
answers = st.fixed_dictionaries(
    {},
    optional={n: _answer(of) if n != "rows" else _rows for n, of in TYPES.items()},
)


def values_of(given: dict[str, Any]) -> dict[str, Any]:
    values = {name: kinds.held(given.get(name), of) for name, of in TYPES.items()}
    values["today"] = kinds.held(CONTEXT["today"], kinds.DATE)
    values["now"] = kinds.held(CONTEXT["now"], kinds.MOMENT)
    return values


def plain(of: Type) -> dict[str, Any]:
    fields = {name: plain(each) for name, each in of.fields.items()}
    return {"kind": str(of.kind), "codes": sorted(of.codes), "fields": fields}


def rule_or_fault(text: str) -> rules.Checked | rules.Fault:
    try:
        return rules.check(text, SCOPE)
    except rules.Fault as fault:
        return fault


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(written_rules, answers)
def test_no_rule_raises_and_what_it_gives_is_of_its_kind(text, given_answers):
    rule = rule_or_fault(text)
    if isinstance(rule, rules.Fault):
        assert "Split it" in rule.message or "at most" in rule.message
        return
    found = rules.evaluate(rule, values_of(given_answers))
    written = kinds.written(found, rule.type)
    if found is not None and found != "":
        assert kinds.held(written, rule.type) == found


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(written_rules, answers), min_size=30, max_size=60))
def test_python_and_the_browser_agree(pairs):
    types = {name: plain(of) for name, of in TYPES.items()}
    asked = []
    for text, given_answers in pairs:
        try:
            rule = rules.check(text, SCOPE)
        except rules.Fault:
            continue
        found = kinds.written(rules.evaluate(rule, values_of(given_answers)), rule.type)
        group = {"answers": given_answers, "types": types}
        asked.append([group, text, rule.program, plain(rule.type), found])
    done = subprocess.run(
        ["node", str(HERE / "run_rules.mjs")],
        input=json.dumps({"context": CONTEXT, "cases": asked}),
        capture_output=True,
        text=True,
        check=True,
    )
    faults = json.loads(done.stdout)
    assert faults == [], "\n".join(faults[:5])


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_a_rule_or_gets_a_sentence(text):
    rule = rule_or_fault(text)
    if isinstance(rule, rules.Fault):
        assert rule.message.endswith((".", "”."))
        assert 0 <= rule.at <= len(text)
