"""Access codes and what they open: made, entered, revoked, given up."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.persons.models import Agent, Person
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.spaces import codes, policy
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.lines import line
from guichet.spaces.mails import certification as mails
from guichet.spaces.models import (
    BY_AUTHORITY,
    AccessCode,
    Certification,
    Ending,
    Grade,
    Membership,
    Service,
    Space,
)
from guichet.spaces.policy import Can

_CODE = "access-code"
_CODE_BY_PERSON = "access-code-person"
_CODE_FROM_ADDRESS = "access-code-address"


@dataclass(frozen=True)
class Made:
    """A code that was made. `text` is what to hand over, once; None when it was shown before."""

    code: AccessCode
    text: str | None


# --- Making codes


@transaction.atomic
def make_code(
    agent: Agent, *, once: UUID, service: str, grade: str, note: str, holder: str = ""
) -> Made:
    """A code of the agent's authority, for one space. The same `once` again shows nothing.

    `holder`, for an agent's code, is the identifier of the space for which somebody will act; it
    may be left out when the holder has no space.
    """
    offered = policy.services_of(agent).filter(pk=service, closed_at=None).first()
    if offered is None:
        raise Refused(_("Choose a service of the list."), code="service-unknown", field="service")
    source = _holder_named(offered, line(holder).upper()) if grade == Grade.AGENT else None
    if source:
        _lock_live(source)
    return _make(once, offered, grade, note, source, made_by=agent)


@transaction.atomic
def make_agent_code(member: Membership, *, once: UUID, service: Service, note: str) -> Made:
    """A code for somebody who acts for this space, which is a holder of the service."""
    policy.require(member, Can.CERTIFY)
    holder = policy.require_certification(member, service.code, grade=Grade.HOLDER)
    _lock_live(holder)
    return _make(once, service, Grade.AGENT, note, holder, made_by_member=member.person)


def _make(
    once: UUID,
    service: Service,
    grade: str,
    note: str,
    holder: Certification | None,
    **maker: Agent | Person,
) -> Made:
    by = next(iter(maker.values()))
    made = AccessCode.objects.filter(pk=once, **maker).first()
    if made is not None:
        return Made(made, None)
    text, at = codes.draw(), clock.now()
    try:
        with transaction.atomic():
            code = AccessCode.objects.create(
                pk=once,
                service=service,
                grade=Grade(grade),
                digest=codes.digest(text),
                note=line(note)[: AccessCode.NOTE_LENGTH_MAX],
                made_at=at,
                expires_at=at + AccessCode.VALIDITY,
                holder=holder,
                **maker,
            )
    except IntegrityError as fault:
        made = AccessCode.objects.filter(pk=once, **maker).first()
        if made is not None:  # sent twice at the same instant
            return Made(made, None)
        raise Refused(
            _("This form was used before. Open the page again to make a code."), code="form-used"
        ) from fault
    record(
        "space.code-made",
        by=by,
        about=code,
        space=holder.space_id if holder else None,
        service=service.code,
        grade=grade,
    )
    return Made(code, text)


def _holder_named(service: Service, identifier: str) -> Certification | None:
    if not identifier:
        return None
    found = (
        Certification.objects.live()
        .filter(service=service, grade=Grade.HOLDER, space__identifier=identifier)
        .first()
    )
    if found is None:
        raise Refused(
            _("This eSpace is not certified as holder of the service. Check the identifier."),
            code="holder-unknown",
            field="holder",
        )
    return found


def revoke_code(agent: Agent, *, code: AccessCode) -> bool:
    """Take back a code of one's authority before it is entered. Twice changes nothing."""
    policy.require_service(agent, code.service_id)
    return _revoke_code(code, by=agent)


def revoke_agent_code(member: Membership, *, code: AccessCode) -> bool:
    """Take back a code that this space made, before it is entered. Twice changes nothing."""
    policy.require(member, Can.CERTIFY)
    return _revoke_code(code, by=member.person, space=member.space_id)


