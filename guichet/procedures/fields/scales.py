"""Putting in order, and saying how much."""

from typing import Annotated, Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _
from pydantic import Field, field_validator, model_validator

from guichet.procedures.fields.base import (
    Code,
    Json,
    Name,
    Question,
    Scene,
    again,
    line_of,
    lines_of,
    text_in,
    wrong,
)
from guichet.procedures.fields.choices import (
    option_path,
    options_said,
    require_codes,
    texts_in,
    told_apart,
)
from guichet.procedures.fields.parts import Part, Parts
from guichet.procedures.rules import Kind, Type, kinds


class Ranking(Question):
    """Answers put in order, the best first (5.6, type 14): all of them, or the first `places`.

    The answer is a list of codes; rules see it as choices, and the best under `…_first`.
    """

    type: Literal["ranking"]
    options: Annotated[tuple[Code, ...], Field(min_length=2, max_length=12)]
    places: int | None = Field(None, ge=1)

    seconds: ClassVar[int] = 25

    @model_validator(mode="after")
    def _fits(self) -> "Ranking":
        told_apart(self.options)
        if self.places is not None and self.places > len(self.options):
            raise ValueError("there are more places than options")
        return self

    @property
    def _count(self) -> int:
        return self.places or len(self.options)

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICES, codes=frozenset(self.options))

    def names(self) -> dict[str, Type]:
        first = Type(Kind.CHOICE, codes=frozenset(self.options))
        return {**super().names(), f"{self.id}_first": first}

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(answer)
        return {**found, f"{self.id}_first": found[self.id][0]} if found else {}

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), *(option_path(self, code) for code in self.options)]

    def widget(self, scene: Scene) -> forms.Widget:
        choices = [("", _("Choose from the list")), *options_said(self, self.options, scene)]
        return Parts(
            Part(str(n), _("Place %(number)d") % {"number": n}, forms.Select(choices=choices))
            for n in range(1, self._count + 1)
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        found = texts_in(answer)[: self._count]
        return found + [""] * (self._count - len(found))

    def read(self, typed: Any, scene: Scene) -> Json:
        boxes = lines_of(typed, self._count)
        if not any(boxes):
            return None
        if not all(boxes):
            words = _("Choose an answer for place %(number)d too.")
            raise wrong(words % {"number": boxes.index("") + 1}, "ranking-incomplete")
        return boxes

    def check(self, answer: Json, scene: Scene) -> None:
        found = texts_in(answer)
        if len(set(found)) < len(found):
            raise wrong(_("Give each answer one place only."), "ranking-twice")
        require_codes(answer, self.options)
        if len(found) != self._count:
            words = _("Choose an answer for place %(number)d too.")
            number = min(len(found) + 1, self._count)
            raise wrong(words % {"number": number}, "ranking-incomplete")

    def said(self, answer: Json, scene: Scene) -> str:
        words = (scene.words(*option_path(self, code)) for code in texts_in(answer))
        return "\n".join(f"{number}. {label}" for number, label in enumerate(words, start=1))

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": {"enum": list(self.options)},
            "uniqueItems": True,
            "minItems": self._count,
            "maxItems": self._count,
        }


class Rating(Question):
    """A mark from 1 to `max` (5.6, type 14). The texts `low` and `high` say what the ends mean."""

    type: Literal["rating"]
    max: int = Field(5, ge=2, le=10)

    @property
    def kind(self) -> Type:
        return kinds.INTEGER

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), *(("questions", self.id, end) for end in ("low", "high"))]

    def widget(self, scene: Scene) -> forms.Widget:
        marks = range(1, self.max + 1)
        return forms.RadioSelect(choices=[(str(n), self._said(n, scene)) for n in marks])

    def _said(self, mark: int, scene: Scene) -> str:
        end = {1: "low", self.max: "high"}.get(mark)
        words = scene.words("questions", self.id, end) if end else ""
        return f"{mark} – {words}" if words else str(mark)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return str(answer) if self._is_mark(answer) else ""

    def _is_mark(self, answer: Json) -> bool:
        is_whole = isinstance(answer, int) and not isinstance(answer, bool)
        return is_whole and 1 <= answer <= self.max

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        if text and text not in map(str, range(1, self.max + 1)):
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")
        return int(text) if text else None

    def check(self, answer: Json, scene: Scene) -> None:
        if not self._is_mark(answer):
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        if not self._is_mark(answer):
            return ""
        return _("%(mark)d of %(most)d") % {"mark": answer, "most": self.max}

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": self.max}


class Likert(Question):
    """Several statements on one scale (5.6, type 14). The answer is {statement: code}.

    Rules see how many were answered under the name, and each answer under `…_statement`.
    """

    type: Literal["likert"]
    statements: Annotated[tuple[Name, ...], Field(min_length=1, max_length=12)]
    options: Annotated[tuple[Code, ...], Field(min_length=2, max_length=7)]

    seconds: ClassVar[int] = 40

    @field_validator("statements", "options")
    @classmethod
    def _told_apart(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return told_apart(codes)

    @property
    def kind(self) -> Type:
        return kinds.INTEGER

    @property
    def _scale(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(self.options))

    def names(self) -> dict[str, Type]:
        more = {f"{self.id}_{statement}": self._scale for statement in self.statements}
        return {**super().names(), **more}

    def held(self, answer: Json) -> dict[str, Any]:
        found = {f"{self.id}_{name}": code for name, code in self._given(answer).items()}
        return {self.id: len(found), **found} if found else {}

    def _given(self, answer: Json) -> dict[str, str]:
        given = {name: text_in(answer, name) for name in self.statements}
        return {name: code for name, code in given.items() if code in self.options}

    def texts(self) -> list[tuple[str, ...]]:
        said = [("questions", self.id, "statements", name) for name in self.statements]
        return [*super().texts(), *said, *(option_path(self, code) for code in self.options)]

    def _statement(self, name: str, scene: Scene) -> str:
        return scene.words("questions", self.id, "statements", name)

    def widget(self, scene: Scene) -> forms.Widget:
        choices = options_said(self, self.options, scene)
        return Parts(
            Part(name, self._statement(name, scene), forms.RadioSelect(choices=choices))
            for name in self.statements
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        given = self._given(answer)
        return [given.get(name, "") for name in self.statements]

    def read(self, typed: Any, scene: Scene) -> Json:
        boxes = lines_of(typed, len(self.statements))
        return {name: code for name, code in zip(self.statements, boxes, strict=True) if code}

    def check(self, answer: Json, scene: Scene) -> None:
        if not isinstance(answer, dict) or not answer.keys() <= set(self.statements):
            raise again()
        if len(self._given(answer)) < len(answer):
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")
        for name in self.statements:
            if name not in answer:
                words = _("Choose an answer for “%(label)s”.")
                raise wrong(words % {"label": self._statement(name, scene)}, "likert-incomplete")

    def said(self, answer: Json, scene: Scene) -> str:
        words = _("%(one)s: %(other)s")
        return "\n".join(
            words
            % {
                "one": self._statement(name, scene),
                "other": scene.words(*option_path(self, code)),
            }
            for name, code in self._given(answer).items()
        )

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {name: {"enum": list(self.options)} for name in self.statements},
            "required": list(self.statements),
            "additionalProperties": False,
        }
