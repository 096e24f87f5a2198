"""Beginning a draft, saving what was typed, rows, choosing between two values, the bin."""

import calendar
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.procedures import catalogue, changes, policy, prefilling
from guichet.procedures.actions.holding import gone, hold, hold_space
from guichet.procedures.changes import Change
from guichet.procedures.fields import ROW_KEY, Rows
from guichet.procedures.filling import rows_in
from guichet.procedures.models import Content, Draft, PublishedVersion
from guichet.refusals import Refused
from guichet.spaces.models import Membership, Space
from guichet.spaces.policy import Can


class Saved(NamedTuple):
    """What a save has done."""

    draft: Draft
    content: Content
    disputed: bool  # something newer stood there: somebody has to choose
    brought_back: bool = False  # a row that was removed meanwhile is there again


def begin(member: Membership, *, code: str, once: UUID) -> Draft:
    """Begin a procedure in the member's space. The same `once` again is the same draft.

    Raises what `policy.startable` raises. What registers and the account know is filled in, with
    its source; a register that does not answer is left out.
    """
    listed = policy.startable(member, code)
    number = listed.latest.version
    version = PublishedVersion.objects.get(procedure=code, number=number)
    form = catalogue.form_of(version)
    # Registers are asked before the transaction: nobody else should wait for them.
    content = prefilling.filled_in(form, member)
    at = clock.now()
    draft = Draft(
        space=member.space,
        version=version,
        key=once,
        begun_by=member.person,
        saved_by=member.person,
        begun_at=at,
        saved_at=at,
        kept_until=after(at, form.definition.keep_drafts),
        content_sealed=content.sealed(),
    )
    with transaction.atomic():
        member = hold_space(member, Can.PREPARE, listed.about)
        # Of two equal requests the second comes here when the first is done.
        before = Draft.objects.select_related("version").filter(space=member.space_id, key=once)
        if begun := before.first():
            return begun
        draft.save(force_insert=True)
        member.space.changed()
        record(
            "procedures.draft-begun",
            by=member.person,
            about=draft,
            space=member.space_id,
            procedure=code,
            number=number,
        )
    return draft


def save(member: Membership, *, draft: Draft, said: list[Change]) -> Saved:
    """Keep what a page says, readable or not. Refused when the draft is presented or sent.

    What somebody else has changed meanwhile is not overwritten: both values are kept. A row that
    was removed while somebody typed in it is there again, with what was typed.
    """
    back: set[str] = set()

    def change(content: Content, revision: int, at: datetime) -> bool:
        back.update(changes.bring_rows_back(content, said, revision=revision))
        applied = changes.apply(
            content, said, revision=revision, by=member.person.name, at=at.isoformat()
        )
        return bool(back or applied)

    return _change(member, draft, change)._replace(brought_back=bool(back))


def ask_registers(member: Membership, *, draft: Draft) -> bool:
    """Ask registers again for what they did not say when the draft was begun; whether one has.

    Only whoever began it: a register speaks of one person. Nothing that stands in it is touched.
    """
    if draft.begun_by_id != member.person_id:
        return False
    # As when it was begun: before the transaction.
    form = catalogue.form_of(draft.version)
    said = prefilling.said_now(form, draft.content, member)

    def change(content: Content, _revision: int, _at: datetime) -> bool:
        fresh = said.answers.keys() - content.answers.keys()
        content.answers |= {name: said.answers[name] for name in fresh}
        content.sources |= {name: said.sources[name] for name in fresh}
        return bool(fresh)

    if said.answers:
        _change(member, draft, change)
    return bool(said.answers)


def add_row(member: Membership, *, draft: Draft, rows: Rows) -> str:
    """Another row, empty; returns its key. Refused when there are as many as there may be."""
    key = secrets.token_hex(4)

    def change(content: Content, _revision: int, _at: datetime) -> bool:
        present = rows_in(content.answers, rows.id)
        if len(present) >= rows.max:
            message = _("%(most)d at most can be added.") % {"most": rows.max}
            raise Refused(message, code="rows-many")
        content.answers[rows.id] = [*present, {ROW_KEY: key}]
        return True

    _change(member, draft, change)
    return key


def remove_row(member: Membership, *, draft: Draft, rows: Rows, row: str) -> Saved:
    """Take a row away, with what was attached to it. Doing it twice changes nothing."""

    def change(content: Content, revision: int, at: datetime) -> bool:
        present = rows_in(content.answers, rows.id)
        kept = [one for one in present if one.get(ROW_KEY) != row]
        if len(kept) == len(present):
            return False
        content.answers[rows.id] = kept
        content.touched[f"{rows.id}/{row}"] = revision  # see `changes.bring_rows_back`
        prefix = f"{rows.id}/{row}/"
        for part in (content.typed, content.touched, content.disputed, content.sources):
            for path in [path for path in part if path.startswith(prefix)]:
                del part[path]
        gone = draft.attachments.filter(path__startswith=prefix, removed_at=None)
        gone.update(removed_at=at)
        return True

    return _change(member, draft, change)


