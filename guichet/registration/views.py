"""The pages of becoming known. Each one is open only at its own step; another step leads on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.access import open_to_all, open_while_registering
from guichet.design.forms import Form
from guichet.refusals import Refused
from guichet.registration import actions, policy, terms
from guichet.registration.forms import (
    AccessTermsForm,
    CodeForm,
    EmailForm,
    PortalTermsForm,
    RequestForm,
)
from guichet.registration.models import Confirmation, Document, Request
from guichet.registration.policy import Step
from guichet.registration.requests import browser_of, hash_of, hashed, remember
from guichet.signon import returns
from guichet.signon.products.base import product
from guichet.signon.requests import SignedOnRequest, client_address

# A page for a code that works no longer answers as the web says: gone, or never there.
_STATUS = {"": 200, "code-unknown": 404}


@open_while_registering
def start(request: SignedOnRequest) -> HttpResponse:
    """The form of somebody whom the portal does not know yet."""
    step, _registration = _step(request)
    if step not in (Step.START, Step.OTHER_PRODUCT):
        return redirect(step)
    form = RequestForm(request.sign_on.credential, _posted(request))
    if form.submit(
        actions.request_registration,
        request.sign_on,
        language=_language(),
        return_to=_wanted(request),
    ):
        return redirect(Step.MAIL_SENT)
    return _page(request, "start", form, steps=_steps(1))


@open_while_registering
def mail_sent(request: SignedOnRequest) -> HttpResponse:
    """What to do with the mail; its button sends it again."""
    step, registration = _step(request)
    if registration is None or step not in (Step.MAIL_SENT, Step.TYPE_CODE):
        return redirect(step)
    form = Form(_posted(request))
    if form.submit(actions.resend_mail, request.sign_on):
        messages.success(
            request, _("We have sent a new email. The link in the old one no longer works.")
        )
        return redirect(step)
    return _page(
        request,
        "mail_sent",
        form,
        steps=_steps(2),
        registration=registration,
        confirmation=_newest(registration),
    )


@open_while_registering
def correct_email(request: SignedOnRequest) -> HttpResponse:
    """Another address, before any was confirmed."""
    step, registration = _step(request)
    if registration is None or step is not Step.MAIL_SENT:
        return redirect(step)
    form = EmailForm(_posted(request), initial={"email": registration.email})
    if form.submit(actions.correct_email, request.sign_on):
        messages.success(request, _("We have sent an email to the new address."))
        return redirect(Step.MAIL_SENT)
    return _page(request, "correct_email", form, steps=_steps(2))


@open_while_registering
def give_up(request: SignedOnRequest) -> HttpResponse:
    """Forget the request and begin again. Whoever only comes by, after signing on, goes on."""
    if request.method == "POST":
        actions.cancel(request.sign_on)
    return redirect(Step.START)


@open_to_all
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Where the mail's link leads: a page with a button. Opening it confirms nothing."""
    form = Form(_posted(request))
    if confirmed := _confirm(request, form, code=code):
        return confirmed
    refusal = actions.why_not(code)
    if refusal is None and request.method == "GET":
        actions.note_opened(code)
    return _code_page(request, form, code, refusal)


@open_to_all
def confirm_typed(request: HttpRequest) -> HttpResponse:
    """The same for a code that is typed instead of followed."""
    form = CodeForm(_posted(request))
    if confirmed := _confirm(request, form):
        return confirmed
    return _page(request, "confirm_typed", form, steps=_steps(2))


@open_to_all
def renew_link(request: HttpRequest, code: str) -> HttpResponse:
    """A new mail for whoever holds a link that ran out."""
    form = Form(_posted(request))
    if form.submit(actions.renew_link, code=code, address=client_address(request)):
        return _page(request, "renewed", steps=_steps(2))
    if request.method != "POST" or form.switching:
        return redirect("registration:confirm", code)
    return _code_page(request, form, code, actions.why_not(code))


@open_to_all
@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """The address is confirmed; one signs on a second time."""
    here = policy.confirmed_in(hash_of(request))
    return _page(request, "confirmed", steps=_steps(3), product=_product(here))


@open_while_registering
def type_code(request: SignedOnRequest) -> HttpResponse:
    """The second sign-on comes from another browser: the code, once more."""
    step, registration = _step(request)
    if registration is None or step is not Step.TYPE_CODE:
        return redirect(step)
    form = CodeForm(_posted(request))
    if form.submit(actions.type_code_again, request.sign_on):
        return redirect(Step.CONDITIONS)
    return _page(request, "type_code", form, steps=_steps(3), registration=registration)


@open_while_registering
@require_safe
def other_product(request: SignedOnRequest) -> HttpResponse:
    """The second sign-on was with something else than the first."""
    step, elsewhere = _step(request)
    if step is not Step.OTHER_PRODUCT:
        return redirect(step)
    return _page(
        request,
        "other_product",
        steps=_steps(3),
        first=_product(elsewhere),
        second=product(request.sign_on.credential.product),
    )


