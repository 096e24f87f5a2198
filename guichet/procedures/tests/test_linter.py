"""What the linter says, where, and what it keeps silent about."""

from pathlib import Path
from typing import Any

import pytest

from guichet.procedures.definitions.linter import lint
from guichet.procedures.tests.writing import HEAD, shelf, write

# The head takes three lines, so that the first line of a definition is the fourth of its file.
FIRST = 4

RULES = {
    "a constant condition": (
        "pages:\n- page: p\n  items:\n  - {id: q, type: text}\n  - {id: r, type: text, show_if: 1 < 2}\n",
        ["8: r, which has to be answered,: this condition is always the same."],
    ),
    "a page that contradicts its question": (
        """
pages:
- page: first
  items:
  - {id: who, type: choice, options: [me, child]}
- page: second
  show_if: who = "me"
  items:
  - {id: name, type: text, show_if: 'who = "child"'}
""",
        [
            "12: name, which has to be answered, can never be shown: no answers make this true.",
        ],
    ),
    "a page that nothing leads to": (
        """
pages:
- page: first
  items:
  - {id: a, type: yes-no}
- page: second
  show_if: a and not a
  items:
  - {id: name, type: text, show_if: a}
""",
        ["10: The page second can never be shown: no answers make this true."],
    ),
    "a number beyond its bounds": (
        """
pages:
- page: first
  items:
  - {id: number, type: integer, min: 0, max: 12}
  - {id: name, type: text, optional: true, show_if: number > 12}
  - {id: more, type: text, optional: true, show_if: 0 <= number}
""",
        [
            "9: name can never be shown: no answers make this true.",
            "10: warning: more: this always holds once it is answered. Leave it out, or ask is_answered.",
        ],
    ),
    "the country of an address and a question for one": (
        """
pages:
- page: first
  items:
  - {id: home, type: address, abroad: true}
  - {id: works, type: country}
  - {id: near, type: text, optional: true, show_if: home_country = works}
  - {id: far, type: text, optional: true, show_if: 'home_country != works and works != "LU"'}
  - {id: both, type: text, optional: true, show_if: 'home_country = works and home_country = "LU" and works != "LU"'}
""",
        ["12: both can never be shown: no answers make this true."],
    ),
    "what follows from sending": (
        """
delay_if:
- {when: a and not a, days: 3}
authority_if:
- {when: 1 < 2, authority: commune}
pages:
- page: first
  items:
  - {id: a, type: yes-no}
""",
        [
            "6: delay:0, when: no answers make this true.",
            "8: authority:0, when: this condition is always the same.",
        ],
    ),
    "a fee that is no money": (
        """
cost_cents: a + 1
pages:
- page: first
  items:
  - {id: a, type: integer}
""",
        ["5: cost, cost_cents: The rule gives integer, but money is needed here. (character 3)"],
    ),
    "all codes of a choice": (
        """
pages:
- page: first
  items:
  - {id: who, type: choice, options: [me, child]}
  - {id: name, type: text, show_if: 'who in ("me", "child")'}
""",
        [
            "9: warning: name, which has to be answered,: this always holds once it is answered. "
            "Leave it out, or ask is_answered.",
        ],
    ),
    "a condition through another question's": (
        """
pages:
- page: first
  items:
  - {id: who, type: choice, options: [me, child]}
  - {id: small, type: yes-no, show_if: 'who = "child"'}
  - {id: car, type: text, show_if: 'who = "me" and small'}
""",
        ["10: car, which has to be answered, can never be shown: no answers make this true."],
    ),
    "a check that refuses nothing": (
        """
eligible:
- {check: all, rule: a or not a}
pages:
- page: first
  items:
  - id: a
    type: yes-no
    checks: [{check: none, rule: a and not a}]
  - {id: b, type: yes-no, required_if: a = a}
""",
        [
            "6: eligible, all: no answers make this false, so it refuses nothing.",
            "12: a, none: no answers make this true.",
            "13: warning: b, required_if: this always holds once it is answered.",
        ],
    ),
    "a look ahead through a computed value": (
        """
pages:
- page: first
  items:
  - {id: a, type: integer}
  - {id: sum, type: computed, of: integer, value: a + b}
  - {id: twice, type: computed, of: integer, value: sum * 2}
  - {id: c, type: text, show_if: twice > 3}
  - {id: b, type: integer}
""",
        ["11: This looks at sum, which looks at b further down."],
    ),
    "a look ahead inside rows": (
        """
pages:
- page: first
  items:
  - id: people
    type: rows
    questions:
    - {id: twice, type: computed, of: integer, value: n * 2}
    - {id: name, type: text, show_if: twice > 3}
    - {id: n, type: integer}
""",
        ["12: This looks at twice, which looks at n further down."],
    ),
    "a name of a later page": (
        """
pages:
- page: first
  items:
  - {id: a, type: text, show_if: is_answered(b)}
- page: second
  items:
  - {id: b, type: text}
""",
        ["8: a, show_if: There is no question “b” that this rule may look at. (character 13)"],
    ),
    "values computed from each other": (
        """
pages:
- page: first
  items:
  - {id: a, type: computed, of: integer, value: b + 1}
  - {id: b, type: computed, of: integer, value: a + 1}
  - {id: c, type: computed, of: integer, value: a + 1}
""",
        ["1: These are computed from each other: a, b."],
    ),
    "a value computed from itself": (
        "pages: [{page: p, items: [{id: a, type: computed, of: integer, value: a + 1}]}]\n",
        ["1: These are computed from each other: a."],
    ),
    "names that stand twice": (
        """
declarations: [exact, exact]
pages:
- page: first
  items:
  - {id: a, type: choice, options: [x, x]}
  - {id: today, type: text}
- page: first
  items:
  - {id: a, type: text, checks: [{check: c, rule: "true"}, {check: c, rule: "false"}]}
""",
        [
            "5: “exact” stands here twice.",
            "9: “x” stands here twice.",
            "10: “today” means something in rules already. Choose another name.",
            "11: “first” stands here twice.",
            "13: There are two questions “a”. Choose another name.",
            "13: “c” stands here twice.",
        ],
    ),
    "too much on one page": (
        "pages:\n- page: p\n  items:\n"
        + "".join(f"  - {{id: q{n}, type: text}}\n" for n in range(7)),
        ["5: warning: The page p asks 7 questions. Split it: 6 at most are easy to read."],
    ),
    "a move from nowhere": (
        "moved: {a: old, b: older}\npages: [{page: p, items: [{id: a, type: text}]}]\n",
        ["4: There is no question “b” in this version."],
    ),
}


