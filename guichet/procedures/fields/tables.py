"""A small table of simple values, drawn on the page itself."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from guichet.procedures.fields import amounts
from guichet.procedures.fields.base import (
    Code,
    Json,
    Name,
    Question,
    Scene,
    Strict,
    again,
    line_of,
    text_in,
    wrong,
)
from guichet.procedures.fields.choices import Choice, YesNo, told_apart
from guichet.procedures.fields.dates import Date, read_day_line, typed_day
from guichet.procedures.fields.numbers import DecimalNumber, Integer, Money, say_micros
from guichet.procedures.fields.parts import Lines, numeric
from guichet.procedures.fields.rows import ROW_KEY
from guichet.procedures.fields.text import Text
from guichet.procedures.rules import Kind, Type, kinds

_TYPES: dict[str, type[Question]] = {
    "text": Text,
    "integer": Integer,
    "decimal": DecimalNumber,
    "money": Money,
    "date": Date,
    "choice": Choice,
    "yes-no": YesNo,
}
_TOTALLED = ("integer", "decimal", "money")


class Column(Strict):
    """One column: a simple type. Its label stands under the table's `columns`, by its name.

    The words of a choice's options stand under the table's `options`.
    """

    column: Name
    type: Literal["text", "integer", "decimal", "money", "date", "choice", "yes-no"] = "text"
    options: tuple[Code, ...] = ()
    optional: bool = False
    total: bool = False


class Table(Question):
    """Lines of simple values (5.6, type 39): `rows` names fixed lines, otherwise there are some.

    The answer is a list of maps; a fixed line says which it is under `_row`. Rules see it as they
    see a repetition: `sum(costs.amount)`. A page offers `lines` empty lines more than are filled.
    """

    type: Literal["table"]
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=8)]
    rows: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    min: int = Field(1, ge=0)
    max: int = Field(20, ge=1, le=200)
    lines: int = Field(3, ge=1, le=20)

    seconds: ClassVar[int] = 60

    @model_validator(mode="after")
    def _columns_fit(self) -> "Table":
        told_apart([column.column for column in self.columns])
        told_apart(self.rows)
        for column in self.columns:
            if (column.type == "choice") != bool(column.options):
                raise ValueError("a column has options exactly when it is a choice")
            if column.total and column.type not in _TOTALLED:
                raise ValueError("only numbers and amounts have a total")
        return self

    @cached_property
    def _cells(self) -> dict[str, Question]:
        """A question for each column, in the table's name: that is where its words stand."""
        return {
            column.column: _TYPES[column.type].model_validate(
                {
                    "id": self.id,
                    "type": column.type,
                    **({"options": column.options} if column.options else {}),
                }
            )
            for column in self.columns
        }

    @property
    def kind(self) -> Type:
        return Type(Kind.ROWS, fields={name: cell.kind for name, cell in self._cells.items()})

    def texts(self) -> list[tuple[str, ...]]:
        found = [("questions", self.id, "columns", column.column) for column in self.columns]
        found += [("questions", self.id, "rows", row) for row in self.rows]
        for column in self.columns:
            found += [("questions", self.id, "options", code) for code in column.options]
        return [*super().texts(), *dict.fromkeys(found)]

    def _head(self, column: str, scene: Scene) -> str:
        return scene.words("questions", self.id, "columns", column)

    def _first(self, row: str, scene: Scene) -> str:
        return scene.words("questions", self.id, "rows", row)

    def widget(self, scene: Scene) -> forms.Widget:
        heads = [self._head(column.column, scene) for column in self.columns]
        firsts = [self._first(row, scene) for row in self.rows]
        return Lines(heads, lambda n: self._control(n, scene), empty=self.lines, firsts=firsts)

    def _control(self, number: int, scene: Scene) -> forms.Widget:
        column = self.columns[number]
        if column.type in ("choice", "yes-no"):
            shown = self._cells[column.column].widget(scene)
            options = [(code, label) for code, label in shown.choices if code]  # type: ignore[attr-defined]
            return forms.Select(choices=[("", _("Choose from the list")), *options])
        if column.type in _TOTALLED:
            return numeric(inputmode="numeric" if column.type == "integer" else "decimal")
        return forms.TextInput({"autocomplete": "off"})

    def typed(self, answer: Json, scene: Scene) -> Any:
        lines = [self._typed_line(row, scene) for row in _maps(answer)]
        if not self.rows:
            return lines
        named = {
            text_in(row, ROW_KEY): line for row, line in zip(_maps(answer), lines, strict=True)
        }
        return [named.get(row, [""] * len(self.columns)) for row in self.rows]

    def _typed_line(self, row: dict[str, Any], scene: Scene) -> list[str]:
        found = []
        for column in self.columns:
            value = row.get(column.column)
            if column.type == "date":
                found.append(" ".join(typed_day(value)).strip())
            else:
                found.append(str(self._cells[column.column].typed(value, scene) or ""))
        return found

    def read(self, typed: Any, scene: Scene) -> Json:
        found = []
        lines = (
            [line for line in typed if isinstance(line, list)] if isinstance(typed, list) else []
        )
        for number, line in enumerate(lines[: Lines.LINES_MAX]):
            row = self._read_line(line, number, scene)
            if row and self.rows:
                if number >= len(self.rows):
                    break
                row = {ROW_KEY: self.rows[number], **row}
            if row:
                found.append(row)
        return found or None

    def _read_line(self, line: list[Any], number: int, scene: Scene) -> dict[str, Any]:
        row = {}
        for column, text in zip(self.columns, line, strict=False):
            try:
                if column.type == "date":
                    value = read_day_line(line_of(text))
                else:
                    value = self._cells[column.column].read(line_of(text), scene)
            except ValidationError as fault:
                raise self._wrong(number, column, fault.messages[0], scene) from None
            if value is not None:
                row[column.column] = value
        return row

    def check(self, answer: Json, scene: Scene) -> None:
        rows = list(_maps(answer))
        if not isinstance(answer, list) or len(rows) < len(answer):
            raise again()
        if self.rows:
            places = [text_in(row, ROW_KEY) for row in rows]
            if not set(places) <= set(self.rows) or len(set(places)) < len(places):
                raise again()
        elif len(rows) < self.min:
            raise wrong(_("Add at least %(least)d.") % {"least": self.min}, "rows-few")
        elif len(rows) > self.max:
            raise wrong(_("%(most)d at most can be added.") % {"most": self.max}, "rows-many")
        if not rows:
            raise again()
        for number, row in enumerate(rows):
            self._check_line(row, number, scene)

    def _check_line(self, row: dict[str, Any], number: int, scene: Scene) -> None:
        known = set(self._cells) | ({ROW_KEY} if self.rows else set())
        if not row.keys() <= known:
            raise again()
        place = self.rows.index(row[ROW_KEY]) if self.rows else number
        for column in self.columns:
            if column.column not in row:
                if not column.optional:
                    label = self._head(column.column, scene)
                    words = _("Fill in “%(label)s”.") % {"label": label}
                    raise wrong(self._in_line(place, words, scene), "line-incomplete")
                continue
            try:
                self._cells[column.column].check(row[column.column], scene)
            except ValidationError as fault:
                raise self._wrong(place, column, fault.messages[0], scene) from None

    def _wrong(self, number: int, column: Column, words: str, scene: Scene) -> ValidationError:
        label = self._head(column.column, scene)
        sentence = _("%(one)s: %(other)s") % {"one": label, "other": words}
        return wrong(self._in_line(number, sentence, scene), "line-wrong")

    def _in_line(self, number: int, words: str, scene: Scene) -> str:
        if self.rows and number < len(self.rows):
            first = self._first(self.rows[number], scene)
            return _("%(one)s: %(other)s") % {"one": first, "other": words}
        return _("Line %(number)d: %(sentence)s") % {"number": number + 1, "sentence": words}

    def said(self, answer: Json, scene: Scene) -> str:
        lines = []
        for row in _maps(answer):
            first = self._first(text_in(row, ROW_KEY), scene) if self.rows else ""
            cells = [
                self._cells[name].said(row[name], scene) for name in self._cells if name in row
            ]
            lines.append(" · ".join(text for text in (first, *cells) if text))
        lines += [
            _("Total, %(column)s: %(amount)s")
            % {"column": self._head(column.column, scene), "amount": total}
            for column in self.columns
            if column.total and (total := self._total(column, answer))
        ]
        return "\n".join(line for line in lines if line)

    def _total(self, column: Column, answer: Json) -> str:
        kind = self._cells[column.column].kind
        values = [kinds.held(row.get(column.column), kind) for row in _maps(answer)]
        total = sum(value for value in values if value is not None)
        say = {
            "money": amounts.say_euros,
            "integer": amounts.say_whole,
            "decimal": say_micros,
        }[column.type]
        return say(total)

    def json_schema(self) -> dict[str, Any]:
        properties = {name: cell.json_schema() for name, cell in self._cells.items()}
        needed = [column.column for column in self.columns if not column.optional]
        if self.rows:
            properties[ROW_KEY] = {"enum": list(self.rows)}
            needed.append(ROW_KEY)
        return {
            "type": "array",
            "items": {
                "type": "object",
                "properties": properties,
                "required": needed,
                "additionalProperties": False,
            },
            "minItems": 1 if self.rows else max(1, self.min),
            "maxItems": len(self.rows) or self.max,
        }


def _maps(answer: Json) -> Iterator[dict[str, Any]]:
    for row in answer if isinstance(answer, list) else []:
        if isinstance(row, dict):
            yield row
