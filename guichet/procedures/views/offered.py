"""What is offered: the catalogue, the page of a procedure, and the way into the right space."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.access import open_to_all
from guichet.procedures import actions, catalogue, pages, policy
from guichet.procedures.catalogue import Listed
from guichet.procedures.forms import BeginForm
from guichet.procedures.models import Draft
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can


@open_to_all
def all_procedures(request: HttpRequest) -> HttpResponse:
    """Everything that can be asked of the State here."""
    found = sorted(catalogue.procedures().values(), key=lambda one: one.title.casefold())
    return render(request, "procedures/catalogue.html", {"procedures": found})


@open_to_all
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """What a procedure is, who it is for, what one needs; and how to begin."""
    found = _listed(code)
    return render(request, "procedures/procedure.html", _about(found))


def where(request: PersonRequest, code: str) -> HttpResponse:
    """In which of one's spaces to do it; with one that fits, straight there."""
    found = _listed(code)
    members = Membership.objects.filter(person=request.person, space__binned_at=None)
    fitting = [
        member
        for member in members.select_related("space").order_by("space__name", "pk")
        if (found.for_private if member.space.is_private else found.for_professional)
    ]
    if len(fitting) == 1:
        return redirect("procedures:begin", fitting[0].space.identifier, code)
    context = {**_about(found), "fitting": fitting}
    return render(request, "procedures/where.html", context)


def choose(request: PersonRequest, identifier: str) -> HttpResponse:
    """What can be begun in this space."""
    member = spaces.membership(request.sign_on, identifier, to=Can.VIEW)
    private = member.space.is_private
    fitting = [
        one
        for one in catalogue.procedures().values()
        if (one.for_private if private else one.for_professional)
    ]
    fitting.sort(key=lambda one: one.title.casefold())
    context = {"space": member.space, "member": member, "procedures": fitting}
    return render(request, "procedures/choose.html", context)


def begin(request: PersonRequest, identifier: str, code: str) -> HttpResponse:
    """Before one begins: what is needed, and the drafts that are there already."""
    member = spaces.membership(request.sign_on, identifier, to=Can.VIEW)
    found = policy.startable(member, code)
    form = BeginForm(request.POST or None)
    draft = form.submit(actions.begin, member, code=code)
    if draft is not None:
        return redirect("procedures:fill", identifier, draft.pk)
    drafts = Draft.objects.open().filter(space=member.space_id, version__procedure=code)
    context = {
        **_about(found),
        "space": member.space,
        "form": form,
        "drafts": [
            {"draft": one, "saved": pages.saved_at(one, request.person.pk)}
            for one in drafts.select_related("saved_by").order_by("-saved_at")[:10]
        ],
    }
    return render(request, "procedures/begin.html", context)


def _listed(code: str) -> Listed:
    found = catalogue.listed(code)
    if found is None:
        raise Http404(_("There is no such procedure."))
    return found


def _about(found: Listed) -> dict[str, object]:
    form, words = found.latest, found.words()
    papers = [paper for paper in form.papers if not paper.optional]
    return {
        "procedure": found,
        "title": words("title"),
        "summary": words("summary"),
        "who": words.lines("who"),
        "deadline": words("deadline"),
        "papers": [paper.label(words) for paper in papers],
        "needed": words.lines("needed"),
        "minutes": pages.minutes(form),
        "cost": form.definition.cost_cents,
        "delay": form.definition.delay,
    }
