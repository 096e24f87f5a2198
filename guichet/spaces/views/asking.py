"""Asking for a role, and answering those who ask."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.design.forms import Form
from guichet.signon.requests import PersonRequest, client_address
from guichet.spaces import actions, policy
from guichet.spaces.forms.members import AskForm, JoinForm, RoleForm
from guichet.spaces.models import Role
from guichet.spaces.policy import Can


def ask(request: PersonRequest, identifier: str) -> HttpResponse:
    """Ask for the role that has the right `?droit=…`; the least one is chosen already."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    wanted = request.GET.get("droit", "")
    right = Can(wanted) if wanted in list(Can) else None
    roles = policy.roles_to_ask_for(member, right)
    if not roles:
        return redirect("spaces:rights", identifier)
    form = AskForm(request.POST or None, roles=roles, initial={"role": roles[0]})
    if form.submit(actions.ask_for_role, member, credential=request.sign_on.credential):
        messages.success(request, _("Your request is on its way to the administrators."))
        return redirect("spaces:rights", identifier)
    waits = policy.not_yet(request.person, identifier)
    context = {
        "member": member,
        "space": member.space,
        "form": None if waits and not form.is_bound else form,
        "right": policy.RIGHTS[right] if right else "",
        "waits": waits,
    }
    return render(request, "spaces/members/ask.html", context)


def join(request: PersonRequest) -> HttpResponse:
    """Ask to join a space that one knows by its identifier."""
    form = JoinForm(request.POST or None, initial={"role": Role.MANAGER})
    asked = form.submit(
        actions.join,
        request.person,
        credential=request.sign_on.credential,
        address=client_address(request),
    )
    if asked:
        said = _("If the eSpace %(identifier)s exists, its administrators now see your request.")
        messages.success(request, said % {"identifier": asked.identifier})
        return redirect("desk:spaces")
    return render(request, "spaces/members/join.html", {"form": form})


def request_for_role(request: PersonRequest, identifier: str, request_id: UUID) -> HttpResponse:
    """Grant what somebody asks for: choose the role and its limits."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    asked = policy.role_request(admin, request_id)
    if not asked.is_open:
        return _is_over(request, identifier)
    form = RoleForm(request.POST or None, initial={"role": asked.role})
    if form.submit(actions.grant, admin, request=asked):
        messages.success(request, _("%(name)s has the role now.") % {"name": asked.person.name})
        return redirect("spaces:users", identifier)
    context = {"member": admin, "space": admin.space, "asked": asked, "form": form}
    return render(request, "spaces/members/request.html", context)


def decline(request: PersonRequest, identifier: str, request_id: UUID) -> HttpResponse:
    """Say no to a request, after having read what that means."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    asked = policy.role_request(admin, request_id)
    if not asked.is_open:
        return _is_over(request, identifier)
    form = Form(request.POST or None)
    if form.submit(actions.decline, admin, request=asked):
        messages.success(request, _("The request is declined. The person is told by email."))
        return redirect("spaces:users", identifier)
    context = {"member": admin, "space": admin.space, "asked": asked, "form": form}
    return render(request, "spaces/members/decline.html", context)


def withdraw(request: PersonRequest, request_id: UUID) -> HttpResponse:
    """Take back what one asked for."""
    asked = policy.own_role_request(request.person, request_id)
    if request.method == "POST":
        actions.withdraw_request(request.person, request=asked)
        messages.success(request, _("Your request is withdrawn."))
        return redirect("desk:spaces")
    return render(request, "spaces/members/withdraw.html", {"asked": asked})


def _is_over(request: PersonRequest, identifier: str) -> HttpResponse:
    messages.info(
        request, _("This request is over: it was answered or withdrawn, or it is too old.")
    )
    return redirect("spaces:users", identifier)
