"""What a space may reach: its certifications, its access codes, its agents."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from guichet.design.forms import Form
from guichet.signon.requests import PersonRequest, client_address
from guichet.spaces import actions, certifications, policy
from guichet.spaces.forms.certification import AgentCodeForm, EnterCodeForm
from guichet.spaces.models import AccessCode, Certification, Grade, Membership, Service
from guichet.spaces.policy import Can


def overview(request: PersonRequest, identifier: str) -> HttpResponse:
    """What is certified, what was, and what could be: the same for everybody in the space."""
    member = _member(request, identifier, to=Can.VIEW)
    context = {
        "space": member.space,
        "may_certify": policy.may(member, Can.CERTIFY),
        **certifications.overview(member.space),
    }
    return render(request, "spaces/certification/overview.html", context)


def service(request: PersonRequest, identifier: str, service: str) -> HttpResponse:
    """One service: what it opens here, or how to get there."""
    member = _member(request, identifier, to=Can.VIEW)
    found = get_object_or_404(Service.objects.select_related("authority"), pk=service)
    context = {
        "space": member.space,
        "service": found,
        "may_certify": policy.may(member, Can.CERTIFY),
        **certifications.of_service(member.space, found),
    }
    return render(request, "spaces/certification/service.html", context)


def enter_code(request: PersonRequest, identifier: str) -> HttpResponse:
    """Type the code that an administration or a holder gave."""
    member = _member(request, identifier, to=Can.CERTIFY)
    form = EnterCodeForm(_posted(request))
    if done := form.submit(actions.enter_code, member, address=client_address(request)):
        messages.success(request, _("The eSpace is certified."))
        return redirect("spaces:certification", identifier, done.service_id)
    context = {"form": form, "space": member.space, "tries": AccessCode.TRIES_MAX}
    return render(request, "spaces/certification/enter_code.html", context)


def give_up(request: PersonRequest, identifier: str, certification_id: UUID) -> HttpResponse:
    """Give up what the space was granted, after saying what goes with it."""
    member = _member(request, identifier, to=Can.CERTIFY)
    own = policy.own_certification(member, certification_id)
    form = Form(_posted(request))
    if form.submit(actions.give_up, member, certification=own) is not None:
        messages.success(request, _("The certification is given up."))
        return redirect("spaces:certifications", identifier)
    agents = Certification.objects.live().filter(holder=own).count()
    context = {"form": form, "space": member.space, "certification": own, "agents": agents}
    return render(request, "spaces/certification/give_up.html", context)


# --- A holder and those who act for it


def agents(request: PersonRequest, identifier: str, service: str) -> HttpResponse:
    """Who acts for this space, and the codes that may still be entered."""
    member, holder = _holder(request, identifier, service, to=Can.VIEW)
    context = {
        "space": member.space,
        "service": holder.service,
        "may_certify": policy.may(member, Can.CERTIFY),
        **certifications.agents_of(holder),
    }
    return render(request, "spaces/certification/agents.html", context)


def make_agent_code(request: PersonRequest, identifier: str, service: str) -> HttpResponse:
    """Make a code for somebody who acts for this space. The answer shows it, once."""
    member, holder = _holder(request, identifier, service, to=Can.CERTIFY)
    form = AgentCodeForm(_posted(request))
    context = {"space": member.space, "service": holder.service}
    if made := form.submit(actions.make_agent_code, member, service=holder.service):
        return render(request, "spaces/certification/code_made.html", {**context, "made": made})
    return render(request, "spaces/certification/make_code.html", {**context, "form": form})


def revoke_agent_code(
    request: PersonRequest, identifier: str, service: str, code_id: UUID
) -> HttpResponse:
    """Take back a code that nobody has entered yet."""
    member, holder = _holder(request, identifier, service, to=Can.CERTIFY)
    code = policy.agent_code_of(holder, code_id)
    form = Form(_posted(request))
    if form.submit(actions.revoke_agent_code, member, code=code) is not None:
        messages.success(request, _("The code is revoked. It opens nothing any more."))
        return redirect("spaces:holders_agents", identifier, service)
    context = {"form": form, "space": member.space, "service": holder.service, "code": code}
    return render(request, "spaces/certification/revoke_code.html", context)


def revoke_agent(
    request: PersonRequest, identifier: str, service: str, certification_id: UUID
) -> HttpResponse:
    """Take back the mandate of one agent."""
    member, holder = _holder(request, identifier, service, to=Can.CERTIFY)
    agent = policy.agent_of(holder, certification_id)
    form = Form(_posted(request))
    if form.submit(actions.revoke_agent, member, certification=agent) is not None:
        messages.success(request, _("The agent is revoked. Both eSpaces are told."))
        return redirect("spaces:holders_agents", identifier, service)
    context = {"form": form, "space": member.space, "service": holder.service, "agent": agent}
    return render(request, "spaces/certification/revoke_agent.html", context)


def _posted(request: PersonRequest) -> QueryDict | None:
    """What was sent, be it nothing but the button."""
    return request.POST if request.method == "POST" else None


def _member(request: PersonRequest, identifier: str, *, to: Can) -> Membership:
    """Private spaces are never certified: they have none of these pages."""
    member = policy.membership(request.sign_on, identifier, to=to)
    if member.space.is_private:
        raise Http404
    return member


def _holder(
    request: PersonRequest, identifier: str, service: str, *, to: Can
) -> tuple[Membership, Certification]:
    member = _member(request, identifier, to=to)
    return member, policy.require_certification(member, service, grade=Grade.HOLDER)
