"""The account at a glance."""

from django.http import HttpResponse
from django.shortcuts import render

from guichet.account import pages
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy


def overview(request: PersonRequest) -> HttpResponse:
    """Each part of the account, with how it stands now."""
    person = request.person
    context = {"parts": pages.parts(person), "unreachable": policy.unreachable(person)}
    return render(request, "account/overview.html", context)
