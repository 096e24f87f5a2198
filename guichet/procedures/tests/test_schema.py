"""The schemas that editors and receivers use."""

import json
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings

from guichet.procedures.definitions import schema
from guichet.procedures.definitions.reading import read
from guichet.procedures.tests.writing import form

PUBLISHED = Path(settings.ROOT) / "procedures"


@pytest.mark.parametrize("name", ["procedure", "form"])
def test_the_published_schema_is_the_one_of_the_code(name):
    text = (PUBLISHED / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    assert text == schema.as_text(schema.file_schemas()[name]), (
        "write it again: python -m guichet procedures schema --write"
    )


@pytest.mark.parametrize(
    "file", sorted(PUBLISHED.glob("*/v*/form.yaml")), ids=lambda f: f.parts[-3]
)
def test_what_we_publish_is_what_editors_expect(file):
    data, _lines = read(file.read_text(encoding="utf-8"))
    jsonschema.validate(data, schema.file_schemas()["form"])
    about, _lines = read((file.parents[1] / "procedure.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(about, schema.file_schemas()["procedure"])


def test_each_level_of_a_file_is_explained():
    published = json.loads((PUBLISHED / "schemas" / "form.json").read_text())
    assert published["description"].startswith("`form.yaml`")
    assert [n for n, each in published["$defs"].items() if "description" not in each] == []


SEND = """
pages:
- page: always
  items:
  - {id: name, type: text}
  - {id: free, type: text, optional: true}
  - {id: paper, type: file, later: true}
  - {id: office, type: text, agent_only: true}
  - id: people
    type: rows
    questions: [{id: n, type: integer}, {id: why, type: text, show_if: n > 3}]
- page: sometimes
  show_if: is_answered(free)
  items:
  - {id: more, type: text}
  - {id: sum, type: computed, of: money, value: eur(12)}
"""


def test_required_is_what_is_always_asked():
    made = schema.answers_schema(form(SEND))
    assert made["required"] == ["name", "people"]
    assert list(made["properties"]) == ["name", "free", "paper", "people", "more", "sum"]
    row = made["properties"]["people"]["items"]
    assert row["required"] == ["_row", "n"]
    assert list(row["properties"]) == ["_row", "n", "why"]


@pytest.mark.parametrize(
    ("answers", "is_right"),
    [
        ({"name": "Ada", "people": [{"_row": "r1", "n": 3}]}, True),
        ({"name": "Ada", "people": [{"_row": "r1", "n": 3}], "sum": 1200}, True),
        ({"name": "Ada", "people": []}, False),
        ({"name": "Ada", "people": [{"_row": "r1"}]}, False),
        ({"name": "Ada", "people": [{"_row": "r1", "n": -1}]}, False),
        ({"name": "A" * 201, "people": [{"_row": "r1", "n": 3}]}, False),
        ({"people": [{"_row": "r1", "n": 3}]}, False),
        ({"name": "Ada", "people": [{"_row": "r1", "n": 3}], "office": "x"}, False),
        ({"name": "Ada", "people": [{"_row": "r1", "n": 3}], "nobody": "x"}, False),
    ],
)
def test_answers_are_held_to_it(answers, is_right):
    made = schema.answers_schema(form(SEND))
    assert jsonschema.Draft202012Validator(made).is_valid(answers) is is_right
