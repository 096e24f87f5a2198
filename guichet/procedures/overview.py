"""What the home of a space shows of procedures: what waits for somebody, what is begun, what was sent."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import get_language

from guichet import clock
from guichet.procedures import catalogue
from guichet.procedures.definitions.words import Words
from guichet.procedures.models import Draft, Signature
from guichet.spaces.models import Space

SHOWN_MAX = 20

Row = dict[str, Any]


def overview(space: Space) -> dict[str, list[Row]]:
    """Lines for the page: `to_sign`, `refused`, `waiting`, `drafts`, `sent`; the newest first.

    Two queries, whatever there is.
    """
    asked = Signature.objects.asked().filter(space=space).exclude(draft__presented_at=None)
    asked = asked.filter(draft__sent_at=None).select_related("draft__version", "asked_by")
    refusals = Signature.objects.filter(draft=OuterRef("pk"), refused_at__isnull=False)
    rows = (
        Draft.objects.filter(space=space, discarded_at=None)
        .select_related("version", "submission", "saved_by")
        .annotate(was_refused=Exists(refusals))
        .defer("content_sealed", "version__source")
        .order_by("-saved_at")[: SHOWN_MAX * 2]
    )
    found: dict[str, list[Row]] = {
        "to_sign": [],
        "refused": [],
        "waiting": [],
        "drafts": [],
        "sent": [],
    }
    for signature in asked.order_by("asked_at")[:SHOWN_MAX]:
        found["to_sign"].append(
            {
                "title": _words(signature.draft)("title"),
                "url": reverse("procedures:co_sign", args=[space.identifier, signature.pk]),
                "by": signature.asked_by.name,
                "until": signature.expires_at,
            }
        )
    for draft in rows:
        if draft.sent_at is None and draft.kept_until <= clock.now():
            continue
        found[_where(draft)].append(_line(space, draft))
    return found


def _where(draft: Any) -> str:
    if draft.sent_at:
        return "sent"
    if draft.presented_at:
        return "waiting"
    return "refused" if draft.was_refused else "drafts"


def _line(space: Space, draft: Draft) -> Row:
    submission = getattr(draft, "submission", None) if draft.sent_at else None
    line: Row = {"title": _words(draft)("title"), "draft": draft}
    if submission is not None:
        line |= {
            "reference": submission.reference,
            "at": submission.sent_at,
            "url": reverse("procedures:sent", args=[space.identifier, submission.reference]),
        }
    else:
        standing = catalogue.standing(draft.version)
        line |= {
            "at": draft.saved_at,
            "standing": standing,
            "edge": "error" if standing.is_over else "warning" if standing.is_soon_over else "",
            "url": reverse("procedures:fill", args=[space.identifier, draft.pk]),
        }
    return line


def _words(draft: Draft) -> Words:
    return catalogue.form_of(draft.version).words(get_language() or "fr")
