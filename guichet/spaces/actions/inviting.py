"""Inviting somebody into a space, and what becomes of the invitation.

It is accepted by signing on: directly when the certificate bears the invited name, or when it is
the invited product; otherwise an administrator says first whether it is the right person.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Person
from guichet.post.actions import send
from guichet.refusals import Refused
from guichet.registers import names
from guichet.signon import throttle
from guichet.signon.models import Credential, Session
from guichet.spaces import policy
from guichet.spaces.actions.guarding import administrated
from guichet.spaces.actions.members import (
    clean_limits,
    settle_requests,
    still_there,
    tell_administrators,
)
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.lines import line
from guichet.spaces.mails import inviting as mails
from guichet.spaces.models import Invitation, Membership
from guichet.spaces.policy import Can, Standing

OPEN_MAX = 100  # unanswered invitations of one space
KEPT = timedelta(days=365)  # after the last thing that happened to it


def invite(
    inviter: Membership,
    *,
    email: str,
    given_names: str,
    family_name: str,
    role: str,
    limits: Iterable[str] = (),
    language: str,
    product_number: str = "",
    scope: str = Invitation.Scope.PERSON,
) -> Invitation:
    """Invite somebody into the inviter's space. Inviting the same address again renews the link.

    With a `product_number` (20 digits) the invitation is strict: it is for whoever holds that
    product. Refused for who belongs already (`already-member`), while somebody has accepted and
    waits (`claimed`), with too many that nobody has answered (`too-many-invitations`), and after
    too many in a day (`too-many-tries`).
    """
    policy.require(inviter, Can.MEMBERS)
    throttle.hit("invitation", inviter.space_id)
    throttle.hit("invitation-to", email.strip().lower())
    values = {
        "given_names": line(given_names),
        "family_name": line(family_name),
        "role": role,
        "limits": clean_limits(role, limits),
        "language": language,
        "product_number": product_number,
        "scope": scope if product_number else Invitation.Scope.PERSON,
    }
    return _invite(inviter, email.strip().lower(), values)


def _invite(inviter: Membership, email: str, values: Mapping[str, object]) -> Invitation:
    with administrated(inviter.space_id):
        inviter = still_there(inviter, to=Can.MEMBERS)
        space = inviter.space
        if space.is_private:
            raise Refused(_("A private eSpace has one user only."), code="private-space")
        _require_newcomer(inviter, email, str(values["product_number"]))
        open_ones = Invitation.objects.unanswered().filter(space=space)
        _require_nobody_waiting(open_ones.filter(email=email))
        if open_ones.live().exclude(email=email).count() >= OPEN_MAX:
            raise Refused(
                _("%(number)d invitations wait for an answer. Withdraw some first.")
                % {"number": OPEN_MAX},
                code="too-many-invitations",
            )
        invitation, new = Invitation.objects.update_or_create(
            space=space,
            email=email,
            accepted_at=None,
            refused_at=None,
            withdrawn_at=None,
            defaults={**values, **_sent_now(inviter)},
        )
        record(
            "space.member-invited" if new else "space.invitation-renewed",
            by=inviter.person,
            about=invitation,
            space=space.pk,
            role=invitation.role,
            strict=bool(invitation.product_number),
        )
        send(mails.invited(invitation))
    return invitation


def _require_newcomer(inviter: Membership, email: str, product_number: str) -> None:
    """Not yourself, and nobody who is there already."""
    named = Q(person__email__iexact=email)
    if product_number:
        named = Q(person__credentials__number=product_number)
    if Membership.objects.filter(named, space=inviter.space_id).exists():
        raise Refused(
            _("This person belongs to the eSpace already."),
            code="already-member",
            field="product_number" if product_number else "email",
        )


def _require_nobody_waiting(rows: QuerySet[Invitation]) -> None:
    """Sending again would forget, without a word, who has accepted and waits."""
    for invitation in rows.select_for_update():
        if invitation.claimed_at and invitation.is_live:
            raise Refused(
                _("Somebody has accepted this invitation and waits. Confirm or decline first."),
                code="claimed",
            )


def resend(inviter: Membership, *, invitation: Invitation) -> Invitation:
    """Send it again: 14 more days, and the links sent before die. Once a minute, five a day.

    Not while somebody has accepted and waits (`claimed`).
    """
    policy.require(inviter, Can.MEMBERS)
    if clock.now() - invitation.sent_at < timedelta(minutes=1):
        raise Refused(
            _("It was sent a moment ago. Wait a minute, then send it again."), code="sent-just-now"
        )
    throttle.hit("invitation-again", invitation.pk)
    with transaction.atomic():
        renewed = Invitation.objects.unanswered().filter(pk=invitation.pk)
        _require_nobody_waiting(renewed)
        if not renewed.update(**_sent_now(inviter)):
            raise _answered()
        invitation.refresh_from_db()
        record(
            "space.invitation-renewed",
            by=inviter.person,
            about=invitation,
            space=invitation.space_id,
            role=invitation.role,
        )
        send(mails.invited(invitation))
    return invitation


@transaction.atomic
def withdraw_invitation(inviter: Membership, *, invitation: Invitation) -> Invitation:
    """Take the invitation back; its link says so from now on. Whoever claimed it is told."""
    policy.require(inviter, Can.MEMBERS)
    if not _end(invitation, "withdrawn_at"):
        raise _answered()
    record(
        "space.invitation-withdrawn",
        by=inviter.person,
        about=invitation,
        space=invitation.space_id,
        whom=invitation.claimed_by_id,
    )
    if invitation.claimed_by is not None:
        send(mails.not_confirmed(invitation, invitation.claimed_by))
    return invitation


# --- The invited person


def accept_invitation(session: Session, *, invitation: Invitation) -> Invitation:
    """Come in, or, under another name than the invited one, wait until an administrator agrees.

    Of two who accept at once, one does. Refused with the standing's code when it cannot be
    accepted, with another product than the invited one (`other-product`), and for who belongs to
    the space already (`already-member`).
    """
    person = _registered(session)
    with administrated(invitation.space_id):
        invitation = _as_it_is_now(invitation)
        require_open(invitation, person)
        credential = session.credential
        if invitation.product_number not in ("", credential.number):
            raise Refused(
                _("This invitation is for another product. Log in with it, then accept."),
                code="other-product",
            )
        if Membership.objects.filter(space=invitation.space_id, person=person).exists():
            raise Refused(_("You belong to this eSpace already."), code="already-member")
        invitation.claimed_by, invitation.claimed_with = person, credential
        invitation.claimed_at = clock.now()
        if invitation.product_number or bears_the_name(credential, invitation):
            return _admit(invitation, by=person)
        invitation.save(update_fields=["claimed_by", "claimed_with", "claimed_at"])
        record("space.invitation-claimed", by=person, about=invitation, space=invitation.space_id)
        _tell_of(invitation, mails.claimed)
    return invitation


@transaction.atomic
def refuse_invitation(session: Session, *, invitation: Invitation) -> Invitation:
    """Say no. The administrators are told."""
    person = _registered(session)
    invitation = _as_it_is_now(invitation)
    require_open(invitation, person)
    if not _end(invitation, "refused_at"):
        raise _answered()
    record("space.invitation-refused", by=person, about=invitation, space=invitation.space_id)
    _tell_of(invitation, mails.refused)
    return invitation


def ask_again(invitation: Invitation, *, address: str) -> Invitation:
    """Whoever holds the link of an invitation that no longer counts asks for a new one.

    It has expired, or whoever sent it may not invite any more. The administrators are told.
    Limited for each invitation and for each `address`.
    """
    throttle.hit("invitation-asked", invitation.pk)
    throttle.hit("invitation-asked-from", address)
    with transaction.atomic():
        if policy.standing(invitation) not in (Standing.EXPIRED, Standing.SOURCE_GONE):
            raise _answered()
        record("space.invitation-asked-again", about=invitation, space=invitation.space_id)
        _tell_of(invitation, mails.asked_again)
    return invitation


# --- When the name differs


def confirm_name(admin: Membership, *, invitation: Invitation) -> Invitation:
    """It is the right person under another name: the membership begins."""
    with administrated(admin.space_id):
        admin = still_there(admin, to=Can.MEMBERS)
        invitation = _as_it_is_now(invitation)
        if policy.standing(invitation) != Standing.CLAIMED or invitation.claimed_by is None:
            raise _answered()
        person = invitation.claimed_by
        if Membership.objects.filter(space=invitation.space_id, person=person).exists():
            raise Refused(_("This person belongs to the eSpace already."), code="already-member")
        # From now on it is this administrator who answers for the membership.
        invitation.invited_by = admin.person
        _admit(invitation, by=admin.person)
        send(mails.confirmed(invitation, person))
    return invitation


def bears_the_name(credential: Credential, invitation: Invitation) -> bool:
    """Whether the product's certificate bears the invited name, however both are written."""
    return names.agree(
        credential.given_names,
        credential.family_name,
        invitation.given_names,
        invitation.family_name,
    )


