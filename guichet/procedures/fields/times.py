"""Days that are half known, hours, moments and periods."""

import re
from datetime import UTC, datetime, time
from typing import Annotated, Any, ClassVar, Literal

from django import forms
from django.utils.formats import date_format, time_format
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from guichet.procedures.fields.base import (
    Bound,
    Json,
    Question,
    Rule,
    Scene,
    again,
    line_of,
    lines_of,
    text_in,
    wrong,
)
from guichet.procedures.fields.dates import (
    DAY_SCHEMA,
    read_day,
    said_day,
    typed_day,
    within_days,
)
from guichet.procedures.fields.numbers import within
from guichet.procedures.fields.parts import Part, Parts, day_parts, numeric
from guichet.procedures.rules import Kind, Type, kinds

HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9]"
Hour = Annotated[str, StringConstraints(pattern=rf"^{HOUR}$")]


class IncompleteDate(Question):
    """A date of which one may know the year only, or year and month (5.6, type 16).

    The answer is "1983", "1983-05" or "1983-05-27"; rules see it as text, and the year under
    `…_year`. `min` and `max` are years.
    """

    type: Literal["incomplete-date"]
    min: Bound | None = None
    max: Bound | None = None

    seconds: ClassVar[int] = 15
    parts = {"_year": kinds.INTEGER}

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        known = _known(answer)
        return {self.id: answer, f"{self.id}_year": known[0]} if known else {}

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.INTEGER, "max": Kind.INTEGER}

    def widget(self, scene: Scene) -> forms.Widget:
        return Parts(day_parts())

    def typed(self, answer: Json, scene: Scene) -> Any:
        known = [str(part) for part in _known(answer)]
        return ([""] * 3 + known[::-1])[-3:] if known else [""] * 3

    def read(self, typed: Any, scene: Scene) -> Json:
        day, month, year = lines_of(typed, 3)
        if day and not month:
            raise wrong(_("Enter the month too, or leave the day empty."), "date-incomplete")
        full = read_day([day or "1", month or "1", year] if day or month or year else [""] * 3)
        if full is None:
            return None
        return full if day else full[:7] if month else full[:4]

    def check(self, answer: Json, scene: Scene) -> None:
        known = _known(answer)
        if not known:
            raise wrong(_("Enter the year, or the date. Example: 27 3 1983."), "date-unreadable")
        within(known[0], self.bound("min", scene), self.bound("max", scene), str)

    def said(self, answer: Json, scene: Scene) -> str:
        known = _known(answer)
        if len(known) == 3:
            return said_day(kinds.days(answer) or 0)
        if len(known) == 2:
            return date_format(datetime(known[0], known[1], 1, tzinfo=UTC), "YEAR_MONTH_FORMAT")
        return str(known[0]) if known else ""

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": r"^[1-9][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
        }


def _known(answer: Json) -> list[int]:
    """Year, month, day as far as they are known; empty for anything else."""
    text = text_in(answer)
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text, re.ASCII):
        return []
    if kinds.days((text + "-01-01")[:10]) is None:
        return []
    return [int(part) for part in text.split("-")]


class Time(Question):
    """A time of day (5.6, type 17): "08:40". Takes "8h40" and "8.40"; `min` and `max` are times."""

    type: Literal["time"]
    min: Hour | None = None
    max: Hour | None = None

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(answer) if _is_hour(answer) else {}

    def widget(self, scene: Scene) -> forms.Widget:
        return numeric("input-year", "text")

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        return _read_hour(line_of(typed))

    def check(self, answer: Json, scene: Scene) -> None:
        if not _is_hour(answer):
            raise _no_hour()
        if self.min is not None and answer < self.min:
            raise wrong(_("The time must be %(time)s or later.") % {"time": self.min}, "time-early")
        if self.max is not None and answer > self.max:
            raise wrong(
                _("The time must be %(time)s or earlier.") % {"time": self.max}, "time-late"
            )

    def said(self, answer: Json, scene: Scene) -> str:
        if not _is_hour(answer):
            return ""
        return time_format(time.fromisoformat(answer), "TIME_FORMAT")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{HOUR}$"}


def _is_hour(answer: Json) -> bool:
    return re.fullmatch(HOUR, text_in(answer), re.ASCII) is not None


