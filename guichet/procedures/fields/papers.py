"""Papers that somebody attaches. Their bytes are the room `files`' to take, look into and keep."""

from typing import Any, ClassVar, Literal

from django import forms

from guichet.procedures.fields.base import Json, Question, Scene
from guichet.procedures.rules import Kind, Type


class Paper(Question):
    """A supporting document (5.6, types 40 to 43). The answer is a list of keys of attachments."""

    type: Literal["file"]
    accept: tuple[Literal["pdf", "image"], ...] = ("pdf", "image")
    max_files: int = 1
    max_megabytes: int = 10
    is_identity: bool = False  # marked for its purpose before anybody reads it
    later: bool = False  # may be handed in after sending

    seconds: ClassVar[int] = 180

    @property
    def kind(self) -> Type:
        return Type(Kind.FILE)

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(answer[0]) if isinstance(answer, list) and answer else {}

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.HiddenInput()

    def check(self, answer: Json, scene: Scene) -> None:
        """Looked at when it was attached."""

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1}
