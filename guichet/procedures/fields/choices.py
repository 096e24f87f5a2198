"""Yes or no, a tick, one of several, several of several."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from django import forms
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from guichet.procedures.fields.base import (
    Code,
    Json,
    Question,
    Scene,
    line_of,
    lines_of,
    map_schema,
    require_map,
    text_in,
    wrong,
)
from guichet.procedures.fields.parts import LISTED_MIN, Options, Part, Parts, one_of
from guichet.procedures.rules import Kind, Type, kinds
from guichet.registers import names

OTHER = "other"

Codes = TypeVar("Codes", bound=Sequence[str])


class YesNo(Question):
    """Two circles, none chosen at first (5.6, type 8)."""

    type: Literal["yes-no"]

    @property
    def kind(self) -> Type:
        return kinds.BOOLEAN

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.RadioSelect(choices=[("yes", _("Yes")), ("no", _("No"))])

    def typed(self, answer: Json, scene: Scene) -> Any:
        return ("yes" if answer else "no") if isinstance(answer, bool) else ""

    def read(self, typed: Any, scene: Scene) -> Json:
        return {"yes": True, "no": False}.get(typed) if isinstance(typed, str) else None

    def check(self, answer: Json, scene: Scene) -> None:
        if not isinstance(answer, bool):
            raise wrong(_("Choose yes or no."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        return (_("Yes") if answer else _("No")) if isinstance(answer, bool) else ""

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
    """One of several (5.6, type 10): circles up to seven, a list beyond, proposals beyond 100.

    The words of the options stand in the texts, under the question's `options`, by code. With
    `other`, one may write something else: the answer is then {code: "other", text}, and rules see
    what was written under `…_other`.
    """

    type: Literal["choice"]
    options: Annotated[tuple[Code, ...], Field(min_length=1)]
    other: bool = False

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(self._codes))

    @property
    def _codes(self) -> tuple[str, ...]:
        return (*self.options, OTHER) if self.other else self.options

    def names(self) -> dict[str, Type]:
        more = {f"{self.id}_other": kinds.TEXT} if self.other else {}
        return {**super().names(), **more}

    def held(self, answer: Json) -> dict[str, Any]:
        if not (self.other and isinstance(answer, dict)):
            return super().held(answer)
        found = super().held(answer.get("code"))
        if text := kinds.held(answer.get("text"), kinds.TEXT):
            found[f"{self.id}_other"] = text
        return found

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), *(option_path(self, code) for code in self.options)]

    def free_texts(self) -> list[tuple[str, ...]]:
        return [option_path(self, OTHER)] if self.other else []

    def _choices(self, scene: Scene) -> list[tuple[str, str]]:
        found = options_said(self, self.options, scene)
        if self.other:
            words = scene.words(*option_path(self, OTHER)) or _("Something else")
            found.append((OTHER, words))
        return found

    def widget(self, scene: Scene) -> forms.Widget:
        control = one_of(self._choices(scene))
        if not self.other:
            return control
        text = forms.TextInput({"autocomplete": "off"})
        return Parts([Part("code", "", control), Part("other", _("If something else: what"), text)])

    def typed(self, answer: Json, scene: Scene) -> Any:
        if not self.other:
            return shown_option(text_in(answer), self._choices(scene))
        code = text_in(answer) or text_in(answer, "code")
        return [shown_option(code, self._choices(scene)), text_in(answer, "text")]

    def read(self, typed: Any, scene: Scene) -> Json:
        if not self.other:
            return chosen(line_of(typed), self._choices(scene))
        choice, text = lines_of(typed, 2)
        code = chosen(choice, self._choices(scene)) or (OTHER if text else None)
        if code != OTHER:
            return code  # what was written before choosing something else is not meant
        if not text:
            raise wrong(_("Write what the other answer is."), "other-missing")
        return {"code": OTHER, "text": text}

    def check(self, answer: Json, scene: Scene) -> None:
        if self.other and isinstance(answer, dict):
            require_map(answer, ("code", "text"))
            if answer["code"] != OTHER:
                raise wrong(_("Choose one of the answers of the list."), "choice-unknown")
        elif text_in(answer) not in self.options:
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        if self.other and isinstance(answer, dict):
            return text_in(answer, "text")
        return scene.words(*option_path(self, text_in(answer)))

    def json_schema(self) -> dict[str, Any]:
        listed = {"enum": list(self.options)}
        return (
            {"anyOf": [listed, map_schema({"code": {"const": OTHER}, "text": {}})]}
            if (self.other)
            else listed
        )


class LinkedChoice(Question):
    """One of a list in two levels (5.6, type 12): a child under its parent.

    `options` is {parent: [child, …]}; a child stands under one parent, so that the answer is its
    code alone. Rules see the parent under `…_parent`.
    """

    type: Literal["linked-choice"]
    options: dict[Code, Annotated[tuple[Code, ...], Field(min_length=1)]]

    seconds: ClassVar[int] = 10

    @field_validator("options")
    @classmethod
    def _options_are_told_apart(
        cls, options: dict[str, tuple[str, ...]]
    ) -> dict[str, tuple[str, ...]]:
        told_apart([*options, *(child for children in options.values() for child in children)])
        return options

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(self._parents))

    @property
    def _parents(self) -> dict[str, str]:
        return {child: parent for parent, inner in self.options.items() for child in inner}

    def names(self) -> dict[str, Type]:
        parent = Type(Kind.CHOICE, codes=frozenset(self.options))
        return {**super().names(), f"{self.id}_parent": parent}

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(answer)
        return {**found, f"{self.id}_parent": self._parents[answer]} if found else {}

    def texts(self) -> list[tuple[str, ...]]:
        codes = [*self.options, *self._parents]
        return [*super().texts(), *(option_path(self, code) for code in codes)]

    def widget(self, scene: Scene) -> forms.Widget:
        groups = [
            (scene.words(*option_path(self, parent)), options_said(self, children, scene))
            for parent, children in self.options.items()
        ]
        return forms.Select(choices=[("", _("Choose from the list")), *groups])

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def check(self, answer: Json, scene: Scene) -> None:
        if text_in(answer) not in self._parents:
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        code = text_in(answer)
        if code not in self._parents:
            return ""
        parent = scene.words(*option_path(self, self._parents[code]))
        return _("%(one)s: %(other)s") % {
            "one": parent,
            "other": scene.words(*option_path(self, code)),
        }

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self._parents)}


class Choices(Question):
    """Several of several (5.6, type 11). `none` is the option that excludes all others."""

    type: Literal["choices"]
    options: Annotated[tuple[Code, ...], Field(min_length=1)]
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
        return texts_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        given = {code for code in texts_in(typed) if code}
        known = [code for code in self.options if code in given]
        if len(known) < len(given):
            raise wrong(_("Choose among the answers of the list."), "choice-unknown")
        return known or None

    def check(self, answer: Json, scene: Scene) -> None:
        require_codes(answer, self.options)
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
        return "\n".join(scene.words(*option_path(self, code)) for code in texts_in(answer))

    def json_schema(self) -> dict[str, Any]:
        items = {"enum": list(self.options)}
        found: dict[str, Any] = {"type": "array", "items": items, "uniqueItems": True}
        if self.none is not None:  # which stands alone, and is enough
            found["items"] = {"enum": [code for code in self.options if code != self.none]}
            alone = {"const": [self.none]}
            return {"anyOf": [alone, self._counted(found)]}
        return self._counted(found)

    def _counted(self, schema: dict[str, Any]) -> dict[str, Any]:
        most = {} if self.max is None else {"maxItems": self.max}
        return {**schema, "minItems": max(1, self.min), **most}


def told_apart(codes: Codes) -> Codes:
    """The same codes, none of them twice: for definitions. Raises `ValueError`."""
    if twice := sorted({code for code in codes if list(codes).count(code) > 1}):
        raise ValueError(f"{', '.join(twice)} stands here twice")
    return codes


def require_codes(answer: Json, options: Sequence[str]) -> None:
    """Raise `ValidationError` unless it is a list of these codes, each at most once."""
    found = texts_in(answer)
    if not isinstance(answer, list) or not found or len(found) < len(answer):
        raise wrong(_("Choose among the answers of the list."), "choice-unknown")
    if not set(found) <= set(options) or len(set(found)) < len(found):
        raise wrong(_("Choose among the answers of the list."), "choice-unknown")


def texts_in(answer: Json) -> list[str]:
    """The texts of a list; nothing else."""
    return [code for code in answer if isinstance(code, str)] if isinstance(answer, list) else []


def options_said(question: Question, codes: Iterable[str], scene: Scene) -> list[tuple[str, str]]:
    """Codes with their words."""
    return [(code, scene.words(*option_path(question, code))) for code in codes]


def shown_option(code: str, options: Options) -> str:
    """A code as its control shows it: itself, or its words where one types."""
    if len(options) <= LISTED_MIN:
        return code
    return next((label for known, label in options if known == code), code)


def chosen(text: str, options: Options) -> str | None:
    """The code that somebody chose or whose words they typed. Raises `ValidationError`."""
    if not text:
        return None
    for code, label in options:
        if text in (code, label):
            return code
    words = names.words(text)
    found = [
        code for code, label in options if names.words(label) == words or names.words(code) == words
    ]
    if len(found) != 1:
        raise wrong(_("Choose one of the answers of the list."), "choice-unknown")
    return found[0]


def option_path(question: Question, code: str) -> tuple[str, ...]:
    """Where the words of an option stand."""
    return ("questions", question.id, "options", code)
