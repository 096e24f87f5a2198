"""What members of two spaces are written of their merger. Each piece once, for each person."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from guichet.post.actions import Mail
from guichet.spaces.models import Membership, Merger


def asked(member: Membership, merger: Merger, *, consents: bool) -> Mail:
    """To the administrators of both sides; one side is asked to consent."""
    return _mail("desk/mail/merger_asked", member, merger, merger.previewed_at, consents=consents)


def planned(member: Membership, merger: Merger) -> Mail:
    """To all members of both spaces: when the merger is carried out."""
    return _mail("desk/mail/merger_planned", member, merger, merger.consented_at)


def cancelled(member: Membership, merger: Merger) -> Mail:
    """To whoever was told before."""
    return _mail("desk/mail/merger_cancelled", member, merger, merger.cancelled_at)


def changed(member: Membership, merger: Merger, *, consents: bool) -> Mail:
    """To all members: what was agreed to does not hold any more, so nothing was merged."""
    return _mail("desk/mail/merger_changed", member, merger, merger.previewed_at, consents=consents)


def done(member: Membership, merger: Merger) -> Mail:
    """To all members of the kept space, with the way to the report."""
    return _mail("desk/mail/merger_done", member, merger, merger.done_at)


def _mail(
    template: str,
    member: Membership,
    merger: Merger,
    at: datetime | None,
    *,
    consents: bool = False,
) -> Mail:
    language = member.person.language
    # The stamp: a merger that is asked for again is told of again.
    stamp = int(at.timestamp()) if at else 0
    with translation.override(language):
        return Mail(
            template,
            to=member.notification_email,
            language=language,
            context={
                "absorbed": merger.absorbed_identifier,
                "kept": merger.kept_identifier,
                "own": member.space.identifier,
                "consents": consents,
                "until": _moment(merger.consent_until),
                "due": _moment(merger.due_at),
                "link": settings.SITE_URL + reverse("desk:merger", args=[merger.pk]),
            },
            key=f"{template.rpartition('_')[2]}:{merger.pk.hex}:{member.person_id.hex}:{stamp}",
        )


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""
