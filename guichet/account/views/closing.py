"""Closing the account, and coming back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet import clock
from guichet.access import open_while_registering
from guichet.account import actions
from guichet.account.forms import ClosingForm
from guichet.design.forms import Form
from guichet.persons.models import Account
from guichet.signon.requests import PersonRequest, SignedOnRequest
from guichet.spaces.models import Membership, Space


def close(request: PersonRequest) -> HttpResponse:
    """What is lost, what stays, what has to be done first, and the address to type."""
    person = request.person
    form = ClosingForm(request.POST or None)
    if form.submit(actions.ask_closing, request.sign_on):
        return redirect("account:come_back")
    others = Membership.objects.filter(person=person, space__owner=None)
    first = actions.kept_open_by(person)
    context = {
        "form": None if first else form,
        "address": person.email,
        "first": first,
        "private": Space.objects.private_of(person).first(),
        "memberships": others.select_related("space").order_by("space__name", "pk"),
        "until": clock.now() + Account.CLOSING_LASTS,
    }
    return render(request, "account/closing/close.html", context)


@open_while_registering
def come_back(request: SignedOnRequest) -> HttpResponse:
    """All that is open while an account is closing: the way back."""
    person = request.sign_on.person
    account = Account.objects.get(pk=person.pk) if person else None
    if account is None or account.closing_asked_at is None:
        return redirect("desk:arrival")
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.come_back, request.sign_on):
        messages.success(request, _("Your account stays open, with everything in it."))
        return redirect("account:overview")
    context = {"form": form, "until": account.closes_at}
    return render(request, "account/closing/come_back.html", context)
