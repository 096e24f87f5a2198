"""When somebody is told of news, space by space."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.account import pages
from guichet.account.forms import NotificationsForm
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy
from guichet.spaces.actions import telling
from guichet.spaces.policy import Can

SPACES_A_PAGE = 25


@require_safe
def spaces(request: PersonRequest) -> HttpResponse:
    """Each space, where one is told and when."""
    found = Paginator(pages.memberships(request.person), SPACES_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    context = {"page": page, "rows": [pages.notification_row(member) for member in page]}
    return render(request, "account/notifications/spaces.html", context)


def choose(request: PersonRequest, identifier: str) -> HttpResponse:
    """When one is told of what in one space."""
    member = policy.membership(request.sign_on, identifier, to=Can.VIEW)
    form = NotificationsForm(member, request.POST or None)
    if form.submit(telling.choose, member):
        messages.success(request, _("Your choice is saved."))
        return redirect("account:notifications")
    context = {"form": form, "member": member, "space": member.space}
    return render(request, "account/notifications/choose.html", context)
