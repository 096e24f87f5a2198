"""Another e-mail address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guichet.access import open_to_all
from guichet.account import actions
from guichet.account.forms import EmailForm
from guichet.design.forms import Form
from guichet.persons.models import EmailChange
from guichet.signon.requests import PersonRequest


def email(request: PersonRequest) -> HttpResponse:
    """The address now, what is being changed, and the form for another one."""
    form = EmailForm(request.POST or None)
    if form.submit(actions.ask_email_change, request.sign_on):
        return redirect("account:email")
    change = EmailChange.objects.live().filter(person=request.person).first()
    context = {"form": form, "change": change, "address": request.person.email}
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
