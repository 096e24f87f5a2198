"""Without sign-on: an address, the code that proves it, what a visitor has, and the end of a visit."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guichet.access import open_to_all
from guichet.design.forms import LANGUAGE
from guichet.ids import new_id
from guichet.procedures import actions, addresses, catalogue, policy, visits
from guichet.procedures.about import about, period
from guichet.procedures.forms import AddressForm, BeginForm, CodeForm, FollowForm, StartForm
from guichet.procedures.models import Draft, Submission, Visit
from guichet.procedures.requests import VisitRequest
from guichet.registration import terms
from guichet.registration.models import Document
from guichet.signon import kept
from guichet.signon.requests import client_address

WANTED = "demarche"  # in an address: what somebody came to begin,
REFERENCE = "numero"  # or to see again
TAKE_UP = "reprise"  # show again what was typed before the visit was over


def in_visit(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for whoever has proved an address in this browser; others are led to where one does.

    Puts the visit on the request. What is sent after the visit was over is kept.
    """

    @wraps(view)
    def outer(request: HttpRequest, *args: Any, **more: Any) -> Any:
        visit = visits.find(_key(request))
        if visit is None:
            return _to_the_door(request, keep=not getattr(view, "takes_a_file", False))
        visits.touch(visit)
        request.visit = visit  # type: ignore[attr-defined]
        _show_again(request, visit)
        return view(request, *args, **more)

    return open_to_all(outer)


