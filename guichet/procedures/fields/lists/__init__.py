"""Lists that answers are chosen from, each with its version: an answer says of which it was.

A list is a CSV file here, or comes from a library. To add one: its file, and a line in `LISTS`.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.core import get_cldr_version
from django.utils.translation import get_language

from guichet.registers.base import LegalForm
from guichet.spaces.forms.opening import countries

_FOLDER = Path(__file__).parent

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class CodeList:
    """A list that has a version and a source. `options` are codes and words in the page's language."""

    name: str
    version: str
    source: str
    options: Callable[[], Options]

    @property
    def codes(self) -> frozenset[str]:
        """What can be answered."""
        return frozenset(code for code, _label in self.options())


@dataclass(frozen=True)
class Commune:
    """A commune of Luxembourg, as long as it was one. `became`: the commune that it went into."""

    code: str
    name: str
    canton: str
    since: date | None
    until: date | None  # the first day on which it was none
    became: str

    def is_on(self, day: date) -> bool:
        """Whether there was such a commune on this day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@cache
def communes() -> dict[str, Commune]:
    """By code: the hundred since 1 September 2023, and those that merged since 2006.

    Source: the laws that merged them; cantons after the decree of 1841 as changed.
    """
    return {
        row["code"]: Commune(
            row["code"],
            row["name"],
            row["canton"],
            date.fromisoformat(row["since"]) if row["since"] else None,
            date.fromisoformat(row["until"]) if row["until"] else None,
            row["became"],
        )
        for row in _rows("communes")
    }


# French, as on maps: the names of cantons are those of their chief towns.
CANTONS = {
    "capellen": "Capellen",
    "clervaux": "Clervaux",
    "diekirch": "Diekirch",
    "echternach": "Echternach",
    "esch-sur-alzette": "Esch-sur-Alzette",
    "grevenmacher": "Grevenmacher",
    "luxembourg": "Luxembourg",
    "mersch": "Mersch",
    "redange": "Redange",
    "remich": "Remich",
    "vianden": "Vianden",
    "wiltz": "Wiltz",
}


def country_options() -> Options:
    """Every country by name in the language of the page, Luxembourg first."""
    return countries(get_language() or "fr")


@cache
def country_codes() -> frozenset[str]:
    """Their codes, ISO 3166-1 alpha-2."""
    return frozenset(dict(countries("fr")))


def _nace() -> Options:
    language = get_language() or "fr"
    return [
        (row["code"], f"{row['code']} – {row.get(language) or row['fr']}") for row in _rows("nace")
    ]


def _communes() -> Options:
    return [(one.code, one.name) for one in communes().values() if one.until is None]


def _legal_forms() -> Options:
    return [(form.value, str(form.label)) for form in LegalForm]


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LISTS: dict[str, CodeList] = {
    one.name: one
    for one in (
        CodeList("communes", "2023-09-01", "Law of 2 December 2022 and before", _communes),
        CodeList(
            "countries", f"CLDR {get_cldr_version()}", "ISO 3166-1, names of CLDR", country_options
        ),
        CodeList("legal-forms", "1", "guichet.registers", _legal_forms),
        CodeList("nace", "Rev. 2", "Regulation (EC) No 1893/2006, divisions", _nace),
    )
}
