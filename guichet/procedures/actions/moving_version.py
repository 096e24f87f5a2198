"""A draft moves to a newer version: seen before, done once, nothing dropped.

What is offered, what would become of each answer, the move itself, what comes late from a page of
the version before, and the mails that say in time that a draft or its version ends.
"""

import copy
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.post.actions import send as send_mail
from guichet.procedures import carrying, catalogue, changes, mails, policy, writers
from guichet.procedures.actions.drafting import changing
from guichet.procedures.actions.holding import hold
from guichet.procedures.carrying import ASIDE, Carried
from guichet.procedures.changes import Change
from guichet.procedures.definitions.form import Form, canonical
from guichet.procedures.fields import Question
from guichet.procedures.filling import State
from guichet.procedures.models import Attachment, Content, Draft, PublishedVersion, Sending
from guichet.procedures.presented import looked_at
from guichet.procedures.writers import Writer
from guichet.refusals import Refused
from guichet.spaces import policy as spaces
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can

FORGOTTEN_SOON = timedelta(days=7)
_IMAGES = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class Preview:
    """What a move would do. Names are the questions' in the version where they are listed.

    `kept`, `moved`, `again` and `gone` name each answered question once, as it was called before.
    """

    draft: Draft
    before: Form
    after: Form
    carried: Carried
    there: State  # what follows from it there
    kept: tuple[str, ...]  # the same question on the same page
    moved: tuple[str, ...]  # under another name, or on another page
    again: tuple[str, ...]  # still asked, but this answer does not do any more
    gone: tuple[str, ...]  # not asked any more: set aside
    new: tuple[str, ...]  # asked and shown there, and not asked before; as it is called there

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it: what somebody has seen when they say yes."""
        content = self.carried.content
        parts = {part: getattr(content, part) for part in Content.PARTS if part != "touched"}
        lists = [self.kept, self.moved, self.again, self.gone, self.new]
        ends = [str(self.draft.pk), self.before.digest, self.after.digest]
        whole = [ends, parts, dict(self.carried.papers), lists]
        return hashlib.sha256(canonical(whole)).hexdigest()


def preview(draft: Draft, *, to: int) -> Preview:
    """What would become of the draft in this version. Refused as `move`, if it is none to move to."""
    _require_open(draft.version, to)
    route = _route(draft.version, to)
    attachments = list(draft.attachments.filter(removed_at=None).select_related("file"))
    content = draft.content
    carried = carrying.carry(route, content, _kinds(attachments))
    before, after = route[0], route[-1]
    was = looked_at(before, content, attachments)
    there = looked_at(after, carried.content, _there(attachments, carried))
    kept, moved, again, gone = _outcome(before, after, carried, _faulty(there) - _faulty(was))
    new = _new(route, there)
    return Preview(draft, before, after, carried, there, kept, moved, again, gone, new)


def move(writer: Writer, *, draft: Draft, to: int, seen: str) -> Draft:
    """Move a draft to version `to`, as the preview with the digest `seen` showed it. Twice is once.

    Refused: `version-not-open`, `preview-changed` (look at it again), and as every change of a
    draft: `draft-sent`, `draft-presented`, `draft-gone`, `draft-moved`.
    """
    with transaction.atomic():
        writer, now = hold(writer, draft, Can.PREPARE)
        if now.version.number >= to:
            return now
        with changing(writer, now) as locked:
            found = preview(locked, to=to)
            if found.digest != seen:
                raise Refused(
                    _("Something has changed meanwhile. Look at it again, then decide."),
                    code="preview-changed",
                )
            _write(locked, found)
            record(
                "procedures.draft-moved-on",
                by=writers.who(writer),
                about=locked,
                space=locked.space_id,
                procedure=found.after.code,
                number=to,
                before=found.before.version,
            )
        return locked


def save_from_before(writer: Writer, *, draft: Draft, number: int, said: list[Change]) -> Content:
    """Keep what a page of version `number` says, that was open while the draft moved on.

    It goes where a move takes it; what is not asked any more is set aside.
    """
    with transaction.atomic():
        writer, now = hold(writer, draft, Can.PREPARE)
        return _save_from_before(writer, now, number, said)


def _save_from_before(writer: Writer, draft: Draft, number: int, said: list[Change]) -> Content:
    with changing(writer, draft) as locked:
        content, at = locked.content, clock.now()
        start = PublishedVersion.objects.get(procedure=locked.version.procedure, number=number)
        route = _route(start, locked.version.number)
        there: list[Change] = []
        for change in said:
            if change.digest == change.was:
                continue
            found = carrying.carry_change(route, change)
            if isinstance(found, Change):
                there.append(_over_what_was_set_aside(content, found))
            elif found is not None:
                path, entry = found
                carrying.set_aside(content, path, {**entry, "late": writers.name(writer)})
        revision = locked.revision + 1
        changes.bring_rows_back(content, there, revision=revision)
        changes.apply(content, there, revision=revision, by=writers.name(writer), at=at.isoformat())
        locked.revision, locked.content_sealed = revision, content.sealed()
    return content


def _over_what_was_set_aside(content: Content, change: Change) -> Change:
    """An answer to a question that was emptied by the move is against nothing newer."""
    entries = content.set_aside.get(change.place.path, [])
    was_there = {changes.digest(one.get("answer"), one.get("typed")) for one in entries}
    is_empty = changes.shown(content, change.place) == changes.NOTHING
    return replace(change, was=changes.NOTHING) if is_empty and change.was in was_there else change


def tell_of_ends() -> int:
    """Write to whoever saved last that a draft is soon forgotten, or its version soon ends.

    One mail says both. Once for each end; returns how many.
    """
    ending = [
        version.pk
        for version in PublishedVersion.objects.defer("source")
        if catalogue.standing(version).is_soon_over
    ]
    soon = clock.now() + FORGOTTEN_SOON
    drafts = Draft.objects.open().filter(presented_at=None)
    late = drafts.filter(kept_until__lte=soon) | drafts.filter(version__in=ending)
    return sum(_tell(pk) for pk in late.order_by("kept_until", "pk").values_list("pk", flat=True))


# --- The move


def _require_open(version: PublishedVersion, to: int) -> None:
    found = catalogue.listed(version.procedure)
    is_published = PublishedVersion.objects.filter(procedure=version.procedure, number=to).exists()
    if found is None or to <= version.number or not found.is_open(to) or not is_published:
        raise Refused(
            _("There is no newer version to move to. Go on with this one."),
            code="version-not-open",
        )


def _route(start: PublishedVersion, to: int) -> list[Form]:
    """The published versions from one to another, both included."""
    rows = PublishedVersion.objects.filter(
        procedure=start.procedure, number__gte=start.number, number__lte=to
    )
    return [catalogue.form_of(version) for version in rows.order_by("number")]


def _write(locked: Draft, found: Preview) -> None:
    version = PublishedVersion.objects.get(procedure=found.after.code, number=found.after.version)
    locked.version = version
    locked.revision += 1
    locked.content_sealed = found.carried.content.sealed()
    Draft.objects.filter(pk=locked.pk).update(version=version)
    # All at once by the paths they had: of two that change names, none takes the other's along.
    attachments = list(Attachment.objects.filter(draft=locked, removed_at=None))
    for one in attachments:
        one.path = found.carried.papers.get(one.path, one.path)
    Attachment.objects.bulk_update(attachments, ["path"])
    coming = list(Sending.objects.filter(draft=locked, upload__file=None))
    route = _route_of(found)
    for sending in coming:
        sending.path = carrying.followed(route, sending.path)
    Sending.objects.bulk_update(coming, ["path"])


def _route_of(found: Preview) -> list[Form]:
    start = PublishedVersion.objects.get(procedure=found.before.code, number=found.before.version)
    return _route(start, found.after.version)


def _kinds(attachments: Iterable[Attachment]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one in attachments:
        kind = "image" if one.file.media_type in _IMAGES else "pdf"
        found.setdefault(one.path, set()).add(kind)
    return {path: frozenset(kinds) for path, kinds in found.items()}


def _there(attachments: Iterable[Attachment], carried: Carried) -> list[Attachment]:
    """The same attachments as they would stand there; the rows are not touched."""
    found = []
    for one in attachments:
        moved = copy.copy(one)
        moved.path = carried.papers[one.path]
        found.append(moved)
    return found


# --- The preview


def _outcome(
    before: Form, after: Form, carried: Carried, faulty: frozenset[str]
) -> tuple[tuple[str, ...], ...]:
    """Which answered questions are kept, moved, to be answered again, gone; as one reads."""
    ends: dict[str, set[str]] = {}
    for path, end in (*carried.places.items(), *carried.papers.items()):
        if not path.startswith(ASIDE):
            ends.setdefault(changes.place_of(path).name, set()).add(end)
    found: dict[str, list[str]] = {"kept": [], "moved": [], "again": [], "gone": []}
    for name in [name for name in before.items if name in ends]:
        found[_what(name, ends[name], before, after, faulty)].append(name)
    return tuple(tuple(names) for names in found.values())


def _what(name: str, ends: set[str], before: Form, after: Form, faulty: frozenset[str]) -> str:
    aside = [end.removeprefix(ASIDE) for end in ends if end.startswith(ASIDE)]
    if aside:
        is_asked = any(
            isinstance(after.items.get(changes.place_of(path).name), Question) for path in aside
        )
        return "again" if is_asked else "gone"
    if ends & faulty:
        return "again"
    now = changes.place_of(next(iter(ends))).name
    is_same = now == name and before.page_of[name].page == after.page_of[now].page
    return "kept" if is_same else "moved"


def _faulty(state: State) -> frozenset[str]:
    """What is answered and cannot stay as it is, by path."""
    words = state.form.words(translation.get_language() or "fr")
    return frozenset(
        problem.place.path for problem in state.blocking(words) if problem.code != "missing"
    )


def _new(route: list[Form], there: State) -> tuple[str, ...]:
    ends = {carrying.followed(route, _path(route[0], name)) for name in route[0].items}
    asked = {changes.place_of(end).name for end in ends if not end.startswith(ASIDE)}
    shown = {path.rsplit("/", 1)[-1] for path in there.shown}
    return tuple(
        name
        for name, item in route[-1].items.items()
        if isinstance(item, Question)
        and not item.agent_only
        and name in shown
        and name not in asked
    )


def _path(form: Form, name: str) -> str:
    rows = form.rows_of[name]
    return f"{rows}/-/{name}" if rows else name


# --- The mails


@transaction.atomic
def _tell(pk: UUID) -> bool:
    rows = Draft.objects.select_for_update(of=("self",)).select_related(
        "version", "space", "visitor"
    )
    draft = rows.filter(pk=pk).first()
    if draft is None or not draft.is_open or draft.presented_at:
        return False
    standing, at = catalogue.standing(draft.version), clock.now()
    closing = standing.is_soon_over and draft.told_closing != draft.version.number
    # Whoever saved a moment ago has just seen until when it is kept.
    is_fresh = draft.saved_at > at - timedelta(days=1)
    forgotten = (
        draft.kept_until <= at + FORGOTTEN_SOON
        and draft.told_forgotten != draft.kept_until
        and not is_fresh
    )
    if not closing and not forgotten:
        return False
    readers = [] if draft.visitor else _readers(draft)
    if not readers and not draft.visitor:
        return False
    # The one mail names both days when both are near, so that no second one has to follow.
    says_kept = draft.kept_until <= at + (catalogue.SOON if closing else FORGOTTEN_SOON)
    told: Mapping[str, object] = {
        **({"told_closing": draft.version.number} if closing else {}),
        **({"told_forgotten": draft.kept_until} if says_kept else {}),
    }
    Draft.objects.filter(pk=pk).update(**told)
    write = partial(
        mails.draft_ends,
        draft,
        send_until=standing.send_until if standing.is_soon_over else None,
        newer=standing.newer is not None,
        kept_until=localtime(draft.kept_until).date() if says_kept else None,
    )
    if draft.visitor:
        send_mail(write(mails.to_visitor(draft.visitor)))
    elif says_kept:  # what is deleted is told to everybody, whatever they chose
        for member in readers:
            send_mail(write(mails.to_member(member)))
    else:
        tell(readers, Kind.PROCEDURES, lambda member: write(mails.to_member(member)))
    return True


def _readers(draft: Draft) -> list[Membership]:
    """Whoever saved last, while she may still fill it in; when she has left, all who may."""
    code = draft.version.procedure
    found = Membership.objects.filter(
        space=draft.space_id, person=draft.saved_by_id, person__account__closed_at=None
    )
    last = found.select_related("person").first()
    if last and spaces.may(last, Can.PREPARE, policy.about(code)):
        return [last]
    return policy.who_may(draft.space, Can.PREPARE, code)
