"""Days."""

from datetime import date
from typing import Any, ClassVar, Literal

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet.design.forms import DateField, DateInput
from guichet.procedures.fields.base import Json, Question, Rule, Scene, wrong
from guichet.procedures.rules import Kind, Type, kinds


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
        day = kinds.days(answer) if isinstance(answer, str) else None
        if day is None:
            return ["", "", ""]
        found = kinds.day_of(day)
        return [str(found.day), str(found.month), str(found.year)]

    def read(self, typed: Any, scene: Scene) -> Json:
        if not isinstance(typed, list):
            return None
        found: date | None = DateField(required=False).clean(typed)
        return found.isoformat() if found else None

    def check(self, answer: Json, scene: Scene) -> None:
        day = kinds.days(answer) if isinstance(answer, str) else None
        if day is None:
            raise wrong(_("Enter the date. Example: 27 3 2026."), "date-unreadable")
        least, most = self.bound("min", scene), self.bound("max", scene)
        if least is not None and day < least:
            raise wrong(
                _("The date must be %(day)s or later.") % {"day": said_day(least)}, "date-early"
            )
        if most is not None and day > most:
            raise wrong(
                _("The date must be %(day)s or earlier.") % {"day": said_day(most)}, "date-late"
            )

    def said(self, answer: Json, scene: Scene) -> str:
        day = kinds.days(answer)
        return said_day(day) if day is not None else str(answer)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


def said_day(day: int) -> str:
    """A held day in words."""
    return date_format(kinds.day_of(day), "DATE_FORMAT")
