"""Yes or no, a tick, one of several, several of several."""

from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import Code, Json, Question, Scene, wrong
from guichet.procedures.rules import Kind, Type, kinds

RADIOS_MAX = 7


class YesNo(Question):
    """Two circles, none chosen at first (5.6, type 8)."""

    type: Literal["yes-no"]

    @property
    def kind(self) -> Type:
        return kinds.BOOLEAN

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.RadioSelect(choices=[("yes", _("Yes")), ("no", _("No"))])

    def typed(self, answer: Json, scene: Scene) -> Any:
        return {True: "yes", False: "no"}.get(answer, "")

    def read(self, typed: Any, scene: Scene) -> Json:
        return {"yes": True, "no": False}.get(typed) if isinstance(typed, str) else None

    def check(self, answer: Json, scene: Scene) -> None:
        if not isinstance(answer, bool):
            raise wrong(_("Choose yes or no."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        return _("Yes") if answer else _("No")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Tick(Question):
    """A declaration to tick (5.6, type 9). Its wording is kept with the version that was ticked."""

    type: Literal["tick"]

    @property
    def kind(self) -> Type:
        return kinds.BOOLEAN

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.CheckboxInput()

    def typed(self, answer: Json, scene: Scene) -> Any:
        return answer is True

    def read(self, typed: Any, scene: Scene) -> Json:
        return True if typed in (True, "on", "true", "yes") else None

    def check(self, answer: Json, scene: Scene) -> None:
        if answer is not True:
            raise wrong(_("Tick the box, or leave it empty."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        return _("Yes")

    def json_schema(self) -> dict[str, Any]:
        return {"const": True}


class Choice(Question):
    """One of several (5.6, type 10): circles up to seven, a list beyond.

    The words of the options stand in the texts, under the question's `options`, by code.
    """

    type: Literal["choice"]
    options: tuple[Code, ...]

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(self.options))

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), *(option_path(self, code) for code in self.options)]

    def widget(self, scene: Scene) -> forms.Widget:
        choices = [(code, scene.words(*option_path(self, code))) for code in self.options]
        if len(choices) <= RADIOS_MAX:
            return forms.RadioSelect(choices=choices)
        return forms.Select(choices=[("", _("Choose")), *choices])

    def check(self, answer: Json, scene: Scene) -> None:
        if answer not in self.options:
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        return scene.words(*option_path(self, str(answer)))

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


class Choices(Question):
    """Several of several (5.6, type 11). `none` is the option that excludes all others."""

    type: Literal["choices"]
    options: tuple[Code, ...]
    min: int = 1
    max: int | None = None
    none: Code | None = None

    seconds: ClassVar[int] = 10

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICES, codes=frozenset(self.options))

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), *(option_path(self, code) for code in self.options)]

    def widget(self, scene: Scene) -> forms.Widget:
        choices = [(code, scene.words(*option_path(self, code))) for code in self.options]
        return forms.CheckboxSelectMultiple(choices=choices)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return answer or []

    def read(self, typed: Any, scene: Scene) -> Json:
        given = typed if isinstance(typed, list) else []
        known = [code for code in self.options if code in given]
        if len(known) < len(set(map(str, given))):
            raise wrong(_("Choose among the answers of the list."), "choice-unknown")
        return known or None

    def check(self, answer: Json, scene: Scene) -> None:
        if not isinstance(answer, list) or not set(answer) <= set(self.options):
            raise wrong(_("Choose among the answers of the list."), "choice-unknown")
        if self.none in answer and len(answer) > 1:
            label = scene.words(*option_path(self, str(self.none)))
            raise wrong(_("“%(none)s” stands alone. Untick it, or the others.") % {"none": label})
        if self.none in answer:
            return
        if len(answer) < self.min:
            raise wrong(_("Choose at least %(least)d.") % {"least": self.min}, "choice-few")
        if self.max is not None and len(answer) > self.max:
            raise wrong(_("Choose %(most)d at most.") % {"most": self.max}, "choice-many")

    def said(self, answer: Json, scene: Scene) -> str:
        return "\n".join(scene.words(*option_path(self, str(code))) for code in answer)

    def json_schema(self) -> dict[str, Any]:
        items = {"enum": list(self.options)}
        return {"type": "array", "items": items, "uniqueItems": True, "minItems": 1}


def option_path(question: Question, code: str) -> tuple[str, ...]:
    """Where the words of an option stand."""
    return ("questions", question.id, "options", code)
