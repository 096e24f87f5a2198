"""What becomes of a letter once it is rendered: batched, handed over, returned, contested.

The times stand on the dispatch; what they mean is computed here and on pages.
"""

import csv
import hashlib
import io
import re
import zipfile
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.files import actions as files
from guichet.post import printer, tasks
from guichet.post.actions import Mail, send
from guichet.post.models import Batch, Dispatch
from guichet.refusals import Refused

SENT_AGAIN_MAX = 2
CONTESTED_FROM = timedelta(days=7)  # the post needs some days
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP: the same batch is the same bytes, whenever it is made


def make_batch() -> Batch | None:
    """Put every letter that waits in the print queue into one batch; None when there is none.

    A letter is in one batch, whoever else makes one at the same moment.
    """
    try:
        return _make_batch()
    except IntegrityError:  # somebody took the number; what they left is ours
        return _make_batch()


@transaction.atomic
def _make_batch() -> Batch | None:
    number = (Batch.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    batch = Batch.objects.create(number=number)
    if not Dispatch.objects.to_batch().update(batch=batch):
        batch.delete()
        return None
    record("post.batch-made", about=batch, letters=batch.letters.count())
    return batch


def lay_out(batch: Batch) -> None:
    """Lay the file of a batch into the print queue, in place of its single letters."""
    printer.hand_over(batch.name, packed(batch))
    for letter in batch.letters.all():
        printer.take_away(letter.paper_name)


def packed(batch: Batch) -> bytes:
    """A ZIP with each letter as PDF, `manifest.csv` and `SHA256SUMS`. No address but on the paper.

    Raises `FileNotFoundError` when its letters were forgotten.
    """
    content = io.BytesIO()
    rows = [("code", "file", "sha256", "language")]
    sums = []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as pack:
        for letter in batch.letters.select_related("file").order_by("pk"):
            if letter.file is None:
                raise FileNotFoundError(batch.name)
            pdf, name = files.read(letter.file), f"{letter.pk}.pdf"
            digest = hashlib.sha256(pdf).hexdigest()
            rows.append((letter.spoken_code, name, digest, letter.language))
            sums.append(f"{digest}  {name}\n")
            pack.writestr(_entry(name), pdf)
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows(rows)
        sums.append(f"{hashlib.sha256(table.getvalue().encode()).hexdigest()}  manifest.csv\n")
        pack.writestr(_entry("manifest.csv"), table.getvalue())
        pack.writestr(_entry("SHA256SUMS"), "".join(sums))
    return content.getvalue()


@transaction.atomic
def handed_over(batch: Batch) -> bool:
    """The print shop has taken it; False when that was known."""
    known = Batch.objects.filter(pk=batch.pk, handed_over_at=None)
    if not known.update(handed_over_at=clock.now()):
        return False
    record("post.batch-handed-over", about=batch)
    return True


@transaction.atomic
def returned(agent: models.Model, *, code: str, reason: str) -> Dispatch:
    """The post has brought a letter back. It waits for the help desk; whoever it was for is told.

    A letter that was sent again has the same paper, so that the code means the last one.
    """
    clean = re.sub(r"[^0-9A-Z]", "", code.upper())
    letter = Dispatch.objects.filter(kind="letter", code=clean or None).first()
    while letter and (later := Dispatch.objects.filter(instead_of=letter).first()):
        letter = later
    if letter is None or letter.sent_at is None:
        raise Refused(
            _("No letter has this code. Compare it with the one at the foot of the letter."),
            code="no-such-letter",
            field="code",
        )
    if not Dispatch.objects.filter(pk=letter.pk, returned_at=None).update(
        returned_at=clock.now(), returned_why=Dispatch.Reason(reason)
    ):
        raise Refused(_("This letter is entered already."), code="returned-already", field="code")
    letter.refresh_from_db()
    record(
        "post.letter-returned",
        by=agent,
        about=letter,
        whom=letter.whose,
        reason=letter.returned_why,
    )
    if letter.to:
        send(
            Mail(
                "post/mail/letter_returned",
                to=letter.to,
                language=letter.language,
                context={"subject": letter.subject, "day": letter.created_at},
                key=f"post.letter-returned:{letter.pk}",
            )
        )
    return letter


@transaction.atomic
def settle(agent: models.Model, *, key: UUID) -> Dispatch:
    """The help desk has dealt with a letter that came back."""
    letter = Dispatch.objects.came_back().filter(pk=key).first()
    if letter is None or not Dispatch.objects.came_back().filter(pk=key).update(
        settled_at=clock.now()
    ):
        raise Refused(_("A colleague has dealt with this letter already."), code="settled-already")
    record("post.letter-settled", by=agent, about=letter, whom=letter.whose)
    return letter


def contestable_from(letter: Dispatch) -> datetime | None:
    """From when its addressee may say that it never came; None when that cannot be said any more."""
    left = letter.handed_over_at or letter.sent_at
    if left is None or letter.contested_at or letter.returned_at or letter.file_id is None:
        return None
    return left + CONTESTED_FROM if _times_again(letter) < SENT_AGAIN_MAX else None


@transaction.atomic
def contest(actor: models.Model, *, whose: UUID, key: UUID) -> Dispatch:
    """ "I never got it": the same letter leaves once more, at most twice."""
    mine = Dispatch.objects.letters_of(whose).filter(pk=key).select_related("file", "batch")
    letter = mine.select_for_update(of=("self",)).first()
    since = contestable_from(letter) if letter else None
    if letter is None or letter.file is None or since is None or since > clock.now():
        raise Refused(
            _("This letter cannot be sent again now. Call us if it has not come."),
            code="not-sent-again",
        )
    letter.contested_at = clock.now()
    letter.save(update_fields=["contested_at"])
    again = Dispatch.objects.create(
        kind=Dispatch.Kind.LETTER,
        template=letter.template,
        language=letter.language,
        subject=letter.subject,
        addressee=letter.addressee,
        to=letter.to,
        whose=letter.whose,
        file=files.again(letter.file),
        rendered_at=letter.rendered_at,
        instead_of=letter,
    )
    record("post.letter-contested", by=actor, about=letter)
    tasks.deliver_letter.enqueue(str(again.pk))
    return again


def _times_again(letter: Dispatch) -> int:
    """How many letters went before this one, in its place."""
    times = 0
    while letter.instead_of is not None:
        letter, times = letter.instead_of, times + 1
    return times


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
