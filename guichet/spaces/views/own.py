"""A space's data and its own page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.registers import actions as registers
from guichet.registers.base import Citizen, Unavailable
from guichet.signon.requests import PersonRequest
from guichet.spaces import actions, known, pages, policy
from guichet.spaces.company import CompanyData
from guichet.spaces.forms.opening import AddressForm, CompanyForm, ContactForm, SpaceForm
from guichet.spaces.models import Company, Membership
from guichet.spaces.policy import Can


def data(request: PersonRequest, identifier: str) -> HttpResponse:
    """What the registers and the space know, with source and date."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    if member.space.is_private:
        return _person_data(request, member)
    context = {"space": member.space, **known.company_page(member)}
    return render(request, "spaces/company_data.html", context)


def change_company(request: PersonRequest, identifier: str) -> HttpResponse:
    """Correct what the members of the space said of their company."""
    member = policy.membership(request.sign_on, identifier, to=Can.CHANGE)
    if member.space.is_private:
        return redirect("spaces:data", identifier)
    company = CompanyData.in_row(Company.objects.get(space=member.space_id))
    kind = ContactForm if company.is_from_register else CompanyForm
    form = kind(request.POST or None, initial=company.values())
    if form.submit(actions.describe_company, member):
        messages.success(request, _("The details of the company are saved."))
        return redirect("spaces:data", identifier)
    rows = pages.register_rows(company) if company.is_from_register else []
    context = {"form": form, "space": member.space, "rows": rows}
    return render(request, "spaces/change_company.html", context)


def profile(request: PersonRequest, identifier: str) -> HttpResponse:
    """The space's own page: what it is called, who belongs to it, where it is told of news."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    members = None
    if policy.may(member, Can.MEMBERS) and not member.space.is_private:
        members = list(
            Membership.objects.filter(space=member.space_id)
            .select_related("person")
            .order_by("since", "pk")
        )
    context = {
        "member": member,
        "space": member.space,
        "rows": pages.profile_rows(member),
        "members": members,
        "may_change": policy.may(member, Can.CHANGE),
    }
    return render(request, "spaces/profile.html", context)


def change_space(request: PersonRequest, identifier: str) -> HttpResponse:
    """Another name, another notification address."""
    member = policy.membership(request.sign_on, identifier, to=Can.CHANGE)
    space = member.space
    if space.is_private:
        return redirect("spaces:change_address", identifier)
    initial = {"name": space.name, "notification_email": space.notification_email}
    form = SpaceForm(request.POST or None, initial=initial)
    if form.submit(actions.change_space, member):
        messages.success(request, _("The eSpace is saved."))
        return redirect("spaces:profile", identifier)
    return render(request, "spaces/change_space.html", {"form": form, "space": space})


def change_address(request: PersonRequest, identifier: str) -> HttpResponse:
    """Where this member is told of news of the space."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    initial = {"notification_email": member.notification_email}
    form = AddressForm(request.POST or None, initial=initial)
    if form.submit(actions.change_my_address, member):
        messages.success(request, _("Your email address for this eSpace is saved."))
        return redirect("spaces:profile", identifier)
    return render(request, "spaces/change_address.html", {"form": form, "space": member.space})


def _person_data(request: PersonRequest, member: Membership) -> HttpResponse:
    """Read from the population register now, for this page; nothing of it is kept."""
    citizen: Citizen | None = None
    unavailable = False
    try:
        citizen = registers.look_up_citizen(
            request.person.national_number, by=request.person, purpose="my-data"
        )
    except Unavailable:
        unavailable = True
    context = {
        "member": member,
        "space": member.space,
        "unavailable": unavailable,
        "rows": known.citizen_rows(member, citizen) if citizen else [],
        "known_rows": pages.known_rows(request.person),
    }
    return render(request, "spaces/person_data.html", context)
