"""The users of a space, their rights, and leaving it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guichet.design.forms import Form
from guichet.signon.requests import PersonRequest
from guichet.spaces import actions, people, policy
from guichet.spaces.actions.guarding import is_the_last
from guichet.spaces.forms.members import FindForm, RoleForm
from guichet.spaces.models import Role, RoleRequest
from guichet.spaces.policy import Can


def rights(request: PersonRequest, identifier: str) -> HttpResponse:
    """The table of rights, and what one is oneself, and why."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    context = {
        "member": member,
        "space": member.space,
        "rows": people.own_rows(member),
        "roles": list(Role),
        "table": people.rights_table(),
        "waits": policy.not_yet(request.person, identifier),
        "can_ask": bool(policy.roles_to_ask_for(member)),
    }
    return render(request, "spaces/members/rights.html", context)


def users(request: PersonRequest, identifier: str) -> HttpResponse:
    """Everybody in the space, and who asks to be."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    if admin.space.is_private:
        return redirect("spaces:profile", identifier)
    form = FindForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = people.users(admin.space_id, **wanted, page=request.GET.get("page", ""))
    context = {
        "member": admin,
        "space": admin.space,
        "search": form,
        "wanted": any(wanted.values()),
        "users": found,
        "searched": found.total > people.SEARCHED_FROM,
        "query": urlencode({name: value for name, value in wanted.items() if value}),
        "requests": RoleRequest.objects.open()
        .filter(space=admin.space_id)
        .select_related("person")
        .order_by("asked_at", "pk"),
    }
    return render(request, "spaces/members/users.html", context)


def user(request: PersonRequest, identifier: str, membership_id: UUID) -> HttpResponse:
    """One user: what is known, another role, other limits."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    if admin.space.is_private:
        return redirect("spaces:profile", identifier)
    other = policy.member(admin, membership_id)
    form = RoleForm.of(other, request.POST or None)
    if form.submit(actions.change_member, admin, member=other):
        messages.success(request, _("The role of %(name)s is saved.") % {"name": other.person.name})
        # Whoever has changed her own role may not see the list any more.
        return redirect("spaces:profile" if other == admin else "spaces:users", identifier)
    context = {
        "member": admin,
        "space": admin.space,
        "other": other,
        "rows": people.user_rows(people.user(other)),
        "form": form,
    }
    return render(request, "spaces/members/user.html", context)


def remove(request: PersonRequest, identifier: str, membership_id: UUID) -> HttpResponse:
    """Take somebody out of the space, after having read what that means."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    other = policy.member(admin, membership_id)
    if other == admin:
        return redirect("spaces:leave", identifier)
    form = Form(request.POST or None)
    if form.submit(actions.remove_member, admin, member=other):
        done = _("%(name)s is not a user of this eSpace any more.") % {"name": other.person.name}
        messages.success(request, done)
        return redirect("spaces:users", identifier)
    context = {"member": admin, "space": admin.space, "other": other, "form": form}
    return render(request, "spaces/members/remove.html", context)


def leave(request: PersonRequest, identifier: str) -> HttpResponse:
    """Belong to the space no longer, after having read what that means."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    if member.space.is_private:
        return redirect("spaces:profile", identifier)
    form = Form(request.POST or None)
    if form.submit(actions.leave_space, member):
        left = _("You have left the eSpace %(name)s.") % {"name": member.space.name}
        messages.success(request, left)
        return redirect("desk:spaces")
    last = is_the_last(member)
    context = {
        "member": member,
        "space": member.space,
        "form": None if last else form,
        "is_the_last": last,
        "refused": form.non_field_errors() if last else [],
    }
    return render(request, "spaces/members/leave.html", context)
