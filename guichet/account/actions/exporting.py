"""Everything about somebody, for that person to take along.

The one place where the national number leaves the house in full: it is theirs. Of others it says
what the person sees on pages. Secrets of products, codes and keys are nobody's to give.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guichet.account import journal
from guichet.account.models import Addition
from guichet.audit.actions import record
from guichet.desk.actions import closing as spaces
from guichet.files.packing import Kept, Said, Section, pack
from guichet.persons.models import EmailChange, Person
from guichet.post.models import Dispatch
from guichet.registration.models import Acceptance, Access, Request
from guichet.signon.levels import Level
from guichet.signon.models import Credential, Session
from guichet.spaces.models import (
    Invitation,
    Membership,
    Notice,
    RoleRequest,
    Space,
    SpaceDraft,
)

Rows = list[dict[str, Any]]


@transaction.atomic
def export(session: Session, person: Person, *, language: str) -> Iterator[bytes]:
    """The person's own copy as a ZIP: read now, in one piece; papers while it is fetched."""
    sections = everything(person)
    own = own_space(person)
    record("account.exported", by=person, about=person, session=session.pk)
    return pack(_("My account"), language, [*sections, *own.sections], own.papers)


def everything(person: Person) -> list[Section]:
    """What the house keeps of a person, one section for each kind of thing."""
    return [
        _person(person),
        _products(person),
        _sessions(person),
        _registrations(person),
        _acceptances(person),
        _memberships(person),
        _drafts(person),
        _requests(person),
        _invitations(person),
        _activity(person),
        _notices(person),
        _mails(person),
        _letters(person),
        _email_changes(person),
        _additions(person),
    ]


def own_space(person: Person) -> Kept:
    """The private space, with everything that every room keeps of it."""
    space = Space.objects.private_of(person).first()
    if space is None:
        return Kept()
    kept = spaces.kept(space)
    title = _("Private eSpace")
    named = [
        replace(section, name=f"private-{section.name}", title=f"{title}: {section.title}")
        for section in kept.sections
    ]
    return Kept(named, kept.papers, kept.sent)


def _person(person: Person) -> Section:
    columns = {
        "given_names": _("First names"),
        "family_name": _("Last name"),
        "birth_date": _("Date of birth"),
        "national_number": _("National identification number"),
        "register_checked_at": _("Compared with the register on"),
        "email": _("Email address"),
        "email_confirmed_at": _("Address confirmed on"),
        "language": _("Language of your emails and letters"),
        "created_at": _("Account since"),
        "closing_asked_at": _("Closing asked on"),
    }
    row = {name: getattr(person, name) for name in columns if hasattr(person, name)}
    row["created_at"] = person.account.created_at
    row["closing_asked_at"] = person.account.closing_asked_at
    return Section("person", _("Who you are"), columns, [row], is_one=True)


def _products(person: Person) -> Section:
    columns = {
        "product": _("Product"),
        "label": _("Name of the product"),
        "number": _("Number of the certificate (SSN)"),
        "given_names": _("First names"),
        "family_name": _("Last name"),
        "level": _("Assurance level"),
        "activated_at": _("Bound to you on"),
        "last_success_at": _("Used last"),
        "suspended_at": _("Suspended"),
        "revoked_at": _("Removed on"),
    }
    found = Credential.objects.filter(person=person).order_by("activated_at", "pk")
    rows = _rows(found, columns)
    for row in rows:
        row["level"] = Said(str(row["level"]), Level(row["level"]).label)
    return Section("products", _("Authentication products"), columns, rows)


def _sessions(person: Person) -> Section:
    columns = {
        "device": _("Browser"),
        "signed_on_at": _("Logged in since"),
        "seen_at": _("Seen last"),
        "ended_at": _("Ended on"),
        "ended_by": _("Ended by"),
        "attempt_number": _("Session identifier"),
    }
    found = Session.objects.filter(person=person).order_by("-signed_on_at", "pk")
    note = _("Sessions of the last 90 days.")
    return Section("sessions", _("Sessions"), columns, _rows(found, columns), note)


def _registrations(person: Person) -> Section:
    columns = {
        "application": _("Application"),
        "email": _("Email address"),
        "submitted_at": _("Asked on"),
        "register_result": _("Answer of the register"),
        "mail_confirmed_at": _("Address confirmed on"),
        "completed_at": _("Completed on"),
        "cancelled_at": _("Cancelled on"),
    }
    mine = Request.objects.filter(credential__person=person).order_by("submitted_at", "pk")
    granted = Access.objects.filter(person=person).order_by("granted_at", "pk")
    rows = _rows(mine, columns)
    rows += [
        {"application": access.application, "completed_at": access.granted_at}
        for access in granted
        if not rows
    ]
    return Section("registrations", _("Registrations"), columns, rows)


def _acceptances(person: Person) -> Section:
    columns = {
        "document": _("Text"),
        "version": _("Version"),
        "language": _("Language"),
        "digest": _("Fingerprint of the text"),
        "at": _("Accepted on"),
    }
    found = Acceptance.objects.filter(person=person).select_related("version").order_by("at", "pk")
    rows = [
        {
            "document": each.version.document,
            "version": each.version.number,
            "language": each.language,
            "digest": each.digest,
            "at": each.at,
        }
        for each in found
    ]
    return Section("acceptances", _("Terms that you accepted"), columns, rows)


