"""The tabs of a space, for pages of this room and of those above."""

from typing import Any

from django import template
from django.db.models import Q
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.spaces import policy
from guichet.spaces.models import Membership, Merger, Space
from guichet.spaces.policy import Can

register = template.Library()

# Parts of a space that stand under its home: what is filled in, signed, and was sent.
_OF_THE_FIRST = ("demarches/", "signatures/")


@register.simple_tag(takes_context=True)
def space_tabs(context: Context, space: Space) -> list[dict[str, Any]]:
    """The guide's tabs, in its order; the one of this page, or of its parent, is current."""
    labels = {
        "desk:space": _("My procedures"),
        "spaces:data": _("My data") if space.is_private else _("My business data"),
        "desk:communications": _("Communications"),
        "spaces:profile": str(space.get_kind_display()),
    }
    return _tabs(context, space, labels)


@register.simple_tag(takes_context=True)
def own_tabs(context: Context, member: Membership) -> list[dict[str, Any]]:
    """The parts of a professional space's own page, each only for who may open it."""
    entries = [
        ("spaces:profile", _("Profile"), Can.VIEW),
        ("spaces:users", _("Users"), Can.MEMBERS),
        ("spaces:rights", _("Rights"), Can.VIEW),
        ("spaces:certifications", _("Certifications"), Can.VIEW),
    ]
    if member.space.is_private:
        return []
    labels = {view: label for view, label, right in entries if policy.may(member, right)}
    return _tabs(context, member.space, labels)


def _tabs(context: Context, space: Space, labels: dict[str, str]) -> list[dict[str, Any]]:
    path = context["request"].path
    urls = {view: reverse(view, args=[space.identifier]) for view in labels}
    first = next(iter(urls.values()))  # the addresses of all pages below begin with it
    below = [url for url in urls.values() if url != first and path.startswith(url)]
    at_first = path == first or path.startswith(tuple(first + part for part in _OF_THE_FIRST))
    here = max(below, key=len, default=first if at_first else "")
    return [
        {"label": label, "url": urls[view], "current": urls[view] == here}
        for view, label in labels.items()
    ]


@register.simple_tag
def space_merger(space: Space) -> Merger | None:
    """The merger that was consented to and is about to change this space."""
    if space.is_private or not space.may_be_merging:
        return None
    agreed = Merger.objects.agreed().defer("preview", "outcome_sealed")
    return agreed.filter(Q(absorbed=space) | Q(kept=space)).first()