@transaction.atomic
def forget_invitations() -> int:
    """Delete what was answered, or ran out, a year ago: names and addresses of people."""
    limit = clock.now() - KEPT
    gone, _kinds = Invitation.objects.filter(sent_at__lte=limit).delete()
    if gone:
        record("space.invitations-forgotten", count=gone)
    return gone


# --- What the acts above stand on

_SAYS = {
    Standing.CLAIMED: lambda: _("Somebody has accepted this invitation and waits for an answer."),
    Standing.EXPIRED: lambda: _("This invitation has run out. Ask for a new one."),
    Standing.WITHDRAWN: lambda: _("This invitation was withdrawn."),
    Standing.ACCEPTED: lambda: _("This invitation was accepted already."),
    Standing.REFUSED: lambda: _("This invitation was refused."),
    Standing.SOURCE_GONE: lambda: _(
        "Whoever invited you is no longer an administrator of the eSpace. "
        "Ask an administrator for a new invitation."
    ),
    Standing.BINNED: lambda: _("This eSpace is in the bin."),
}


def require_open(invitation: Invitation, person: Person) -> None:
    """Raise `Refused`, its code the standing, unless this person may answer the invitation now."""
    standing = policy.standing(invitation)
    if standing == Standing.CLAIMED and invitation.claimed_by_id == person.pk:
        raise Refused(
            _("You have accepted. An administrator still has to confirm who you are."),
            code="claimed-by-you",
        )
    if standing != Standing.OPEN:
        raise Refused(_SAYS[standing](), code=str(standing))


