"""Days."""

import re
from datetime import date
from typing import Any, ClassVar, Literal

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet.design.forms import DateField, DateInput
from guichet.procedures.fields.base import Json, Question, Rule, Scene, lines_of, text_in, wrong
from guichet.procedures.rules import Kind, Type, kinds

DAY_SCHEMA: dict[str, Any] = {
    "type": "string",
    "format": "date",
    "pattern": r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
}


class Date(Question):
    """A day that one knows, in three boxes (5.6, type 15). Bounds are rules: "today - 18y"."""

    type: Literal["date"]
    min: Rule | None = None
    max: Rule | None = None
    autocomplete: Literal["off", "bday"] = "off"

    seconds: ClassVar[int] = 12

    @property
    def kind(self) -> Type:
        return kinds.DATE

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.DATE, "max": Kind.DATE}

    def widget(self, scene: Scene) -> forms.Widget:
        return DateInput(autocomplete=self.autocomplete)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return typed_day(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        return read_day(lines_of(typed, 3))

    def check(self, answer: Json, scene: Scene) -> None:
        day = kinds.days(answer) if isinstance(answer, str) else None
        if day is None:
            raise wrong(_("Enter the date. Example: 27 3 2026."), "date-unreadable")
        within_days(day, self.bound("min", scene), self.bound("max", scene))

    def said(self, answer: Json, scene: Scene) -> str:
        day = kinds.days(text_in(answer))
        return said_day(day) if day is not None else ""

    def json_schema(self) -> dict[str, Any]:
        return DAY_SCHEMA


def within_days(day: int, least: int | None, most: int | None) -> None:
    """Raise `ValidationError` for a held day outside its bounds."""
    if least is not None and day < least:
        raise wrong(
            _("The date must be %(day)s or later.") % {"day": said_day(least)}, "date-early"
        )
    if most is not None and day > most:
        raise wrong(
            _("The date must be %(day)s or earlier.") % {"day": said_day(most)}, "date-late"
        )


def typed_day(answer: Json) -> list[str]:
    """A day as three boxes show it."""
    day = kinds.days(text_in(answer))
    if day is None:
        return ["", "", ""]
    found = kinds.day_of(day)
    return [str(found.day), str(found.month), str(found.year)]


def read_day(boxes: list[str]) -> str | None:
    """The day of three boxes; None for nothing. Raises `ValidationError`."""
    found: date | None = DateField(required=False).clean(boxes)
    return found.isoformat() if found else None


def read_day_line(text: str) -> str | None:
    """A day in one box: "27.3.2026", "27 mars 2026", "2026-03-27". Raises `ValidationError`."""
    parts = [part for part in re.split(r"[\s./,-]+", text) if part]
    if not parts:
        return None
    if len(parts) != 3:
        raise wrong(_("Enter the date. Example: 27 3 2026."), "date-unreadable")
    return read_day(parts[::-1] if re.fullmatch(r"[0-9]{4}", parts[0]) else parts)


def said_day(day: int) -> str:
    """A held day in words."""
    return date_format(kinds.day_of(day), "DATE_FORMAT")
