"""What this room keeps of a space: handed over in a merger, taken along, deleted with it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from guichet import clock
from guichet.files.models import File
from guichet.files.packing import Kept, Said, Section
from guichet.ids import new_id
from guichet.procedures import catalogue, summaries
from guichet.procedures.actions.drafting import after, withdraw
from guichet.procedures.definitions.words import Words
from guichet.procedures.models import (
    Attachment,
    Draft,
    PublishedVersion,
    Signature,
    Submission,
    Visit,
    Visitor,
)
from guichet.procedures.presented import presented
from guichet.proofs import actions as proofs
from guichet.sealing import Unreadable
from guichet.spaces.models import Space

_AT_ONCE = 1_000
VISITS_KEPT = timedelta(days=1)  # after they were last used

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
    there = Draft.objects.filter(space=kept).values("key")
    for draft in Draft.objects.filter(space=absorbed, key__in=there).only("pk"):
        # Browsers make up these keys: one may have begun a draft in each space.
        Draft.objects.filter(pk=draft.pk).update(key=new_id())
    for model in (Draft, Submission, Signature, Attachment):
        model._default_manager.filter(space=absorbed).update(space=kept)
    return counts


def leave(space: Space) -> dict[str, int]:
    """Drafts, papers and what was sent go for good. What authorities have got, they keep.

    What the space signed for others stays signed; what waited for it waits no longer.
    """
    counts = _counts(space)
    elsewhere = Signature.objects.filter(space=space).exclude(draft__space=space)
    awaited = elsewhere.live().filter(signed_at=None, draft__sent_at=None)
    for draft in Draft.objects.filter(pk__in=awaited.values("draft")).select_related("space"):
        withdraw(draft)
        draft.changed()
    elsewhere.filter(signed_at=None).delete()
    elsewhere.update(space=None)
    mine = Draft.objects.filter(space=space)
    files = _files(Attachment.objects.filter(draft__in=mine))
    sent = Submission.objects.filter(space=space)
    proofs.forget(sent.values_list("pk", flat=True))
    sent.delete()
    mine.delete()  # with its papers and signatures
    _forget(files)
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
    attached = dict[UUID, list[Attachment]]()
    for one in Attachment.objects.live().filter(draft__space=space):
        attached.setdefault(one.draft_id, []).append(one)
    drafts = Draft.objects.filter(space=space, discarded_at=None).defer("version__source")
    for draft in drafts.select_related("version", "space", "submission").order_by("begun_at"):
        words = catalogue.form_of(draft.version).words(language)
        submission = getattr(draft, "submission", None)
        sent += submission is not None
        state = Said("sent", _("Sent")) if submission else Said("draft", _("In preparation"))
        its_papers = attached.get(draft.pk, [])
        rows.append(
            {
                "title": words("title"),
                "reference": submission.reference if submission else "",
                "state": state,
                "saved_at": draft.saved_at,
                "sent_at": draft.sent_at,
                "answers": _said(draft, its_papers, words),
            }
        )
        papers += [one.file for one in its_papers]
    return Kept([Section("procedures", _("Procedures"), columns, rows)], papers, sent)


def _said(draft: Draft, attached: list[Attachment], words: Words) -> list[str]:
    """A draft's answers in words; one that cannot be read spoils no export."""
    try:
        shown = presented(draft, attachments=attached)
    except (Unreadable, ValueError, TypeError):
        return [_gettext("These answers cannot be read.")]
    return [
        " – ".join(filter(None, (group["title"], f"{line['label']}: {line['value']}")))
        for section in summaries.sections(shown, words)
        for group in section["groups"]
        for line in group["rows"]
    ]


def purge() -> int:
    """Drafts whose time is over, in the bin or not, go for good; returns how many.

    So does what visitors sent, when it was kept as long as its definition says, and the visitors
    of whom nothing is left. What a space sent goes with the space.
    """
    over = list(_over().values_list("pk", flat=True)[:_AT_ONCE])
    sent = list(_sent_long_ago())
    gone = sum(_purge(pk) for pk in over) + sum(_purge_sent(pk) for pk in sent)
    _forget_visits()
    return gone


@transaction.atomic
def _purge(pk: UUID) -> bool:
    # Somebody may have taken it out of the bin since.
    draft = _over().select_for_update(of=("self",)).filter(pk=pk).first()
    if draft is None:
        return False
    files = _files(draft.attachments)
    draft.delete()
    _forget(files)
    return True


def _sent_long_ago() -> Iterator[UUID]:
    """What visitors sent, by key, that is kept no longer."""
    for version in PublishedVersion.objects.filter(
        pk__in=Submission.objects.filter(space=None).values("version")
    ):
        kept = catalogue.form_of(version).definition.keep_sent
        sent = Submission.objects.filter(space=None, version=version).order_by("sent_at")
        for pk, at in sent.values_list("pk", "sent_at")[:_AT_ONCE]:
            if after(at, kept) <= clock.now():
                yield pk


@transaction.atomic
def _purge_sent(pk: UUID) -> bool:
    submission = (
        Submission.objects.select_for_update(of=("self",)).filter(pk=pk, space=None).first()
    )
    if submission is None:
        return False
    draft = submission.draft
    files = [*_files(submission.papers), *(_files(draft.attachments) if draft else [])]
    proofs.forget([pk])
    submission.delete()  # with the rows of its papers
    if draft is not None:
        draft.delete()
    _forget(files)
    return True


def _forget_visits() -> None:
    """Visits that are over, and visitors of whom nothing is left: no draft, nothing sent."""
    day_ago = clock.now() - VISITS_KEPT
    over = Q(proved_at=None) | Q(ended_at__isnull=False) | Q(idle_until__lte=day_ago)
    Visit.objects.filter(over, asked_at__lte=day_ago).delete()
    alone = Visitor.objects.filter(visits=None, drafts=None, submissions=None, met_at__lte=day_ago)
    for pk in alone.values_list("pk", flat=True)[:_AT_ONCE]:
        _forget_visitor(pk)


@transaction.atomic
def _forget_visitor(pk: UUID) -> None:
    # Somebody may just be coming back: whoever asks for a code holds the row.
    visitor = Visitor.objects.select_for_update().filter(pk=pk).first()
    if visitor is None:
        return
    left = (visitor.visits, visitor.drafts, visitor.submissions)
    if not any(rows.exists() for rows in left):
        visitor.delete()


def _over() -> QuerySet[Draft]:
    long_ago = clock.now() - Draft.IN_THE_BIN
    over = Q(kept_until__lte=long_ago) | Q(discarded_at__lte=long_ago)
    return Draft.objects.filter(over, sent_at=None)


def _files(attachments: Any) -> list[UUID]:
    return list(attachments.values_list("file", flat=True))


def _forget(files: list[UUID]) -> None:
    """Papers go with the last question that they answered."""
    used = Attachment.objects.filter(file__in=files).values("file")
    File.objects.filter(pk__in=files).exclude(pk__in=used).delete()


def _counts(space: Space) -> dict[str, int]:
    return {
        "drafts": Draft.objects.filter(space=space, sent_at=None).count(),
        "submissions": Submission.objects.filter(space=space).count(),
        "signatures": Signature.objects.filter(space=space).count(),
    }
