"""JSON Schema (2020-12): of the files, for editors; of the answers as they are sent, for whoever
receives them."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Definition, Page, Procedure
from guichet.procedures.fields import ROW_KEY, Computed, Item, Question, Rows
from guichet.procedures.fields.rows import ROWS_MAX

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def file_schemas() -> dict[str, Schema]:
    """By name: the schema of `procedure.yaml`, and that of `form.yaml`."""
    return {"procedure": _of_file(Procedure), "form": _of_file(Definition)}


def write_file_schemas(folder: Path) -> None:
    """Where editors find them: `procedures/schemas/form.json`."""
    folder.mkdir(exist_ok=True)
    for name, schema in file_schemas().items():
        (folder / f"{name}.json").write_text(as_text(schema), encoding="utf-8")


def as_text(schema: Schema) -> str:
    """As it is published."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _of_file(model: type[BaseModel]) -> Schema:
    return {"$schema": DIALECT, **model.model_json_schema(mode="validation")}


def answers_schema(form: Form) -> Schema:
    """Of the answers as they are sent: what `State.final()` gives when nothing keeps it back.

    Required is what is always asked and always has to be answered. Bounds that are rules are the
    server's to check.
    """
    words = form.words("fr")
    properties: Schema = {}
    required: list[str] = []
    for page in form.pages:
        for item in page.items:
            if (schema := _of_item(item)) is None:
                continue
            title = words("questions", item.id, "label")
            properties[item.id] = {"title": title, **schema} if title else schema
            if _is_always_there(item, page):
                required.append(item.id)
    return {
        "$schema": DIALECT,
        "$id": f"urn:guichet:procedure:{form.code}:v{form.version}:{form.digest}",
        "title": words("title"),
        **_object(properties, required),
    }


def _of_item(item: Item) -> Schema | None:
    """None for what is never sent."""
    if isinstance(item, Rows):
        return _of_rows(item)
    if isinstance(item, Computed):
        found: Schema = item.json_schema()
        return found
    return item.json_schema() if isinstance(item, Question) and not item.agent_only else None


def _of_rows(rows: Rows) -> Schema:
    properties: Schema = {ROW_KEY: {"type": "string"}}
    required = [ROW_KEY]
    for inner in rows.questions:
        if (schema := _of_item(inner)) is not None:
            properties[inner.id] = schema
            if _is_always_there(inner):
                required.append(inner.id)
    return {
        "type": "array",
        "items": _object(properties, required),
        "minItems": rows.min,
        "maxItems": min(rows.max, ROWS_MAX),
    }


def _object(properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _is_always_there(item: Item, page: Page | None = None) -> bool:
    if item.show_if or (page is not None and page.show_if) or not isinstance(item, Question):
        return False
    return not (item.optional or item.required_if or getattr(item, "later", False)) and (
        not isinstance(item, Rows) or item.min > 0
    )
