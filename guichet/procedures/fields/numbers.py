"""Numbers: whole, exact with a comma, of money, in percent, with a unit."""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeGuard

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import Field

from guichet.procedures.fields import amounts
from guichet.procedures.fields.base import (
    AnswerField,
    Bound,
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
from guichet.procedures.fields.parts import Part, Parts, numeric
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
        return str(answer) if is_whole(answer) else ""

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
        if not is_whole(answer):
            raise wrong(
                _("Type a whole number, with digits only. Example: 12."), "number-unreadable"
            )
        within(answer, self.bound("min", scene), self.bound("max", scene), amounts.say_whole)

    def said(self, answer: Json, scene: Scene) -> str:
        return amounts.say_whole(answer) if is_whole(answer) else ""

    def json_schema(self) -> dict[str, Any]:
        return whole_schema(self.min, self.max)


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

    def field(self, scene: Scene) -> AnswerField:
        drawn = super().field(scene)
        drawn.label = f"{drawn.label} (€)"
        return drawn

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput(
            {"inputmode": "decimal", "autocomplete": "off", "class": "input-number"}
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return amounts.say_cents(answer) if is_whole(answer) else ""

    def read(self, typed: Any, scene: Scene) -> Json:
        text = typed.strip() if isinstance(typed, str) else ""
        if not text:
            return None
        cents = amounts.cents(text)
        if cents is None:
            raise wrong(_("Type an amount in euros. Example: 1234,50."), "money-unreadable")
        return cents

    def check(self, answer: Json, scene: Scene) -> None:
        if not is_whole(answer):
            raise wrong(_("Type an amount in euros. Example: 1234,50."), "money-unreadable")
        within(answer, self.bound("min", scene), self.bound("max", scene), amounts.say_euros)

    def said(self, answer: Json, scene: Scene) -> str:
        return amounts.say_euros(answer) if is_whole(answer) else ""

    def json_schema(self) -> dict[str, Any]:
        return whole_schema(self.min, self.max)


class DecimalNumber(Question):
    """An exact number with places after the comma (5.6, type 5).

    The answer is text, "12.5". Bounds are decimal text or rules.
    """

    type: Literal["decimal"]
    places: int = Field(2, ge=0, le=6)
    min: Bound | None = 0
    max: Bound | None = None

    seconds: ClassVar[int] = 10

    @property
    def kind(self) -> Type:
        return kinds.DECIMAL

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.DECIMAL, "max": Kind.DECIMAL}

    def bound(self, name: str, scene: Scene) -> Any:
        return bound_in_micros(self, name, scene)

    def widget(self, scene: Scene) -> forms.Widget:
        return numeric(inputmode="decimal")

    def typed(self, answer: Json, scene: Scene) -> Any:
        return typed_decimal(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        return read_decimal(typed)

    def check(self, answer: Json, scene: Scene) -> None:
        number = micros_in(answer, self.places)
        within(number, self.bound("min", scene), self.bound("max", scene), say_micros)

    def said(self, answer: Json, scene: Scene) -> str:
        return typed_decimal(answer)

    def json_schema(self) -> dict[str, Any]:
        return decimal_schema(self.places)


class Percentage(Question):
    """A share of a hundred (5.6, type 7): "12.5" is 12.5 %. From 0 to 100 unless said otherwise."""

    type: Literal["percentage"]
    places: int = Field(2, ge=0, le=6)
    min: Bound | None = 0
    max: Bound | None = 100

    seconds: ClassVar[int] = 8

    @property
    def kind(self) -> Type:
        return kinds.DECIMAL

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.DECIMAL, "max": Kind.DECIMAL}

    def bound(self, name: str, scene: Scene) -> Any:
        return bound_in_micros(self, name, scene)

    def widget(self, scene: Scene) -> forms.Widget:
        return numeric(inputmode="decimal")

    def typed(self, answer: Json, scene: Scene) -> Any:
        return typed_decimal(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        return read_decimal(line_of(typed).removesuffix("%"))

    def check(self, answer: Json, scene: Scene) -> None:
        number = micros_in(answer, self.places)
        within(number, self.bound("min", scene), self.bound("max", scene), _say_percent)

    def said(self, answer: Json, scene: Scene) -> str:
        number = kinds.micros(text_in(answer))
        return _say_percent(number) if number is not None else ""

    def json_schema(self) -> dict[str, Any]:
        return decimal_schema(self.places)


class Quantity(Question):
    """An amount with its unit (5.6, type 7). The words of the units stand under `options`.

    The answer is {amount, unit}; rules see the amount under the name.
    """

    type: Literal["quantity"]
    units: Annotated[tuple[Code, ...], Field(min_length=1)]
    places: int = Field(2, ge=0, le=6)
    min: Bound | None = 0
    max: Bound | None = None

    seconds: ClassVar[int] = 12

    @property
    def kind(self) -> Type:
        return kinds.DECIMAL

    def names(self) -> dict[str, Type]:
        return {**super().names(), f"{self.id}_unit": self._unit}

    @property
    def _unit(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(self.units))

    def held(self, answer: Json) -> dict[str, Any]:
        if not isinstance(answer, dict):
            return {}
        unit = kinds.held(answer.get("unit"), self._unit)
        return {
            **super().held(answer.get("amount")),
            **({f"{self.id}_unit": unit} if unit is not None else {}),
        }

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.DECIMAL, "max": Kind.DECIMAL}

    def bound(self, name: str, scene: Scene) -> Any:
        return bound_in_micros(self, name, scene)

    def texts(self) -> list[tuple[str, ...]]:
        return [*super().texts(), *(("questions", self.id, "options", unit) for unit in self.units)]

    def widget(self, scene: Scene) -> forms.Widget:
        units = [(unit, self._unit_said(unit, scene)) for unit in self.units]
        more = [("", _("Choose from the list"))] if len(units) > 1 else []
        return Parts(
            [
                Part("amount", _("Amount"), numeric(inputmode="decimal"), ""),
                Part("unit", _("Unit"), forms.Select(choices=[*more, *units]), ""),
            ]
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        amount, unit = text_in(answer, "amount"), text_in(answer, "unit")
        return [typed_decimal(amount), unit]

    def read(self, typed: Any, scene: Scene) -> Json:
        amount, unit = lines_of(typed, 2)
        if not amount:  # a unit alone says nothing: a list has to stand somewhere
            return None
        number = read_decimal(amount)
        if not unit and len(self.units) == 1:
            unit = self.units[0]
        if not unit:
            raise wrong(_("Choose the unit too."), "unit-missing")
        return {"amount": number, "unit": unit}

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, ("amount", "unit"))
        if answer["unit"] not in self.units:
            raise wrong(_("Choose a unit of the list."), "choice-unknown")
        number = micros_in(answer["amount"], self.places)
        within(number, self.bound("min", scene), self.bound("max", scene), say_micros)

    def said(self, answer: Json, scene: Scene) -> str:
        amount, unit = self.typed(answer, scene)
        return f"{amount} {self._unit_said(unit, scene)}".strip()

    def _unit_said(self, unit: str, scene: Scene) -> str:
        return scene.words("questions", self.id, "options", unit)

    def json_schema(self) -> dict[str, Any]:
        return map_schema({"amount": decimal_schema(self.places), "unit": {"enum": [*self.units]}})


def within(answer: int, least: int | None, most: int | None, say: Any) -> None:
    """Raise `ValidationError` for what lies outside; `say` writes a bound for a person."""
    if least is not None and answer < least:
        raise wrong(_("The least here is %(least)s.") % {"least": say(least)}, "number-small")
    if most is not None and answer > most:
        raise wrong(_("The most here is %(most)s.") % {"most": say(most)}, "number-big")


def is_whole(answer: Json) -> TypeGuard[int]:
    """A whole number that rules compute with."""
    return (
        isinstance(answer, int) and not isinstance(answer, bool) and kinds.whole(answer) is not None
    )


def whole_schema(least: Bound | None, most: Bound | None) -> dict[str, Any]:
    """JSON Schema of a whole number with these bounds, as far as they are no rules."""
    return {
        "type": "integer",
        "minimum": least if isinstance(least, int) else -kinds.NUMBER_MAX,
        "maximum": most if isinstance(most, int) else kinds.NUMBER_MAX,
    }


# --- Decimals: text in answers, millionths while one computes


def read_decimal(typed: Any) -> str | None:
    """What somebody typed as "12.5"; None for nothing. Raises `ValidationError`."""
    text = line_of(typed)
    if not text:
        return None
    number = amounts.micros(text)
    if number is None or kinds.whole(number) is None:
        raise wrong(_("Type a number. Example: 12,5."), "number-unreadable")
    return kinds.decimal_text(number)


def typed_decimal(answer: Json) -> str:
    """As the language of the page writes it, without groups of thousands."""
    number = kinds.micros(text_in(answer))
    return say_micros(number) if number is not None else ""


def say_micros(number: int) -> str:
    """Millionths as a number in the language of the page."""
    shown = Decimal(number) / kinds.MICRO
    locale = get_language() or "fr"
    return str(format_decimal(shown, format="0.######", locale=locale))


def micros_in(answer: Json, places: int) -> int:
    """The millionths of an answer. Raises `ValidationError`."""
    number = kinds.micros(text_in(answer))
    if number is None or kinds.decimal_text(number) != answer:
        raise wrong(_("Type a number. Example: 12,5."), "number-unreadable")
    if number % 10 ** (6 - places):
        if places == 0:
            raise wrong(_("Type a whole number, with digits only. Example: 12."), "number-places")
        words = _("Type %(places)d digits after the comma at most.")
        raise wrong(words % {"places": places}, "number-places")
    return number


def bound_in_micros(question: Question, name: str, scene: Scene) -> Any:
    """A bound of a decimal, in millionths."""
    value = getattr(question, name)
    return value * kinds.MICRO if isinstance(value, int) else scene.ask(question, name)


def decimal_schema(places: int) -> dict[str, Any]:
    """JSON Schema of a decimal: no zeros at the end, no minus before zero."""
    rest = rf"(\.[0-9]{{0,{places - 1}}}[1-9])?" if places else ""
    return {"type": "string", "pattern": rf"^(?!-0$)-?(0|[1-9][0-9]{{0,9}}){rest}$"}


def _say_percent(number: int) -> str:
    shown = Decimal(number) / (100 * kinds.MICRO)
    locale = Locale.parse(get_language() or "fr")
    style = re.sub(r"#,##0|0", "0.########", locale.percent_formats[None].pattern, count=1)
    return str(format_percent(shown, format=style, locale=locale))
