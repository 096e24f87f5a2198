"""Text of one line and of several."""

import unicodedata
from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import Json, Question, Scene, wrong
from guichet.procedures.rules import Type, kinds
from guichet.spaces.lines import line


class Text(Question):
    """One line of text (5.6, type 1)."""

    type: Literal["text"]
    min_length: int = 0
    max_length: int = 200
    autocomplete: str = "off"

    seconds: ClassVar[int] = 8

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput({"autocomplete": self.autocomplete})

    def read(self, typed: Any, scene: Scene) -> Json:
        return line(typed) or None if isinstance(typed, str) else None

    def check(self, answer: Json, scene: Scene) -> None:
        _check_length(answer, self.min_length, self.max_length)

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "minLength": max(1, self.min_length),
            "maxLength": self.max_length,
        }


class LongText(Question):
    """Several lines of text (5.6, type 2)."""

    type: Literal["long-text"]
    min_length: int = 0
    max_length: int = 2_000
    lines: int = 5  # how high it is drawn

    seconds: ClassVar[int] = 60

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.Textarea({"rows": self.lines, "autocomplete": "off"})

    def read(self, typed: Any, scene: Scene) -> Json:
        if not isinstance(typed, str):
            return None
        rows = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").split("\n")
        return "\n".join(line(row) for row in rows).strip() or None

    def check(self, answer: Json, scene: Scene) -> None:
        _check_length(answer, self.min_length, self.max_length)

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "minLength": max(1, self.min_length),
            "maxLength": self.max_length,
        }


def _check_length(answer: Json, least: int, most: int) -> None:
    if not isinstance(answer, str) or len(answer) > kinds.TEXT_LENGTH_MAX:
        raise wrong(_("Type this again, with fewer characters."), "text-unreadable")
    if len(answer) > most:
        words = _("Use %(most)d characters at most. You typed %(typed)d.")
        raise wrong(words % {"most": most, "typed": len(answer)}, "text-long")
    if len(answer) < least:
        words = _("Use at least %(least)d characters. You typed %(typed)d.")
        raise wrong(words % {"least": least, "typed": len(answer)}, "text-short")
