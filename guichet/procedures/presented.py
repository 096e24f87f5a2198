"""Exactly what is shown before it is signed, and what the signature is bound to."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.timezone import localtime

from guichet import clock
from guichet.procedures import catalogue, changes
from guichet.procedures.definitions.form import Form, canonical
from guichet.procedures.fields.known import Context, RegisterValue
from guichet.procedures.fields.papers import CaseReference, OwnDocument
from guichet.procedures.filling import State, look
from guichet.procedures.models import Attachment, Content, Draft, Submission

_CHOICES_MAX = 100


@dataclass(frozen=True)
class Presented:
    """A draft as somebody looks at it: its answers, its files, and what follows from them."""

    draft: Draft
    form: Form
    content: Content
    attachments: Sequence[Attachment]
    state: State

    @property
    def at(self) -> datetime:
        """The moment as of which it is looked at: what is computed by the day depends on it."""
        return self.state.now

    @cached_property
    def whole(self) -> dict[str, Any]:
        """What is sent, as JSON. Of files, their digests."""
        return {
            "procedure": self.form.code,
            "version": self.form.version,
            "definition": self.form.digest,
            "space": self.draft.space.identifier,
            "answers": self.state.final(),
            "files": [
                {
                    "path": one.path,
                    "name": one.file.name,
                    "sha256": one.file.digest,
                    "bytes": one.file.size_bytes,
                }
                for one in self.sent_files
            ],
        }

    @cached_property
    def sent_files(self) -> list[Attachment]:
        """The files that go with it: of questions that are shown."""
        shown = {place.path for _paper, place in self.state.papers}
        found = [one for one in self.attachments if one.path in shown]
        return sorted(found, key=lambda one: (one.path, one.attached_at, one.pk))

    @property
    def is_settled(self) -> bool:
        """Nothing that is shown is unreadable, or waits for a choice between two answers."""
        return not any(
            path in self.state.shown for path in (*self.content.typed, *self.content.disputed)
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of it: the same for the same answers, files, version and space."""
        return hashlib.sha256(canonical(self.whole)).hexdigest()


def presented(
    draft: Draft, *, content: Content | None = None, attachments: Sequence[Attachment] | None = None
) -> Presented:
    """The draft as it stands. What was presented is looked at as of that moment.

    `attachments` are its papers, for whoever has read those of many drafts at once.
    """
    form = catalogue.form_of(draft.version)
    content = content or draft.content
    if attachments is None:
        attachments = list(draft.attachments.live())
    at = draft.presented_at or draft.sent_at
    state = looked_at(form, content, attachments, at, supplied(draft, form, content))
    return Presented(draft, form, content, attachments, state)


def looked_at(
    form: Form,
    content: Content,
    attachments: Sequence[Attachment],
    at: datetime | None = None,
    given: Mapping[str, Any] | None = None,
) -> State:
    """What follows from a draft's content and files, now or at another moment.

    `given` is what `supplied` finds.
    """
    now = localtime(at or clock.now())
    answers = with_files(content.answers, attachments)
    return look(form, answers, today=now.date(), now=now, given=given)


def supplied(draft: Draft, form: Form, content: Content) -> dict[str, Any]:
    """What questions with options of the moment need, by name; asks nothing without such questions.

    Papers and cases of the space to choose from; what a register said when the draft was begun.
    """
    found: dict[str, Any] = {}
    for name, item in form.items.items():
        if isinstance(item, RegisterValue | Context):
            found[name] = content.answers.get(name)
        elif isinstance(item, OwnDocument):
            rows = Attachment.objects.filter(space=draft.space_id, removed_at=None)
            own = rows.select_related("file").order_by("-attached_at")[:_CHOICES_MAX]
            found[name] = [{"code": str(one.pk), "label": one.file.name} for one in own]
        elif isinstance(item, CaseReference):
            cases = Submission.objects.filter(space=draft.space_id).order_by("-sent_at")
            found[name] = [
                {"code": case.reference, "label": case.reference} for case in cases[:_CHOICES_MAX]
            ]
    return found


def with_files(answers: dict[str, Any], attachments: Sequence[Attachment]) -> dict[str, Any]:
    """Answers where questions for papers are answered by what is attached to them."""
    if not attachments:
        return answers
    whole = {
        name: [dict(row) if isinstance(row, dict) else row for row in value]
        if isinstance(value, list)
        else value
        for name, value in answers.items()
    }
    by_path: dict[str, list[str]] = {}
    for one in attachments:
        by_path.setdefault(one.path, []).append(str(one.pk))
    for path, keys in by_path.items():
        changes.set_answer(whole, changes.place_of(path), keys)
    return whole
