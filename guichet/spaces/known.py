"""What pages show of register data: each value with its source and date, and who doubts it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.registers import actions as registers
from guichet.registers.base import Citizen
from guichet.spaces import pages, policy
from guichet.spaces.company import CompanyData
from guichet.spaces.models import Company, Contest, Membership, Space
from guichet.spaces.pages import Row
from guichet.spaces.policy import Can

# What a register says and a member may contest, in the order of the page.
OF_A_COMPANY: dict[str, str | Promise] = {
    "name": gettext_lazy("Name of the company"),
    "legal_form": gettext_lazy("Legal form"),
    "rcs": gettext_lazy("RCS number"),
    "vat": gettext_lazy("VAT number"),
    "national_number": gettext_lazy("National identification number"),
    "nace": gettext_lazy("NACE code"),
    "address": gettext_lazy("Address"),
}
OF_A_CITIZEN: dict[str, str | Promise] = {
    "given_names": gettext_lazy("First names"),
    "family_name": gettext_lazy("Last name"),
    "birth_date": gettext_lazy("Date of birth"),
    "national_number": gettext_lazy("National identification number"),
    "address": gettext_lazy("Address"),
}


def fields(space: Space) -> Mapping[str, str | Promise]:
    """Names of the values that a register knows of the space's company, or of its person."""
    return OF_A_CITIZEN if space.is_private else OF_A_COMPANY


def company_page(member: Membership) -> dict[str, Any]:
    """The two parts: what the register says, and what members said themselves."""
    company = Company.objects.get(space=member.space_id)
    known = CompanyData.in_row(company)
    typed = _("Entered by a member of the eSpace")
    own = [
        {"label": _("Business permit number"), "value": known.permit},
        *pages.contact_rows(known),
    ]
    register: list[Row] = []
    if known.is_from_register:
        register = _contestable(member, pages.register_rows(known), _read_on(company))
        _mark_typed_number(register, known, typed)
    else:
        day = date_format(localtime(company.checked_at), "DATE_FORMAT")
        typed = _("Entered by a member of the eSpace, last changed on %(day)s") % {"day": day}
        own = [*pages.register_rows(known), *own]
    return {
        "register_rows": register,
        "own_rows": [{**row, "note": typed if row["value"] else ""} for row in own],
        "troubled": known.is_from_register and registers.troubled_at("business"),
        "may_change": policy.may(member, Can.CHANGE),
    }


def citizen_rows(member: Membership, citizen: Citizen) -> list[Row]:
    """What the population register says of the person, just read, for this page only."""
    source = _("Population register (RNPP), read just now")
    return _contestable(member, pages.citizen_rows(citizen), source)


def differences(before: CompanyData, after: CompanyData) -> list[Row]:
    """Which values are not the same, before and after."""
    pairs = zip(OF_A_COMPANY, pages.register_rows(before), pages.register_rows(after), strict=True)
    return [
        {"field": field, "label": old["label"], "before": old["value"], "after": new["value"]}
        for field, old, new in pairs
        if old["value"] != new["value"]
    ]


def value_of(space: Space, field: str) -> str:
    """What the register says now, where we keep it: of companies; of persons we keep nothing."""
    if space.is_private:
        return ""
    known = CompanyData.in_row(Company.objects.get(space=space))
    return str(dict(zip(OF_A_COMPANY, pages.register_rows(known), strict=True))[field]["value"])


def _contestable(member: Membership, rows: Iterable[Row], source: str) -> list[Row]:
    contests = {
        contest.field: contest for contest in Contest.objects.open().filter(space=member.space_id)
    }
    may_change = bool(policy.may(member, Can.CHANGE))
    found = []
    for field, row in zip(fields(member.space), rows, strict=True):
        contest = contests.get(field)
        link = reverse("spaces:contest", args=[member.space.identifier, field])
        found.append(
            {
                **row,
                "field": field,
                "note": source,
                "tag": _contested_on(contest) if contest else "",
                "change_url": link if may_change else None,
                "change_label": _("See or withdraw") if contest else _("Contest"),
            }
        )
    return found


def _mark_typed_number(rows: list[Row], known: CompanyData, typed: str) -> None:
    """The number of a self-employed person is a person's: the register does not give it out."""
    for row in rows:
        if row["field"] == "national_number" and len(known.national_number) == 13:
            row.update(note=typed, change_url=None)


def _read_on(company: Company) -> str:
    day = date_format(localtime(company.checked_at), "DATE_FORMAT")
    return _("Business register, read on %(day)s") % {"day": day}


def _contested_on(contest: Contest) -> str:
    day = date_format(localtime(contest.contested_at), "DATE_FORMAT")
    return _("Contested on %(day)s") % {"day": day}
