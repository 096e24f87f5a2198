"""What the registers say of a company or a person: read again, contested, looked into."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.access import open_to_agents
from guichet.audit.actions import record
from guichet.design.forms import Form
from guichet.persons.models import Agent
from guichet.persons.policy import require_duty
from guichet.registers.base import Unavailable
from guichet.signon.requests import AgentRequest, PersonRequest
from guichet.spaces import actions, known, policy
from guichet.spaces.company import CompanyData
from guichet.spaces.forms.known import ContestForm, MatchingForm, ReadingForm
from guichet.spaces.models import Company, Contest, Membership
from guichet.spaces.policy import Can

ROWS_PER_PAGE = 25


def read_register(request: PersonRequest, identifier: str) -> HttpResponse:
    """Read the business register again; show what is new before it is taken over."""
    member = policy.membership(request.sign_on, identifier, to=Can.CHANGE)
    if member.space.is_private:
        raise Http404
    now = CompanyData.in_row(Company.objects.get(space=member.space_id))
    kind = ReadingForm if now.is_from_register else MatchingForm
    number = now.rcs or now.vat or now.national_number
    form = kind(_posted(request), initial={"reference": number})
    try:
        reading, unavailable = form.submit(actions.read_company, member), False
    except Unavailable:
        reading, unavailable = None, True
    if reading and reading.taken:
        messages.success(request, _("The details are those of the register now."))
        return redirect("spaces:data", identifier)
    if reading:
        return _ask(request, member, form, reading)
    context = {"form": form, "space": member.space, "now": now, "unavailable": unavailable}
    return render(request, "spaces/register/read.html", context)


def _ask(
    request: PersonRequest, member: Membership, form: ReadingForm, reading: actions.Reading
) -> HttpResponse:
    """What the register says otherwise, side by side, and a button to take it over."""
    asked = type(form)(initial={**form.cleaned_data, "seen": reading.seen})
    if isinstance(asked, MatchingForm):
        asked.hide_number()
    context = {
        "form": asked,
        "space": member.space,
        "after": reading.after,
        "differences": known.differences(reading.before, reading.after),
    }
    return render(request, "spaces/register/differences.html", context)


def contest(request: PersonRequest, identifier: str, field: str) -> HttpResponse:
    """Say that a value is wrong; or read what was said of it."""
    member = policy.membership(request.sign_on, identifier, to=Can.CHANGE)
    label = known.fields(member.space).get(field)
    if label is None:
        raise Http404
    context = {"space": member.space, "field": field, "label": label}
    open_one = policy.open_contest(member, field)
    if open_one:
        return render(request, "spaces/register/contested.html", {**context, "contest": open_one})
    form = ContestForm(_posted(request))
    if form.submit(actions.contest, member, field=field):
        messages.success(request, _("The value is contested. The register’s contact is told."))
        return redirect("spaces:data", identifier)
    context |= {"form": form, "value": known.value_of(member.space, field)}
    return render(request, "spaces/register/contest.html", context)


def withdraw_contest(request: PersonRequest, identifier: str, field: str) -> HttpResponse:
    """Contest the value no longer."""
    member = policy.membership(request.sign_on, identifier, to=Can.CHANGE)
    open_one = policy.open_contest(member, field)
    if open_one is None:
        raise Http404
    if Form(_posted(request)).submit(actions.withdraw_contest, member, contest=open_one):
        messages.success(request, _("The value is no longer contested."))
        return redirect("spaces:data", identifier)
    return redirect("spaces:contest", identifier, field)


@open_to_agents
@require_safe
def contests(request: AgentRequest) -> HttpResponse:
    """For the help desk: which values members contest, the oldest first."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    found = Contest.objects.open().select_related("space").order_by("contested_at", "pk")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [(row, known.fields(row.space)[row.field]) for row in page]
    return render(request, "spaces/register/contests.html", {"page": page, "rows": rows})


@open_to_agents
@require_safe
def contested(request: AgentRequest, contest_id: UUID) -> HttpResponse:
    """For the help desk: what a member says of a value. Reading it is recorded."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    found = policy.contest_for(request.agent, contest_id)
    record(
        "space.contest-read",
        by=request.agent,
        about=found,
        space=found.space_id,
        whom=found.contested_by_id,
    )
    label = known.fields(found.space)[found.field]
    value = known.value_of(found.space, found.field)
    context = {"contest": found, "space": found.space, "label": label, "value": value}
    return render(request, "spaces/register/agent.html", context)


def _posted(request: PersonRequest) -> QueryDict | None:
    """What was sent, be it nothing but the button."""
    return request.POST if request.method == "POST" else None
