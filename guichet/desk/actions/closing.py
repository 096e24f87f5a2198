"""What every room has a part in when a space is exported or goes for good."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from guichet.audit.actions import record
from guichet.desk.keepers import KEEPERS
from guichet.files.packing import Kept, pack
from guichet.spaces import actions as spaces
from guichet.spaces import policy
from guichet.spaces.models import Membership, Space
from guichet.spaces.policy import Can

log = structlog.get_logger("guichet.desk")


def kept(space: Space) -> Kept:
    """What the house keeps of a space, room by room: what an export holds and a purge deletes."""
    found = [keeper.export(space) for keeper in KEEPERS]
    return Kept(
        [section for each in found for section in each.sections],
        [paper for each in found for paper in each.papers],
        sum(each.sent for each in found),
    )


@transaction.atomic
def export(member: Membership, *, language: str) -> Iterator[bytes]:
    """The space as a ZIP: read now, in one piece; its papers while it is fetched."""
    policy.require(member, Can.DELETE)
    space = member.space
    found = kept(space)
    record("space.exported", by=member.person, about=space, space=space.pk)
    title = _("eSpace %(identifier)s") % {"identifier": space.identifier}
    return pack(title, language, found.sections, found.papers)


@transaction.atomic
def purge(space_id: UUID) -> bool:
    """Delete for good a space whose time in the bin is over; False when there is nothing to do.

    In one transaction: every room leaves it, then the space itself goes. What remains are entries
    of the audit register and the identifier, which is never given again.
    """
    space = spaces.take_for_purge(space_id)
    if space is None:
        return False
    gone: Counter[str] = Counter()
    for keeper in KEEPERS:
        gone.update(keeper.leave(space))
    spaces.delete_space(space, gone=dict(gone))
    return True


def purge_due() -> int:
    """Purge every space whose time in the bin is over, each for itself; returns how many.

    One that fails stays whole and is taken up again the next day; the others go.
    """
    purged, failed = 0, 0
    for space_id in spaces.to_be_purged().order_by("binned_at").values_list("pk", flat=True):
        try:
            purged += purge(space_id)
        except Exception:
            failed += 1
            log.exception("a space could not be purged", space=str(space_id))
    if failed:
        raise RuntimeError(f"{failed} spaces could not be purged")
    return purged