def said(found, *, name="form.yaml", untried=False):
    """`line: message` of what was found in one file."""
    return [
        f"{fault.line}: {'' if fault.is_error else 'warning: '}{fault.message}"
        for fault in found
        if fault.file.name == name and (untried or "No test makes" not in fault.message)
    ]


@pytest.mark.parametrize("case", RULES)
def test_what_nobody_can_have_wanted_gets_a_sentence(case, tmp_path):
    text, expected = RULES[case]
    found = said(lint(shelf(write(tmp_path, text))))
    assert found == expected


SILENT = """
pages:
- page: first
  items:
  - {id: who, type: choice, options: [me, child, other]}
  - {id: agree, type: tick, optional: true}
  - {id: number, type: integer, min: 0, max: 12}
  - {id: several, type: choices, options: [a, b]}
  - {id: born, type: date}
- page: second
  show_if: agree and who != "me"
  items:
  - {id: is_child, type: computed, of: boolean, value: 'who = "child"', hidden: true}
  - {id: school, type: text, show_if: 'is_child and age(born, today) < 18'}
  - {id: none, type: text, show_if: 'contains(several, "a") and not contains(several, "b")'}
  - {id: many, type: text, show_if: number >= 12}
"""


def test_it_is_silent_about_what_may_happen(tmp_path):
    assert said(lint(shelf(write(tmp_path, SILENT)))) == []


