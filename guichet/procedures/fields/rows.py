"""The same questions several times: children, former addresses, costs."""

from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import Json, Name, Question, Scene, again, wrong
from guichet.procedures.rules import Kind, Type

ROWS_MAX = 200
ROW_KEY = "_row"  # names a row for ever, whatever stands before it


class RowsBase(Question):
    """A repetition (5.6, type 38): a list of rows, each with its own page.

    `row_label` in the texts names a row: "{first_name} {last_name}". `unique` is the question
    whose answer no two rows share.
    """

    type: Literal["rows"]
    min: int = 1
    max: int = 20
    unique: Name | None = None
    questions: tuple[Any, ...]  # of which types, says `fields.Rows`

    seconds: ClassVar[int] = 20

    @property
    def kind(self) -> Type:
        fields = {name: kind for item in self.questions for name, kind in names_of(item).items()}
        return Type(Kind.ROWS, fields=fields)

    def held(self, answer: Json) -> dict[str, Any]:
        raise NotImplementedError("rows are evaluated one by one, see `filling`")

    def texts(self) -> list[tuple[str, ...]]:
        own = [("questions", self.id, end) for end in ("row_label", "add")]
        return [*super().texts(), *own]

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.HiddenInput()

    def check(self, answer: Json, scene: Scene) -> None:
        """Count and uniqueness; each row's questions are checked by themselves."""
        rows = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
        if not isinstance(answer, list) or len(rows) < len(answer):
            raise again()
        count = len(rows)
        if count < self.min:
            raise wrong(_("Add at least %(least)d.") % {"least": self.min}, "rows-few")
        if count > self.max:
            raise wrong(_("%(most)d at most can be added.") % {"most": self.max}, "rows-many")
        if self.unique:
            values = [repr(row[self.unique]) for row in rows if row.get(self.unique) is not None]
            if len(set(values)) < len(values):
                label = scene.words("questions", self.unique, "label")
                words = _("“%(label)s” is the same twice. Change one of them.")
                raise wrong(words % {"label": label}, "rows-twice")

    def typed(self, answer: Json, scene: Scene) -> Any:
        """Nothing: rows are typed one by one."""
        return None

    def said(self, answer: Json, scene: Scene) -> str:
        """How many; each row's questions are said by themselves."""
        return str(len(answer)) if isinstance(answer, list) else ""

    def json_schema(self) -> dict[str, Any]:
        properties = {
            item.id: item.json_schema() for item in self.questions if isinstance(item, Question)
        }
        properties[ROW_KEY] = {"type": "string"}
        row = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"type": "array", "items": row, "minItems": self.min, "maxItems": self.max}


def names_of(item: Any) -> dict[str, Type]:
    """The names that an item gives to rules."""
    if isinstance(item, Question):
        return item.names()
    kind = getattr(item, "kind", None)
    return {item.id: kind} if isinstance(kind, Type) else {}
