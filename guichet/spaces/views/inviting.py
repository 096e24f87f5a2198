"""Inviting, the list of invitations, and the page where an invitation leads."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guichet.access import open_to_all
from guichet.design.forms import Form
from guichet.signon.requests import PersonRequest, client_address
from guichet.spaces import actions, people, policy
from guichet.spaces.forms.inviting import InvitationForm
from guichet.spaces.models import Invitation
from guichet.spaces.policy import Can, Standing

# An invitation that can no longer be answered has gone, as the web says.
_STATUS = {Standing.OPEN: 200, Standing.CLAIMED: 200}
# What can be sent anew: its link offers to ask for that.
_MAY_ASK = {Standing.EXPIRED, Standing.SOURCE_GONE}


# --- The administrators' side


def invite(request: PersonRequest, identifier: str) -> HttpResponse:
    """By e-mail and name, or strictly, for one product."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    if admin.space.is_private:
        return redirect("spaces:profile", identifier)
    form = InvitationForm(request.POST or None)
    if invitation := form.submit(actions.invite, admin):
        sent = _("The invitation to %(email)s is on its way. It is valid for 14 days.")
        messages.success(request, sent % {"email": invitation.email})
        return redirect("spaces:invitations", identifier)
    context = {"member": admin, "space": admin.space, "form": form}
    return render(request, "spaces/inviting/invite.html", context)


def invitations(request: PersonRequest, identifier: str) -> HttpResponse:
    """All that wait for an answer, and what became of the others."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    if admin.space.is_private:
        return redirect("spaces:profile", identifier)
    context = {
        "member": admin,
        "space": admin.space,
        **people.invitations(admin.space, page=request.GET.get("page", "")),
    }
    return render(request, "spaces/inviting/invitations.html", context)


def resend(request: PersonRequest, identifier: str, invitation_id: UUID) -> HttpResponse:
    """Send one again: a page with a button, and what it means."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    invitation = policy.invitation(admin, invitation_id)
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.resend_invitation, admin, invitation=invitation):
        sent = _("The invitation to %(email)s was sent again. Older links no longer work.")
        messages.success(request, sent % {"email": invitation.email})
        return redirect("spaces:invitations", identifier)
    return _about(request, admin, invitation, form, "resend")


def withdraw_invitation(
    request: PersonRequest, identifier: str, invitation_id: UUID
) -> HttpResponse:
    """Take one back."""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    invitation = policy.invitation(admin, invitation_id)
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.withdraw_invitation, admin, invitation=invitation):
        messages.success(request, _("The invitation is withdrawn."))
        return redirect("spaces:invitations", identifier)
    return _about(request, admin, invitation, form, "withdraw")


def confirm_name(request: PersonRequest, identifier: str, invitation_id: UUID) -> HttpResponse:
    """Somebody accepted under another name: is it the right person?"""
    admin = policy.membership(request.sign_on, identifier, to=Can.MEMBERS)
    invitation = policy.invitation(admin, invitation_id)
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.confirm_name, admin, invitation=invitation):
        messages.success(request, _("The person belongs to the eSpace now."))
        return redirect("spaces:users", identifier)
    return _about(request, admin, invitation, form, "confirm")


# --- The invited person's side


@open_to_all
def invitation(request: HttpRequest, link: str) -> HttpResponse:
    """Where the mail leads: who invites into what, and the way to answer. Opening it does nothing."""
    found, standing = policy.invited(link)
    form = Form(request.POST if request.method == "POST" else None)
    if standing in _MAY_ASK:
        address = client_address(request)
        if form.submit(actions.ask_for_new_invitation, found, address=address):
            messages.success(request, _("The administrators of the eSpace know that you ask."))
            return redirect("spaces:invitation", link)
    context = {
        "invitation": found,
        "standing": standing,
        "key": link,
        "form": form if standing in _MAY_ASK else None,
        "rights": people.rights_of(found),
        **_who(request, found, link),
    }
    template = "invitation" if standing in _STATUS else "gone"
    status = _STATUS.get(standing, 410)
    return render(request, f"spaces/inviting/{template}.html", context, status=status)


def accept_invitation(request: PersonRequest, link: str) -> HttpResponse:
    """Come in. Whoever only comes by, after signing on, sees the invitation first."""
    return _answer(request, link, actions.accept_invitation)


def refuse_invitation(request: PersonRequest, link: str) -> HttpResponse:
    """Say no."""
    return _answer(request, link, actions.refuse_invitation)


# --- What they share


def _answer(request: PersonRequest, link: str, action: Callable[..., Invitation]) -> HttpResponse:
    found, standing = policy.invited(link)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method != "POST" or standing == Standing.RENEWED:
        return redirect("spaces:invitation", link)
    if not (answered := form.submit(action, request.sign_on, invitation=found)):
        for problem in form.problems():
            messages.warning(request, problem.message)
        return redirect("spaces:invitation", link)
    if answered.accepted_at:
        welcome = _("You belong to the eSpace %(name)s now.") % {"name": found.space.name}
        messages.success(request, welcome)
        return redirect("desk:space", found.space.identifier)
    if answered.claimed_at and not answered.refused_at:
        return redirect("spaces:invitation", link)
    messages.success(request, _("You have refused the invitation."))
    return redirect("desk:spaces")


def _who(request: HttpRequest, found: Invitation, link: str) -> dict[str, object]:
    """Whether somebody has signed on, is registered, and holds the right product."""
    session = request.sign_on  # type: ignore[attr-defined]
    here = urlencode({"next": reverse("spaces:invitation", args=[link])})
    credential = session.credential if session is not None else None
    number = found.product_number
    return {
        "signed_on": session is not None,
        "registered": session is not None and session.person_id is not None,
        "is_mine": session is not None
        and session.person_id is not None
        and found.claimed_by_id == session.person_id,
        "sign_on_url": f"{reverse('signon:products')}?{here}",
        "register_url": f"{reverse('registration:start')}?{here}",
        "credential": credential,
        "other_product": bool(credential and number and credential.number != number),
        "other_name": bool(
            credential and not number and not actions.bears_the_name(credential, found)
        ),
    }


def _about(
    request: PersonRequest, admin: object, invitation: Invitation, form: Form, act: str
) -> HttpResponse:
    context = {
        "member": admin,
        "space": invitation.space,
        "invitation": invitation,
        "form": form,
        "act": act,
    }
    return render(request, "spaces/inviting/about.html", context)
