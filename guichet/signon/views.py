"""The pages of sign-on. All are open: who is not known yet must be able to reach them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet import clock
from guichet.access import open_to_all, open_to_signed_on, same_for_all
from guichet.signon import attempts, browsers, middleware, pictures, sessions, throttle
from guichet.signon.attempts import Opened, Visitor
from guichet.signon.forms import OtpForm, ResynchronisationForm, SecretsForm
from guichet.signon.models import Attempt, Session
from guichet.signon.products.base import enabled, product
from guichet.signon.products.token import Token
from guichet.signon.requests import SignedOnRequest, client_address, device_label
from guichet.signon.returns import inside

# Said on the page of products when the ten minutes are over; see `middleware.WHY` for sessions.
ATTEMPT_OVER = "essai"


@same_for_all
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Choose what to sign on with. Without a query the same bytes for everybody of a language."""
    back = inside(request.GET.get("next"))
    shown = [
        {
            "url": _with(each.entry, next=back),
            "name": each.label,
            "text": each.hint,
            "code": each.code,
        }
        for each in enabled()
    ]
    ended = _ended(request.GET.get("fin", ""))
    return render(request, "signon/products.html", {"products": shown, "ended": ended})


@open_to_all
def token(request: HttpRequest) -> HttpResponse:
    """UserID and password."""
    back = inside(request.GET.get("next"))
    form = SecretsForm(request.POST or None)
    begun = form.submit(
        attempts.begin,
        _visitor(request),
        _token(),
        return_to=back,
        instead_of=_attempt(request),
    )
    if begun is None:
        page = {"form": form, "products_url": _with("signon:products", next=back)}
        return render(request, "signon/token.html", page, status=_status(form))
    response = redirect("signon:code")
    _set(response, settings.ATTEMPT_COOKIE, begun[1], attempts.LASTS)
    return response


@open_to_all
def code(request: HttpRequest) -> HttpResponse:
    """The secret image and the code."""
    attempt = _attempt(request)
    if attempt is None or not attempts.is_live(attempt):
        return _over(attempt)
    form = OtpForm(request.POST or None)
    opened = form.submit(attempts.authenticate, _visitor(request), attempt, _token())
    if opened is not None:
        rotate_token(request)  # what somebody saw before of this browser's forms sends none of hers
        return _signed_on(opened)
    if not attempts.is_live(attempt):
        return _over(attempt)
    return render(request, "signon/code.html", _about(attempt, form))


@open_to_all
def resynchronise(request: HttpRequest) -> HttpResponse:
    """Two codes in a row, when the Token's clock has run away."""
    attempt = _attempt(request)
    if attempt is None or not attempts.is_live(attempt):
        return _over(attempt)
    form = ResynchronisationForm(request.POST or None)
    if form.submit(attempts.resynchronise, _visitor(request), attempt, _token()):
        messages.success(
            request, _("Your Token is on time again. Wait for the next code, then enter it.")
        )
        return redirect("signon:code")
    return render(request, "signon/resynchronise.html", _about(attempt, form), status=_status(form))


@open_to_all
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """The secret image of this browser's attempt, or a decoy, or 404."""
    attempt = _attempt(request)
    if attempt is None or not attempts.is_live(attempt):
        raise Http404
    return HttpResponse(
        pictures.svg(attempt.picture),
        content_type="image/svg+xml",
        headers={"Cache-Control": "no-store, no-transform"},
    )


@open_to_all
@require_POST
def change_product(request: HttpRequest) -> HttpResponse:
    """Give up this attempt and choose again; the way back stays the same."""
    attempt = _attempt(request)
    if attempt is not None:
        attempts.abandon(attempt)
    response = redirect(_with("signon:products", next=attempt.return_to if attempt else ""))
    response.delete_cookie(settings.ATTEMPT_COOKIE, samesite="Lax")
    return response


@open_to_all
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """Why this browser's attempt has failed, and the way on."""
    attempt = _attempt(request)
    if attempt is None or attempt.failed_at is None:
        return redirect("signon:products")
    page = {
        "failure": attempt.failure,
        "attempt": attempt,
        "waiting": _waiting(attempt),
        "phone": settings.SUPPORT_PHONE,
        "again_url": _with("signon:token", next=attempt.return_to),
        "products_url": _with("signon:products", next=attempt.return_to),
    }
    return render(request, "signon/refused.html", page)


