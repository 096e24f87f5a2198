"""Text of one line, of several, and after a mask."""

import re
import unicodedata
from typing import Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from guichet.procedures.fields.base import Json, Question, Scene, line_of, text_in, wrong
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


class Format(Question):
    """Text after a mask (5.6, type 3): A is a letter, 9 a digit, all else stands for itself.

    Small letters, blanks, dots and dashes that somebody types or leaves out do not matter. The
    text `example` shows one; no author writes a regular expression.
    """

    type: Literal["format"]
    mask: str = Field(min_length=1, max_length=60)

    seconds: ClassVar[int] = 12

    @field_validator("mask")
    @classmethod
    def _mask_asks_something(cls, mask: str) -> str:
        if not re.fullmatch(r"[\x20-\x7e]+", mask) or not set(mask) & set("A9"):
            raise ValueError("a mask has an A or a 9, and plain signs around them")
        return mask

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), ("questions", self.id, "example")]

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput({"autocomplete": "off", "spellcheck": "false"})

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed).upper()
        if not text:
            return None
        signs = [sign for sign in text if sign.isalnum()]
        # With the letters and digits that the mask gives itself, or without them.
        found = self._filled(signs, given=True) or self._filled(signs, given=False)
        if found is None:
            raise self._unlike(scene)
        return found

    def _filled(self, signs: list[str], *, given: bool) -> str | None:
        rest, found = list(signs), ""
        for place in self.mask:
            if place not in "A9" and not (given and place.isalnum()):
                found += place
                continue
            sign = rest.pop(0) if rest else ""
            if not _fits(sign, place):
                return None
            found += place if place not in "A9" else sign
        return None if rest else found

    def check(self, answer: Json, scene: Scene) -> None:
        text = text_in(answer)
        if len(text) != len(self.mask) or not all(map(_stands, text, self.mask)):
            raise self._unlike(scene)

    def _unlike(self, scene: Scene) -> ValidationError:
        example = scene.words("questions", self.id, "example") or self.mask
        return wrong(_("Type it like this: %(example)s.") % {"example": example}, "format-unlike")

    def json_schema(self) -> dict[str, Any]:
        signs = {"A": "[A-Z]", "9": "[0-9]"}
        pattern = "".join(signs.get(sign) or _literally(sign) for sign in self.mask)
        return {"type": "string", "pattern": f"^{pattern}$", "maxLength": len(self.mask)}


def _fits(sign: str, place: str) -> bool:
    return sign == place.upper() if place not in "A9" else _stands(sign, place)


def _stands(sign: str, place: str) -> bool:
    if place == "A":
        return "A" <= sign <= "Z"
    return "0" <= sign <= "9" if place == "9" else sign == place


def _literally(sign: str) -> str:
    return f"\\{sign}" if sign in r"\^$.|?*+()[]{}/-" else sign


def _check_length(answer: Json, least: int, most: int) -> None:
    if not isinstance(answer, str) or not answer or len(answer) > kinds.TEXT_LENGTH_MAX:
        raise wrong(_("Type this again, with fewer characters."), "text-unreadable")
    if len(answer) > most:
        words = _("Use %(most)d characters at most. You typed %(typed)d.")
        raise wrong(words % {"most": most, "typed": len(answer)}, "text-long")
    if len(answer) < least:
        words = _("Use at least %(least)d characters. You typed %(typed)d.")
        raise wrong(words % {"least": least, "typed": len(answer)}, "text-short")
