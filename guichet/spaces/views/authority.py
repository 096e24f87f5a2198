"""For agents of an authority: the access codes they give, and the spaces that these certified."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.access import open_to_agents
from guichet.design.forms import Form
from guichet.persons.models import Agent
from guichet.persons.policy import require_duty
from guichet.signon.requests import AgentRequest
from guichet.spaces import actions, certifications, policy
from guichet.spaces.forms.certification import CodeForm, RevokeForm
from guichet.spaces.models import Certification

ROWS_PER_PAGE = 25


@open_to_agents
@require_safe
def codes(request: AgentRequest) -> HttpResponse:
    """Every code of the authority, the newest first, and where it stands."""
    agent = _agent(request)
    pages = Paginator(certifications.codes_of(agent.authority_id), ROWS_PER_PAGE)
    context = {"page": pages.get_page(request.GET.get("page"))}
    return render(request, "spaces/authority/codes.html", context)


@open_to_agents
def make_code(request: AgentRequest) -> HttpResponse:
    """Make a code for one space. The answer shows it, once."""
    agent = _agent(request)
    form = CodeForm(agent, _posted(request))
    if made := form.submit(actions.make_code, agent):
        return render(request, "spaces/authority/code_made.html", {"made": made})
    return render(request, "spaces/authority/make_code.html", {"form": form})


@open_to_agents
def revoke_code(request: AgentRequest, code_id: UUID) -> HttpResponse:
    """Take back a code that nobody has entered yet."""
    agent = _agent(request)
    code = policy.code_of(agent, code_id)
    form = Form(_posted(request))
    if form.submit(actions.revoke_code, agent, code=code) is not None:
        messages.success(request, _("The code is revoked. It opens nothing any more."))
        return redirect("spaces:codes")
    return render(request, "spaces/authority/revoke_code.html", {"form": form, "code": code})


@open_to_agents
@require_safe
def granted(request: AgentRequest) -> HttpResponse:
    """The spaces that are certified for a service of the authority."""
    agent = _agent(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = certifications.granted_by(agent.authority_id, text=text)
    pages = Paginator(found, ROWS_PER_PAGE)
    context = {"page": pages.get_page(request.GET.get("page")), "text": text}
    return render(request, "spaces/authority/granted.html", context)


@open_to_agents
def revoke_certification(request: AgentRequest, certification_id: UUID) -> HttpResponse:
    """Take back what was granted, with a reason that the space's members read."""
    agent = _agent(request)
    certification = policy.certification_granted_by(agent, certification_id)
    form = RevokeForm(_posted(request))
    revoked = form.submit(actions.revoke_certification, agent, certification=certification)
    if revoked is not None:
        messages.success(
            request, _("The certification is revoked. The users of the eSpace are told.")
        )
        return redirect("spaces:granted")
    agents = Certification.objects.live().filter(holder=certification).count()
    context = {"form": form, "certification": certification, "agents": agents}
    return render(request, "spaces/authority/revoke.html", context)


def _agent(request: AgentRequest) -> Agent:
    require_duty(request.agent, Agent.Duty.ACCESS_CODES)
    return request.agent


def _posted(request: AgentRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
