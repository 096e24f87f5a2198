"""Deleting a space, the bin, bringing back, and taking along what a space holds."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet import clock
from guichet.desk.actions import closing
from guichet.desk.forms.closing import DeleteForm
from guichet.persons.models import Person
from guichet.signon.requests import PersonRequest
from guichet.spaces import actions, policy
from guichet.spaces.models import Membership, Space
from guichet.spaces.policy import ADMINISTRATORS_NAMED, Can


def choose(request: PersonRequest) -> HttpResponse:
    """Which professional space to delete; whoever administrates only one goes there directly."""
    mine = Membership.objects.filter(person=request.person, space__in=Space.objects.in_use())
    members = mine.filter(role__in=policy.roles_with(Can.DELETE)).select_related("space")
    spaces = [
        member.space
        for member in members.order_by("space__name", "space__identifier")
        if not member.space.is_private
    ]
    if len(spaces) == 1:
        return redirect("desk:delete", spaces[0].identifier)
    return render(request, "desk/delete_which.html", {"spaces": spaces})


def delete(request: PersonRequest, identifier: str) -> HttpResponse:
    """What is lost, what stays, the export, and the identifier to type."""
    member = policy.membership(request.sign_on, identifier, to=Can.DELETE, in_the_bin=True)
    space = member.space
    if space.binned_at is not None:  # perhaps since a moment ago, by a double click
        return redirect("desk:bin")
    form = DeleteForm(request.POST or None, identifier=identifier)
    if form.submit(actions.bin_space, member):
        messages.success(request, _("The eSpace is in the bin. You can bring it back from here."))
        return redirect("desk:bin")
    kept, merger = closing.kept(space), actions.merger_in_the_way(space)
    context = {
        "form": None if merger else form,
        "space": space,
        "merger": merger,
        "kept": [section for section in kept.sections if section.count and not section.is_one],
        "papers": len(kept.papers),
        "sent": kept.sent,
        "others": Membership.objects.filter(space=space).count() - 1,
        "until": clock.now() + Space.IN_THE_BIN,
    }
    return render(request, "desk/delete.html", context)


def in_the_bin(request: PersonRequest) -> HttpResponse:
    """One's spaces in the bin: until when, who can bring them back, how to take them along."""
    mine = Membership.objects.filter(person=request.person).exclude(space__binned_at=None)
    members = list(mine.select_related("space__binned_by").order_by("-space__binned_at", "pk"))
    for member in members:
        member.person = request.person
    who = _who_can([member.space_id for member in members])
    context = {"binned": [_binned(member, who[member.space_id]) for member in members]}
    return render(request, "desk/bin.html", context)


def bring_back(request: PersonRequest, identifier: str) -> HttpResponse:
    """One click on the page of the bin."""
    member = policy.membership(request.sign_on, identifier, to=Can.DELETE, in_the_bin=True)
    if request.method != "POST":
        return redirect("desk:bin")
    actions.bring_back(member)
    messages.success(request, _("The eSpace is back, with everything in it."))
    return redirect("desk:space", identifier)


def export(request: PersonRequest, identifier: str) -> HttpResponseBase:
    """Everything that the space holds, as a ZIP; also while it is in the bin."""
    member = policy.membership(request.sign_on, identifier, to=Can.DELETE, in_the_bin=True)
    archive = closing.export(member, language=get_language() or request.person.language)
    headers = {"Content-Disposition": f'attachment; filename="{identifier}.zip"'}
    return StreamingHttpResponse(archive, content_type="application/zip", headers=headers)


def _who_can(spaces: list[UUID]) -> dict[UUID, list[Person]]:
    """Who can bring each of these spaces back, who came first before the others."""
    found: dict[UUID, list[Person]] = defaultdict(list)
    able = Membership.objects.filter(space__in=spaces, role__in=policy.roles_with(Can.DELETE))
    for member in able.select_related("person").order_by("since", "pk"):
        found[member.space_id].append(member.person)
    return found


def _binned(member: Membership, who: list[Person]) -> dict[str, Any]:
    return {
        "member": member,
        "space": member.space,
        "may": policy.may(member, Can.DELETE),
        "is_mine": member.space.binned_by_id == member.person_id,
        "who": ", ".join(person.name for person in who[:ADMINISTRATORS_NAMED]),
    }
