"""Whole numbers and amounts of money."""

from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _

from guichet.procedures.fields import amounts
from guichet.procedures.fields.base import Bound, Json, Question, Scene, wrong
from guichet.procedures.rules import Kind, Type, kinds


class Integer(Question):
    """A whole number (5.6, type 4)."""

    type: Literal["integer"]
    min: Bound | None = 0
    max: Bound | None = None

    seconds: ClassVar[int] = 8

    @property
    def kind(self) -> Type:
        return kinds.INTEGER

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.INTEGER, "max": Kind.INTEGER}

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return "" if answer is None else str(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        text = typed.strip() if isinstance(typed, str) else ""
        if not text:
            return None
        number = amounts.whole(text)
        if number is None:
            raise wrong(
                _("Type a whole number, with digits only. Example: 12."), "number-unreadable"
            )
        return number

    def check(self, answer: Json, scene: Scene) -> None:
        if isinstance(answer, bool) or not isinstance(answer, int):
            raise wrong(
                _("Type a whole number, with digits only. Example: 12."), "number-unreadable"
            )
        within(answer, self.bound("min", scene), self.bound("max", scene), amounts.say_whole)

    def said(self, answer: Json, scene: Scene) -> str:
        return amounts.say_whole(answer)

    def json_schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "integer"}
        if isinstance(self.min, int):
            found["minimum"] = self.min
        if isinstance(self.max, int):
            found["maximum"] = self.max
        return found


class Money(Question):
    """An amount in euros, kept in cents (5.6, type 6). Its bounds are cents too, or rules."""

    type: Literal["money"]
    min: Bound | None = 0
    max: Bound | None = None

    seconds: ClassVar[int] = 20

    @property
    def kind(self) -> Type:
        return kinds.MONEY

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.MONEY, "max": Kind.MONEY}

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput(
            {"inputmode": "decimal", "autocomplete": "off", "class": "input-number"}
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return "" if answer is None else amounts.say_cents(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        text = typed.strip() if isinstance(typed, str) else ""
        if not text:
            return None
        cents = amounts.cents(text)
        if cents is None:
            raise wrong(_("Type an amount in euros. Example: 1234,50."), "money-unreadable")
        return cents

    def check(self, answer: Json, scene: Scene) -> None:
        if isinstance(answer, bool) or not isinstance(answer, int):
            raise wrong(_("Type an amount in euros. Example: 1234,50."), "money-unreadable")
        within(answer, self.bound("min", scene), self.bound("max", scene), amounts.say_euros)

    def said(self, answer: Json, scene: Scene) -> str:
        return amounts.say_euros(answer)

    def json_schema(self) -> dict[str, Any]:
        return Integer.json_schema(self)  # type: ignore[arg-type]  # cents are whole numbers


def within(answer: int, least: int | None, most: int | None, say: Any) -> None:
    """Raise `ValidationError` for what lies outside; `say` writes a bound for a person."""
    if least is not None and answer < least:
        raise wrong(_("The least here is %(least)s.") % {"least": say(least)}, "number-small")
    if most is not None and answer > most:
        raise wrong(_("The most here is %(most)s.") % {"most": say(most)}, "number-big")