def _read_hour(text: str) -> str | None:
    """What somebody typed as "08:40"; None for nothing. Raises `ValidationError`."""
    if not text:
        return None
    text = re.sub(r"(?i)\b(uhr|heures?|min(utes?)?|o.?clock)\b", " ", text).strip()
    found = re.fullmatch(
        r"(?i)([0-9]{1,2})(?:\s*[:.h ]\s*([0-9]{1,2})?|([0-9]{2}))?\s*(?:h|(am|pm|a\.m\.|p\.m\.))?",
        text,
        re.ASCII,
    )
    if not found:
        raise _no_hour()
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise _no_hour()
        hour = hour % 12 + (12 if found[4].lower().startswith("p") else 0)
    if hour > 23 or minute > 59:
        raise _no_hour()
    return f"{hour:02d}:{minute:02d}"


def _no_hour() -> Exception:
    return wrong(_("Type the time with hours and minutes. Example: 08:40."), "time-unreadable")


# --- A moment, by the clocks of this country

_SUMMER = {"summer", "été", "ete", "sommer", "sommerzeit"}
_WINTER = {"winter", "hiver", "winterzeit"}
_MOMENT = rf"{DAY_SCHEMA['pattern'][1:-1]}T{HOUR}"


class DateTime(Question):
    """A day and a time by the clocks here (5.6, type 17): "2026-03-28T08:40".

    An hour that the change to summer time leaves out is refused. One that comes twice is asked
    about; the answer then says which: "2026-10-25T02:30+02:00". Bounds are rules that give moments.
    """

    type: Literal["date-time"]
    min: Rule | None = None
    max: Rule | None = None

    seconds: ClassVar[int] = 18

    @property
    def kind(self) -> Type:
        return kinds.MOMENT

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(text_in(answer)[:16])

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.MOMENT, "max": Kind.MOMENT}

    def widget(self, scene: Scene) -> forms.Widget:
        hour = numeric("input-month", "text")
        return Parts([*day_parts(), Part("time", _("Time"), hour, "")])

    def typed(self, answer: Json, scene: Scene) -> Any:
        text = text_in(answer)
        if kinds.minutes(text[:16]) is None:
            return [""] * 4
        # TRANSLATORS: written behind an hour that comes twice, when clocks go back
        which = {"+02:00": _("summer"), "+01:00": _("winter")}.get(text[16:], "")
        return [*typed_day(text[:10]), f"{text[11:16]} {which}".strip()]

    def read(self, typed: Any, scene: Scene) -> Json:
        boxes = lines_of(typed, 4)
        words = boxes[3].casefold().split()
        # "time" as in "summer time": only the season matters.
        seasons = {"+02:00"} if _SUMMER & set(words) else {"+01:00"} if _WINTER & set(words) else {}
        plain = [
            word for word in words if word not in _SUMMER | _WINTER | {"heure", "d’été", "time"}
        ]
        day, hour = read_day(boxes[:3]), _read_hour(" ".join(plain))
        if day is None and hour is None:
            return None
        if day is None:
            raise wrong(_("Enter the date. Example: 27 3 2026."), "date-unreadable")
        if hour is None:
            raise _no_hour()
        moment = f"{day}T{hour}"
        twice = len(_instants(moment)) > 1
        return moment + "".join(seasons if twice else ())

    def check(self, answer: Json, scene: Scene) -> None:
        text = text_in(answer)
        moment = kinds.minutes(text[:16])
        if moment is None or text[16:] not in ("", "+01:00", "+02:00"):
            raise wrong(_("Enter the date and the time."), "moment-unreadable")
        offsets = _instants(text[:16])
        if not offsets:
            raise wrong(
                _("That night the clocks go forward: this hour does not exist."), "hour-skipped"
            )
        if len(offsets) > 1 and not text[16:]:
            raise wrong(
                _("That night this hour comes twice. Add “summer” or “winter” behind it."),
                "hour-twice",
            )
        if text[16:] and (len(offsets) < 2 or text[16:] not in offsets):
            raise wrong(_("Enter the date and the time."), "moment-unreadable")
        least, most = self.bound("min", scene), self.bound("max", scene)
        if least is not None and moment < least:
            words = _("It must be %(moment)s or later.")
            raise wrong(words % {"moment": _said_moment(least)}, "moment-early")
        if most is not None and moment > most:
            words = _("It must be %(moment)s or earlier.")
            raise wrong(words % {"moment": _said_moment(most)}, "moment-late")

    def said(self, answer: Json, scene: Scene) -> str:
        text = text_in(answer)
        moment = kinds.minutes(text[:16])
        if moment is None:
            return ""
        # Which of the two it was is part of the answer.
        which = {"+02:00": _("summer time"), "+01:00": _("winter time")}.get(text[16:])
        return _said_moment(moment) + (f" ({which})" if which else "")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^{_MOMENT}(\+0[12]:00)?$"}


