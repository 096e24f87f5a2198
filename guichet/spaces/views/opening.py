"""Opening a space, for oneself or for a company."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.refusals import Refused
from guichet.registers.base import Business, Unavailable
from guichet.signon.requests import PersonRequest
from guichet.signon.returns import inside
from guichet.spaces import actions, pages, policy
from guichet.spaces.company import CompanyData
from guichet.spaces.forms.opening import (
    ChoiceForm,
    CompanySearchForm,
    DraftCompanyForm,
    DraftContactForm,
    DraftForm,
    FirstNameForm,
    NameForm,
    OpeningForm,
    PrivateSpaceForm,
)
from guichet.spaces.models import Space, SpaceDraft

# Submit buttons that leave a step: what was typed is kept, right or not.
LATER, BACK = "_later", "_back"


# --- A person's own space


def create_private(request: PersonRequest) -> HttpResponse:
    """Whoever has one already, perhaps since a moment ago by a double click, lands in it.

    `next` in the address is the page that needed it: one goes on there instead.
    """
    form = PrivateSpaceForm(
        request.POST or None, initial={"notification_email": request.person.email}
    )
    credential = request.sign_on.credential
    if form.submit(actions.open_private, request.person, credential=credential):
        messages.success(request, _("You have created your private eSpace."))
    space = Space.objects.private_of(request.person).first()
    if space and space.binned_at:
        messages.info(request, _("Your private eSpace is in the bin. Everybody has one at most."))
        return redirect("desk:bin")
    if space:
        return redirect(inside(request.GET.get("next")) or _home(space))
    return render(request, "spaces/create_private.html", {"form": form})


# --- A professional space, in three steps


def start(request: PersonRequest) -> HttpResponse:
    """The first step, as long as there is no draft."""
    form = FirstNameForm(request.POST or None)
    if LATER in request.POST and not request.POST.get("name", "").strip():
        return redirect("desk:spaces")
    back = inside(request.GET.get("next"))
    if draft := form.submit(actions.start_professional, request.person, return_to=back):
        return _later(request) if LATER in request.POST else redirect("spaces:company", draft.pk)
    context = {"form": form, "steps": pages.steps(None, 1), "step": 1}
    return render(request, "spaces/wizard/name.html", context)


def name(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """The first step again."""
    draft = policy.draft(request.person, draft_id)
    form = NameForm(request.POST or None, initial=_initial(draft, name=draft.name))
    return _step(request, draft, form, actions.save_name, 1, "spaces/wizard/name.html")


def company(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """The second step: search the register, choose, or say that one types it oneself."""
    draft = policy.draft(request.person, draft_id)
    if draft.finished_at:
        return redirect("spaces:finished", draft.pk)
    if request.method == "POST" and "reference" in request.POST:
        return _choose(request, draft)
    form = CompanySearchForm(request.POST or None)
    try:
        found = form.submit(actions.find_company, request.person)
    except Unavailable:
        return _show_search(request, draft, form, unavailable=True)
    return _show_search(request, draft, form, found=found)


def type_company(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """The second step by hand, with what is known already."""
    draft = policy.draft(request.person, draft_id)
    form = DraftCompanyForm(request.POST or None, initial=_initial(draft, **draft.company))
    return _step(request, draft, form, actions.type_company, 2, "spaces/wizard/type_company.html")


def complete_company(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """The second step with a company of the register: only its contact is asked."""
    draft = policy.draft(request.person, draft_id)
    known = CompanyData.kept(draft.company) if draft.company else None
    if draft.finished_at is None and (known is None or not known.is_from_register):
        return redirect("spaces:company", draft.pk)
    form = DraftContactForm(request.POST or None, initial=_initial(draft, **draft.company))
    rows = pages.register_rows(known) if known else []
    template = "spaces/wizard/complete_company.html"
    return _step(
        request, draft, form, actions.complete_company, 2, template, rows=rows, known=known
    )


def resume(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """Back to the step at which somebody stopped."""
    return redirect(pages.left_off(policy.draft(request.person, draft_id)))


def user(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """The third step: who one is, what was said, and where to be told of news."""
    draft = policy.draft(request.person, draft_id)
    if draft.finished_at:
        return redirect("spaces:finished", draft.pk)
    if not draft.company:
        return redirect("spaces:company", draft.pk)
    email = draft.notification_email or request.person.email
    form = OpeningForm(request.POST or None, initial=_initial(draft, notification_email=email))
    if (leaving := _leave(request, draft, form, 3)) is not None:
        return leaving
    credential = request.sign_on.credential
    if form.submit(actions.open_professional, request.person, credential=credential, draft=draft):
        return redirect("spaces:finished", draft.pk)
    context = {
        "form": form,
        "draft": draft,
        "steps": pages.steps(draft, 3),
        "step": 3,
        "person_rows": pages.person_rows(request.person),
        "space_rows": pages.draft_rows(draft),
    }
    return render(request, "spaces/wizard/user.html", context)


def finished(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """The space is there; what to do next."""
    draft = policy.draft(request.person, draft_id)
    if draft.finished_at is None:
        return redirect("spaces:user", draft.pk)
    if draft.space is None:
        return redirect("desk:spaces")
    context = {"space": draft.space, "return_to": inside(draft.return_to)}
    return render(request, "spaces/wizard/finished.html", context)


def discard(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away, after asking."""
    draft = policy.draft(request.person, draft_id)
    if draft.finished_at:
        return redirect("spaces:finished", draft.pk)
    if request.method == "POST":
        actions.discard_draft(request.person, draft=draft)
        messages.success(request, _("The draft is deleted."))
        return redirect("desk:spaces")
    return render(request, "spaces/wizard/discard.html", {"draft": draft})