def choose(member: Membership, *, draft: Draft, path: str, mine: bool, seen: str) -> Saved:
    """Of two values for one question, take the one that was typed later, or leave what stands.

    `seen` is `changes.dispute` as it was when the two were shown: of others, nothing is chosen.
    """

    def change(content: Content, revision: int, _at: datetime) -> bool:
        if path not in content.disputed or changes.dispute(content, path) != seen:
            return False
        other = changes.settle(content, path)
        if mine:
            place = changes.place_of(path)
            changes.put(content, Change(place, other["answer"], other["typed"]))
            content.touched[path] = revision
        return True

    return _change(member, draft, change)


@transaction.atomic
def discard(member: Membership, *, draft: Draft) -> None:
    """Put a draft into the bin for thirty days. Doing it twice changes nothing."""
    member, locked = hold(member, draft, Can.PREPARE)
    if locked.sent_at:
        raise _sent()
    if locked.discarded_at is None:
        withdraw(locked)
        at = clock.now()
        Draft.objects.filter(pk=locked.pk).update(discarded_at=at, discarded_by=member.person)
        member.space.changed()
        record("procedures.draft-discarded", by=member.person, about=draft, space=draft.space_id)


@transaction.atomic
def bring_back(member: Membership, *, draft: Draft) -> None:
    """Take a draft out of the bin, as it was. Refused after thirty days (`draft-gone`)."""
    member, locked = hold(member, draft, Can.PREPARE)
    if locked.discarded_at:
        if clock.now() >= locked.discarded_at + Draft.IN_THE_BIN:
            raise gone()
        until = max(locked.kept_until, clock.now() + timedelta(days=1))
        Draft.objects.filter(pk=locked.pk).update(
            discarded_at=None, discarded_by=None, kept_until=until
        )
        member.space.changed()
        record("procedures.draft-brought-back", by=member.person, about=draft, space=draft.space_id)


@transaction.atomic
def take_back(member: Membership, *, draft: Draft) -> None:
    """Stop waiting for signatures, so that the draft can be changed. All have to sign again."""
    member, locked = hold(member, draft, Can.PREPARE)
    if locked.sent_at:
        raise _sent()
    if locked.presented_at:
        withdraw(locked)
        member.space.changed()
        record("procedures.draft-taken-back", by=member.person, about=draft, space=draft.space_id)


def after(at: datetime, period: str) -> datetime:
    """`at` plus "90d", "3m" or "10y"; the last day of a month stays one."""
    number, unit = int(period[:-1]), period[-1]
    if unit == "d":
        return at + timedelta(days=number)
    months = at.year * 12 + at.month - 1 + number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


# --- What all changes share


@contextmanager
def changing(member: Membership, draft: Draft) -> Iterator[Draft]:
    """Change a draft, or what hangs on it, inside this: under its lock, as it is now.

    Refused when it was sent (`draft-sent`), waits for signatures (`draft-presented`), is gone
    (`draft-gone`) or was moved to another version since it was read (`draft-version`). Whatever is
    done inside counts as a save.
    """
    with transaction.atomic():
        member, locked = hold(member, draft, Can.PREPARE)
        if locked.sent_at:
            raise _sent()
        if locked.presented_at:
            raise Refused(
                _("This draft waits for a signature. Take it back to change it."),
                code="draft-presented",
            )
        if not locked.is_open:
            raise gone()
        if locked.version_id != draft.version_id:
            raise Refused(
                _("This draft was taken to the new version meanwhile. Look at it again."),
                code="draft-version",
            )
        yield locked
        at = clock.now()
        if locked.saved_by_id != member.person_id:
            locked.also_saved_at, locked.also_saved_by_id = locked.saved_at, locked.saved_by_id
        locked.saved_at, locked.saved_by = at, member.person
        locked.kept_until = after(at, catalogue.form_of(locked.version).definition.keep_drafts)
        locked.save(update_fields=_SAVED)
        member.space.changed()


_SAVED = (
    "revision",
    "saved_at",
    "saved_by",
    "also_saved_at",
    "also_saved_by",
    "kept_until",
    "content_sealed",
)


class _Unchanged(Exception):
    """Nothing to write."""


def _change(
    member: Membership, draft: Draft, change: Callable[[Content, int, datetime], bool]
) -> Saved:
    """Change the content under the draft's lock. `change` says whether it has."""
    content = Content()
    try:
        with changing(member, draft) as locked:
            content = locked.content
            if not change(content, locked.revision + 1, clock.now()):
                raise _Unchanged
            locked.revision += 1
            locked.content_sealed = content.sealed()
    except _Unchanged:
        pass
    return Saved(locked, content, bool(content.disputed))


def withdraw(draft: Draft) -> None:
    """What was signed or asked for is no longer worth anything; who was asked sees that."""
    live = draft.signatures.live()
    for space in Space.objects.filter(pk__in=live.exclude(space=draft.space_id).values("space")):
        space.changed()
    live.update(withdrawn_at=clock.now())
    Draft.objects.filter(pk=draft.pk).update(presented_at=None, presented_digest="")


def _sent() -> Refused:
    return Refused(_("This procedure was sent. It can no longer be changed."), code="draft-sent")