@transaction.atomic
def _revoke_code(code: AccessCode, *, by: Agent | Person, space: UUID | None = None) -> bool:
    gone = AccessCode.objects.filter(pk=code.pk, used_at=None, revoked_at=None)
    if gone.update(revoked_at=clock.now()):
        record("space.code-revoked", by=by, about=code, space=space, service=code.service_id)
        return True
    code.refresh_from_db()
    if code.used_at is not None:
        raise Refused(
            _("This code was entered meanwhile. Revoke the certification itself."),
            code="code-used",
        )
    return False


# --- Entering one


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
    holder = _still_there(code)
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
    _tell(certification, mails.certified, but=member)
    if holder:
        holder.space.changed()
        _tell(holder, mails.agent_certified)
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


# --- Ending a certification


@transaction.atomic
def revoke_certification(agent: Agent, *, certification: Certification, why: str) -> bool:
    """An authority takes back what it granted. Twice changes nothing."""
    policy.require_service(agent, certification.service_id)
    if why not in BY_AUTHORITY:
        raise Refused(_("Choose a reason of the list."), code="reason-unknown", field="why")
    return end_certification(certification, why, by=agent)


@transaction.atomic
def revoke_agent(member: Membership, *, certification: Certification) -> bool:
    """A holder takes back the mandate of one of its agents. Twice changes nothing."""
    policy.require(member, Can.CERTIFY)
    return end_certification(certification, Ending.HOLDER, by=member.person, but=member)


@transaction.atomic
def give_up(member: Membership, *, certification: Certification) -> bool:
    """A space gives up what it was granted. Twice changes nothing."""
    policy.require(member, Can.CERTIFY)
    return end_certification(certification, Ending.GIVEN_UP, by=member.person, but=member)


def end_certification(
    certification: Certification,
    why: str,
    *,
    by: Agent | Person | None,
    but: Membership | None = None,
) -> bool:
    """End it, with everything that hangs on it, in the caller's transaction; members are told.

    False when it was over already. `but` need not be told: they did it.
    """
    live = Certification.objects.filter(pk=certification.pk, revoked_at=None)
    if not live.update(revoked_at=clock.now(), revoked_why=why):
        return False
    ended = Certification.objects.select_related("space", "service", "holder__space").get(
        pk=certification.pk
    )
    AccessCode.objects.filter(holder=ended, used_at=None, revoked_at=None).update(
        revoked_at=clock.now()
    )
    ended.space.changed()
    record(
        "space.certification-ended",
        by=by,
        about=ended,
        space=ended.space_id,
        service=ended.service_id,
        why=why,
    )
    _tell(ended, mails.ended, but=but)
    _tell_the_holder(ended, why, but=but)
    for agent in Certification.objects.filter(holder=ended, revoked_at=None).order_by("pk"):
        end_certification(agent, Ending.HOLDER_ENDED, by=by)
    return True


def end_certifications_of(space: Space, why: str, *, by: Agent | Person | None) -> int:
    """End all that a space was granted, with its agents'; returns how many of its own."""
    live = Certification.objects.filter(space=space, revoked_at=None).order_by("pk")
    return sum(end_certification(each, why, by=by) for each in live)


def _tell_the_holder(ended: Certification, why: str, *, but: Membership | None) -> None:
    """The holder learns that it lost an agent; not when it is over itself and knows why."""
    if ended.holder and why != Ending.HOLDER_ENDED:
        ended.holder.space.changed()
        _tell(ended.holder, mails.agent_ended, but=but)


# --- What the acts above stand on


def _lock_live(holder: Certification) -> None:
    """Wait for whoever ends this certification; refused if it is over then."""
    locked = Certification.objects.select_for_update().filter(pk=holder.pk).first()
    if locked is None or not locked.is_live:
        raise Refused(
            _("The certification of this eSpace has ended meanwhile."), code="certification-over"
        )


def _tell(
    certification: Certification, write: mails.Writing, *, but: Membership | None = None
) -> None:
    """The members of the certified space, but the one who did it."""
    members = (
        Membership.objects.filter(space=certification.space_id)
        .select_related("person", "space")
        .order_by("since", "pk")
    )
    if but:
        members = members.exclude(pk=but.pk)
    tell(members, Kind.CERTIFICATIONS, lambda member: write(member, certification))
