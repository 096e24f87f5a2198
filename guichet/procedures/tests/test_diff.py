"""What differs between two versions, in words; and what becomes of a draft."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guichet.procedures.definitions.diff import changes, moved_answers
from guichet.procedures.definitions.form import Form, compiled
from guichet.procedures.definitions.model import Definition
from guichet.procedures.tests.random_definitions import answers_to, forms
from guichet.procedures.tests.writing import form, words_for

BEFORE = """
pages:
- page: you
  items:
  - {id: name, type: text}
  - {id: age, type: integer, max: 120}
  - {id: colour, type: choice, options: [red, blue]}
- page: more
  items:
  - {id: note, type: long-text, optional: true}
"""


def after(*pairs: tuple[str, str], text: str = BEFORE) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def said(new: str, *, old: str = BEFORE, more: dict[str, Any] | None = None) -> list[str]:
    found = changes(form(old), form(new, version=2, more=LABELS | (more or {})))
    return [f"{c.kind}, {c.severity}: {c.sentence}" for c in found if c.kind != "text"]


# Labels are numbered, so that further questions would give others to those behind.
LABELS: dict[str, Any] = {}


def labels(text: str) -> dict[str, str]:
    words = words_for(form(text).definition)["questions"]
    return {f"questions.{name}.label": each["label"] for name, each in words.items()}


LABELS |= labels(BEFORE)

CASES: dict[str, tuple[str, list[str]]] = {
    "nothing": (BEFORE, []),
    "optional now": (
        after(("type: text}", "type: text, optional: true}")),
        ["loosened, harmless: The question name (“Text 6”) need not be answered now."],
    ),
    "needed now": (
        after(("type: long-text, optional: true", "type: long-text")),
        ["tightened, look: The question note (“Text 11”) has to be answered now."],
    ),
    "needed sometimes": (
        after(("type: long-text, optional: true", "type: long-text, required_if: age < 18")),
        ["tightened, look: The question note (“Text 11”) has to be answered when age < 18 now."],
    ),
    "narrower": (
        after(("max: 120", "max: 99")),
        ["tightened, look: The question age (“Text 7”): “max” is 99 instead of 120."],
    ),
    "wider": (
        after((", max: 120", "")),
        ["loosened, harmless: The question age (“Text 7”): “max” is nothing instead of 120."],
    ),
    "by a rule": (
        after(("max: 120", "max: year(today) - 1900")),
        [
            "rule, look: The question age (“Text 7”): “max” is "
            '"year(today) - 1900" instead of 120.'
        ],
    ),
    "a shorter list": (
        after(("[red, blue]", "[red]")),
        [
            "tightened, breaks drafts: The question colour (“Text 8”): "
            "blue can no longer be chosen (options)."
        ],
    ),
    "a longer list": (
        after(("[red, blue]", "[red, blue, green]")),
        [
            "loosened, harmless: The question colour (“Text 8”): "
            "green can be chosen too (options)."
        ],
    ),
    "another type": (
        after(("type: integer, max: 120", "type: text")),
        ["retyped, breaks drafts: The question age (“Text 7”) is a “text” and was a “integer”."],
    ),
    "another page": (
        after(
            ("  - {id: name, type: text}\n", ""),
            ("- page: more\n  items:\n", "- page: more\n  items:\n  - {id: name, type: text}\n"),
        ),
        ["moved, harmless: The question name (“Text 6”) stands on the page more instead of you."],
    ),
    "gone": (
        after(("  - {id: age, type: integer, max: 120}\n", "")),
        ["removed, look: The question age (“Text 7”) is gone. Answers to it are set aside."],
    ),
    "another name": (
        "moved: {full_name: name}\n" + after(("id: name", "id: full_name")),
        ["renamed, harmless: “name” is now called “full_name”; answers go along."],
    ),
    "a condition": (
        after(("optional: true", "optional: true, show_if: age > 3")),
        ["rule, look: The question note (“Text 11”) is shown only when: age > 3"],
    ),
    "kept longer": (
        after(("optional: true", "optional: true, keep: 1m")),
        [
            "retention, look: The question note (“Text 11”) is kept 1 month "
            "instead of as long as the case."
        ],
    ),
    "costs by a rule": (
        "cost_cents: if(age > 9, 2 EUR, 1 EUR)\n" + BEFORE,
        ["rule, look: It costs what this gives: if(age > 9, 2 EUR, 1 EUR), instead of nothing."],
    ),
    "another authority": (
        "authority_if: [{when: age > 9, authority: commune}]\n" + BEFORE,
        ["rule, look: Which authority decides is another one for some answers."],
    ),
    "costs": ("cost_cents: 1250\n" + BEFORE, ["rule, look: It costs 12.50 € instead of nothing."]),
    "drafts": (
        "keep_drafts: 30d\n" + BEFORE,
        ["retention, look: Drafts are kept 30 days instead of 90 days."],
    ),
    "signing": ("signers: [{signer: other}]\n" + BEFORE, ["rule, look: Other people have to sign."]),
    "closing": (
        "closes_after: 2m\n" + BEFORE,
        ["rule, look: A case ends by itself after 2 months instead of as long as the case."],
    ),
    "declaring": (
        "declarations: [exact]\n" + BEFORE,
        ["tightened, look: One has to declare something more: “Text 12”."],
    ),
    "eligible": (
        "eligible: [{check: grown, rule: age >= 18}]\n" + BEFORE,
        ["tightened, look: A condition is new for the procedure, grown: age >= 18"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_change_has_a_kind_a_weight_and_a_sentence(case):
    new, expected = CASES[case]
    more = {"questions.full_name.label": "Text 6"} if case == "another name" else {}
    assert said(new, more=more) == expected


def test_words_that_change_are_named_by_language():
    old, new = form(BEFORE), form(BEFORE, version=2)
    texts = json.loads(json.dumps(dict(new.texts)))
    texts["de"]["questions"]["name"]["label"] = "Ihr Name"
    texts["de"]["questions"]["name"]["hint"] = "Wie im Ausweis"
    texts["en"]["purpose"] = "Another purpose"
    texts["fr"]["pages"]["more"]["title"] = "Encore"
    found = changes(old, compiled(new.definition, texts))
    assert [(c.page, c.kind, c.severity, c.sentence) for c in found] == [
        ("", "purpose", "look", "What the answers are used for is said otherwise (en)."),
        (
            "you",
            "relabelled",
            "harmless",
            "name is now asked as “Text 6”, before as “Text 6” (de).",
        ),
        ("you", "text", "harmless", "The text “hint” of name is another one (de)."),
        ("more", "text", "harmless", "The words of the page more are other ones (fr)."),
    ]


def test_a_check_that_changes_is_written_out():
    text = "pages: [{page: p, items: [{id: a, type: integer, checks: [%s]}]}]"
    one, other = "{check: c, rule: a > 3}", "{check: c, rule: a > 3, level: warning}"
    found = said(text % "{check: c, rule: a > 4}", old=text % one, more=labels(text % one))
    assert found[0].endswith(
        ": The condition c of The question a (“Text 5”) is: a > 4 — it was: a > 3".removeprefix(
            ": "
        )
    )
    found = said(text % other, old=text % one, more=labels(text % one))
    assert found[0].startswith("loosened, harmless: The condition c of")
    found = said(text % "", old=text % one, more=labels(text % one))
    assert found[0].startswith("loosened, harmless: A condition is gone for")


# --- Drafts

ANSWERS = {"name": "Ada", "age": 36, "colour": "blue", "note": "x"}


def test_a_move_says_what_is_kept_moved_and_asked_again():
    new = "moved: {full_name: name}\n" + after(
        ("id: name", "id: full_name"),
        ("[red, blue]", "[red, green]"),
        ("  - {id: note, type: long-text, optional: true}\n", "  - {id: more, type: text}\n"),
    )
    move = moved_answers(form(BEFORE), form(new, version=2), ANSWERS)
    assert move.kept == ("age",)
    assert move.moved == ("full_name",)
    assert move.again == ("colour",)
    assert move.answers == {"age": 36, "full_name": "Ada"}
    assert move.set_aside == {"colour": "blue", "note": "x"}


def test_a_question_of_another_type_is_asked_again():
    new = form(after(("type: integer, max: 120", "type: text")), version=2)
    move = moved_answers(form(BEFORE), new, ANSWERS)
    assert move.again == ("age",)
    assert move.set_aside == {"age": 36}


def test_two_questions_may_change_their_names():
    text = "pages: [{page: p, items: [{id: a, type: text}, {id: b, type: text}]}]"
    new = form("moved: {a: b, b: a}\n" + text, version=2)
    assert moved_answers(form(text), new, {"a": "1", "b": "2"}).answers == {"a": "2", "b": "1"}


ROWS = """
pages:
- page: p
  items:
  - id: people
    type: rows
    questions: [{id: n, type: integer}, {id: old, type: text}]
