"""What pages of spaces show: steps, tabs and rows of summaries."""

from typing import Any

from babel import Locale
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.registers.base import Citizen, LegalForm
from guichet.spaces import policy
from guichet.spaces.company import HOME, CompanyData
from guichet.spaces.models import Membership, Source, SpaceDraft
from guichet.spaces.policy import Can

Row = dict[str, Any]


def _row(label: str, value: str, change_url: str | None = None) -> Row:
    return {"label": label, "value": value, "change_url": change_url}


# --- The three steps


def steps(draft: SpaceDraft | None, current: int) -> list[Row]:
    """The stepper: done steps lead back."""
    labels = (_("Name of the eSpace"), _("Your company"), _("Your user details"))
    urls = (_url("name", draft), second_step(draft), _url("user", draft))
    return [
        {
            "label": label,
            "url": url if number < current else None,
            "state": "done" if number < current else "current" if number == current else "todo",
        }
        for number, (label, url) in enumerate(zip(labels, urls, strict=True), start=1)
    ]


def second_step(draft: SpaceDraft | None) -> str | None:
    """Where the second step is: the search, or what was chosen or typed already."""
    if draft is None or not draft.company:
        return _url("company", draft)
    from_register = draft.company.get("source") == Source.REGISTER
    return _url("complete_company" if from_register else "type_company", draft)


def next_step(draft: SpaceDraft, step: int) -> str:
    """The page after a step. What was not said yet is asked first."""
    return (second_step(draft) if step == 1 else _url("user", draft)) or ""


def step_before(draft: SpaceDraft, step: int) -> str:
    """The page before a step."""
    return (_url("name", draft) if step == 2 else second_step(draft)) or ""


def left_off(draft: SpaceDraft) -> str:
    """The page of the step at which somebody stopped."""
    reached_the_third = bool(draft.notification_email or draft.finished_at)
    return (_url("user", draft) if reached_the_third else second_step(draft)) or ""


def _url(view: str, draft: SpaceDraft | None) -> str | None:
    return reverse(f"spaces:{view}", args=[draft.pk]) if draft else None


# --- Summaries


def draft_rows(draft: SpaceDraft) -> list[Row]:
    """What a draft holds, with a way back to each of the two steps before."""
    company = CompanyData.kept(draft.company)
    return [
        _row(_("Name of the eSpace"), draft.name, _url("name", draft)),
        _row(_("Company"), company.name, second_step(draft)),
        *(row for row in company_rows(company)[1:] if row["value"]),
        *(row for row in contact_rows(company) if row["value"]),
    ]


def person_rows(person: Person) -> list[Row]:
    """Who creates the space; the register's names are not typed over."""
    return [
        _row(_("First name"), person.given_names),
        _row(_("Last name"), person.family_name),
        _row(_("Your role in the eSpace"), _("Administrator")),
    ]


def company_rows(company: CompanyData) -> list[Row]:
    """Who a company is: name, form, numbers, address."""
    return [*register_rows(company), _row(_("Business permit number"), company.permit)]


def register_rows(company: CompanyData) -> list[Row]:
    """What a business register knows of a company."""
    form = LegalForm(company.legal_form).label if company.legal_form in LegalForm.values else ""
    return [
        _row(_("Name of the company"), company.name),
        _row(_("Legal form"), str(form)),
        _row(_("RCS number"), company.rcs),
        _row(_("VAT number"), company.vat),
        _row(_("National identification number"), company.national_number),
        _row(_("NACE code"), company.nace),
        _row(_("Address"), address(company)),
    ]


def contact_rows(company: CompanyData) -> list[Row]:
    """How a company is reached."""
    return [
        _row(_("Phone number"), company.phone),
        _row(_("Email address of the company"), company.email),
    ]


def address(company: CompanyData) -> str:
    """As on an envelope; the country only when it is abroad."""
    place = f"{company.postal_code} {company.locality}".strip()
    abroad = "" if company.country in ("", HOME) else country(company.country)
    lines = (company.address_line1, company.address_line2, place, abroad)
    return "\n".join(line for line in lines if line)


def country(code: str) -> str:
    """By its name in the language of the page."""
    return str(Locale.parse(get_language() or "fr").territories.get(code, code))


def profile_rows(member: Membership) -> list[Row]:
    """What a space says of itself to its members."""
    space = member.space
    change = None
    if policy.may(member, Can.CHANGE):
        change = reverse("spaces:change_space", args=[space.identifier])
    mine = reverse("spaces:change_address", args=[space.identifier])
    rows = [
        _row(_("Kind of eSpace"), space.get_kind_display()),
        _row(_("Created on"), date_format(localtime(space.created_at), "DATE_FORMAT")),
        _row(_("Your role in the eSpace"), member.role_name),
        _row(_("Your email address for this eSpace"), member.notification_email, mine),
    ]
    if space.is_private:
        return rows
    return [
        _row(_("Name of the eSpace"), space.name, change),
        *rows,
        _row(_("Email address of the eSpace"), space.notification_email, change),
    ]


def citizen_rows(citizen: Citizen) -> list[Row]:
    """What the population register says of a person."""
    return [
        _row(_("First names"), citizen.given_names),
        _row(_("Last name"), citizen.family_name),
        _row(_("Date of birth"), date_format(citizen.birth_date, "DATE_FORMAT")),
        _row(_("National identification number"), citizen.national_number),
        _row(_("Address"), "\n".join(citizen.address.lines)),
    ]


def known_rows(person: Person) -> list[Row]:
    """What the portal itself keeps of a person."""
    return [
        _row(_("First names"), person.given_names),
        _row(_("Last name"), person.family_name),
        _row(_("Date of birth"), date_format(person.birth_date, "DATE_FORMAT")),
        _row(_("Email address"), person.email),
    ]
