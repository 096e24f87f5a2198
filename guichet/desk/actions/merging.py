"""Two professional spaces become one: asked for, consented to, thought over, carried out.

See ADR 16 for what the domain leaves open.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.desk import previews
from guichet.desk.keepers import KEEPERS, name_of
from guichet.desk.previews import Preview
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.spaces import policy
from guichet.spaces.actions import moving
from guichet.spaces.actions.guarding import active_members, administrated
from guichet.spaces.actions.members import still_there
from guichet.spaces.models import Membership, Merger, Space
from guichet.spaces.policy import Can


def ask(
    member: Membership, *, other: Membership | None, identifier: str, keeps: bool, seen: str
) -> Merger:
    """Ask that the member's space be merged with the one called `identifier`.

    `other` is the same person's membership there, if she administrates that one too; else nothing
    of that space is looked at, not even whether it exists. `keeps`: the member's space stays, the
    other one goes into it. `seen` is the digest of the preview that was shown. Asking the same
    twice is asking once. Refused as `preview-changed`, `hindered`, `same-space`, `too-many-tries`.
    """
    for each in (member, other):
        if each is not None:
            policy.require(each, Can.MERGE)
    if identifier == member.space.identifier:
        raise Refused(_("Choose two different eSpaces."), code="same-space", field="other")
    throttle.hit("merger", member.person_id)
    return _ask(member, other, identifier, keeps, seen)


@transaction.atomic
def _ask(
    member: Membership, other: Membership | None, identifier: str, keeps: bool, seen: str
) -> Merger:
    from guichet.desk import tasks

    keys = [each.space_id for each in (member, other) if each is not None]
    with administrated(*keys) as locked:
        for each in (member, other):
            if each is not None:
                still_there(each, to=Can.MERGE)
        spaces = {space.pk: space for space in locked}
        own, others = spaces[member.space_id], spaces[other.space_id] if other else None
        absorbed, kept = (others, own) if keeps else (own, others)
        names = (own.identifier, identifier)
        identifiers = {
            "absorbed_identifier": names[keeps],
            "kept_identifier": names[not keeps],
        }
        bury_the_dead(*keys)
        asked = Merger.objects.live().filter(asked_by=member.person_id, **identifiers).first()
        if asked is not None:
            return asked
        preview = _still(seen, previews.foresee(absorbed, kept))
        merger = Merger.objects.create(
            absorbed=absorbed,
            kept=kept,
            **identifiers,
            preview=preview.kept(),
            preview_digest=preview.digest,
            asked_by=member.person,
            asked_from_kept=keeps,
        )
        for key in keys:
            record("space.merger-asked", by=member.person, about=merger, space=key)
        tasks.tell_asked.enqueue(str(merger.pk))
    return merger


@transaction.atomic
def consent(member: Membership, *, merger: Merger, seen: str) -> Merger:
    """Consent to a merger for the space that was asked; 72 hours later it is carried out.

    From now on the administrators of both spaces see all of the preview, and all members know.
    Consenting twice is consenting once. Refused as `preview-changed`, `hindered`, `merger-over`.
    """
    from guichet.desk import tasks

    policy.require(member, Can.MERGE)
    if member.space.identifier != merger.asked_identifier:
        raise Refused(_over(), code="merger-over")
    asking = merger.kept_id if merger.asked_from_kept else merger.absorbed_id
    if asking is None:
        raise Refused(_over(), code="merger-over")
    with administrated(asking, member.space_id) as locked:
        member = still_there(member, to=Can.MERGE)
        now = Merger.objects.live().filter(pk=merger.pk).first()
        if now is None or not _still_asks(now, asking):
            raise Refused(_over(), code="merger-over")
        if now.consented_at is not None:
            return now
        spaces = {space.pk: space for space in locked}
        asked, asker = spaces[member.space_id], spaces[asking]
        absorbed, kept = (asked, asker) if merger.asked_from_kept else (asker, asked)
        preview = _still(seen, previews.foresee(absorbed, kept, but=merger.pk))
        bury_the_dead(absorbed.pk, kept.pk)
        Merger.objects.live().filter(pk=merger.pk, consented_at=None).update(
            absorbed=absorbed,
            kept=kept,
            preview=preview.kept(),
            preview_digest=preview.digest,
            consented_by=member.person,
            consented_at=clock.now(),
        )
        for space in (absorbed, kept):
            space.changed()
            record("space.merger-consented", by=member.person, about=merger, space=space.pk)
        tasks.tell_planned.enqueue(str(merger.pk))
    return Merger.objects.get(pk=merger.pk)


def cancel(member: Membership, *, merger: Merger) -> Merger:
    """Cancel a merger that is not done yet, from either side. Doing it twice changes nothing."""
    from guichet.desk import tasks

    policy.require(member, Can.MERGE)
    identifier = member.space.identifier
    mine = Q(absorbed_identifier=identifier) | Q(kept_identifier=identifier)
    keys = {merger.absorbed_id, merger.kept_id, member.space_id}
    # The spaces first, as everybody who changes a merger: nobody waits for each other.
    with administrated(*filter(None, keys)) as locked:
        member = still_there(member, to=Can.MERGE)
        live = Merger.objects.live().filter(mine, pk=merger.pk)
        cancelled = live.update(cancelled_at=clock.now(), cancelled_by=member.person)
        if cancelled:
            for space in locked:
                space.changed()
                record("space.merger-cancelled", by=member.person, about=merger, space=space.pk)
            tasks.tell_cancelled.enqueue(str(merger.pk))
    now = Merger.objects.get(pk=merger.pk)
    if not cancelled and now.cancelled_at is None:
        raise Refused(_over(), code="merger-over")
    return now


def carry_out_due() -> int:
    """Enqueue each merger whose time has come; returns how many."""
    from guichet.desk import tasks

    due = list(Merger.objects.due().order_by("consented_at").values_list("pk", flat=True))
    for key in due:
        tasks.carry_out.enqueue(str(key))
    return len(due)


@transaction.atomic
def carry_out(merger_id: UUID) -> bool:
    """Move everything of one space into the other, once; False when there is nothing to do.

    When somebody would gain more than the preview lists, or something new ends or hinders, nothing
    moves: a new preview is stored, everybody is told, and consent is asked again.
    """
    from guichet.desk import tasks

    due = Merger.objects.due().filter(pk=merger_id).defer("preview").first()
    if due is None or due.absorbed_id is None or due.kept_id is None:
        return False
    with administrated(due.absorbed_id, due.kept_id) as locked:
        # Of two workers that come here at the same instant, one goes on.
        if not Merger.objects.due().filter(pk=merger_id).update(done_at=clock.now()):
            return False
        merger = Merger.objects.get(pk=merger_id)
        spaces = {space.pk: space for space in locked}
        absorbed, kept = spaces[due.absorbed_id], spaces[due.kept_id]
        now = previews.foresee(absorbed, kept, but=merger.pk)
        if now.exceeds(Preview.read(merger.preview)):
            _ask_again(merger, now, (absorbed, kept))
            return False
        _move(merger, absorbed, kept)
        tasks.print_report.enqueue(str(merger.pk))
        tasks.tell_done.enqueue(str(merger.pk))
    return True


def bury_the_dead(*space_ids: UUID) -> None:
    """Mergers of these spaces that nobody consented to in time make room for others."""
    died = Merger.objects.died().filter(Q(absorbed__in=space_ids) | Q(kept__in=space_ids))
    died.update(cancelled_at=clock.now())


def _move(merger: Merger, absorbed: Space, kept: Space) -> None:
    outcome = {
        "absorbed_name": absorbed.name,
        "kept_name": kept.name,
        "company": moving.company_of(absorbed),
    }
    moved = {
        f"{name_of(keeper)}.{kind}": number
        for keeper in KEEPERS
        for kind, number in keeper.hand_over(absorbed, kept).items()
    }
    kept.changed()
    for space in (absorbed, kept):
        record(
            "space.merged",
            by=merger.asked_by,
            about=merger,
            space=space.pk,
            into=str(kept.pk),
            rows=sum(moved.values()),
        )
    # Not `delete`: that would take along what a room has forgotten to hand over. This fails.
    Space.objects.filter(pk=absorbed.pk)._raw_delete(using=Space.objects.db)
    sealed = Merger.sealed_outcome({**outcome, "moved": moved})
    Merger.objects.filter(pk=merger.pk).update(outcome_sealed=sealed)


def _ask_again(merger: Merger, preview: Preview, spaces: tuple[Space, Space]) -> None:
    from guichet.desk import tasks

    Merger.objects.filter(pk=merger.pk).update(
        done_at=None,
        consented_at=None,
        consented_by=None,
        preview=preview.kept(),
        preview_digest=preview.digest,
        previewed_at=clock.now(),
    )
    for space in spaces:
        space.changed()
        record("space.merger-previewed-again", about=merger, space=space.pk)
    tasks.tell_changed.enqueue(str(merger.pk))


def _still(seen: str, preview: Preview) -> Preview:
    """The preview, if it is the one that was shown and nothing hinders."""
    if preview.digest != seen:
        raise Refused(
            _("Something has changed since you opened the preview. Read the new one."),
            code="preview-changed",
        )
    if preview.hindrances:
        raise Refused(_("The eSpaces cannot be merged now. The preview says why."), code="hindered")
    return preview


def _still_asks(merger: Merger, asking: UUID) -> bool:
    """A right never outlives its source: whoever asked can still merge that space."""
    asker = active_members().filter(space=asking, person=merger.asked_by_id)
    return asker.filter(role__in=policy.roles_with(Can.MERGE)).exists()


def _over() -> str:
    return _("This merger is over: it was cancelled, is done, or nobody consented in time.")
