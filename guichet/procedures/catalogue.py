"""Which procedures there are, and their versions ready to use. Read once for each process.

What may be begun and sent when is `procedure.yaml`'s to say, and takes effect with a restart. What
drafts and cases refer to comes from the database: their version, as it was published.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from guichet import clock
from guichet.procedures.definitions import enclosing
from guichet.procedures.definitions.form import Form, compiled
from guichet.procedures.definitions.library import Fault, Shelf, read_library
from guichet.procedures.definitions.model import Definition, Opening, Procedure
from guichet.procedures.definitions.synonyms import read_synonyms
from guichet.procedures.definitions.words import Words
from guichet.procedures.models import PublishedVersion

_FORMS_MAX = 200
SOON = timedelta(days=14)  # before a version can no longer be sent


@dataclass(frozen=True)
class Listed:
    """A procedure that the portal offers."""

    procedure: Procedure
    forms: Mapping[int, Form]

    @property
    def code(self) -> str:
        """As in addresses."""
        return self.procedure.procedure

    @property
    def latest(self) -> Form:
        """The version that says what the procedure is called: the newest one that can be begun."""
        return self.forms[self.current() or max(self.forms)]

    @property
    def about(self) -> tuple[str, ...]:
        """What a membership may be limited to: its themes and itself."""
        return (*self.procedure.themes, self.code)

    def opening(self, number: int) -> Opening | None:
        """When this version is open."""
        return next((one for one in self.procedure.versions if one.version == number), None)

    def current(self, today: date | None = None) -> int | None:
        """The version that one begins with today: the highest one that is open; None without."""
        day = today or clock.today()
        numbers = [one.version for one in self.procedure.versions if _is_open(one, day)]
        return max((n for n in numbers if n in self.forms), default=None)

    def closes_on(self, today: date | None = None) -> date | None:
        """The last day on which it can be begun; None for as long as one likes, and when closed.

        A version that opens the day after another one closes goes on where that one ends.
        """
        day = today or clock.today()
        last = None
        while number := self.current(day):
            opening = self.opening(number)
            if opening is None or opening.start_until is None:
                return None
            last = opening.start_until
            day = last + timedelta(days=1)
        return last

    def opens_on(self, today: date | None = None) -> date | None:
        """When it opens next, for one that is closed; None if nobody knows."""
        day = today or clock.today()
        coming = [one.start_from for one in self._usable if one.start_from and one.start_from > day]
        return min(coming, default=None)

    def closed_since(self, today: date | None = None) -> date | None:
        """The first day on which it was closed; None if it was never open."""
        day = today or clock.today()
        over = [one.start_until for one in self._usable if one.start_until]
        last = max((until for until in over if until < day), default=None)
        return last + timedelta(days=1) if last else None

    @property
    def _usable(self) -> list[Opening]:
        return [one for one in self.procedure.versions if one.version in self.forms]

    def is_open(self, number: int, today: date | None = None) -> bool:
        """Whether this version can be begun, or moved to."""
        opening = self.opening(number)
        if opening is None or number not in self.forms:
            return False
        return _is_open(opening, today or clock.today())

    def send_until(self, number: int) -> date | None:
        """The last day on which a draft of this version can be sent; None without an end."""
        opening = self.opening(number)
        return opening.send_until if opening else None

    def can_be_sent(self, number: int, today: date | None = None) -> bool:
        """Whether a draft of this version may still be sent."""
        opening = self.opening(number)
        day = today or clock.today()
        return opening is not None and (opening.send_until is None or day <= opening.send_until)

    def words(self) -> Words:
        """What it says, in the language of the page."""
        return self.latest.words(get_language() or settings.LANGUAGE_CODE)

    @property
    def title(self) -> str:
        """What it is called, in the language of the page."""
        return self.words()("title")

    @property
    def summary(self) -> str:
        """One sentence about it, in the language of the page."""
        return self.words()("summary")

    @property
    def for_private(self) -> bool:
        """Whether citizens do it, in their private spaces."""
        return "citizen" in self.procedure.audience

    @property
    def for_professional(self) -> bool:
        """Whether businesses do it, in their professional spaces."""
        return "business" in self.procedure.audience


@dataclass(frozen=True)
class Standing:
    """How a draft's version stands today."""

    newer: int | None  # a version that is open, and that the draft may move to
    send_until: date | None  # the last day on which it can be sent
    is_over: bool  # it can no longer be sent
    is_soon_over: bool

    @property
    def is_urgent(self) -> bool:
        """Whether somebody has to act."""
        return self.is_over or self.is_soon_over


def standing(version: PublishedVersion) -> Standing:
    """How this version stands today. One that is not listed any more cannot be sent."""
    found, today = listed(version.procedure), clock.today()
    if found is None:
        return Standing(None, None, True, False)
    current, until = found.current(today), found.send_until(version.number)
    newer = current if current is not None and current > version.number else None
    is_over = not found.can_be_sent(version.number, today)
    is_soon = not is_over and until is not None and until <= today + SOON
    return Standing(newer, until, is_over, is_soon)


def listed(code: str) -> Listed | None:
    """The procedure with this code, or None."""
    return procedures().get(code)


def procedures() -> dict[str, Listed]:
    """All that can be used, by code."""
    return _procedures(tuple(settings.PROCEDURES))


def shelf() -> Shelf:
    """The folders as they were read, faults and all."""
    return _shelf(tuple(settings.PROCEDURES))


def synonyms() -> list[tuple[str, ...]]:
    """Words that people use for one thing, of all folders."""
    return _synonyms(tuple(settings.PROCEDURES))[0]


def form_of(version: PublishedVersion) -> Form:
    """The version of a draft or a case, ready to use."""
    return _forms.get(version.pk) or _forms.put(version.pk, _compiled(version))


def forget() -> None:
    """Read everything anew at the next question."""
    _shelf.cache_clear()
    _synonyms.cache_clear()
    _procedures.cache_clear()
    _forms.clear()


@cache
def _shelf(folders: tuple[Path, ...]) -> Shelf:
    found = read_library(folders)
    found.faults += _synonyms(folders)[1]
    return found


@cache
def _synonyms(folders: tuple[Path, ...]) -> tuple[list[tuple[str, ...]], list[Fault]]:
    return read_synonyms(folders)


@cache
def _procedures(folders: tuple[Path, ...]) -> dict[str, Listed]:
    found = _shelf(folders).procedures.items()
    return {
        code: Listed(one.procedure, one.forms) for code, one in found if one.procedure and one.forms
    }


def _is_open(opening: Opening, day: date) -> bool:
    begun = opening.start_from is None or opening.start_from <= day
    return begun and (opening.start_until is None or day <= opening.start_until)


def _compiled(version: PublishedVersion) -> Form:
    source: dict[str, Any] = version.source
    definition = Definition.model_validate_json(json.dumps(source["form"]))
    return compiled(definition, source["texts"], enclosing.read_back(source.get("files", {})))


class _Forms:
    """The versions that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, Form] = OrderedDict()
        self._guard = Lock()

    def get(self, key: UUID) -> Form | None:
        with self._guard:
            return self._kept.get(key)

    def put(self, key: UUID, form: Form) -> Form:
        with self._guard:
            self._kept[key] = form
            while len(self._kept) > _FORMS_MAX:
                self._kept.popitem(last=False)
        return form

    def clear(self) -> None:
        with self._guard:
            self._kept.clear()


_forms = _Forms()
