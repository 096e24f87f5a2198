"""Letters on paper that were sent to oneself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.account import pages
from guichet.account.forms import KeyForm
from guichet.post import letters_life
from guichet.signon.requests import PersonRequest


def letters(request: PersonRequest) -> HttpResponse:
    """What we sent by post of late, where it is, and a button for what never came."""
    person = request.person
    form = KeyForm(request.POST or None)
    if form.submit(letters_life.contest, person, whose=person.pk):
        messages.success(request, _("We send the letter once more."))
        return redirect("account:letters")
    context = {"form": form, "rows": pages.letters(person)}
    return render(request, "account/letters.html", context)