"""


def test_what_stands_in_rows_goes_along_row_by_row():
    pairs = (("people", "children"), ("{id: n,", "{id: number,"), ("id: old", "id: new"))
    text = "moved: {children: people, number: n}\n" + after(*pairs, text=ROWS)
    new = form(text, version=2)
    rows = [{"_row": "r1", "n": 3, "old": "x"}, {"_row": "r2", "n": 4}]
    move = moved_answers(form(ROWS), new, {"people": rows})
    assert move.answers == {"children": [{"_row": "r1", "number": 3}, {"_row": "r2", "number": 4}]}
    assert move.set_aside == {"people": [{"_row": "r1", "old": "x"}]}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_move_and_its_inverse_lose_nothing(data):
    before = data.draw(forms())
    names = sorted(before.items)
    renamed = {name: f"new_{name}" for name in data.draw(st.sets(st.sampled_from(names)))}
    there, back = _renamed(before, renamed), _back(before, renamed)
    answers = data.draw(answers_to(before).map(_keyed))
    first = moved_answers(before, there, answers)
    assert first.again == ()
    second = moved_answers(there, back, first.answers)
    assert second.set_aside == {}
    assert {**first.set_aside, **second.answers}.keys() == answers.keys()
    assert _whole(second.answers, first.set_aside) == answers


def _keyed(answers: dict[str, Any]) -> dict[str, Any]:
    rows = answers.get("rows")
    if not isinstance(rows, list):
        return answers
    keyed = [r | {"_row": f"r{n}"} if isinstance(r, dict) else r for n, r in enumerate(rows)]
    return {**answers, "rows": keyed}


def _renamed(before: Form, renamed: dict[str, str]) -> Form:
    """The same questions under other names, without rules, which would name them."""
    return _bare(before, renamed, {new: old for old, new in renamed.items()})


def _back(before: Form, renamed: dict[str, str]) -> Form:
    return _bare(before, {}, renamed)


def _bare(before: Form, renamed: dict[str, str], moved: dict[str, str]) -> Form:
    made = before.definition.model_dump(mode="json", exclude_defaults=True)
    made.pop("eligible", None)
    for page in made["pages"]:
        page.pop("show_if", None)
        for item in [*page["items"], *(q for i in page["items"] for q in i.get("questions", []))]:
            item["id"] = renamed.get(item["id"], item["id"])
            for rule in ("show_if", "required_if", "checks"):
                item.pop(rule, None)
            if isinstance(item.get("max"), str):
                del item["max"]
            if item["type"] == "computed":
                item["value"] = {"decimal": "0.5", "money": "1 EUR", "integer": "1"}[item["of"]]
    definition = Definition.model_validate_json(json.dumps({**made, "moved": moved}))
    return compiled(definition, before.texts)


def _whole(answers: Any, aside: Any) -> dict[str, Any]:
    """Rows put together again: what was set aside of each goes back into it."""
    found = dict(aside) | dict(answers)
    for name in answers.keys() & aside.keys():
        rest = {row["_row"]: row for row in aside[name]}
        found[name] = [
            row | rest.get(row["_row"], {}) if isinstance(row, dict) else row
            for row in answers[name]
        ]
    return found
