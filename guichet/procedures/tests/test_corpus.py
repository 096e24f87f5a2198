"""One corpus of rules and what they give, for Python and for the browser."""

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guichet.procedures import rules
from guichet.procedures.rules import kinds
from guichet.procedures.rules.kinds import Kind, Type

HERE = Path(__file__).parent
GROUPS: list[dict[str, Any]] = json.loads((HERE / "corpus.json").read_text(encoding="utf-8"))
CASES = [
    pytest.param(group, text, expected, id=f"{group['about'][:20]}: {text[:60]}")
    for group in GROUPS
    for text, expected in group["cases"]
]
CONTEXT = {"today": "2026-11-25", "now": "2026-11-25T18:50"}


def type_of(written: dict[str, Any]) -> Type:
    return Type(
        Kind(written["kind"]),
        frozenset(written.get("codes", ())),
        {name: type_of(of) for name, of in written.get("fields", {}).items()},
    )


def scope_of(group: dict[str, Any]) -> rules.Scope:
    return rules.Scope(
        {name: type_of(of) for name, of in group["types"].items()},
        {name: type_of(of) for name, of in group.get("row_types", {}).items()},
    )


def values_of(answers: dict[str, Any], types: dict[str, Type]) -> dict[str, Any]:
    return {name: kinds.held(answers.get(name), of) for name, of in types.items()}


def given(group: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    scope = scope_of(group)
    context = values_of(CONTEXT, {"today": kinds.DATE, "now": kinds.MOMENT})
    values = values_of(group["answers"], dict(scope.names))
    return {**values, **context}, values_of(group.get("row", {}), dict(scope.row))


def test_there_are_at_least_600_cases_and_no_twins():
    assert len(CASES) >= 600
    for group in GROUPS:
        texts = [text for text, _expected in group["cases"]]
        assert len(texts) == len(set(texts)), group["about"]


@pytest.mark.parametrize(("group", "text", "expected"), CASES)
def test_python_gives_what_the_corpus_says(group, text, expected):
    scope = scope_of(group)
    if isinstance(expected, dict):
        with pytest.raises(rules.Fault) as fault:
            rules.check(text, scope)
        assert expected["fault"] in fault.value.message
        assert expected.get("at", fault.value.at) == fault.value.at
        return
    checked = rules.check(text, scope)
    values, row = given(group)
    found = kinds.written(rules.evaluate(checked, values, row), checked.type)
    assert (type(found), found) == (type(expected), expected)


def test_the_browser_gives_what_the_corpus_says():
    asked = []
    for group in GROUPS:
        scope = scope_of(group)
        for text, expected in group["cases"]:
            if not isinstance(expected, dict):
                checked = rules.check(text, scope)
                result = {"kind": str(checked.type.kind), "codes": sorted(checked.type.codes)}
                asked.append([group, text, checked.program, result, expected])
    done = subprocess.run(
        ["node", str(HERE / "run_rules.mjs")],
        input=json.dumps({"context": CONTEXT, "cases": asked}),
        capture_output=True,
        text=True,
        check=True,
    )
    faults = json.loads(done.stdout)
    assert faults == [], "\n".join(faults[:20])


def test_todays_day_is_the_corpus_own():
    assert kinds.days(CONTEXT["today"]) == kinds.day_number(date(2026, 11, 25))