# --- What the pages above share


def _step(
    request: PersonRequest,
    draft: SpaceDraft,
    form: DraftForm,
    action: Callable[..., SpaceDraft],
    step: int,
    template: str,
    **context: Any,
) -> HttpResponse:
    """A step that saves to the draft and goes on to the next one."""
    if draft.finished_at:
        return redirect("spaces:finished", draft.pk)
    if (leaving := _leave(request, draft, form, step)) is not None:
        return leaving
    if form.submit(action, request.person, draft=draft):
        return redirect(pages.next_step(draft, step))
    context |= {"form": form, "draft": draft, "steps": pages.steps(draft, step), "step": step}
    return render(request, template, context)


def _leave(
    request: PersonRequest, draft: SpaceDraft, form: DraftForm, step: int
) -> HttpResponse | None:
    """Go back or stop for today, keeping what was typed; None when somebody goes on."""
    if LATER not in request.POST and BACK not in request.POST:
        return None
    try:
        actions.set_aside(
            request.person, draft=draft, revision=form.typed_revision, typed=form.typed
        )
    except Refused as refusal:
        form.is_valid()
        form.add_error(None, ValidationError(refusal.message, code=refusal.code))
        return None
    return _later(request) if LATER in request.POST else redirect(pages.step_before(draft, step))


def _home(space: Space) -> str:
    return reverse("desk:space", args=[space.identifier])


def _later(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Your draft is saved. You can resume it here."))
    return redirect("desk:spaces")


def _choose(request: PersonRequest, draft: SpaceDraft) -> HttpResponse:
    form = ChoiceForm(request.POST)
    try:
        if form.submit(actions.choose_company, request.person, draft=draft):
            return redirect("spaces:complete_company", draft.pk)
    except Unavailable:
        return _show_search(request, draft, CompanySearchForm(), unavailable=True)
    return _show_search(request, draft, form)


def _show_search(
    request: PersonRequest,
    draft: SpaceDraft,
    form: CompanySearchForm | ChoiceForm,
    *,
    found: list[Business] | None = None,
    unavailable: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "search": form if isinstance(form, CompanySearchForm) else CompanySearchForm(),
        "choice": form if isinstance(form, ChoiceForm) else None,
        "draft": draft,
        "found": found,
        "unavailable": unavailable,
        "steps": pages.steps(draft, 2),
        "step": 2,
    }
    return render(request, "spaces/wizard/company.html", context)


def _initial(draft: SpaceDraft, **values: Any) -> dict[str, Any]:
    return {"revision": draft.revision, **values}
