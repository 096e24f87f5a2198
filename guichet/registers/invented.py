"""The registers of the demonstration: a hundred people and a hundred businesses, all invented.

They can be closed, to see what the portal does when a register does not answer: a file under
`DATA` says which, so that the server, its worker and the tests see the same.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from guichet.registers import names
from guichet.registers.base import Address, Business, Citizen, Closed, LegalForm, Manager

REGISTERS = ("population", "business")

_FOLDER = Path(__file__).parent / "data"
_SARL = re.compile(r"\bs\.?\s*[àa]\.?\s*r\.?\s*l\b\.?", re.IGNORECASE)


class InventedPopulation:
    """A population register that knows the cast of the demonstration and their neighbours."""

    def citizen(self, national_number: str) -> Citizen | None:
        """See `PopulationRegister`."""
        _stop_if_closed("population")
        return citizens().get(national_number)


class InventedBusinesses:
    """A business register with one company of each kind, and many bakeries and the like."""

    def by_name(self, words: str, *, limit: int) -> list[Business]:
        """See `BusinessRegister`."""
        _stop_if_closed("business")
        asked = _search_words(words)
        ranked = [
            (_rank(asked, of), of, business) for of, business in _named() if _matches(asked, of)
        ]
        return [business for _rank, _of, business in sorted(ranked, key=lambda entry: entry[:2])][
            :limit
        ]

    def by_rcs(self, rcs: str) -> Business | None:
        """See `BusinessRegister`."""
        return self._find("rcs", rcs)

    def by_vat(self, vat: str) -> Business | None:
        """See `BusinessRegister`."""
        return self._find("vat", vat)

    def by_national_number(self, number: str) -> Business | None:
        """See `BusinessRegister`."""
        return self._find("national_number", number)

    def _find(self, kind: str, number: str) -> Business | None:
        _stop_if_closed("business")
        return next((found for found in businesses() if getattr(found, kind) == number), None)


# --- What they know


@cache
def citizens() -> dict[str, Citizen]:
    """Everybody, by number."""
    return {row["national_number"]: _citizen(row) for row in _rows("persons.json")}


@cache
def businesses() -> tuple[Business, ...]:
    """Every business."""
    return tuple(_business(row) for row in _rows("businesses.json"))


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return rows


def _citizen(row: dict[str, Any]) -> Citizen:
    return Citizen(
        national_number=row["national_number"],
        given_names=row["given_names"],
        family_name=row["family_name"],
        birth_date=date.fromisoformat(row["birth_date"]),
        title=row["title"],
        address=Address(tuple(row["address"])),
    )


def _business(row: dict[str, Any]) -> Business:
    return Business(
        name=row["name"],
        legal_form=LegalForm(row["legal_form"]),
        rcs=row["rcs"],
        vat=row["vat"],
        national_number=row["national_number"],
        address=Address(tuple(row["address"])),
        nace_code=row["nace_code"],
        activity=row["activity"],
        founded_on=date.fromisoformat(row["founded_on"]),
        managers=tuple(Manager(citizens()[number].name, number) for number in row["managers"]),
    )


# --- Searching by name


@cache
def _named() -> tuple[tuple[tuple[str, ...], Business], ...]:
    return tuple((_search_words(business.name), business) for business in businesses())


def _search_words(text: str) -> tuple[str, ...]:
    """Words and figures of a name; "S.à r.l." is one word, as people type it."""
    return tuple(names.words(_SARL.sub("sarl", text)))


def _matches(asked: tuple[str, ...], of: tuple[str, ...]) -> bool:
    return all(any(word.startswith(start) for word in of) for start in asked)


def _rank(asked: tuple[str, ...], of: tuple[str, ...]) -> tuple[bool, bool]:
    """The very name first, then names that start that way, then the others."""
    return asked != of, not of[0].startswith(asked[0])


# --- Being closed


def close(register: str) -> None:
    """Make "population" or "business" answer nobody, until `open_again`."""
    if register not in REGISTERS:
        raise ValueError(register)
    _write({*_closed(), register})


def open_again(register: str) -> None:
    """Let the register answer again."""
    _write(_closed() - {register})


@contextmanager
def closed(register: str) -> Iterator[None]:
    """Closed for the length of a `with`. For tests, which give `DATA` a folder of their own."""
    close(register)
    try:
        yield
    finally:
        open_again(register)


def is_closed(register: str) -> bool:
    """Whether the register answers nobody for now."""
    return register in _closed()


def _stop_if_closed(register: str) -> None:
    if is_closed(register):
        raise Closed(register)


def _closed() -> set[str]:
    try:
        return set(_file().read_text(encoding="ascii").split())
    except FileNotFoundError:
        return set()


def _write(closed: set[str]) -> None:
    draft = _file().with_suffix(".new")
    draft.write_text(" ".join(sorted(closed)), encoding="ascii")
    draft.replace(_file())


def _file() -> Path:
    return Path(settings.DATA) / "registers-closed"
