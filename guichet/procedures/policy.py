"""The doors to drafts, to what was sent, and to what waits for a signature."""

from uuid import UUID

import structlog
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet import clock
from guichet.procedures import catalogue
from guichet.procedures.catalogue import Listed
from guichet.procedures.models import Attachment, Content, Draft, Signature, Submission
from guichet.refusals import NotAllowed, Way
from guichet.sealing import Unreadable
from guichet.signon.models import Session
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership, Space
from guichet.spaces.policy import Can

_ASKED_MAX, _WRITTEN_MAX = 200, 20

log = structlog.get_logger("guichet.procedures")


def about(code: str) -> tuple[str, ...]:
    """What a membership may be limited to, for a procedure: its themes and itself."""
    found = catalogue.listed(code)
    return found.about if found else (code,)


def draft(
    session: Session, identifier: str, draft_id: UUID, *, to: Can = Can.PREPARE
) -> tuple[Membership, Draft]:
    """The one door to a draft: of this space, still open, readable.

    Raises `Http404`, `NotAllowed`.
    """
    member = spaces.membership(session, identifier, to=Can.VIEW)
    rows = Draft.objects.select_related("version", "saved_by", "also_saved_by")
    found = rows.filter(space=member.space_id, pk=draft_id).first()
    if found is None:
        raise Http404
    if found.sent_at is None and not found.is_open:
        raise _gone(member, found)
    spaces.require(member, to, about(found.version.procedure))
    found.space = member.space
    _require_readable(found)
    return member, found


def paper(draft: Draft, attachment_id: UUID) -> Attachment:
    """A paper of a draft that somebody has come to through `draft`. Whoever sees the answers sees it.

    Raises `Http404`.
    """
    found = draft.attachments.live().filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    return found


def submission(session: Session, identifier: str, reference: str) -> tuple[Membership, Submission]:
    """The one door to what was sent: everybody of the space sees it."""
    member = spaces.membership(session, identifier, to=Can.VIEW)
    if not Submission.REFERENCE.fullmatch(reference):
        raise Http404
    rows = Submission.objects.select_related("version", "sent_by", "receipt", "draft", "space")
    found = rows.filter(space=member.space_id, reference=reference).first()
    if found is None:
        raise Http404
    return member, found


def asked_signature(
    session: Session, identifier: str, signature_id: UUID
) -> tuple[Membership, Signature]:
    """The door to what a space was asked to sign, answered or not."""
    member = spaces.membership(session, identifier, to=Can.VIEW)
    rows = Signature.objects.select_related("draft__version", "draft__space", "asked_by")
    found = rows.filter(pk=signature_id, space=member.space_id).first()
    if found is None or found.signer == Signature.SENDER:
        raise Http404
    _require_readable(found.draft)
    return member, found


def who_may(
    space: Space | None, to: Can, code: str, *, but: UUID | None = None
) -> list[Membership]:
    """Who in a space may do that with a procedure, for a mail: the longest members, besides one person."""
    rows = Membership.objects.filter(
        space=space,
        role__in=spaces.roles_with(to),
        person__account__closed_at=None,
        person__account__suspended_at=None,
    )
    rows = rows.exclude(person=but).select_related("person").order_by("since", "pk")
    return [one for one in rows[:_ASKED_MAX] if spaces.may(one, to, about(code))][:_WRITTEN_MAX]


def refusal(draft: Draft) -> Signature | None:
    """The last refusal to sign a draft, with its reason, for those who can change it."""
    refused = draft.signatures.exclude(refused_at=None).select_related("person")
    return refused.order_by("-refused_at", "-pk").first()


def startable(member: Membership, code: str) -> Listed:
    """The procedure, if it can be begun in the member's space now; says why not otherwise.

    Raises `Http404` for what is not offered at all, `NotAllowed` with the way on otherwise.
    """
    found = catalogue.listed(code)
    if found is None:
        raise Http404
    space = member.space
    fits = found.for_private if space.is_private else found.for_professional
    if not fits:
        raise _other_space(found)
    if found.current() is None:
        raise NotAllowed(
            _("This procedure is closed at the moment."),
            ways=[Way(_("All procedures"), reverse("procedures:catalogue"))],
        )
    spaces.require(member, Can.PREPARE, found.about)
    if found.procedure.certified_for:
        spaces.require_certification(member, found.procedure.certified_for)
    return found


def _require_readable(draft: Draft) -> None:
    try:
        Content.unsealed(bytes(draft.content_sealed))
    except (Unreadable, ValueError, TypeError) as fault:
        log.error("a draft cannot be read", draft=str(draft.pk), fault=type(fault).__name__)
        raise NotAllowed(
            _("This draft cannot be opened at the moment. Tell the help desk."),
            hints=[_("Nothing in it was changed or lost.")],
            ways=[Way(_("Contact"), reverse("content:contact"))],
        ) from None


def _gone(member: Membership, gone: Draft) -> NotAllowed:
    message = _("This draft was kept until its day, and is no longer there.")
    if gone.discarded_at and clock.now() < gone.discarded_at + Draft.IN_THE_BIN:
        message = _("This draft is in the bin.")
    way = Way(_("My procedures"), reverse("desk:space", args=[member.space.identifier]))
    return NotAllowed(message, ways=[way])


def _other_space(found: Listed) -> NotAllowed:
    if found.for_private:
        message = _("This procedure is for citizens: do it in your private eSpace.")
    else:
        message = _("This procedure is for businesses: do it in a business eSpace.")
    return NotAllowed(
        message,
        ways=[Way(_("Choose the eSpace"), reverse("procedures:where", args=[found.code]))],
    )