@open_to_signed_on
@require_POST
def extend(request: SignedOnRequest) -> HttpResponse:
    """Stay signed on. A script gets the seconds left, a form gets its page again."""
    sessions.extend(request.sign_on)
    if request.accepts("text/html"):
        return redirect(_came_from(request) or "desk:arrival")
    return JsonResponse(_remaining(request.sign_on))


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, here and for good."""
    session: Session | None = request.sign_on  # type: ignore[attr-defined]
    if session is not None:
        sessions.end(session, by=Session.End.PERSON)
    response = redirect(_with("signon:signed_out", next=_came_from(request)))
    response.delete_cookie(settings.SESSION_COOKIE, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@same_for_all
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """The session is over: why, and the way back to the same place."""
    back = inside(request.GET.get("next"))
    page = {
        "ended": _ended(request.GET.get("fin", "")),
        "products_url": _with("signon:products", next=back),
    }
    return render(request, "signon/signed_out.html", page)


@same_for_all
@require_safe
def help(request: HttpRequest) -> HttpResponse:
    """What to do when signing on does not work, by situation."""
    page = {
        "phone": settings.SUPPORT_PHONE,
        "provider": _token().provider,
        "products_url": reverse("signon:products"),
    }
    return render(request, "signon/help.html", page)


def _token() -> Token:
    found = product(Token.code)
    if not isinstance(found, Token):
        raise Http404
    return found


def _attempt(request: HttpRequest) -> Attempt | None:
    return attempts.of_browser(request.COOKIES.get(settings.ATTEMPT_COOKIE))


def _visitor(request: HttpRequest) -> Visitor:
    return Visitor(
        address=client_address(request),
        browser=browsers.of_cookie(request.COOKIES.get(settings.BROWSER_COOKIE)),
        device=device_label(request),
        session=request.sign_on,  # type: ignore[attr-defined]
    )


def _about(attempt: Attempt, form: Any) -> dict[str, Any]:
    return {
        "form": form,
        "attempt": attempt,
        "provider": _token().provider,
        "words": pictures.words(attempt.picture),
        "has_tried": attempt.tries > 0,
        "code_url": reverse("signon:code"),
        "again_url": _with("signon:token", next=attempt.return_to),
    }


def _over(attempt: Attempt | None) -> HttpResponse:
    if attempt is not None and attempt.failed_at is not None:
        return redirect("signon:refused")
    back = attempt.return_to if attempt is not None else ""
    return redirect(_with("signon:products", next=back, fin=ATTEMPT_OVER))


def _signed_on(opened: Opened) -> HttpResponse:
    # Looked at again: what was a page when the attempt began may not be one any more.
    response = redirect(inside(opened.return_to) or "desk:arrival")
    _set(response, settings.SESSION_COOKIE, opened.key)
    _set(response, settings.BROWSER_COOKIE, opened.browser.cookie(), browsers.REMEMBERED)
    response.delete_cookie(settings.ATTEMPT_COOKIE, samesite="Lax")
    return response


def _set(response: HttpResponse, name: str, value: str, lasts: timedelta | None = None) -> None:
    """A cookie for the server alone; without `lasts` until the browser is closed."""
    response.set_cookie(
        name, value, max_age=lasts, path="/", secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def _with(name: str, **query: str) -> str:
    """The address of a page with those parts of the query that are not empty."""
    given = {key: value for key, value in query.items() if value}
    return reverse(name) + (f"?{urlencode(given)}" if given else "")


def _came_from(request: HttpRequest) -> str:
    """The page of ours whose form was sent, or ""."""
    origin = f"{request.scheme}://{request.get_host()}"
    return inside(request.META.get("HTTP_REFERER", "").removeprefix(origin))


def _ended(why: str) -> str:
    """The sentence for a word of the address; "" for any other."""
    if why == ATTEMPT_OVER:
        return _("This sign-on has taken too long. Start again.")
    if why == middleware.WHY[Session.End.IDLE]:
        minutes = int(settings.SESSION_IDLE.total_seconds() // 60)
        return _(
            "Your session has ended: it was not used for %(minutes)d minutes. Log in again to continue."
        ) % {"minutes": minutes}
    if why == middleware.WHY[Session.End.LIMIT]:
        hours = int(settings.SESSION_LIMIT.total_seconds() // 3600)
        return _(
            "Your session has ended: it lasts %(hours)d hours at most. Log in again to continue."
        ) % {"hours": hours}
    if why == middleware.WHY[Session.End.CREDENTIAL]:
        return _("Your session has ended. Log in again to continue.")
    return ""


def _waiting(attempt: Attempt) -> str:
    at = attempt.retry_at
    return throttle.sentence(at) if at is not None and at > clock.now() else ""


def _remaining(session: Session) -> dict[str, int]:
    at = clock.now()
    return {
        "idle": int((session.idle_until - at).total_seconds()),
        "limit": int((session.hard_until - at).total_seconds()),
    }


def _status(form: Any) -> int:
    """429 when it is too early to try again."""
    errors = form.errors.as_data().values() if form.is_bound else ()
    codes = {error.code for field in errors for error in field}
    return 429 if "too-many-tries" in codes else 200