def _memberships(person: Person) -> Section:
    columns = {
        "identifier": _("Identifier of the eSpace"),
        "name": _("Name of the eSpace"),
        "role": _("Your role"),
        "limits": _("Limited to"),
        "origin": _("How you came there"),
        "since": _("Since"),
        "notification_email": _("Where we write to you"),
        "settings": _("When we write to you"),
    }
    found = Membership.objects.filter(person=person).select_related("space").order_by("since", "pk")
    rows = [
        {
            "identifier": member.space.identifier,
            "name": member.space.name,
            "role": Said(member.role, member.role_name),
            "limits": list(member.limits),
            "origin": Said(member.origin, member.get_origin_display()),
            "since": member.since,
            "notification_email": member.notification_email,
            "settings": [f"{kind}: {when}" for kind, when in sorted(member.settings.items())],
        }
        for member in found
    ]
    return Section("memberships", _("Your eSpaces"), columns, rows)


def _drafts(person: Person) -> Section:
    columns = {"name": _("Name of the eSpace"), "saved_at": _("Saved on"), "company": _("Company")}
    found = SpaceDraft.objects.filter(person=person, finished_at=None).order_by("saved_at", "pk")
    rows = [
        {
            "name": draft.name,
            "saved_at": draft.saved_at,
            "company": [f"{name}: {value}" for name, value in draft.company.items() if value],
        }
        for draft in found
    ]
    return Section("drafts", _("eSpaces in preparation"), columns, rows)


def _requests(person: Person) -> Section:
    columns = {
        "role": _("Role that you asked for"),
        "message": _("Your message"),
        "asked_at": _("Asked on"),
        "granted_at": _("Granted on"),
        "declined_at": _("Declined on"),
        "withdrawn_at": _("Withdrawn on"),
    }
    found = RoleRequest.objects.filter(person=person).order_by("asked_at", "pk")
    return Section("role-requests", _("Roles that you asked for"), columns, _rows(found, columns))


def _invitations(person: Person) -> Section:
    columns = {
        "email": _("Email address"),
        "given_names": _("First names"),
        "family_name": _("Last name"),
        "role": _("Role"),
        "invited_at": _("Invited on"),
        "accepted_at": _("Accepted on"),
        "refused_at": _("Refused on"),
        "withdrawn_at": _("Withdrawn on"),
    }
    found = Invitation.objects.filter(claimed_by=person).order_by("invited_at", "pk")
    return Section("invitations", _("Invitations to you"), columns, _rows(found, columns))


def _activity(person: Person) -> Section:
    columns = {
        "at": _("When"),
        "event": _("Event"),
        "sentence": _("What"),
        "outcome": _("Outcome"),
        "space": _("Where"),
        "by": _("By whom"),
    }
    rows = [
        {
            "at": line.entry.at,
            "event": line.entry.event,
            "sentence": line.sentence,
            "outcome": line.entry.outcome,
            "space": line.space,
            "by": line.by or _("You"),
        }
        for line in journal.everything(person)
    ]
    return Section("activity", _("Activity"), columns, rows)


def _notices(person: Person) -> Section:
    columns = {"at": _("When"), "kind": _("Kind"), "subject": _("Subject"), "sent_at": _("Sent on")}
    found = Notice.objects.filter(membership__person=person).order_by("at", "pk")
    return Section(
        "notices", _("What you were told of your eSpaces"), columns, _rows(found, columns)
    )


def _mails(person: Person) -> Section:
    columns = {
        "created_at": _("Written on"),
        "sent_at": _("Sent on"),
        "to": _("Email address"),
        "subject": _("Subject"),
    }
    found = Dispatch.objects.filter(kind=Dispatch.Kind.MAIL, to__iexact=person.email)
    rows = _rows(found.order_by("created_at", "pk"), columns)
    note = _("Subjects and times only. Addresses are forgotten after 90 days.")
    return Section("mails", _("Emails sent to you"), columns, rows, note)


def _letters(person: Person) -> Section:
    columns = {
        "created_at": _("Written on"),
        "sent_at": _("Sent on"),
        "subject": _("Subject"),
        "returned_at": _("Came back on"),
        "contested_at": _("Said never to have come on"),
    }
    rows = _rows(Dispatch.objects.letters_of(person.pk), columns)
    return Section("letters", _("Letters sent to you"), columns, rows)


def _email_changes(person: Person) -> Section:
    columns = {
        "old_email": _("Address so far"),
        "new_email": _("New address"),
        "asked_at": _("Asked on"),
        "done_at": _("Completed on"),
        "cancelled_at": _("Cancelled on"),
    }
    found = EmailChange.objects.filter(person=person).order_by("asked_at", "pk")
    return Section("email-changes", _("Changes of address"), columns, _rows(found, columns))


def _additions(person: Person) -> Section:
    columns = {"asked_at": _("Asked on"), "done_at": _("Completed on")}
    found = Addition.objects.filter(person=person).order_by("asked_at", "pk")
    return Section("additions", _("Products that you began to add"), columns, _rows(found, columns))


def _rows(found: Any, columns: dict[str, str]) -> Rows:
    return [{name: getattr(each, name) for name in columns} for each in found]
