"""What holds for every definition and whatever people answer.

GUICHET_EXAMPLES asks for more than the suite has time for.
"""

import copy
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guichet.procedures.definitions.examples import Watched
from guichet.procedures.definitions.form import Form, compiled
from guichet.procedures.definitions.ground import ground_of
from guichet.procedures.definitions.library import read_folders
from guichet.procedures.definitions.linter import lint
from guichet.procedures.definitions.model import Definition
from guichet.procedures.definitions.reading import read
from guichet.procedures.definitions.schema import answers_schema
from guichet.procedures.fields import Computed, Question, Rows, Scene
from guichet.procedures.filling import Place, State, look
from guichet.procedures.tests.random_definitions import (
    NOW,
    TODAY,
    answers_to,
    any_answer,
    forms,
    nonsense,
    right_answer,
)
from guichet.procedures.tests.writing import PROCEDURE

EXAMPLES = int(os.environ.get("GUICHET_EXAMPLES", "50"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def seen(form: Form, answers: dict[str, Any]) -> State:
    return look(form, answers, today=TODAY, now=NOW)


def comes_out(state: State) -> tuple[Any, ...]:
    return state.shown, state.shown_pages, state.values, state.final()


@many
@given(st.data())
def test_looking_ends_and_changes_nothing(data):
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    before = copy.deepcopy(answers)
    state = seen(form, answers)
    state.final()
    state.not_eligible(form.words("fr"))
    assert state.signers() == []
    assert len(state.papers) <= 1
    assert answers == before


@many
@given(st.data())
def test_readable_answers_get_a_sentence_or_none(data):
    form = data.draw(forms())
    state = seen(form, data.draw(answers_to(form, right_answer)))
    for problem in state.faults(form.words("fr")):
        assert problem.message
        assert state.is_shown(problem.place)


@many
@given(st.data())
def test_the_order_of_saving_changes_nothing(data):
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    names = data.draw(st.permutations(sorted(answers)))
    other = {name: answers[name] for name in names}
    assert comes_out(seen(form, answers)) == comes_out(seen(form, other))


@many
@given(st.data())
def test_nothing_hidden_is_sent(data):
    form = data.draw(forms())
    state = seen(form, data.draw(answers_to(form)))
    final = state.final()
    assert set(final) <= state.shown & form.items.keys()
    for name, item in form.items.items():
        if isinstance(item, Rows):
            for row in final.get(name, []):
                paths = {Place(inner, name, row["_row"]).path for inner in row.keys() - {"_row"}}
                assert paths <= state.shown
        if isinstance(item, Question) and item.agent_only:
            assert name not in final
            assert name not in state.values


@many
@given(st.data())
def test_what_is_sent_comes_out_of_itself(data):
    form = data.draw(forms())
    final = seen(form, data.draw(answers_to(form))).final()
    assert seen(form, final).final() == final


@many
@given(st.data())
def test_what_is_hidden_and_shown_again_is_as_before(data):
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    first = comes_out(seen(form, answers))
    for name in ("b0", "c", "rows"):
        switched = {**answers, name: data.draw(nonsense)}
        seen(form, switched).final()
        assert comes_out(seen(form, switched | {name: answers.get(name)})) == first


@many
@given(forms())
def test_compiled_written_and_compiled_again_is_the_same(form):
    text = form.definition.model_dump_json(exclude_defaults=True)
    data, _lines = read(text)
    again = compiled(Definition.model_validate_json(json.dumps(data)), form.texts)
    assert again.definition == form.definition
    assert again.digest == form.digest
    assert again.checked == form.checked


@many
@given(st.data())
def test_the_linter_ends_and_showing_never_depends_on_later_answers(data):
    form = data.draw(forms())
    with tempfile.TemporaryDirectory() as name:
        found = lint(read_folders([_written(form, Path(name))]))
    assert [fault.message for fault in found if not fault.message.endswith(".")] == []
    if any("further down" in fault.message for fault in found):
        return
    answers, other = data.draw(answers_to(form)), data.draw(answers_to(form))
    items = [item.id for page in form.pages for item in page.items]
    place = data.draw(st.integers(0, len(items)))
    early = set(items[:place])
    mixed = {**other, **{n: v for n, v in answers.items() if n in early}}
    mixed = {n: v for n, v in mixed.items() if n in answers or n not in early}
    one, two = seen(form, answers), seen(form, mixed)
    for state in (one, two):
        assert {path.partition("/")[0] for path in state.shown} <= set(items)
    assert {p for p in one.shown if p.partition("/")[0] in early} == {
        p for p in two.shown if p.partition("/")[0] in early
    }


def _written(form: Form, folder: Path) -> Path:
    version = folder / "random" / "v1"
    version.mkdir(parents=True)
    head = PROCEDURE.format(code="random", version=1)
    (folder / "random" / "procedure.yaml").write_text(head)
    (version / "form.yaml").write_text(form.definition.model_dump_json(exclude_defaults=True))
    for language, words in form.texts.items():
        (version / f"texts.{language}.yaml").write_text(json.dumps(words))
    return folder / "random"


@many
@given(st.data())
def test_what_is_said_to_be_impossible_never_happens(data):
    form = data.draw(forms())
    ground = ground_of(form)
    watched = Watched(form.definition, form.texts, form.digest, form.checked)
    state = seen(watched, data.draw(answers_to(form, right_answer)))
    state.faults(form.words("fr"))
    for key, results in watched.seen.items():
        found = ground.outcomes(form.checked[key].program)
        if found is not None:
            assert results <= found.possible, form.checked[key].text


@many
@given(st.data())
def test_what_is_said_to_be_there_is_there_when_it_is_sent(data):
    form = data.draw(forms())
    state = seen(form, data.draw(answers_to(form, right_answer)))
    if state.blocking(form.words("fr")):
        return
    ground = ground_of(form)
    holding = [
        checked.program
        for key, checked in form.checked.items()
        if checked.type.kind == "boolean"
        and not form.rows_of.get(key[0])
        and form.runs[key](state.values, {}) is True
    ]
    known = ground.known(holding)
    for name in form.items:
        if not form.rows_of[name] and known.has(name):
            assert name in state.values


# --- The schema of what is sent

_FORMAT = jsonschema.Draft202012Validator.FORMAT_CHECKER


def valid(schema: Any, value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema, format_checker=_FORMAT).is_valid(value))


@many
@given(st.data())
def test_whatever_can_be_sent_is_what_the_schema_says(data):
    form = data.draw(forms())
    schema = answers_schema(form)
    jsonschema.Draft202012Validator.check_schema(schema)
    state = seen(form, data.draw(answers_to(form, right_answer)))
    if state.blocking(form.words("fr")):
        shown = {n for n in schema["required"] if n not in state.final()}
        missing = {p.place.path for p in state.blocking(form.words("fr")) if p.code == "missing"}
        assert shown <= missing | {n for n in shown if isinstance(form.items[n], Rows)}
        return
    assert valid(schema, state.final())


@many
@given(st.data())
def test_what_is_no_such_answer_is_none_for_the_schema_either(data):
    """As far as bounds are written, not computed."""
    form = data.draw(forms())
    questions = [
        item
        for item in form.questions()
        if not isinstance(item, Rows) and getattr(item, "type", "") != "file"
    ]
    if not questions:
        return
    item = data.draw(st.sampled_from(questions))
    answer = data.draw(any_answer(item).filter(_is_flat))
    schema = item.json_schema()
    if _stands(item, answer, seen(form, {}).scene(form.words("fr"))):
        assert valid(schema, answer)
    elif not isinstance(getattr(item, "max", None), str) and answer != "0999-01-01":
        assert not valid(schema, answer)


def _is_flat(answer: Any) -> bool:
    """Something, and no list of anything but texts."""
    is_list = isinstance(answer, list)
    return answer not in (None, "", [], {}) and not (
        is_list and not all(isinstance(one, str) for one in answer)
    )


def _stands(item: Question, answer: Any, scene: Scene) -> bool:
    try:
        item.check(answer, scene)
    except ValidationError:
        return False
    return True


@many
@given(forms())
def test_each_computed_value_has_a_schema(form):
    properties = answers_schema(form)["properties"]
    computed = {item.id for page in form.pages for item in page.items if isinstance(item, Computed)}
    assert computed <= properties.keys()
