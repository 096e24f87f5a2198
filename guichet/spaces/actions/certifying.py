"""Entering an access code: what certifies a space."""

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.persons.models import Agent
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.spaces import codes, policy
from guichet.spaces.actions.ending import tell_certified
from guichet.spaces.actions.guarding import active_members, require_in_use
from guichet.spaces.mails import certification as mails
from guichet.spaces.models import AccessCode, Certification, Membership, Service, Space
from guichet.spaces.policy import Can

_CODE = "access-code"
_CODE_BY_PERSON = "access-code-person"
_CODE_FROM_ADDRESS = "access-code-address"


def enter_code(member: Membership, *, code: str, address: str) -> Certification:
    """Certify the member's space with a code. Sent twice, it answers with the same certification.

    An unknown code counts against the space, the person and the address (`too-many-tries`). Only
    whoever holds a real code is told that it is used, revoked or expired: that helps nobody guess.
    """
    policy.require(member, Can.CERTIFY)
    keys = {
        _CODE: member.space_id,
        _CODE_BY_PERSON: member.person_id,
        _CODE_FROM_ADDRESS: address,
    }
    waits = [until for scope, key in keys.items() if (until := throttle.pause(scope, key))]
    if waits:
        raise throttle.too_many(max(waits))
    text = codes.clean(code)
    found = text and AccessCode.objects.filter(digest=codes.digest(text)).first()
    if not found:
        _count_wrong(member, keys)
        raise Refused(
            _("We do not know this code. Compare it sign by sign with what you were given."),
            code="code-unknown",
            field="code",
        )
    return _use(member, found)


@transaction.atomic(durable=True)
def _count_wrong(member: Membership, keys: dict[str, object]) -> None:
    """In a transaction of its own: the refusal that follows does not undo it."""
    for scope, key in keys.items():
        throttle.count(scope, key)
    record(
        "space.code-refused",
        by=member.person,
        about=member.space,
        space=member.space_id,
        outcome=Entry.Outcome.REFUSED,
    )


@transaction.atomic
def _use(member: Membership, code: AccessCode) -> Certification:
    """Exactly one space gets what a code opens, however many enter it at the same instant."""
    if member.space.is_private:
        raise Refused(
            _("Only a business eSpace can be certified."), code="private-space", field="code"
        )
    require_in_use(Space.objects.select_for_update(of=("self",)).get(pk=member.space_id))
    holder = _still_there(code)
    if code.is_live and not _maker_may(code, holder):
        raise Refused(
            _("Whoever made this code may no longer do so. Ask them for another one."),
            code="code-maker-gone",
            field="code",
        )
    if holder and holder.space_id == member.space_id:
        raise Refused(
            _("Your eSpace made this code itself. It is for whoever acts for you."),
            code="code-own",
            field="code",
        )
    if not AccessCode.objects.live().filter(pk=code.pk).update(used_at=clock.now()):
        own = Certification.objects.live().filter(code=code, space=member.space_id).first()
        if own is None:
            code.refresh_from_db()
            raise _why_not(member, code)
        return own
    certification = _certify(member, code, holder)
    member.space.changed()
    record(
        "space.certified",
        by=member.person,
        about=certification,
        space=member.space_id,
        service=code.service_id,
        grade=code.grade,
    )
    tell_certified(certification, mails.certified, but=member)
    if holder:
        holder.space.changed()
        tell_certified(holder, mails.agent_certified)
    return certification


def _certify(member: Membership, code: AccessCode, holder: Certification | None) -> Certification:
    try:
        with transaction.atomic():
            return Certification.objects.create(
                space=member.space,
                service_id=code.service_id,
                grade=code.grade,
                code=code,
                holder=holder,
                until=holder.until if holder else None,  # a right never outlives its source
                entered_by=member.person,
            )
    except IntegrityError as fault:
        sentence = (
            _("This eSpace is certified for this service already, for the same holder.")
            if holder
            else _("This eSpace is already a holder of this service. It needs one code only.")
        )
        raise Refused(sentence, code="already-certified", field="code") from fault


def _still_there(code: AccessCode) -> Certification | None:
    """The holder behind an agent's code, locked: it ends before or after this, never meanwhile."""
    if Service.objects.filter(pk=code.service_id).exclude(closed_at=None).exists():
        raise Refused(
            _("This service is closed. The code opens nothing any more."),
            code="service-closed",
            field="code",
        )
    if code.holder_id is None:
        return None
    holder = (
        Certification.objects.select_for_update(of=("self",))
        .select_related("space")
        .get(pk=code.holder_id)
    )
    if not holder.is_live:
        raise Refused(
            _("The holder is no longer certified. The code opens nothing any more."),
            code="holder-over",
            field="code",
        )
    return holder


def _maker_may(code: AccessCode, holder: Certification | None) -> bool:
    """A right never outlives its source: whoever made the code could still make it now."""
    if code.made_by is not None:
        return code.made_by.account.is_active and code.made_by.has(Agent.Duty.ACCESS_CODES)
    makers = active_members().filter(role__in=policy.roles_with(Can.CERTIFY))
    return (
        holder is not None
        and makers.filter(space=holder.space_id, person=code.made_by_member_id).exists()
    )


def _why_not(member: Membership, code: AccessCode) -> Refused:
    if code.used_at is not None:
        if code.certification.space_id == member.space_id:
            sentence = _("You have entered this code before. It works once.")
        else:
            sentence = _("This code was used before. It works once: ask for another one.")
        return Refused(sentence, code="code-used", field="code")
    if code.revoked_at is not None:
        sentence = _("This code was revoked by whoever made it. Ask them for another one.")
        return Refused(sentence, code="code-revoked", field="code")
    sentence = _("This code expired on %(day)s. Ask for another one.") % {
        "day": date_format(localtime(code.expires_at), "DATE_FORMAT")
    }
    return Refused(sentence, code="code-expired", field="code")