def _admit(invitation: Invitation, *, by: Person) -> Invitation:
    """The invited person becomes a member; inside `administrated`."""
    person, credential = invitation.claimed_by, invitation.claimed_with
    if person is None:
        raise ValueError("nobody has accepted")
    invitation.accepted_at = clock.now()
    invitation.save()
    only_with = credential if invitation.scope == Invitation.Scope.PRODUCT else None
    member = Membership.objects.create(
        space=invitation.space,
        person=person,
        role=invitation.role,
        limits=invitation.limits,
        only_with=only_with,
        origin=Membership.Origin.INVITATION,
        created_by=invitation.invited_by,
        role_from=invitation.invited_by,
        notification_email=person.email,
    )
    settle_requests(member)
    invitation.space.changed()
    record(
        "space.invitation-accepted",
        by=by,
        about=member,
        space=invitation.space_id,
        whom=person.pk if by != person else None,
        role=invitation.role,
    )
    tell_administrators(member, lambda to: mails.joined(to, member), but=by)
    return invitation


def _tell_of(invitation: Invitation, write: mails.Writer) -> None:
    admins = Membership.objects.filter(
        space=invitation.space_id, role__in=policy.roles_with(Can.MEMBERS)
    )
    rows = admins.select_related("person", "space").order_by("pk")
    tell(rows, Kind.MEMBERS, lambda to: write(to, invitation))


def _sent_now(inviter: Membership) -> dict[str, object]:
    """Sent again, as if for the first time: nobody has accepted it so far."""
    return {
        "invited_by": inviter.person,
        "sent_at": clock.now(),
        "claimed_at": None,
        "claimed_by": None,
        "claimed_with": None,
    }


def _as_it_is_now(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_related("space", "invited_by", "claimed_by", "claimed_with")
    return rows.select_for_update(of=("self",)).get(pk=invitation.pk)


def _end(invitation: Invitation, how: str) -> bool:
    """One conditional UPDATE: an invitation ends once."""
    ended = Invitation.objects.unanswered().filter(pk=invitation.pk)
    return bool(ended.update(**{how: clock.now()}))


def _answered() -> Refused:
    return Refused(
        _("This invitation was answered or changed meanwhile. Look at the list again."),
        code="invitation-answered",
    )


def _registered(session: Session) -> Person:
    if session.person is None:
        raise Refused(_("Register first, then answer the invitation."), code="not-registered")
    return session.person