def _instants(moment: str) -> list[str]:
    """The offsets from UTC at which clocks here showed this: none, one, or two."""
    zone = get_default_timezone()
    naive = datetime.fromisoformat(moment)
    found = []
    for fold in (0, 1):
        local = naive.replace(tzinfo=zone, fold=fold)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == naive:
            offset = local.isoformat()[16 + 3 :]
            if offset not in found:
                found.append(offset)
    return found


def _said_moment(moment: int) -> str:
    day, minute = divmod(moment, 1440)
    hour = time(minute // 60, minute % 60)
    words = _("%(date)s, %(time)s")
    return words % {"date": said_day(day), "time": time_format(hour, "TIME_FORMAT")}


# --- From one day to another


class Period(Question):
    """From one day to another, both included (5.6, type 18). Bounds are rules that give dates.

    The answer is {from, until}; with `open` the end may be left out. Rules see the two days under
    `…_from` and `…_until`, and under the name the text "from/until".
    """

    type: Literal["period"]
    min: Rule | None = None
    max: Rule | None = None
    max_days: int | None = Field(None, ge=1)
    open: bool = False

    seconds: ClassVar[int] = 25
    parts = {"_from": kinds.DATE, "_until": kinds.DATE}

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        first, last = (kinds.days(text_in(answer, name)) for name in ("from", "until"))
        if first is None:
            return {}
        found: dict[str, Any] = {
            self.id: f"{text_in(answer, 'from')}/{text_in(answer, 'until')}",
            f"{self.id}_from": first,
        }
        return {**found, f"{self.id}_until": last} if last is not None else found

    def bounds(self) -> dict[str, Kind]:
        return {"min": Kind.DATE, "max": Kind.DATE}

    def widget(self, scene: Scene) -> forms.Widget:
        until = _("Last day (empty if it goes on)") if self.open else _("Last day")
        return Parts(
            [*day_parts(_("First day"), prefix="from-"), *day_parts(until, prefix="until-")]
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return [*typed_day(text_in(answer, "from")), *typed_day(text_in(answer, "until"))]

    def read(self, typed: Any, scene: Scene) -> Json:
        boxes = lines_of(typed, 6)
        first, last = read_day(boxes[:3]), read_day(boxes[3:])
        if first is None and last is None:
            return None
        if first is None:
            raise wrong(_("Enter the first day too."), "period-incomplete")
        return {"from": first, **({"until": last} if last else {})}

    def check(self, answer: Json, scene: Scene) -> None:
        if not isinstance(answer, dict) or not {"from"} <= answer.keys() <= {"from", "until"}:
            raise again()
        first = kinds.days(text_in(answer, "from"))
        last = kinds.days(text_in(answer, "until"))
        if first is None or (last is None and "until" in answer):
            raise again()
        if last is None and not self.open:
            raise wrong(_("Enter the last day too."), "period-incomplete")
        least, most = self.bound("min", scene), self.bound("max", scene)
        within_days(first, least, most)
        if last is None:
            return
        if last < first:
            raise wrong(_("The last day is before the first. Check both."), "period-backwards")
        within_days(last, least, most)
        if self.max_days is not None and last - first + 1 > self.max_days:
            words = _("The period has %(most)d days at most. Yours has %(days)d.")
            raise wrong(words % {"most": self.max_days, "days": last - first + 1}, "period-long")

    def said(self, answer: Json, scene: Scene) -> str:
        first, last = (kinds.days(text_in(answer, name)) for name in ("from", "until"))
        if first is None:
            return ""
        if last is None:
            return _("From %(first)s") % {"first": said_day(first)}
        words = _("From %(first)s to %(last)s")
        return words % {"first": said_day(first), "last": said_day(last)}

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"from": DAY_SCHEMA, "until": DAY_SCHEMA},
            "required": ["from"] if self.open else ["from", "until"],
            "additionalProperties": False,
        }
