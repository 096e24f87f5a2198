"""Where agents begin. What they do stands in the room that decides it."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from guichet.access import open_to_agents
from guichet.desk.forms.letters import ReturnedForm, SettledForm
from guichet.persons.models import Agent, Authority
from guichet.persons.policy import require_duty
from guichet.post import letters_life
from guichet.post.models import Dispatch
from guichet.signon.requests import AgentRequest
from guichet.spaces import actions as spaces

LETTERS_MAX = 100


class Entry(NamedTuple):
    """A card of the agents' home: for which duty, where it leads, what one does there.

    `waiting` counts what waits there for somebody.
    """

    duty: Agent.Duty
    page: str
    title: str | Promise
    text: str | Promise
    icon: str
    waiting: Callable[[], int] | None = None


# Each act of agents has a line here.
ENTRIES = (
    Entry(
        Agent.Duty.HELP_DESK,
        "spaces:help_desk_find",
        _("Find a business eSpace"),
        _("See who belongs to it, and propose an administrator when it has lost its own."),
        "search",
    ),
    Entry(
        Agent.Duty.HELP_DESK,
        "spaces:appointments",
        _("Appointments"),
        _("Decide on what a colleague proposes, and see what was decided."),
        "person",
        spaces.waiting_appointments,
    ),
    Entry(
        Agent.Duty.HELP_DESK,
        "spaces:contests",
        _("Contested values"),
        _("Read what members say is wrong in a register, and why."),
        "message",
        spaces.open_contests,
    ),
    Entry(
        Agent.Duty.HELP_DESK,
        "desk:returned_letters",
        _("Letters that came back"),
        _("Enter what the post brings back, and deal with it."),
        "document",
        lambda: Dispatch.objects.came_back().count(),
    ),
    Entry(
        Agent.Duty.ACCESS_CODES,
        "spaces:codes",
        _("Access codes"),
        _("Make a code that certifies an eSpace for a service, see what became of the others."),
        "key",
    ),
    Entry(
        Agent.Duty.ACCESS_CODES,
        "spaces:granted",
        _("Certified eSpaces"),
        _("See who has access to the services of your authority, revoke it."),
        "list",
    ),
)


@open_to_agents
@require_safe
def home(request: AgentRequest) -> HttpResponse:
    """What the agent's duties open."""
    agent = request.agent
    context = {
        "authority": Authority.objects.get(pk=agent.authority_id),
        "duties": [duty.label for duty in Agent.Duty if agent.has(duty)],
        "entries": [
            (entry, entry.waiting() if entry.waiting else 0)
            for entry in ENTRIES
            if agent.has(entry.duty)
        ],
    }
    return render(request, "desk/agents.html", context)


@open_to_agents
def letters(request: AgentRequest) -> HttpResponse:
    """Letters that the post brought back: enter one, and what waits for somebody to deal with it."""
    require_duty(request.agent, Agent.Duty.HELP_DESK)
    settling = "_settle" in request.POST
    form = ReturnedForm(request.POST if request.method == "POST" and not settling else None)
    settled = SettledForm(request.POST if settling else None)
    if form.submit(letters_life.returned, request.agent):
        messages.success(request, _t("The letter is entered. Whoever it was for is told."))
        return redirect("desk:returned_letters")
    if settled.submit(letters_life.settle, request.agent):
        messages.success(request, _t("The letter is dealt with."))
        return redirect("desk:returned_letters")
    waiting = Dispatch.objects.came_back().order_by("returned_at", "pk")
    context = {
        "form": form,
        "problems": settled.problems() if settling else [],
        "letters": waiting.select_related("instead_of__instead_of")[:LETTERS_MAX],
    }
    return render(request, "desk/returned_letters.html", context)
