"""The front page, where one lands after signing on, the hub of spaces, and a space's home."""

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_cookie

from guichet.access import open_to_all, same_for_all
from guichet.content.latest import latest
from guichet.desk import kept
from guichet.desk import policy as mergers
from guichet.procedures import offers
from guichet.procedures.overview import overview
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy, switching
from guichet.spaces.models import Membership, RoleRequest, SpaceDraft
from guichet.spaces.policy import Can


@open_to_all
@vary_on_cookie
def entrance(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the front page in the language of the cookie or the browser."""
    return redirect("desk:home")


@same_for_all
def home(request: HttpRequest) -> HttpResponse:
    """The front page: the same for everybody who has not signed on."""
    context = {
        "known": getattr(request, "sign_on", None) is not None,
        "agent": getattr(request, "agent", None),
        "phone": settings.SUPPORT_PHONE,
        "phone_link": re.sub(r"[^+0-9]", "", settings.SUPPORT_PHONE),
        "frequent": offers.frequent_for_all(),
        "news": latest(get_language() or settings.LANGUAGE_CODE),
    }
    return render(request, "desk/home.html", context)


def arrival(request: PersonRequest) -> HttpResponse:
    """Whoever has one space lands in it; with none or several one chooses."""
    found = Membership.objects.filter(person=request.person, space__binned_at=None).order_by(
        "since"
    )
    identifiers = list(found.values_list("space__identifier", flat=True)[:2])
    for lost in policy.unreachable(request.person):
        told = _(
            "Our emails to %(address)s come back. Check the address: My account, Email address."
        )
        messages.warning(request, told % {"address": lost.masked})
    if len(identifiers) == 1:
        return redirect("desk:space", identifiers[0])
    return redirect("desk:spaces")


def spaces(request: PersonRequest) -> HttpResponse:
    """The hub: one's spaces, those in preparation, and how to create more."""
    person = request.person
    memberships = list(
        Membership.objects.filter(person=person)
        .select_related("space")
        .order_by("space__name", "space__identifier")
    )
    request.sign_on.places = switching.lines_of(memberships, request.sign_on.credential_id)
    in_use = [member for member in memberships if member.space.binned_at is None]
    binned = [member.space for member in memberships if member.space.binned_at]
    professional = [member for member in in_use if not member.space.is_private]
    context = {
        "unreachable": policy.unreachable(person),
        "binned": binned,
        "binned_private": next((space for space in binned if space.is_private), None),
        "deletable": [member for member in professional if policy.may(member, Can.DELETE)],
        "private": [member for member in in_use if member.space.is_private],
        "professional": professional,
        "mergers": mergers.mergers(in_use),
        "manages": any(policy.may(member, Can.MERGE) for member in professional),
        "invitations": policy.pending_invitations(person),
        "drafts": SpaceDraft.objects.open().filter(person=person).order_by("-saved_at"),
        "asked_for": RoleRequest.objects.open().filter(person=person).order_by("asked_at", "pk"),
    }
    return render(request, "desk/spaces.html", context)


def space(request: PersonRequest, identifier: str) -> HttpResponse:
    """A space's home: its procedures, what waits, the news."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    key = (member.space_id, member.space.version, member.role)

    def read() -> dict[str, Any]:
        found = overview(member.space)
        todo = any(found[part] for part in ("to_sign", "refused", "waiting", "drafts"))
        sent = [one["draft"].version.procedure for one in found["sent"]]
        return {
            "space": member.space,
            "news": latest(get_language() or settings.LANGUAGE_CODE),
            "todo": todo,
            "frequent": offers.frequent(member, sent=sent),
            **found,
        }

    return kept.page(request, key, "desk/space.html", read)


def communications(request: PersonRequest, identifier: str) -> HttpResponse:
    """Letters between the authorities and the space."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    context = {"space": member.space, "email": member.notification_email}
    return render(request, "desk/communications.html", context)
