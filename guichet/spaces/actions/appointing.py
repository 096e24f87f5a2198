"""An administrator for a space that nobody can administrate any more: four eyes, and everybody told.

A help desk that could appoint alone would be the way into every space. So one agent proposes,
another one consents, all members hear of both, and paper goes to those whom a mail may not reach.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Agent, Person
from guichet.persons.policy import require_duty
from guichet.post.actions import post_letter
from guichet.refusals import Refused
from guichet.registers import actions as registers
from guichet.registers import identifiers as numbers
from guichet.registers.base import Citizen, Unavailable
from guichet.signon import throttle
from guichet.signon.models import Credential
from guichet.spaces import letters
from guichet.spaces.actions.guarding import active_administrators, active_members, administrated
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.lines import line
from guichet.spaces.mails import appointing as mails
from guichet.spaces.models import Appointment, Company, Membership, Role, RoleRequest, Space

_PURPOSE = "appointment"  # why the population register is asked


def why_not(space: Space) -> Refused | None:
    """What stands against appointing an administrator of this space now, or None."""
    if space.binned_at is not None:
        return Refused(
            _("This eSpace is in the bin. Nobody is appointed there."), code="space-binned"
        )
    if active_administrators().filter(space=space).exists():
        return Refused(
            _("This eSpace has an administrator who can log in. Only they give rights in it."),
            code="has-administrator",
        )
    return None


def proposal_for(space: Space) -> Appointment | None:
    """What waits for a second agent, if anything does."""
    return Appointment.objects.live().filter(space=space).first()


def waiting_appointments() -> int:
    """How many proposals wait for a second agent."""
    return Appointment.objects.live().count()


def propose_administrator(
    agent: Agent,
    *,
    space: Space,
    who: str,
    national_number: str,
    asked_by: str,
    proof: str,
    proof_words: str,
    reason: str,
) -> Appointment:
    """Propose that somebody becomes administrator; all members are told at once.

    `who` is the key of a membership, or empty for the person with `national_number`. Refused
    when the space can be administrated (`has-administrator`), is in the bin, or has a proposal
    already (`already-proposed`); when the person cannot log in or is not registered
    (`nobody-to-appoint`, the same sentence for both); when another proof is not named.
    """
    require_duty(agent, Agent.Duty.HELP_DESK)
    if proof == Appointment.Proof.OTHER and not line(proof_words):
        raise Refused(
            _("Say in a few words what you have seen."), code="proof-unnamed", field="proof_words"
        )
    person = _member(space, who) if who else _registered(agent, national_number)
    return _propose(
        agent,
        space,
        Appointment(
            space=space,
            person=person,
            asked_by=line(asked_by),
            proof=proof,
            proof_words=line(proof_words),
            reason=reason.strip(),
            proposed_by=agent,
        ),
    )


def consent_to_appointment(agent: Agent, *, appointment: Appointment) -> Membership:
    """The second agent consents: the person is administrator from now on, and all are told.

    Mails go to every member; letters to the new administrator and to those who were it before,
    at the register's address, and to the company. Refused for whoever proposed it
    (`own-proposal`), when that agent is none any more (`proposer-gone`), when it was decided or
    ran out (`proposal-over`), when the space has found an administrator meanwhile or is in the
    bin, when the person can no longer log in, and while the population register does not answer:
    without addresses nobody would be warned on paper.
    """
    require_duty(agent, Agent.Duty.HELP_DESK)
    if agent.pk == appointment.proposed_by_id:
        raise _own_proposal()
    _require_proposer(appointment)
    # Before the transaction: a slow register would keep every other writer waiting.
    citizens = _look_up(agent, [appointment.person, *_former(appointment)])
    with administrated(appointment.space_id) as [space]:
        _decide(agent, appointment, consented_at=clock.now(), consented_by=agent)
        if refusal := why_not(space):
            raise refusal
        member = _make_administrator(space, appointment.person)
        if not active_administrators().filter(pk=member.pk).exists():
            raise _nobody(None)
        space.changed()
        record(
            "space.administrator-appointed",
            by=agent,
            about=appointment,
            space=space.pk,
            whom=appointment.person_id,
            proposed_by=str(appointment.proposed_by_id),
            proof=appointment.proof,
        )
        tell(_members(space), Kind.SPACE, lambda to: mails.appointed(appointment, to))
        _write_letters(appointment, space, citizens)
    return member


@transaction.atomic
def drop_appointment(agent: Agent, *, appointment: Appointment) -> Appointment:
    """Do not appoint: any agent of the help desk may, also who proposed it. Nothing changes."""
    require_duty(agent, Agent.Duty.HELP_DESK)
    _decide(agent, appointment, dropped_at=clock.now(), dropped_by=agent)
    record(
        "space.appointment-dropped",
        by=agent,
        about=appointment,
        space=appointment.space_id,
        whom=appointment.person_id,
    )
    return appointment


# --- Proposing


@transaction.atomic
def _propose(agent: Agent, space: Space, appointment: Appointment) -> Appointment:
    space = Space.objects.select_for_update(of=("self",)).get(pk=space.pk)
    if refusal := why_not(space):
        raise refusal
    _drop_what_ran_out(space)
    try:
        with transaction.atomic():
            appointment.save(force_insert=True)
    except IntegrityError as fault:
        if not Appointment.objects.undecided().filter(space=space).exists():
            raise
        raise Refused(
            _("Somebody is proposed for this eSpace already. Decide on that first."),
            code="already-proposed",
        ) from fault
    record(
        "space.administrator-proposed",
        by=agent,
        about=appointment,
        space=space.pk,
        whom=appointment.person_id,
        proof=appointment.proof,
    )
    tell(_members(space), Kind.SPACE, lambda to: mails.proposed(appointment, to))
    return appointment


def _drop_what_ran_out(space: Space) -> None:
    """Write down what the clock has ended, so that it no longer stands in the way."""
    for late in Appointment.objects.undecided().filter(space=space):
        if not late.is_live:
            Appointment.objects.filter(pk=late.pk).update(dropped_at=late.expires_at)


def _member(space: Space, key: str) -> Person:
    try:
        wanted = UUID(key)
    except ValueError:
        raise _nobody("who") from None
    found = active_members().select_related("person").filter(space=space, pk=wanted).first()
    if found is None:
        raise _nobody("who")
    return found.person


def _registered(agent: Agent, national_number: str) -> Person:
    number = numbers.person_number(national_number, field="national_number")
    throttle.hit("help-desk-person", agent.pk)
    person = Person.objects.with_number(number).select_related("account").first()
    record("space.person-looked-up", by=agent, whom=person.pk if person else None)
    if person is None or not person.account.is_active or not _has_product(person):
        raise _nobody("national_number")
    return person


def _has_product(person: Person) -> bool:
    usable = Credential.objects.filter(suspended_at=None, revoked_at=None)
    return usable.filter(person=person).exists()


def _nobody(field: str | None) -> Refused:
    return Refused(
        _(
            "Nobody who can log in is found here. Ask the person to register, or to put their "
            "product in order, then propose them again."
        ),
        code="nobody-to-appoint",
        field=field,
    )


# --- Deciding


def _decide(agent: Agent, appointment: Appointment, **how: object) -> None:
    """Take a live proposal, if it still is one: of two decisions at once one finds it."""
    if not Appointment.objects.live().filter(pk=appointment.pk).update(**how):
        raise Refused(
            _("This proposal is decided already, or its 14 days are over."), code="proposal-over"
        )
    appointment.refresh_from_db()


def _make_administrator(space: Space, person: Person) -> Membership:
    """The person's membership, raised or new. Given by no person: by the help desk."""
    raised: dict[str, Any] = {
        "role": Role.ADMINISTRATOR,
        "role_from": None,
        "role_since": clock.now(),
        "limits": [],
    }
    member, _new = Membership.objects.update_or_create(
        space=space,
        person=person,
        defaults=raised,
        create_defaults={
            **raised,
            "origin": Membership.Origin.HELP_DESK,
            "notification_email": person.email,
        },
    )
    # What they asked for themselves is granted with it.
    asked = RoleRequest.objects.filter(space=space, person=person)
    asked.filter(granted_at=None, declined_at=None, withdrawn_at=None).update(
        granted_at=member.role_since
    )
    return member


