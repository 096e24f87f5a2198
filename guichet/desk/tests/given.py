"""A space in which every room keeps something."""

from datetime import timedelta

from guichet import clock
from guichet.files import actions as files
from guichet.ids import new_id
from guichet.persons.models import Account, Agent, Authority, Person
from guichet.procedures.tests.given import everything_in
from guichet.signon.models import Credential
from guichet.spaces.models import (
    AccessCode,
    Appointment,
    Certification,
    Contest,
    GivenIdentifier,
    Invitation,
    Membership,
    Merger,
    Notice,
    Role,
    RoleRequest,
    Service,
    Space,
)
from guichet.spaces.tests.given import a_member, a_professional_space
from tests.cast import a_person


def an_agent() -> Agent:
    """Somebody of the tax administration."""
    authority, _new = Authority.objects.get_or_create(code="acd", defaults={"names": {"fr": "ACD"}})
    return Agent.objects.create(
        account=Account.objects.create(kind=Account.Kind.AGENT),
        authority=authority,
        given_names="Luc",
        family_name="Agent",
        email="luc@acd.lu",
        language="fr",
    )


def a_certification(
    space: Space, by: Person, *, holder: Certification | None = None
) -> Certification:
    """For tax cards; of an agent when there is a holder."""
    service, _new = Service.objects.get_or_create(
        code="tax-cards",
        authority=an_agent().authority,
        defaults={"names": {"fr": "Fiches de retenue d’impôt"}, "theme": "taxes"},
    )
    grade = "agent" if holder else "holder"
    made = {"made_by": None, "made_by_member": by} if holder else {"made_by": an_agent()}
    code = AccessCode.objects.create(
        service=service,
        grade=grade,
        digest=new_id().hex * 2,
        expires_at=clock.now() + AccessCode.VALIDITY,
        holder=holder,
        used_at=clock.now(),
        **made,
    )
    return Certification.objects.create(
        space=space, service=service, grade=grade, code=code, holder=holder, entered_by=by
    )


def a_full_space(ada: Person, name: str = "Boulangerie Muller") -> Space:
    """Ada's, with Tom as its manager, and at least one row of each model that hangs on a space."""
    space = a_professional_space(ada, name)
    tom, agent = a_person("Tom Weber"), an_agent()
    member = a_member(tom, space, Role.MANAGER)
    for email, fields in (("ines@example.lu", {}), ("marc@example.lu", {"withdrawn": True})):
        Invitation.objects.create(
            space=space,
            email=email,
            given_names="Inès",
            family_name="<b>Schmit</b>",
            role=Role.READER,
            language="fr",
            invited_by=ada,
            withdrawn_at=clock.now() if fields else None,
        )
    RoleRequest.objects.create(space=space, person=tom, role=Role.ADMINISTRATOR, message="=1+1")
    Appointment.objects.create(space=space, person=tom, reason="Décès", proposed_by=agent)
    Notice.objects.create(membership=member, space=space, kind="members", subject="Bonjour")
    contest = Contest(space=space, field="rcs", contested_by=ada)
    contest.right_value, contest.words = "B999999", "Faux"
    contest.save()
    holder = a_certification(space, ada)
    AccessCode.objects.create(
        service=holder.service,
        grade="agent",
        digest=new_id().hex * 2,
        expires_at=clock.now() + AccessCode.VALIDITY,
        made_by_member=ada,
        holder=holder,
    )
    GivenIdentifier.objects.create(identifier="PM-AAAAAA", leads_to=space, retired_at=clock.now())
    Merger.objects.create(
        absorbed=None,
        absorbed_identifier="PM-AAAAAA",
        kept=space,
        kept_identifier=space.identifier,
        preview={},
        preview_digest="0" * 64,
        asked_by=ada,
        asked_from_kept=True,
        consented_by=ada,
        consented_at=clock.now() - timedelta(days=4),
        done_at=clock.now(),
        report=files.store(b"%PDF report", name="rapport.pdf", media_type="application/pdf"),
    )
    everything_in(space, ada)
    return space


def a_live_merger(absorbed: Space, kept: Space, by: Person) -> Merger:
    """Asked for, and nobody has answered yet."""
    return Merger.objects.create(
        absorbed=absorbed,
        absorbed_identifier=absorbed.identifier,
        kept=kept,
        kept_identifier=kept.identifier,
        preview={},
        preview_digest="0" * 64,
        asked_by=by,
        asked_from_kept=False,
    )


def the_member(person: Person, space: Space) -> Membership:
    """Read anew."""
    return Membership.objects.select_related("space", "person").get(person=person, space=space)


def credential_of(person: Person) -> Credential:
    """The first one."""
    return Credential.objects.filter(person=person).earliest("created_at")
