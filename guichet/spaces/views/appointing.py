"""The help desk's pages: find a business space, see who can act there, appoint an administrator."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet import clock
from guichet.access import open_to_agents
from guichet.design.forms import Form
from guichet.persons.models import Agent
from guichet.persons.policy import require_duty
from guichet.signon.requests import AgentRequest
from guichet.spaces import actions
from guichet.spaces.actions import appointing, looking_up
from guichet.spaces.actions.looking_up import Found, Why
from guichet.spaces.forms.appointing import ConsentForm, FindForm, ProposalForm, WhyForm
from guichet.spaces.models import Appointment

DECIDED_SHOWN = timedelta(days=30)
DECIDED_MAX = 50


@open_to_agents
def find(request: AgentRequest) -> HttpResponse:
    """Look for a space. What was typed may be a name, so that it stands in no address."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    form = FindForm(request.POST or None)
    found = form.submit(actions.find_spaces, request.agent)
    context: dict[str, Any] = {"form": form}
    if found is not None:
        shown, why = found[: looking_up.FOUND_MAX], form.cleaned_data["why"]
        context |= {
            "found": [(each, _address(each, why)) for each in shown],
            "has_more": len(found) > len(shown),
        }
    return render(request, "spaces/appointing/find.html", context)


@open_to_agents
@require_safe
def space(request: AgentRequest, identifier: str) -> HttpResponse:
    """One space: who belongs to it, whether somebody can administrate it. Asks why first."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    form = WhyForm(request.GET if "motif" in request.GET else None)
    if not form.is_valid():
        context = {"question": form, "identifier": identifier}
        return render(request, "spaces/appointing/why.html", context)
    found = _look_into(request, identifier, form.cleaned_data["motif"])
    context = {
        "found": found,
        "space": found.space,
        "members": looking_up.members_of(found.space),
        "why_not": appointing.why_not(found.space),
        "proposal": appointing.proposal_for(found.space),
        "propose_url": _address(found, form.cleaned_data["motif"], "spaces:help_desk_propose"),
    }
    return render(request, "spaces/appointing/space.html", context)


@open_to_agents
def propose(request: AgentRequest, identifier: str) -> HttpResponse:
    """Propose an administrator to a second agent."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    why = request.GET.get("motif", "")
    if why not in Why.values:
        return redirect("spaces:help_desk_space", identifier)
    found = _look_into(request, identifier, why)
    if appointing.why_not(found.space) or appointing.proposal_for(found.space):
        return redirect(_address(found, why))
    candidates = [member for member in looking_up.members_of(found.space) if member.can_open]  # type: ignore[attr-defined]
    form = ProposalForm(candidates, request.POST or None)
    proposal = form.submit(actions.propose_administrator, request.agent, space=found.space)
    if proposal is not None:
        messages.success(
            request, _("Proposed. Another agent decides; all members have been told by email.")
        )
        return redirect("spaces:appointment", proposal.pk)
    context = {"form": form, "space": found.space, "back_url": _address(found, why)}
    return render(request, "spaces/appointing/propose.html", context)


@open_to_agents
@require_safe
def appointments(request: AgentRequest) -> HttpResponse:
    """What waits for a second agent, and what was decided of late."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    rows = Appointment.objects.select_related("space", "person", "proposed_by", "consented_by")
    late = rows.filter(proposed_at__gt=clock.now() - DECIDED_SHOWN - Appointment.VALIDITY)
    live = Appointment.objects.live().values("pk")
    context = {
        "waiting": rows.filter(pk__in=live).order_by("proposed_at", "pk"),
        "decided": late.exclude(pk__in=live).order_by("-proposed_at", "-pk")[:DECIDED_MAX],
    }
    return render(request, "spaces/appointing/appointments.html", context)


@open_to_agents
def appointment(request: AgentRequest, appointment_id: UUID) -> HttpResponse:
    """One proposal: its grounds, and the buttons of the second agent."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    found = _appointment(appointment_id)
    dropping = "_drop" in request.POST
    form = Form(request.POST) if dropping else ConsentForm(request.POST or None)
    act = actions.drop_appointment if dropping else actions.consent_to_appointment
    if form.submit(act, request.agent, appointment=found):
        messages.success(request, _dropped() if dropping else _appointed())
        return redirect("spaces:appointment", appointment_id)
    found = actions.read_appointment(request.agent, appointment=_appointment(appointment_id))
    context = {
        "form": form if found.is_live else None,
        "problems": form.problems() if form.is_bound else [],
        "appointment": found,
        "is_mine": found.proposed_by_id == request.agent.pk,
        "space_url": _link("spaces:help_desk_space", found.space.identifier, Why.REVIEW),
    }
    return render(request, "spaces/appointing/appointment.html", context)


def _look_into(request: AgentRequest, identifier: str, why: str) -> Found:
    found = actions.look_into(request.agent, identifier=identifier, why=why)
    if found is None:
        raise Http404
    return found


def _appointment(key: UUID) -> Appointment:
    rows = Appointment.objects.select_related(
        "space", "person", "proposed_by__authority", "consented_by", "dropped_by"
    )
    try:
        return rows.get(pk=key)
    except Appointment.DoesNotExist:
        raise Http404 from None


def _address(found: Found, why: str, page: str = "spaces:help_desk_space") -> str:
    return _link(page, found.space.identifier, why)


def _link(page: str, identifier: str, why: str) -> str:
    """A page of a space with the reason for looking, which travels in the address: it is a code."""
    return f"{reverse(page, args=[identifier])}?{urlencode({'motif': why})}"


def _dropped() -> str:
    return _("The proposal is dropped. Nothing has changed in the eSpace.")


def _appointed() -> str:
    return _("The administrator is appointed. All members have been told, and letters are sent.")