@open_to_all
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What differs without sign-on; an address and the terms begin it."""
    found = catalogue.listed(code)
    if found is None:
        raise Http404(_("There is no such procedure."))
    policy.require_possible_without_sign_on(found)
    if visits.find(_key(request)):
        return redirect(_wanting(code))
    wording = terms.current(Document.PORTAL).wording(get_language() or "fr")
    form = StartForm(request.POST or None, initial={"terms": wording.digest})
    if asked := _asked(request, form, procedure=code):
        return asked
    definition = found.latest.definition
    context = {
        **about(found),
        "form": form,
        "purpose": found.words().lines("purpose"),
        "draft_kept": period(definition.keep_drafts),
        "sent_kept": period(definition.keep_sent),
    }
    return render(request, "procedures/start.html", context)


@open_to_all
def follow(request: HttpRequest) -> HttpResponse:
    """Back to a draft, or to what was sent, with the address and a code."""
    reference = request.GET.get(REFERENCE, "")[:20]
    if request.method == "GET" and (visit := visits.find(_key(request))):
        return redirect(_where(visit, reference))
    form = FollowForm(request.POST or None, initial={"reference": reference})
    if asked := _asked(request, form):
        return asked
    return render(request, "procedures/follow.html", {"form": form})


@open_to_all
def code(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Type the code of the mail. The same page for whatever stands in the address."""
    form = CodeForm(request.POST or None)
    proved = form.submit(actions.prove, visit_id=visit_id, address=client_address(request))
    if proved is None:
        context = {
            "form": form,
            "minutes": int(Visit.CODE_VALIDITY.total_seconds() // 60),
            "again_url": _again(visit_id),
        }
        return render(request, "procedures/code.html", context)
    visit, key = proved
    rotate_token(request)  # what somebody saw before of this browser's forms sends none of theirs
    response = redirect(_after_the_code(visit))
    response.set_cookie(
        settings.VISIT_COOKIE, key, httponly=True, secure=settings.SECURE, samesite="Lax"
    )
    return response


@in_visit
def home(request: VisitRequest) -> HttpResponse:
    """What a visitor has: the draft, what was sent; and what they came to begin."""
    visit = request.visit
    wanted = catalogue.listed(request.GET.get(WANTED, ""))
    draft = actions.open_draft(visit)
    form = BeginForm(request.POST or None) if wanted else None
    if wanted and form and (begun := form.submit(_begin, visit, wanted.code, draft)):
        return redirect(addresses.of(begun, "fill"))
    context = {
        "draft": draft,
        "draft_title": _title(draft) if draft else "",
        "draft_url": addresses.of(draft, "fill") if draft else "",
        "sent": [
            (one, _title(one), addresses.of(one, "sent")) for one in actions.sent_before(visit)
        ],
        "wanted": wanted,
        "form": form,
        "address": visit.visitor.address,
    }
    return render(request, "procedures/visit.html", context)


@open_to_all
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Nobody goes on in this browser."""
    if visit := visits.past(_key(request)):
        actions.end(visit)
    messages.success(request, _("You have finished. Nobody can go on in this browser."))
    response = redirect("desk:home")
    response.delete_cookie(settings.VISIT_COOKIE, samesite="Lax")
    return response


# --- What the pages above share


def _key(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.VISIT_COOKIE, "")


def _asked(request: HttpRequest, form: AddressForm, **about: str) -> HttpResponse | None:
    """On to the page for the code, once it is mailed; or as if it were, for a machine."""
    if form.is_valid() and form.is_a_machines:
        return redirect("procedures:code", new_id())
    more = {"language": get_language() or "fr", "address": client_address(request), **about}
    asked = form.submit(actions.ask, **more)
    return redirect("procedures:code", asked) if asked else None


def _again(visit_id: UUID) -> str:
    """Where to ask for another code, for the same."""
    visit = Visit.objects.filter(pk=visit_id, proved_at=None).first()
    if visit is not None and visit.procedure:
        return reverse("procedures:start", args=[visit.procedure])
    return reverse("procedures:follow")


def _after_the_code(visit: Visit) -> str:
    if visit.kept_path:
        return f"{visit.kept_path}?{TAKE_UP}=1"
    before = actions.open_draft(visit)
    if visit.procedure and (before is None or before.key == visit.pk):
        return addresses.of(actions.begin(visit, code=visit.procedure, once=visit.pk), "fill")
    if visit.procedure:
        return _wanting(visit.procedure)
    return _where(visit, visit.reference)


def _where(visit: Visit, reference: str) -> str:
    """What was sent under this reference, if it was by this visitor; else all they have."""
    mine = Submission.objects.filter(visitor=visit.visitor_id, reference=reference)
    found = mine.first()
    return addresses.of(found, "sent") if found else reverse("procedures:visit:home")


def _wanting(code: str) -> str:
    return f"{reverse('procedures:visit:home')}?{urlencode({WANTED: code})}"


def _begin(visit: Visit, code: str, before: Draft | None, *, once: UUID) -> Draft:
    if before is None or before.key == once:
        return actions.begin(visit, code=code, once=once)
    return actions.begin_instead(visit, code=code, once=once, draft=before)


def _title(of: Draft | Submission) -> str:
    return catalogue.form_of(of.version).words(get_language() or "fr")("title")


def _to_the_door(request: HttpRequest, *, keep: bool) -> HttpResponse:
    """To where an address is proved. What was typed waits there, if this browser was in a visit."""
    key = _key(request)
    visit = visits.past(key)
    if visit and keep and request.method == "POST" and (typed := kept.written(request.POST)):
        actions.keep_typed(visit, path=request.path, typed=typed)
    if visit:
        messages.info(
            request,
            _("Your visit is over. Enter your address once more: what you typed is kept."),
        )
    way = reverse("procedures:follow")
    # A script that saves in the background would take the page for an answer.
    by_script = "application/json" in request.headers.get("Accept", "")
    response = JsonResponse({"sign_on": way}, status=401) if by_script else redirect(way)
    if key:
        response.delete_cookie(settings.VISIT_COOKIE, samesite="Lax")
    return response


def _show_again(request: HttpRequest, visit: Visit) -> None:
    """Hand what was typed before to the page's form, to be shown, not sent."""
    if request.method != "GET" or TAKE_UP not in request.GET or visit.kept_path != request.path:
        return
    request.POST = QueryDict(f"{visit.kept}&{LANGUAGE}=")
    messages.info(request, _("What you typed is still here. Check it, then send it again."))
