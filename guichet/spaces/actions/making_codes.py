"""Making access codes, and taking them back before they are entered."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Agent, Person
from guichet.refusals import Refused
from guichet.spaces import codes, policy
from guichet.spaces.lines import line
from guichet.spaces.models import AccessCode, Certification, Grade, Membership, Service
from guichet.spaces.policy import Can


@dataclass(frozen=True)
class Made:
    """A code that was made. `text` is what to hand over, once; None when it was shown before."""

    code: AccessCode
    text: str | None


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


def _lock_live(holder: Certification) -> None:
    """Wait for whoever ends this certification; refused if it is over then."""
    locked = Certification.objects.select_for_update().filter(pk=holder.pk).first()
    if locked is None or not locked.is_live:
        raise Refused(
            _("The certification of this eSpace has ended meanwhile."), code="certification-over"
        )
