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
from guichet.procedures import catalogue, changes, policy, prefilling, writers
from guichet.procedures.actions.holding import gone, hold, hold_owner
from guichet.procedures.changes import Change
from guichet.procedures.fields import ROW_KEY, Rows
from guichet.procedures.filling import rows_in
from guichet.procedures.models import Content, Draft, PublishedVersion, Visit
from guichet.procedures.writers import Writer
from guichet.refusals import Refused
from guichet.spaces.models import Space
from guichet.spaces.policy import Can


class Saved(NamedTuple):
    """What a save has done."""

    draft: Draft
    content: Content
    disputed: bool  # something newer stood there: somebody has to choose
    brought_back: bool = False  # a row that was removed meanwhile is there again


def begin(writer: Writer, *, code: str, once: UUID) -> Draft:
    """Begin a procedure in the member's space, or for a visitor. The same `once` is the same draft.

    Raises what `policy.startable` raises. What registers and the account know is filled in, with
    its source; a register that does not answer is left out. Refused, for a visitor: `one-at-a-time`.
    """
    listed = policy.startable(writer, code)
    number = listed.latest.version
    version = PublishedVersion.objects.get(procedure=code, number=number)
    form = catalogue.form_of(version)
    # Registers are asked before the transaction: nobody else should wait for them.
    content = prefilling.filled_in(form, writer)
    at = clock.now()
    draft = Draft(
        **writers.owned_by(writer),
        version=version,
        key=once,
        begun_by=writer.person,
        saved_by=writer.person,
        begun_at=at,
        saved_at=at,
        kept_until=after(at, form.definition.keep_drafts),
        content_sealed=content.sealed(),
    )
    with transaction.atomic():
        writer = hold_owner(writer, Can.PREPARE, listed.about)
        # Of two equal requests the second comes here when the first is done.
        mine = Draft.objects.select_related("version").filter(**writers.owned_by(writer))
        if begun := mine.filter(key=once).first():
            return begun
        _require_no_other(writer, at)
        draft.save(force_insert=True)
        draft.changed()
        record(
            "procedures.draft-begun",
            by=writers.who(writer),
            about=draft,
            space=draft.space_id,
            procedure=code,
            number=number,
        )
    return draft


def begin_instead(visit: Visit, *, code: str, once: UUID, draft: Draft) -> Draft:
    """Throw the draft that is open into the bin and begin another one, or neither."""
    with transaction.atomic():
        discard(visit, draft=draft)
        return begin(visit, code=code, once=once)


def save(writer: Writer, *, draft: Draft, said: list[Change]) -> Saved:
    """Keep what a page says, readable or not. Refused when the draft is presented or sent.

    What somebody else has changed meanwhile is not overwritten: both values are kept. A row that
    was removed while somebody typed in it is there again, with what was typed.
    """
    back: set[str] = set()

    def change(content: Content, revision: int, at: datetime) -> bool:
        back.update(changes.bring_rows_back(content, said, revision=revision))
        applied = changes.apply(
            content, said, revision=revision, by=writers.name(writer), at=at.isoformat()
        )
        return bool(back or applied)

    return _change(writer, draft, change)._replace(brought_back=bool(back))


def ask_registers(writer: Writer, *, draft: Draft) -> bool:
    """Ask registers again for what they did not say when the draft was begun; whether one has.

    Only whoever began it: a register speaks of one person. Nothing that stands in it is touched.
    """
    if isinstance(writer, Visit) or draft.begun_by_id != writer.person_id:
        return False
    # As when it was begun: before the transaction.
    form = catalogue.form_of(draft.version)
    said = prefilling.said_now(form, draft.content, writer)

    def change(content: Content, _revision: int, _at: datetime) -> bool:
        fresh = said.answers.keys() - content.answers.keys()
        content.answers |= {name: said.answers[name] for name in fresh}
        content.sources |= {name: said.sources[name] for name in fresh}
        return bool(fresh)

    if said.answers:
        _change(writer, draft, change)
    return bool(said.answers)


