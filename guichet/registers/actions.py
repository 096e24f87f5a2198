"""Asking what the State already knows. Every question is recorded, with its purpose.

A register is asked over the network: ask *before* opening a transaction where you can, because
a slow register would keep every other writer waiting. What is recorded joins the caller's
transaction if there is one, and stands by itself if there is none.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from guichet import clock
from guichet.refusals import Refused
from guichet.registers import identifiers, names
from guichet.registers.base import (
    Business,
    BusinessRegister,
    Citizen,
    PopulationRegister,
    Unavailable,
)
from guichet.registers.careful import Careful
from guichet.registers.models import Consultation, subject_index

RESULTS_MAX = 10
SEARCH_LETTERS_MIN = 2
SEARCH_LENGTH_MAX = 200
TROUBLE_LASTS = timedelta(minutes=15)

Register = Consultation.Register
Outcome = Consultation.Outcome
Answer = TypeVar("Answer")


def look_up_citizen(national_number: str, *, by: Model | None, purpose: str) -> Citizen | None:
    """The person with this clean 13-digit number, or None if the register knows nobody.

    `by` is who asks (a person, a credential), `purpose` a short code of why ("registration").
    Raises `Unavailable`.
    """
    population = _population()
    return _recorded(
        lambda: _careful("population").ask(population.citizen, national_number),
        Register.POPULATION,
        by=by,
        purpose=purpose,
        number=national_number,
    )


def business(reference: str, *, by: Model | None, purpose: str) -> Business | None:
    """The business with this RCS, VAT or 11-digit number (`Business.reference`), or None.

    Numbers of natural persons are left out of the answer, the self-employed person's own too.
    Raises `Unavailable`, and `Refused` if this is no such number at all.
    """
    question = _question(reference)
    if question is None:
        raise Refused(
            _("Enter an RCS number, a VAT number or a national number with 11 digits."),
            code="no-business-number",
        )
    ask, number = question
    found = _recorded(ask, Register.BUSINESS, by=by, purpose=purpose, number=number)
    return found.without_personal_numbers() if found else None


def search_businesses(text: str, *, by: Model | None, purpose: str) -> list[Business]:
    """At most ten businesses with this name or number, best first.

    `text` is what somebody typed: words of the name in any writing, an RCS, VAT or 11-digit
    number. Numbers of natural persons are neither searched nor answered. Raises `Unavailable`,
    and `Refused` (field "text") if there is nothing to search for or a number is mistyped.
    """
    text = text.strip()
    question = _question(text)
    if question is not None:
        ask, number = question
        found = _recorded(ask, Register.BUSINESS, by=by, purpose=purpose, number=number)
        return [found.without_personal_numbers()] if found else []
    return _search_by_name(text, by=by, purpose=purpose)


def troubled_at(register: str) -> datetime | None:
    """When "population" or "business" last failed to answer; None if it has answered since.

    A failure that nobody has repeated for a quarter of an hour counts no more.
    """
    last = (
        Consultation.objects.filter(register=register, at__gt=clock.now() - TROUBLE_LASTS)
        .order_by("-at")
        .first()
    )
    return last.at if last and last.outcome == Outcome.UNAVAILABLE else None


def forget_connectors() -> None:
    """Load the connectors anew at the next question, with no memory of failures."""
    _connector.cache_clear()
    _careful.cache_clear()


def _search_by_name(text: str, *, by: Model | None, purpose: str) -> list[Business]:
    if sum(map(len, names.words(text))) < SEARCH_LETTERS_MIN:
        raise Refused(
            _("Enter at least 2 letters of the name, or a number of the business."),
            code="search-too-short",
            field="text",
        )
    businesses = _businesses()
    found = _recorded(
        lambda: _careful("business").ask(
            businesses.by_name, text[:SEARCH_LENGTH_MAX], limit=RESULTS_MAX
        ),
        Register.BUSINESS,
        by=by,
        purpose=purpose,
    )
    return [business.without_personal_numbers() for business in found[:RESULTS_MAX]]


def _question(text: str) -> tuple[Callable[[], Business | None], str] | None:
    """How to ask for the number that `text` is, and the clean number; None if it is words."""
    businesses, ask = _businesses(), _careful("business").ask
    clean = identifiers.compact(text)
    if re.fullmatch(r"(RCS)?(LUXEMBOURG)?[A-Z][0-9]{1,6}", clean):
        rcs = identifiers.rcs_number(text, field="text")
        return lambda: ask(businesses.by_rcs, rcs), rcs
    if re.fullmatch(r"(TVA)?LU[0-9]+|[0-9]{8}", clean):
        vat = identifiers.vat_number(text, field="text")
        return lambda: ask(businesses.by_vat, vat), vat
    if re.fullmatch(r"[0-9]{13}", clean):
        raise Refused(
            _("A person’s number is not searched. Enter the name, the RCS or the VAT number."),
            code="person-number-searched",
            field="text",
        )
    if re.fullmatch(r"[0-9]{9,}", clean):
        number = identifiers.business_number(text, strict=False, field="text")
        return lambda: ask(businesses.by_national_number, number), number
    return None


def _recorded(
    ask: Callable[[], Answer],
    register: Consultation.Register,
    *,
    by: Model | None,
    purpose: str,
    number: str = "",
) -> Answer:
    """What `ask()` answers, after writing down that it was asked."""
    try:
        answer = ask()
    except Unavailable:
        _record(register, Outcome.UNAVAILABLE, by=by, purpose=purpose, number=number)
        raise
    outcome = Outcome.FOUND if answer else Outcome.NOT_FOUND
    _record(register, outcome, by=by, purpose=purpose, number=number)
    return answer


def _record(
    register: Consultation.Register,
    outcome: Consultation.Outcome,
    *,
    by: Model | None,
    purpose: str,
    number: str,
) -> None:
    Consultation.objects.create(
        register=register,
        outcome=outcome,
        by=f"{by._meta.model_name}:{by.pk}" if by is not None else "",
        purpose=purpose,
        subject=subject_index(number),
        request=structlog.contextvars.get_contextvars().get("request", ""),
    )


def _population() -> PopulationRegister:
    connector: PopulationRegister = _connector(settings.POPULATION_REGISTER)
    return connector


def _businesses() -> BusinessRegister:
    connector: BusinessRegister = _connector(settings.BUSINESS_REGISTER)
    return connector


@cache
def _connector(path: str) -> Any:
    """One connector of each kind for the process: it may keep connections open."""
    return import_string(path)()


@cache
def _careful(register: str) -> Careful:
    return Careful(register)
