"""Where somebody is signed on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from guichet.account import actions, pages, policy
from guichet.signon.requests import PersonRequest


@require_safe
def sessions(request: PersonRequest) -> HttpResponse:
    """Each browser with an open session, this one first."""
    rows = pages.sessions(request.sign_on)
    return render(request, "account/sessions/list.html", {"rows": rows})


@require_POST
def end(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """End one of them; this one is ended by logging out."""
    other = policy.session(request.person, session_id)
    if other.pk != request.sign_on.pk:
        actions.end_session(request.sign_on, other=other)
        messages.success(request, _("The session is ended."))
    return redirect("account:sessions")


@require_POST
def end_others(request: PersonRequest) -> HttpResponse:
    """End all but this one."""
    ended = actions.end_other_sessions(request.sign_on)
    sentence = ngettext("%(count)d session is ended.", "%(count)d sessions are ended.", ended)
    messages.success(request, sentence % {"count": ended})
    return redirect("account:sessions")
