"""What happened."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.account import journal as acts
from guichet.account.journal import Kind
from guichet.signon.requests import PersonRequest


@require_safe
def journal(request: PersonRequest) -> HttpResponse:
    """Fifty acts, newest first; of one kind, if the address names one."""
    kind = request.GET.get("type", "")
    kind = kind if kind in Kind.values else ""
    found = acts.page(request.person, kind=kind, before=acts.cursor(request.GET.get("avant", "")))
    here = reverse("account:journal")
    tabs = [{"label": _("Everything"), "url": here, "current": not kind}]
    tabs += [
        {"label": each.label, "url": f"{here}?type={each.value}", "current": kind == each.value}
        for each in Kind
    ]
    context = {"page": found, "tabs": tabs, "kind": kind, "is_older": "avant" in request.GET}
    return render(request, "account/journal/page.html", context)