def add_row(writer: Writer, *, draft: Draft, rows: Rows) -> str:
    """Another row, empty; returns its key. Refused when there are as many as there may be."""
    key = secrets.token_hex(4)

    def change(content: Content, _revision: int, _at: datetime) -> bool:
        present = rows_in(content.answers, rows.id)
        if len(present) >= rows.max:
            message = _("%(most)d at most can be added.") % {"most": rows.max}
            raise Refused(message, code="rows-many")
        content.answers[rows.id] = [*present, {ROW_KEY: key}]
        return True

    _change(writer, draft, change)
    return key


def remove_row(writer: Writer, *, draft: Draft, rows: Rows, row: str) -> Saved:
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

    return _change(writer, draft, change)


def choose(writer: Writer, *, draft: Draft, path: str, mine: bool, seen: str) -> Saved:
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

    return _change(writer, draft, change)


@transaction.atomic
def discard(writer: Writer, *, draft: Draft) -> None:
    """Put a draft into the bin for thirty days. Doing it twice changes nothing."""
    writer, locked = hold(writer, draft, Can.PREPARE)
    if locked.sent_at:
        raise _sent()
    if locked.discarded_at is None:
        withdraw(locked)
        at = clock.now()
        Draft.objects.filter(pk=locked.pk).update(discarded_at=at, discarded_by=writer.person)
        locked.changed()
        record(
            "procedures.draft-discarded", by=writers.who(writer), about=draft, space=draft.space_id
        )


@transaction.atomic
def bring_back(writer: Writer, *, draft: Draft) -> None:
    """Take a draft out of the bin, as it was. Refused: `draft-gone` after 30 days, `one-at-a-time`."""
    writer, locked = hold(writer, draft, Can.PREPARE)
    if locked.discarded_at:
        if clock.now() >= locked.discarded_at + Draft.IN_THE_BIN:
            raise gone()
        _require_no_other(writer, clock.now())
        until = max(locked.kept_until, clock.now() + timedelta(days=1))
        Draft.objects.filter(pk=locked.pk).update(
            discarded_at=None, discarded_by=None, kept_until=until
        )
        locked.changed()
        record(
            "procedures.draft-brought-back",
            by=writers.who(writer),
            about=draft,
            space=draft.space_id,
        )


@transaction.atomic
def take_back(writer: Writer, *, draft: Draft) -> None:
    """Stop waiting for signatures, so that the draft can be changed. All have to sign again."""
    writer, locked = hold(writer, draft, Can.PREPARE)
    if locked.sent_at:
        raise _sent()
    if locked.presented_at:
        withdraw(locked)
        locked.changed()
        record(
            "procedures.draft-taken-back", by=writers.who(writer), about=draft, space=draft.space_id
        )


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
def changing(writer: Writer, draft: Draft) -> Iterator[Draft]:
    """Change a draft, or what hangs on it, inside this: under its lock, as it is now.

    Refused when it was sent (`draft-sent`), waits for signatures (`draft-presented`), is gone
    (`draft-gone`) or was moved to another version since it was read (`draft-version`). Whatever is
    done inside counts as a save.
    """
    with transaction.atomic():
        writer, locked = hold(writer, draft, Can.PREPARE)
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
        if locked.saved_by_id != writer.person_id:
            locked.also_saved_at, locked.also_saved_by_id = locked.saved_at, locked.saved_by_id
        locked.saved_at, locked.saved_by = at, writer.person
        locked.kept_until = after(at, catalogue.form_of(locked.version).definition.keep_drafts)
        locked.save(update_fields=_SAVED)
        locked.changed()


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
    writer: Writer, draft: Draft, change: Callable[[Content, int, datetime], bool]
) -> Saved:
    """Change the content under the draft's lock. `change` says whether it has."""
    content = Content()
    try:
        with changing(writer, draft) as locked:
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


def _require_no_other(writer: Writer, at: datetime) -> None:
    """A visitor has one at a time: the database holds that too. What is over makes room for it."""
    if not isinstance(writer, Visit):
        return
    mine = Draft.objects.filter(visitor=writer.visitor_id, sent_at=None, discarded_at=None)
    mine.filter(kept_until__lte=at).update(discarded_at=at)
    if mine.exists():
        raise Refused(
            _("You are filling in another procedure. Finish it or throw it away first."),
            code="one-at-a-time",
        )


def _sent() -> Refused:
    return Refused(_("This procedure was sent. It can no longer be changed."), code="draft-sent")
