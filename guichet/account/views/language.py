"""The language of mails and letters."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.account import actions
from guichet.account.forms import LanguageForm
from guichet.signon.requests import PersonRequest


def language(request: PersonRequest) -> HttpResponse:
    """One of the languages of the portal."""
    form = LanguageForm(request.POST or None, initial={"language": request.person.language})
    if form.submit(actions.choose_language, request.person):
        messages.success(request, _("The language is saved."))
        return redirect("account:overview")
    return render(request, "account/language.html", {"form": form})