def test_too_many_combinations_are_not_tried(tmp_path):
    names = [f"b{n}" for n in range(9)]
    rule = " and ".join(names) + " and not b0"
    pages = "".join(
        f"- page: p{n}\n  items: [{{id: {name}, type: yes-no}}]\n" for n, name in enumerate(names)
    )
    text = f"pages:\n{pages}- page: last\n  show_if: {rule}\n  items: [{{id: x, type: text}}]\n"
    assert said(lint(shelf(write(tmp_path, text)))) == []


# --- Texts

PAGE = """
pages:
- page: first
  items:
  - {id: who, type: choice, options: [me, child]}
  - {id: name, type: text, optional: true}
  - {id: paper, type: file}
  - id: people
    type: rows
    questions: [{id: first_name, type: text}, {id: nick, type: text, optional: true}]
"""

WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "a missing label": ({"questions.name.label": None}, "“questions.name.label” is missing."),
    "a missing title": ({"pages.first.title": None}, "“pages.first.title” is missing."),
    "a missing purpose": ({"purpose": None}, "“purpose” is missing."),
    "a missing option": (
        {"questions.who.options.child": None},
        "“questions.who.options.child” is missing.",
    ),
    "a paper without purpose": (
        {"questions.paper.purpose": None},
        "“questions.paper.purpose” is missing: say what this document is needed for.",
    ),
    "markup": ({"questions.name.hint": "<b>x</b>"}, "“questions.name.hint” has a “<”. Texts are plain words."),
    "a number": ({"questions.name.hint": 12}, "“questions.name.hint” should be text: put it in quotes."),
    "a list": ({"questions.name.hint": ["a"]}, "“questions.name.hint” should be one text, not a list."),
    "a question that is gone": (
        {"questions.gone.label": "x"},
        "warning: Nothing uses “questions.gone”.",
    ),
    "an option that is gone": (
        {"questions.who.options.aunt": "x"},
        "warning: Nothing uses “questions.who.options.aunt”.",
    ),
    "a name that there is not": (
        {"questions.people.row_label": "{surname}"},
        "There is no question “surname” that could stand here.",
    ),
    "a name from elsewhere": (
        {"questions.people.row_label": "{who}"},
        "“who” is no question of these rows.",
    ),
    "a name that may be absent": (
        {"questions.people.row_label": "{first_name} {nick}"},
        "“nick” may be without an answer when this is read.",
    ),
    "the same label twice": (
        {"questions.who.label": "Who?", "questions.name.label": "who?"},
        "warning: name and who have the same label on first.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WORDS)
def test_a_fault_of_a_text_gets_a_sentence(case, tmp_path):
    more, expected = WORDS[case]
    texts = dict.fromkeys(("fr", "de", "en"), more)
    found = said(lint(shelf(write(tmp_path, PAGE, texts=texts))), name="texts.de.yaml")
    assert [line.partition(": ")[2] for line in found] == [expected]


def test_what_one_language_says_the_others_say_too(tmp_path):
    texts = {"fr": {"questions.name.hint": "Comme sur la carte."}}
    found = lint(shelf(write(tmp_path, PAGE, texts=texts)))
    assert {fault.file.name for fault in found} == {"texts.de.yaml", "texts.en.yaml"}
    assert {fault.message for fault in found} == {
        "“questions.name.hint” stands in another language, but not here."
    }


def test_a_sentence_of_a_check_is_short(tmp_path):
    text = PAGE + "eligible: [{check: c, rule: is_answered(name)}]\n"
    long = {"checks.c": "Short. " + " ".join(["word"] * 16) + "."}
    found = said(lint(shelf(write(tmp_path, text, texts={"en": long}))), name="texts.en.yaml")
    assert [line.partition(": ")[2] for line in found] == [
        "warning: “checks.c” has a sentence of 16 words. Say it in 15."
    ]


def test_a_language_without_a_file_is_missed_once(tmp_path):
    folder = write(tmp_path, PAGE)
    (folder / "v1" / "texts.de.yaml").unlink()
    found = lint(shelf(folder))
    assert [(f.file.name, f.message) for f in found] == [("texts.de.yaml", "This file is missing.")]


def test_a_file_of_texts_that_cannot_be_read_leaves_the_rest_to_be_looked_at(tmp_path):
    folder = write(tmp_path, TRIED, examples={"grown": GROWN, "young": YOUNG})
    (folder / "v1" / "texts.fr.yaml").write_text("title: Un\ntitle: Deux\n")
    found = lint(shelf(folder))
    assert [(f.file.name, f.line, f.message) for f in found] == [
        ("texts.fr.yaml", 2, "“title” stands here twice.")
    ]


def test_something_else_may_be_called_otherwise(tmp_path):
    text = "pages: [{page: p, items: [{id: home, type: choice, options: [flat], other: true}]}]\n"
    more = {"questions.home.options.other": "Elsewhere"}
    texts = dict.fromkeys(("fr", "de", "en"), more)
    assert lint(shelf(write(tmp_path, text, texts=texts))) == []


LETTER = """
pages:
- page: first
  items:
  - {id: who, type: choice, options: [me, child]}
  - {id: name, type: text, show_if: 'who = "child"'}
  - {id: born, type: date, show_if: 'who = "child"'}
  - {id: years, type: computed, of: integer, value: 'age(born, today)', show_if: 'who = "child"'}
  - {id: note, type: text, optional: true}
  - {id: part, type: computed, of: decimal, value: 1 / 3}
makes:
  letter: paper
  paragraphs:
  - {paragraph: for-all}
  - {paragraph: for-a-child, show_if: 'who = "child" and is_answered(note)'}
  - {paragraph: when-young, show_if: not years >= 18 or name = "Tom" and years > 3}
"""


@pytest.mark.parametrize(
    ("paragraph", "absent"),
    [
        ("for-all", ["name", "born", "years", "note", "part"]),
        ("for-a-child", ["part"]),
        ("when-young", ["note", "part"]),
    ],
)
def test_a_letter_names_only_what_is_there(paragraph, absent, tmp_path):
    line = " ".join(
        f"{{{name}}}" for name in ("today", "who", "name", "born", "years", "note", "part")
    )
    more = {f"paragraphs.{paragraph}": line}
    texts = dict.fromkeys(("fr", "de", "en"), more)
    found = said(lint(shelf(write(tmp_path, LETTER, texts=texts))), name="texts.en.yaml")
    assert [message.partition(": ")[2] for message in found] == sorted(
        f"“{name}” may be without an answer when this is read." for name in absent
    )


# --- Examples

TRIED = """
eligible: [{check: of-age, rule: years >= 18}]
pages:
- page: first
  items:
  - {id: years, type: integer}
  - {id: agree, type: tick, optional: true}
  - {id: more, type: text, show_if: agree}
  - id: price
    type: money
    checks: [{check: dear, rule: price <= 100 EUR, level: warning}]
  - {id: half, type: computed, of: money, value: price / 2}
  - id: rooms
    type: rows
    min: 0
    questions: [{id: n, type: integer}, {id: why, type: text, show_if: n > 3}]
"""
GROWN = """
today: 2026-03-01
answers: {years: 20, agree: true, more: x, price: 5000, rooms: [{n: 2}, {n: 4}]}
expect:
  shown: [more, rooms/r2/why]
  hidden: [rooms/r1/why]
  computed: {half: 2500}
  faults: {rooms/r2/why: missing}
  eligible: true
  sendable: false
"""
YOUNG = """
today: 2026-03-01
answers: {years: 17, price: 20000}
expect: {hidden: [more], faults: {price: dear}, eligible: of-age, sendable: false}
"""


def test_each_rule_wants_a_test_that_makes_it_true_and_one_that_makes_it_false(tmp_path):
    found = said(lint(shelf(write(tmp_path, TRIED, examples={"grown": GROWN}))), untried=True)
    assert found == [
        "5: warning: No test makes this false: eligible, of-age.",
        "11: warning: No test makes this false: more, show_if.",
        "14: warning: No test makes this false: price, dear.",
    ]


def test_with_all_its_tests_it_is_silent(tmp_path):
    folder = write(tmp_path, TRIED, examples={"grown": GROWN, "young": YOUNG})
    assert lint(shelf(folder)) == []


@pytest.mark.parametrize(
    ("expect", "line", "message"),
    [
        ("{shown: [more]}", 4, "more is hidden."),
        ("{hidden: [years]}", 4, "years is shown."),
        ("{computed: {half: 2501}}", 4, "half is 2500, not 2501."),
        ("{faults: {years: missing}}", 4, "years: there is no fault."),
        ("{eligible: false}", 4, "Eligibility: nothing says no."),
        ("{eligible: of-age}", 4, "of-age does not say no."),
        ("{sendable: false}", 4, "Sending: nothing keeps it back."),
        ("{shown: [nobody]}", 4, "There is no question “nobody”."),
        ("{computed: {years: 1}}", 4, "“years” is not computed."),
        ("{eligible: tall}", 4, "There is no check “tall”."),
        ("{wanted: true}", 4, "“wanted” is not known here."),
    ],
)
def test_what_does_not_come_out_is_said_where_it_is_expected(expect, line, message, tmp_path):
    example = (
        f"about: x\ntoday: 2026-03-01\nanswers: {{years: 20, price: 5000}}\nexpect: {expect}\n"
    )
    found = said(lint(shelf(write(tmp_path, TRIED, examples={"e": example}))), name="e.yaml")
    assert found == [f"{line}: {message}"]


# --- Versions

RETYPED = "pages: [{page: p, items: [{id: a, type: date}]}]\n"


def test_a_question_of_another_type_needs_another_name(tmp_path):
    write(tmp_path, "pages: [{page: p, items: [{id: a, type: text}]}]\n")
    folder = write(
        tmp_path,
        "moved: {b: gone}\n" + RETYPED.replace("}]}]", "}, {id: b, type: text}]}]"),
        version=2,
    )
    found = said(lint(shelf(folder)))
    assert found == [
        "4: There was no question “gone” in the version before.",
        "5: “a” had another type in the version before. Give it a new name.",
    ]


def test_no_folder_of_that_name():
    (fault,) = lint(shelf(Path("/nowhere/at/all")))
    assert fault.message == "There is no such folder."


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("pages: []", 4, "“pages” should have 1 at least."),
        ("pages: [{page: p, items: []}]", 4, "“items” should have 1 at least."),
        ("pages:\n- page: P p\n  items: [{id: q, type: text}]", 5, "“page”: a code has small letters, digits and -, 40 at most."),
        ("pages:\n- page: p\n  items:\n  - {id: a-b, type: text}", 7, "“id”: a name begins with a small letter and goes on with small letters, digits and _."),
        ("pages:\n- page: p\n  items:\n  - {id: q, type: map}", 7, "There is no type of question map."),
        ("pages:\n- page: p\n  items:\n  - {id: q}", 7, "“type” is missing."),
        ("keep_drafts: long\npages: [{page: p, items: [{id: q, type: text}]}]", 4, "“keep_drafts”: a period is written 10y, 6m or 90d."),
        ("signed: maybe\npages: [{page: p, items: [{id: q, type: text}]}]", 4, "“signed” should be true or false."),
        ("pages:\n- page: p\n  items:\n  - {id: q, type: text, max_length: long}", 7, "“max_length” should be a whole number."),
        ("pages: twelve", 4, "“pages” should be a list."),
        ("pages:\n- page: p\n  page: q", 6, "“page” stands here twice."),
        ("pages:\n- page: p\n  items:\n  - {id: q, type: text, show_if: a b}", 7, "q, show_if: The rule should end before 'b'. (character 3)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_gets_a_line_and_a_sentence(text, line, message, tmp_path):
    folder = write(tmp_path, "pages: [{page: p, items: [{id: q, type: text}]}]")
    (folder / "v1" / "form.yaml").write_text(HEAD.format(code="demo", version=1) + text)
    assert said(lint(shelf(folder)), name="form.yaml") == [f"{line}: {message}"]
