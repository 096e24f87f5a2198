"""Papers beside questions: taken, marked for their purpose, put together, used again, taken away."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.files import actions as files
from guichet.files import papers as making
from guichet.files import scanning
from guichet.files.looking import MEGABYTE, Family, Limits
from guichet.files.models import File, State, Upload
from guichet.procedures import catalogue
from guichet.procedures.actions.drafting import changing
from guichet.procedures.fields import Paper
from guichet.procedures.filling import Place
from guichet.procedures.models import Attachment, Draft, Sending
from guichet.refusals import Refused
from guichet.spaces.models import Membership

IMAGES = ("image/jpeg", "image/png")


def limits_of(paper: Paper) -> Limits:
    """What a question takes, to be said before somebody chooses."""
    families = tuple(family for family in Family if family.value in paper.accept)
    return Limits(
        count=paper.max_files, size_bytes=paper.max_megabytes * MEGABYTE, families=families
    )


def attach(
    member: Membership, *, draft: Draft, paper: Paper, place: Place, file: File
) -> Attachment:
    """Put a paper that is on disk (`files.look_into`) beside its question, and keep it.

    Identity papers are marked for this procedure and this day, before anybody has to wait for it;
    what came is not kept. Refused when there are as many as there may be, and as `changing`.
    """
    ready = _for_its_purpose(file, paper, draft)
    with changing(member, draft) as locked:
        return _put(member, locked, paper, place, files.keep(ready))


@transaction.atomic
def detach(member: Membership, *, draft: Draft, attachment_id: UUID) -> None:
    """Take a paper away. Doing it twice changes nothing."""
    with changing(member, draft) as locked:
        present = Attachment.objects.filter(pk=attachment_id, draft=locked, removed_at=None)
        if present.update(removed_at=clock.now()):
            record(
                "procedures.paper-removed",
                by=member.person,
                about=present.model(pk=attachment_id),
                space=locked.space_id,
            )


def use_again(
    member: Membership, *, draft: Draft, paper: Paper, place: Place, attachment_id: UUID
) -> Attachment:
    """Attach a paper that the space has handed in before: a copy, with a life of its own."""
    mine = own_papers(member).filter(pk=attachment_id).first()
    if mine is None:
        raise Refused(_("This document is no longer there. Choose another one."), code="paper-gone")
    limits = limits_of(paper)
    if not _fits(mine.file, limits):
        raise Refused(
            _("This document cannot be used here: %(limits)s.") % {"limits": limits.words()},
            code="paper-kind",
        )
    return attach(member, draft=draft, paper=paper, place=place, file=files.again(mine.file))


def join(member: Membership, *, draft: Draft, paper: Paper, place: Place) -> Attachment:
    """Make one PDF of the photos that stand beside a question, in their order."""
    photos = _photos(draft, place)
    if len(photos) < 2 or "pdf" not in paper.accept:
        raise Refused(_("Add at least two photos first."), code="photos-few")
    if any(state is not State.CLEAN for state in scanning.states(p.file for p in photos).values()):
        raise Refused(
            _("The photos are still being checked. Try again in a minute."), code="not-scanned"
        )
    content = making.photos_to_pdf([photo.file for photo in photos])
    name = f"{photos[0].file.name.rpartition('.')[0]}.pdf"
    file = files.made(content, name=name, media_type="application/pdf")
    with transaction.atomic():
        for photo in photos:  # of identity papers, marked already
            detach(member, draft=draft, attachment_id=photo.pk)
        with changing(member, draft) as locked:
            return _put(member, locked, paper, place, files.keep(file))


@transaction.atomic
def expect(member: Membership, *, draft: Draft, place: Place, upload: Upload) -> Sending:
    """Note whose question the pieces that now come are for."""
    return Sending.objects.create(upload=upload, draft=draft, path=place.path, person=member.person)


def arrived(
    member: Membership, *, sending: Sending, paper: Paper, place: Place, file: File
) -> Attachment:
    """The last piece is there. Said twice, it is attached once."""
    draft = sending.draft
    attached = Attachment.objects.filter(draft=draft, path=place.path, upload_id=sending.pk)
    if found := attached.first():
        return found
    ready = _for_its_purpose(file, paper, draft)
    with changing(member, draft) as locked:
        if found := attached.first():
            return found
        if ready is not file:
            Upload.objects.filter(pk=sending.pk).update(file=files.keep(ready))
            file.delete()
        return _put(member, locked, paper, place, ready, upload_id=sending.pk)


def own_papers(member: Membership) -> "QuerySet[Attachment]":
    """Papers of the space that may be used again, the newest first; scanned or not."""
    return (
        Attachment.objects.filter(space=member.space_id, removed_at=None)
        .select_related("file")
        .order_by("-attached_at")
    )


def _put(
    member: Membership, locked: Draft, paper: Paper, place: Place, file: File, **came_with: UUID
) -> Attachment:
    """Beside its question, in a draft that is locked."""
    present = Attachment.objects.filter(draft=locked, path=place.path, removed_at=None)
    if present.count() >= paper.max_files:
        raise Refused(
            _("There are as many files as there may be: %(most)d. Remove one first.")
            % {"most": paper.max_files},
            code="files-many",
        )
    by, space = member.person, locked.space
    made = Attachment.objects.create(
        space=space, draft=locked, path=place.path, file=file, attached_by=by, **came_with
    )
    record("procedures.paper-attached", by=by, about=made, space=space.pk)
    return made


def _photos(draft: Draft, place: Place) -> Sequence[Attachment]:
    present = Attachment.objects.filter(draft=draft, path=place.path, removed_at=None)
    photos = present.filter(file__media_type__in=IMAGES).select_related("file")
    return list(photos.order_by("attached_at", "pk")[: making.PHOTOS_MAX])


def _fits(file: File, limits: Limits) -> bool:
    family = Family.IMAGE if file.media_type in IMAGES else Family.PDF
    return family in limits.families and file.size_bytes <= limits.size_bytes


def _for_its_purpose(file: File, paper: Paper, draft: Draft) -> File:
    """What is kept: of an identity paper the copy that says what it is for, else what came.

    Takes a process of its own: not for transactions. The copy is on disk, its row is not written.
    """
    if not paper.is_identity or scanning.state_of(file) is State.REFUSED:
        return file
    form = catalogue.form_of(draft.version)
    title = form.words(translation.get_language() or "fr")("title")
    words = _("%(procedure)s – %(day)s – copy for the administration") % {
        "procedure": title,
        "day": date_format(clock.today(), "SHORT_DATE_FORMAT"),
    }
    content = making.watermarked(file, words)
    return files.made(content, name=file.name, media_type=file.media_type)
