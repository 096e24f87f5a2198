"""The tabs of a space, for pages of this room and of those above."""

from typing import Any

from django import template
from django.db.models import Q
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.spaces.models import Merger, Space

register = template.Library()


@register.simple_tag(takes_context=True)
def space_tabs(context: Context, space: Space) -> list[dict[str, Any]]:
    """The guide's tabs, in its order; the one of this page, or of its parent, is current."""
    labels = {
        "desk:space": _("My procedures"),
        "spaces:data": _("My data") if space.is_private else _("My business data"),
        "desk:communications": _("Communications"),
        "spaces:profile": str(space.get_kind_display()),
    }
    path = context["request"].path
    urls = {view: reverse(view, args=[space.identifier]) for view in labels}
    home = urls["desk:space"]  # the address of every page of the space begins with it
    below = [url for url in urls.values() if url != home and path.startswith(url)]
    here = max(below, key=len, default=path if path == home else "")
    return [
        {"label": label, "url": urls[view], "current": urls[view] == here}
        for view, label in labels.items()
    ]


@register.simple_tag
def space_merger(space: Space) -> Merger | None:
    """The merger that was consented to and is about to change this space."""
    if space.is_private:
        return None
    live = Merger.objects.live().exclude(consented_at=None).defer("preview", "outcome_sealed")
    return live.filter(Q(absorbed=space) | Q(kept=space)).first()