@open_while_registering
def conditions(request: SignedOnRequest) -> HttpResponse:
    """The sign-on portal's terms: the last step."""
    step, _registration = _step(request)
    if step is not Step.CONDITIONS:
        return redirect(step)
    wording = terms.current(Document.ACCESS).wording(_language())
    form = AccessTermsForm(wording.digest, _posted(request))
    if form.submit(actions.complete, request.sign_on, browser_hash=hash_of(request)):
        return redirect(Step.REGISTERED)
    return _page(request, "conditions", form, steps=_steps(4), wording=wording)


@open_while_registering
@require_safe
def done(request: SignedOnRequest) -> HttpResponse:
    """Registered. The way on leads to where one wanted to go."""
    step, _registration = _step(request)
    if step is not Step.REGISTERED:
        return redirect(step)
    finished = Request.objects.filter(credential=request.sign_on.credential).exclude(
        completed_at=None
    )
    last = finished.order_by("-completed_at").first()
    onward = returns.inside(last.return_to) if last is not None else ""
    return _page(request, "done", onward=onward or reverse("desk:arrival"))


@open_while_registering
def terms_gate(request: SignedOnRequest) -> HttpResponse:
    """MyGuichet's own terms, asked before anything else of it."""
    person = request.sign_on.person
    if person is None:
        return redirect(_step(request)[0])
    onward = _wanted(request) or reverse("desk:arrival")
    if policy.has_accepted(person, Document.PORTAL):
        return redirect(onward)
    wording = terms.current(Document.PORTAL).wording(_language())
    form = PortalTermsForm(wording.digest, _posted(request))
    if form.submit(actions.accept_terms, person, session=request.sign_on):
        return redirect(onward)
    before = policy.last_accepted(person, Document.PORTAL)
    changes = terms.changes_since(Document.PORTAL, before, wording.language) if before else []
    return _page(request, "terms", form, wording=wording, changes=changes)


@open_to_all
@require_safe
def terms_text(request: HttpRequest) -> HttpResponse:
    """MyGuichet's own terms, to read."""
    return _page(request, "terms_text", wording=terms.current(Document.PORTAL).wording(_language()))


@open_to_all
@require_safe
def terms_pdf(request: HttpRequest, document: str) -> HttpResponse:
    """A text of terms on paper."""
    wording = terms.current(document).wording(_language())
    etag = quote_etag(wording.digest)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    wording, content = actions.terms_pdf(document, wording.language)
    name = f"{wording.document}-{wording.number}-{wording.language}.pdf"
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "public, max-age=3600",
        "ETag": etag,
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _step(request: SignedOnRequest) -> tuple[Step, Request | None]:
    return policy.step(request.sign_on, hash_of(request))


def _confirm(request: HttpRequest, form: Form, **code: str) -> HttpResponse | None:
    browser = browser_of(request)
    address = client_address(request)
    if form.submit(actions.confirm_mail, browser_hash=hashed(browser), address=address, **code):
        return remember(redirect("registration:confirmed"), browser)
    return None


def _page(
    request: HttpRequest, name: str, form: Form | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, **more} if form is not None else more
    return render(request, f"registration/{name}.html", context, status=status)


def _code_page(
    request: HttpRequest, form: Form, code: str, refusal: Refused | None
) -> HttpResponse:
    """What to do with a code, or what to do now that it does not work."""
    reason = refusal.code if refusal is not None else ""
    has_button = reason in ("", "code-expired")
    return _page(
        request,
        "confirm",
        form if has_button else None,
        status=_STATUS.get(reason, 410),
        steps=_steps(3 if reason == "code-used" else 2),
        code=code,
        refusal=refusal,
    )


def _posted(request: HttpRequest) -> Any:
    """What was sent, even if that is nothing; or what was typed before a session ended."""
    return request.POST if request.method == "POST" or request.POST else None


def _language() -> str:
    return get_language() or ""


def _wanted(request: HttpRequest) -> str:
    return returns.inside(request.GET.get("next"))


def _newest(registration: Request) -> Confirmation | None:
    return registration.confirmations.filter(superseded_at=None).first()


def _product(registration: Request | None) -> Any:
    return product(registration.credential.product) if registration is not None else None


def _steps(current: int) -> dict[str, Any]:
    """For the stepper: four steps, of which `current` is the one at hand."""
    labels = [_("Your details"), _("Confirm your email"), _("Log in again"), _("Accept the terms")]
    states = ["done"] * (current - 1) + ["current"] + ["todo"] * (len(labels) - current)
    return {
        "number": current,
        "count": len(labels),
        "list": [
            {"label": label, "url": None, "state": state}
            for label, state in zip(labels, states, strict=True)
        ],
    }
