"""What this room keeps of a space: handed over in a merger, taken along, deleted with it."""

from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.files.models import File
from guichet.files.packing import Kept, Said, Section
from guichet.procedures import summaries
from guichet.procedures.models import Attachment, Draft, Signature, Submission
from guichet.procedures.presented import presented
from guichet.spaces.models import Space

KINDS: dict[str, str | Promise] = {
    "drafts": _("Procedures in preparation"),
    "submissions": _("Procedures that were sent"),
    "signatures": _("Signatures asked of others, given and awaited"),
}
HINDRANCES: dict[str, str | Promise] = {
    "signatures": _("A procedure waits for a signature. Sign it, refuse it or take it back first."),
}


def hindrances(space: Space, *, but: UUID | None = None) -> list[str]:
    """What is being signed names the space: it cannot become another one meanwhile."""
    waiting = Draft.objects.waiting().filter(space=space).exists()
    asked = Signature.objects.asked().filter(space=space, draft__sent_at=None).exists()
    return ["signatures"] if waiting or asked else []


def foresee(absorbed: Space, kept: Space | None) -> dict[str, int]:
    """What `hand_over` would do now."""
    return _counts(absorbed)


def hand_over(absorbed: Space, kept: Space) -> dict[str, int]:
    """Drafts, what was sent and what was signed become the other space's."""
    counts = _counts(absorbed)
    for model in (Draft, Submission, Signature, Attachment):
        model._default_manager.filter(space=absorbed).update(space=kept)
    return counts


def leave(space: Space) -> dict[str, int]:
    """Drafts, papers and what was sent go for good. What authorities have got, they keep."""
    counts = _counts(space)
    Signature.objects.filter(space=space, draft__sent_at=None, signed_at=None).delete()
    files = list(Attachment.objects.filter(space=space).values_list("file", flat=True))
    Submission.objects.filter(space=space).delete()
    Attachment.objects.filter(space=space).delete()
    Signature.objects.filter(space=space).delete()
    Draft.objects.filter(space=space).delete()
    File.objects.filter(pk__in=files).delete()
    return counts


def export(space: Space) -> Kept:
    """Every draft and everything sent, with its answers in words, and the papers."""
    language = translation.get_language() or "fr"
    columns = {
        "title": _("Procedure"),
        "reference": _("Case number"),
        "state": _("State"),
        "saved_at": _("Last saved on"),
        "sent_at": _("Sent on"),
        "answers": _("Answers"),
    }
    rows, papers, sent = [], [], 0
    drafts = Draft.objects.filter(space=space, discarded_at=None)
    for draft in drafts.select_related("version", "space", "submission").order_by("begun_at"):
        shown = presented(draft)
        words = shown.form.words(language)
        submission = getattr(draft, "submission", None)
        sent += submission is not None
        state = Said("sent", _("Sent")) if submission else Said("draft", _("In preparation"))
        rows.append(
            {
                "title": words("title"),
                "reference": submission.reference if submission else "",
                "state": state,
                "saved_at": draft.saved_at,
                "sent_at": draft.sent_at,
                "answers": [
                    f"{line['label']}: {line['value']}"
                    for section in summaries.sections(shown, words)
                    for line in section["rows"]
                ],
            }
        )
        papers += [one.file for one in shown.attachments]
    return Kept([Section("procedures", _("Procedures"), columns, rows)], papers, sent)


def purge() -> int:
    """Drafts whose time is over, in the bin or not, go for good; returns how many."""
    now = clock.now()
    over = Draft.objects.filter(sent_at=None, kept_until__lte=now - Draft.IN_THE_BIN)
    binned = Draft.objects.filter(sent_at=None, discarded_at__lte=now - Draft.IN_THE_BIN)
    gone = 0
    for draft in [*over[:500], *binned[:500]]:
        files = list(draft.attachments.values_list("file", flat=True))
        deleted, _kinds = Draft.objects.filter(pk=draft.pk, sent_at=None).delete()
        gone += bool(deleted)
        File.objects.filter(pk__in=files).delete()
    return gone


def _counts(space: Space) -> dict[str, int]:
    return {
        "drafts": Draft.objects.filter(space=space, sent_at=None).count(),
        "submissions": Submission.objects.filter(space=space).count(),
        "signatures": Signature.objects.filter(space=space).count(),
    }
