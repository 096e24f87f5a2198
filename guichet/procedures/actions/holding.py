"""Taking hold of a draft: acts on it go one after the other, and the right is looked at again.

Whose it is is locked first, a space or a visitor, then the draft. Spaces are locked in the order of
their keys, as by everybody who removes a member, merges or deletes spaces. So nobody waits for
each other.
"""

from django.utils.translation import gettext as _

from guichet.procedures import policy
from guichet.procedures.models import Draft, Signature, Visit, Visitor
from guichet.procedures.writers import Writer, hand_over, owns
from guichet.refusals import Refused
from guichet.spaces import policy as spaces
from guichet.spaces.actions.guarding import require_in_use
from guichet.spaces.models import Membership, Space
from guichet.spaces.policy import Can


def hold_space(
    member: Membership, to: Can, about: tuple[str, ...], *others: Space | None
) -> Membership:
    """The membership as it is now that its space is locked, and may still do that.

    `others` are locked with it. Refused: `not-a-user`, `in-the-bin`; raises `NotAllowed`. Inside a
    transaction.
    """
    keys = {member.space_id, *(other.pk for other in others if other)}
    list(Space.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    rows = Membership.objects.select_related("space", "person")
    # After a merger the same row stands in another space, which nobody has locked here.
    found = rows.filter(pk=member.pk, space=member.space_id).first()
    if found is None:
        raise Refused(
            _("You do not belong to this eSpace any more. Nothing was changed."), code="not-a-user"
        )
    require_in_use(found.space)
    spaces.require(found, to, about)
    return found


def hold_owner(writer: Writer, to: Can, about: tuple[str, ...], *others: Space | None) -> Writer:
    """Who fills in, as they are now that what they fill in for is locked: see `hold_space`.

    Refused, for a visitor: `visit-over`.
    """
    if not isinstance(writer, Visit):
        return hold_space(writer, to, about, *others)
    visitor = Visitor.objects.select_for_update().filter(pk=writer.visitor_id).first()
    visit = Visit.objects.live().filter(pk=writer.pk).first()
    if visitor is None or visit is None:
        raise Refused(
            _("Your visit is over. Have a new code sent to go on: what you saved is kept."),
            code="visit-over",
        )
    visit.visitor = visitor
    return visit


def hold(writer: Writer, draft: Draft, to: Can, *others: Space | None) -> tuple[Writer, Draft]:
    """The draft as it is now, ours until the end of the transaction, and who asks, as `hold_owner`.

    Refused besides: `draft-moved`, `draft-gone`.
    """
    writer = hold_owner(writer, to, policy.about(draft.version.procedure), *others)
    held = _locked(draft)
    if held is None:
        raise gone()
    if not owns(writer, held):
        raise Refused(
            _("This draft has moved to another eSpace. Open it there."), code="draft-moved"
        )
    return writer, hand_over(writer, held)


def hold_signature(
    member: Membership, signature: Signature
) -> tuple[Membership, Draft, Signature] | None:
    """As `hold`, for what the member's space was asked to sign; None when that is no longer there."""
    draft = signature.draft
    about = policy.about(draft.version.procedure)
    member = hold_space(member, Can.SEND, about, draft.space)
    held = _locked(draft)
    rows = Signature.objects.select_for_update(of=("self",)).select_related("asked_by__account")
    mine = rows.filter(pk=signature.pk, space=member.space_id).first()
    if held is None or mine is None or held.space_id != draft.space_id:
        return None
    mine.draft, mine.space = held, member.space
    return member, held, mine


def gone() -> Refused:
    """It was deleted, or its time is over."""
    return Refused(_("This draft is no longer there."), code="draft-gone")


def _locked(draft: Draft) -> Draft | None:
    rows = Draft.objects.select_for_update(of=("self",)).select_related(
        "version", "space", "visitor"
    )
    return rows.filter(pk=draft.pk).first()
