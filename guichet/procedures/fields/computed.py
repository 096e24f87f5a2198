"""Values that nobody types: computed from answers."""

from typing import Any, ClassVar, Literal

from guichet.procedures.fields import amounts
from guichet.procedures.fields.base import Item, Json, Rule, Scene
from guichet.procedures.fields.dates import said_day
from guichet.procedures.rules import Kind, Type, kinds

_KINDS = {
    "integer": kinds.INTEGER,
    "decimal": kinds.DECIMAL,
    "money": kinds.MONEY,
    "boolean": kinds.BOOLEAN,
    "date": kinds.DATE,
    "text": kinds.TEXT,
}


class Computed(Item):
    """Shown with how it is computed, in words (5.6, type 50). Sent with the answers."""

    type: Literal["computed"]
    of: Literal["integer", "decimal", "money", "boolean", "date", "text"]
    value: Rule
    hidden: bool = False  # only for other rules

    seconds: ClassVar[int] = 0

    @property
    def kind(self) -> Type:
        """What rules see under its name."""
        return _KINDS[self.of]

    def rules(self) -> dict[str, tuple[str, Kind]]:
        return {**super().rules(), "value": (self.value, self.kind.kind)}

    def texts(self) -> list[tuple[str, ...]]:
        return [] if self.hidden else [("questions", self.id, "label")]

    def said(self, held: Any, scene: Scene) -> str:
        """A held value in words."""
        say = {
            Kind.INTEGER: amounts.say_whole,
            Kind.MONEY: amounts.say_euros,
            Kind.DATE: said_day,
            Kind.DECIMAL: kinds.decimal_text,
        }.get(self.kind.kind, str)
        return say(held)

    def label(self, words: Any) -> str:
        """What it is."""
        return str(words("questions", self.id, "label"))

    def json_schema(self) -> Json:
        """JSON Schema of the value as it is sent."""
        return {
            "integer": {"type": "integer"},
            "money": {"type": "integer"},
            "decimal": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,6})?$"},
            "boolean": {"type": "boolean"},
            "date": {"type": "string", "format": "date"},
            "text": {"type": "string"},
        }[self.of]
