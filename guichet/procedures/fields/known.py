"""Values that nobody types: from a register, or from where somebody came from."""

import re
from datetime import datetime
from typing import Any, ClassVar, Literal

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import (
    Json,
    Question,
    Scene,
    again,
    line_of,
    map_schema,
    require_map,
    text_in,
)
from guichet.procedures.fields.parts import Shown
from guichet.procedures.rules import Type, kinds

_MOMENT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


class RegisterValue(Question):
    """A value of a register, with source and date, that nobody types over (5.6, type 51).

    `given` holds {value, source, read_at[, contest]}: `read_at` is a moment with its offset,
    `contest` the address where one says that the value is wrong. The answer is the first three.
    """

    type: Literal["register-value"]

    seconds: ClassVar[int] = 5
    is_only_shown: ClassVar[bool] = True

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(text_in(answer, "value"))

    def is_required(self, scene: Scene) -> bool:
        """Never: nobody could answer it."""
        return False

    def _given(self, scene: Scene) -> dict[str, str]:
        given = scene.given.get(self.id) or {}
        return {
            name: str(given[name]) for name in ("value", "source", "read_at") if given.get(name)
        }

    def widget(self, scene: Scene) -> forms.Widget:
        given = scene.given.get(self.id) or {}
        said = self.said(self._given(scene), scene) or _("The register does not say.")
        contest = str(given.get("contest") or "")
        own = contest if re.match(r"/(?!/)", contest) else ""  # a page of ours
        return Shown([("", said)], own)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return None

    def read(self, typed: Any, scene: Scene) -> Json:
        """What the register says, whatever was sent."""
        found = self._given(scene)
        return found if len(found) == 3 else None

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, ("value", "source", "read_at"))
        if _moment(answer["read_at"]) is None:
            raise again()

    def said(self, answer: Json, scene: Scene) -> str:
        value, read_at = text_in(answer, "value"), _moment(text_in(answer, "read_at"))
        if not value or read_at is None:
            return value
        words = _("%(value)s\nSource: %(source)s, %(day)s")
        day = date_format(localtime(read_at), "DATE_FORMAT")
        return words % {"value": value, "source": text_in(answer, "source"), "day": day}

    def json_schema(self) -> dict[str, Any]:
        moment = {"format": "date-time", "pattern": f"^{_MOMENT}$"}
        return map_schema({"value": {}, "source": {}, "read_at": moment})


def _moment(text: str) -> datetime | None:
    if not re.fullmatch(_MOMENT, text, re.ASCII):
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    # A day's margin at both ends of time, for the change to our own clocks.
    return found if found and is_aware(found) and 1 < found.year < 9999 else None


class Context(Question):
    """Where somebody came from: entry point, campaign (5.6, type 52). Hidden; from the start link.

    At most 40 letters, digits, dots, dashes. Its label stands in the record of what is kept.
    """

    type: Literal["context"]

    seconds: ClassVar[int] = 0

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def is_required(self, scene: Scene) -> bool:
        """Never: nobody could answer it."""
        return False

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.HiddenInput()

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        """What is no such word is left out: nobody could mend it."""
        text = line_of(scene.given.get(self.id) or typed)
        return text if _is_word(text) else None

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(answer) if _is_word(text_in(answer)) else {}

    def check(self, answer: Json, scene: Scene) -> None:
        if not _is_word(text_in(answer)):
            raise again()

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"}


def _is_word(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9._-]{1,40}", text, re.ASCII) is not None
