"""What this room keeps of a space, for its administrators to take along.

Of others it says what members see on pages. Access codes, national numbers of persons, numbers of
products and the members' own addresses stay out: they are not the space's to give.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guichet.files.models import File
from guichet.files.packing import Kept, Row, Said, Section
from guichet.registers.base import LegalForm
from guichet.spaces import pages, policy
from guichet.spaces.models import (
    Appointment,
    Certification,
    Company,
    Contest,
    Invitation,
    Membership,
    Merger,
    RoleRequest,
    Space,
)


def export(space: Space) -> Kept:
    """Everything of the space that this room keeps, in sections; nothing of it was sent."""
    sections = [_space(space)]
    if not space.is_private:
        sections += [
            *_company(space),
            _users(space),
            _invitations(space),
            _requests(space),
            _certifications(space),
            _agents(space),
        ]
    sections.append(_contests(space))
    if not space.is_private:
        sections += [_mergers(space), _appointments(space)]
    return Kept(sections, _papers(space))


def _papers(space: Space) -> list[File]:
    reports = File.objects.filter(merger__in=_mergers_of(space)).order_by("stored_at", "pk")
    return list(reports)


def _space(space: Space) -> Section:
    columns = {
        "identifier": _("Identifier of the eSpace"),
        "kind": _("Kind of eSpace"),
        "name": _("Name of the eSpace"),
        "notification_email": _("Email address of the eSpace"),
        "created_at": _("Created on"),
        "former_identifiers": _("Former identifiers"),
        "in_the_bin_since": _("In the bin since"),
    }
    row = {
        "identifier": space.identifier,
        "kind": Said(space.kind, space.get_kind_display()),
        "name": space.name,
        "notification_email": space.notification_email,
        "created_at": space.created_at,
        "former_identifiers": sorted(space.former_identifiers.values_list("pk", flat=True)),
        "in_the_bin_since": space.binned_at,
    }
    return Section("space", _("The eSpace"), columns, [row], is_one=True)


def _company(space: Space) -> list[Section]:
    company = Company.objects.filter(space=space).first()
    if company is None:
        return []
    columns = {
        "name": _("Name of the company"),
        "legal_form": _("Legal form"),
        "rcs": _("RCS number"),
        "vat": _("VAT number"),
        "business_number": _("National identification number"),
        "permit": _("Business permit number"),
        "nace": _("NACE code"),
        "address_line1": _("Number and street"),
        "address_line2": _("More about the address"),
        "postal_code": _("Postal code"),
        "locality": _("Town"),
        "country": _("Country"),
        "phone": _("Phone number"),
        "email": _("Email address of the company"),
        "source": _("Source"),
        "checked_at": _("Read or entered on"),
    }
    said = {
        "legal_form": Said(company.legal_form, _legal_form(company.legal_form)),
        "country": Said(company.country, pages.country(company.country)),
        "source": Said(company.source, company.get_source_display()),
    }
    row = {name: said.get(name, getattr(company, name)) for name in columns}
    is_personal = company.person_number_sealed is not None
    note = _("The national number of a person is not written into a file.") if is_personal else ""
    return [Section("company", _("The company"), columns, [row], note=note, is_one=True)]


def _users(space: Space) -> Section:
    columns = {
        "name": _("Name"),
        "role": _("Role"),
        "limits": _("Limited to"),
        "since": _("Member since"),
        "origin": _("How"),
        "role_since": _("In this role since"),
    }
    members = Membership.objects.filter(space=space).select_related("person")
    rows = [
        {
            "name": member.person.name,
            "role": Said(member.role, member.role_name),
            "limits": _limits(member.limits),
            "since": member.since,
            "origin": Said(member.origin, member.get_origin_display()),
            "role_since": member.role_since,
        }
        for member in members.order_by("since", "pk")
    ]
    return Section("memberships", _("Users"), columns, rows)


def _invitations(space: Space) -> Section:
    columns = {
        "name": _("Name"),
        "email": _("Email address"),
        "role": _("Role"),
        "limits": _("Limited to"),
        "scope": _("Opens with"),
        "invited_by": _("Invited by"),
        "invited_at": _("Invited on"),
        "accepted_at": _("Accepted on"),
        "refused_at": _("Refused on"),
        "withdrawn_at": _("Withdrawn on"),
        "expires_at": _("Until"),
    }
    invitations = Invitation.objects.filter(space=space).select_related("invited_by")
    rows = [
        {
            "name": invitation.name,
            "email": invitation.email,
            "role": Said(invitation.role, invitation.role_name),
            "limits": _limits(invitation.limits),
            "scope": Said(invitation.scope, invitation.get_scope_display()),
            "invited_by": invitation.invited_by.name,
            **_when(invitation, "invited_at accepted_at refused_at withdrawn_at expires_at"),
        }
        for invitation in invitations.order_by("invited_at", "pk")
    ]
    return Section("invitations", _("Invitations"), columns, rows)


def _requests(space: Space) -> Section:
    columns = {
        "name": _("Name"),
        "role": _("Role"),
        "message": _("Message"),
        "asked_at": _("Asked on"),
        "granted_at": _("Granted on"),
        "declined_at": _("Declined on"),
        "withdrawn_at": _("Withdrawn on"),
    }
    requests = RoleRequest.objects.filter(space=space).select_related("person")
    rows = [
        {
            "name": request.person.name,
            "role": Said(request.role, request.role_name),
            "message": request.message,
            **_when(request, "asked_at granted_at declined_at withdrawn_at"),
        }
        for request in requests.order_by("asked_at", "pk")
    ]
    return Section("role-requests", _("Requests for a role"), columns, rows)


def _certifications(space: Space) -> Section:
    columns = {
        "service": _("Service"),
        "grade": _("As"),
        "since": _("Since"),
        "entered_by": _("Entered by"),
        "until": _("Until"),
        "revoked_at": _("Ended on"),
    }
    found = Certification.objects.filter(space=space).select_related("service", "entered_by")
    rows = [
        {
            "service": Said(certification.service_id, certification.service.name),
            "grade": Said(certification.grade, certification.get_grade_display()),
            "entered_by": certification.entered_by.name,
            **_when(certification, "since until revoked_at"),
        }
        for certification in found.order_by("since", "pk")
    ]
    return Section("certifications", _("Certifications"), columns, rows)


def _agents(space: Space) -> Section:
    columns = {
        "service": _("Service"),
        "identifier": _("Identifier of the agent’s eSpace"),
        "since": _("Since"),
        "until": _("Until"),
        "revoked_at": _("Ended on"),
    }
    agents = Certification.objects.filter(holder__space=space).select_related("service", "space")
    rows = [
        {
            "service": Said(agent.service_id, agent.service.name),
            "identifier": agent.space.identifier,
            **_when(agent, "since until revoked_at"),
        }
        for agent in agents.order_by("since", "pk")
    ]
    return Section("agents", _("Agents of the holder"), columns, rows)


def _contests(space: Space) -> Section:
    columns = {
        "field": _("Detail"),
        "right_value": _("What it should be"),
        "words": _("Why"),
        "contested_by": _("Contested by"),
        "contested_at": _("Contested on"),
        "withdrawn_at": _("Withdrawn on"),
    }
    contests = Contest.objects.filter(space=space).select_related("contested_by")
    rows = [
        {
            "field": contest.field,
            "right_value": contest.right_value,
            "words": contest.words,
            "contested_by": contest.contested_by.name,
            **_when(contest, "contested_at withdrawn_at"),
        }
        for contest in contests.order_by("contested_at", "pk")
    ]
    return Section("contests", _("Contested values"), columns, rows)


def _mergers(space: Space) -> Section:
    columns = {
        "absorbed": _("Goes into the other one"),
        "kept": _("Stays"),
        "asked_at": _("Asked on"),
        "consented_at": _("Consented on"),
        "cancelled_at": _("Cancelled on"),
        "done_at": _("Done on"),
    }
    rows = [
        {
            "absorbed": merger.absorbed_identifier,
            "kept": merger.kept_identifier,
            **_when(merger, "asked_at consented_at cancelled_at done_at"),
        }
        for merger in _mergers_of(space).order_by("asked_at", "pk")
    ]
    return Section("mergers", _("Mergers"), columns, rows)


def _appointments(space: Space) -> Section:
    """Only those that came about: a proposal is the help desk's own affair."""
    columns = {"name": _("Name"), "consented_at": _("Appointed on")}
    made = Appointment.objects.filter(space=space, consented_at__isnull=False)
    rows = [
        {"name": each.person.name, "consented_at": each.consented_at}
        for each in made.select_related("person").order_by("consented_at", "pk")
    ]
    return Section("appointments", _("Administrators appointed by the help desk"), columns, rows)


def _mergers_of(space: Space) -> QuerySet[Merger]:
    return Merger.objects.filter(Q(absorbed=space) | Q(kept=space))


def _legal_form(code: str) -> str:
    return str(LegalForm(code).label) if code in LegalForm.values else code


def _limits(codes: list[str]) -> list[Said]:
    return [Said(code, policy.themes([code])) for code in codes]


def _when(row: object, names: str) -> Row:
    return {name: getattr(row, name) for name in names.split()}
