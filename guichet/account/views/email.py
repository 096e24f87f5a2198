"""Another e-mail address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guichet.access import open_to_all
from guichet.account import actions, pages
from guichet.account.forms import EmailForm, KeyForm
from guichet.design.forms import Form
from guichet.persons.models import EmailChange
from guichet.post import bounces
from guichet.signon.requests import PersonRequest


def email(request: PersonRequest) -> HttpResponse:
    """The address now, what is being changed, and the form for another one."""
    address = request.person.email
    mute = bool(bounces.unreachable(address))
    form = EmailForm(request.POST or None, mute=mute)
    if form.submit(actions.ask_email_change, request.sign_on):
        return redirect("account:email")
    change = EmailChange.objects.live().filter(person=request.person).first()
    context = {"form": form, "change": change, "address": address, "mute": mute}
    return render(request, "account/email/email.html", context)


@require_POST
def resend(request: PersonRequest) -> HttpResponse:
    """New links to whoever has not confirmed."""
    actions.resend_email_change(request.sign_on)
    messages.success(request, _("The emails are sent again. Use the links of the newest ones."))
    return redirect("account:email")


@require_POST
def cancel(request: PersonRequest) -> HttpResponse:
    """Keep the address."""
    actions.cancel_email_change(request.sign_on)
    messages.success(request, _("Your address stays as it is."))
    return redirect("account:email")


@open_to_all
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """The page of the mailed link: yes or no, with a button; a look changes nothing."""
    form = Form(request.POST if request.method == "POST" else None)
    says_no = "_no" in request.POST
    act = actions.refuse_email if says_no else actions.confirm_email
    if change := form.submit(act, code=code):
        return render(request, "account/email/said.html", {"change": change})
    found = actions.with_code(code)
    if found is None or not found[0].is_live:
        context = {"refusal": actions.change_over(), "is_done": bool(found and found[0].done_at)}
        return render(request, "account/email/over.html", context, status=404)
    change, is_old = found
    context = {"form": form, "change": change, "is_old": is_old}
    return render(request, "account/email/confirm.html", context)


def unreachable(request: PersonRequest) -> HttpResponse:
    """Which of my addresses our mails come back from, where they are used, and what to do."""
    form = KeyForm(request.POST or None)
    if form.submit(actions.check_address, request.sign_on):
        messages.success(request, _("The email is on its way. Open it there and follow its link."))
        return redirect("account:unreachable")
    rows = pages.unreachable(request.person)
    return render(request, "account/email/unreachable.html", {"form": form, "rows": rows})


@open_to_all
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the mailed link: yes, this was read; a look changes nothing."""
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.confirm_address, token=token):
        return render(request, "account/email/reached.html")
    found = actions.address_of(token)
    context = {"form": form, "found": found}
    return render(request, "account/email/read.html", context, status=200 if found else 404)