def _require_proposer(appointment: Appointment) -> None:
    """Four eyes are two agents of today: what somebody proposed who is none any more is void."""
    proposer = Agent.objects.select_related("account").get(pk=appointment.proposed_by_id)
    if not (proposer.account.is_active and proposer.has(Agent.Duty.HELP_DESK)):
        raise Refused(
            _("Whoever proposed this is no longer at the help desk. Drop it and propose anew."),
            code="proposer-gone",
        )


def _own_proposal() -> Refused:
    return Refused(
        _("You proposed this yourself. Another agent of the help desk decides."),
        code="own-proposal",
    )


# --- Telling


def _members(space: Space) -> list[Membership]:
    """All of them, also whose account is stopped: if that was a mistake, they must hear of it."""
    return list(Membership.objects.filter(space=space).select_related("person", "space"))


def _former(appointment: Appointment) -> list[Person]:
    """Who administrates the space on paper, and cannot."""
    members = Membership.objects.filter(space=appointment.space_id, role=Role.ADMINISTRATOR)
    others = members.exclude(person=appointment.person_id).select_related("person")
    return [member.person for member in others.order_by("since", "pk")]


def _look_up(agent: Agent, persons: Iterable[Person]) -> dict[Person, Citizen]:
    """What the population register says of these persons; it may not know all of them any more."""
    found = {}
    try:
        for person in persons:
            citizen = registers.look_up_citizen(person.national_number, by=agent, purpose=_PURPOSE)
            if citizen is not None:
                found[person] = citizen
    except Unavailable:
        raise Refused(
            _(
                "The population register does not respond, so no letter could be addressed. "
                "Nothing has changed. Try again later."
            ),
            code="register-unavailable",
        ) from None
    return found


def _write_letters(appointment: Appointment, space: Space, citizens: dict[Person, Citizen]) -> None:
    for person, citizen in citizens.items():
        post_letter(letters.appointed(appointment, person, citizen))
    company = Company.objects.filter(space=space).first()
    if company is not None and company.address_line1:
        post_letter(letters.appointed_to_company(appointment, company))
