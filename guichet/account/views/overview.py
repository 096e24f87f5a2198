"""The account at a glance."""

from django.http import HttpResponse
from django.shortcuts import render

from guichet.account import pages
from guichet.signon.requests import PersonRequest


def overview(request: PersonRequest) -> HttpResponse:
    """Each part of the account, with how it stands now."""
    return render(request, "account/overview.html", {"parts": pages.parts(request.person)})
