"""Changing what a space says about itself."""

from django.db import transaction

from guichet.audit.actions import record
from guichet.spaces import policy
from guichet.spaces.actions.opening import clean_name
from guichet.spaces.company import CONTACT, CompanyData
from guichet.spaces.models import Company, Membership, Space
from guichet.spaces.policy import Can


@transaction.atomic
def change_space(member: Membership, *, name: str, notification_email: str) -> Space:
    """Give the space another name or notification address."""
    policy.require(member, Can.CHANGE)
    space = member.space
    space.name = clean_name(name)
    space.notification_email = notification_email
    space.save(update_fields=["name", "notification_email"])
    space.changed()
    record("space.changed", by=member.person, about=space, space=space.pk)
    return space


@transaction.atomic
def change_my_address(member: Membership, *, notification_email: str) -> Membership:
    """Be told of what happens in the space at another address."""
    member.notification_email = notification_email
    member.save(update_fields=["notification_email"])
    if member.space.is_private:  # there is nobody else in it
        Space.objects.filter(pk=member.space_id).update(notification_email=notification_email)
    member.space.changed()
    record("space.member-address-changed", by=member.person, about=member, space=member.space_id)
    return member


@transaction.atomic
def change_company(member: Membership, *, company: CompanyData) -> Company:
    """Replace what a professional space says of its company."""
    policy.require(member, Can.CHANGE)
    row = company.checked().write_to(Company.objects.get(space=member.space_id))
    row.save()
    member.space.changed()
    record("space.company-changed", by=member.person, about=member.space, space=member.space_id)
    return row


@transaction.atomic
def describe_company(member: Membership, **values: str) -> Company:
    """Change what members said of their company; what the register said stays as it is."""
    row = Company.objects.select_for_update().get(space=member.space_id)
    known = CompanyData.in_row(row)
    if not known.is_from_register:
        return change_company(member, company=CompanyData.typed(**values))
    # The form may have been drawn before the company was found in the register.
    own = {name: value for name, value in values.items() if name in CONTACT}
    return change_company(member, company=known.with_contact(**own))
