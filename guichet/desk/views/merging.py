"""Merging two professional spaces: three steps to ask, and the page of a merger."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guichet.desk import actions, pages, policy, previews
from guichet.desk.forms.merging import ChooseForm, SeenForm
from guichet.desk.policy import Pair, Part
from guichet.desk.previews import Preview
from guichet.signon.requests import PersonRequest
from guichet.spaces.models import Merger

# --- Asking, in three steps


def merge(request: PersonRequest) -> HttpResponse:
    """The first step: which two spaces, and which one stays."""
    mine = policy.administrated(request.sign_on)
    form = ChooseForm(request.POST or None, mine=mine)
    if form.is_valid():
        return redirect("desk:merge_preview", *form.pair)
    steps = pages.steps(1, (None, None, None))
    return render(request, "desk/merge/choose.html", {"form": form, "mine": mine, "steps": steps})


def merge_preview(request: PersonRequest, absorbed: str, kept: str) -> HttpResponse:
    """The second step: what would happen, as far as whoever asks may know."""
    pair = policy.pair(request.sign_on, absorbed, kept)
    preview = previews.foresee(pair.absorbed_space, pair.kept_space)
    context = _step(pair, 2) | {
        "preview": pages.drawn(preview, pair.names, request.GET.get("page")),
        "seen": preview.digest,
    }
    return render(request, "desk/merge/preview.html", context)


def merge_ask(request: PersonRequest, absorbed: str, kept: str) -> HttpResponse:
    """The third step: ask the administrators of the other space."""
    pair = policy.pair(request.sign_on, absorbed, kept)
    form = SeenForm(request.POST or None, initial={"seen": request.GET.get("vu", "")[:64]})
    merger = form.submit_seen(
        actions.ask,
        pair.member,
        other=pair.other,
        identifier=pair.other_identifier,
        keeps=pair.keeps,
    )
    if merger:
        messages.success(request, _("Your request is sent."))
        return redirect("desk:merger", merger.pk)
    return render(request, "desk/merge/ask.html", _step(pair, 3) | {"form": form})


def _step(pair: Pair, number: int) -> pages.Row:
    urls = pages.step_urls(pair.absorbed_identifier, pair.kept_identifier)
    return {
        "pair": pair,
        "names": pair.names,
        "steps": pages.steps(number, urls),
        "step": number,
        "urls": urls,
        "consent_days": Merger.CONSENT_WITHIN.days,
        "hours": int(Merger.TO_THINK_IT_OVER.total_seconds() // 3600),
    }


# --- A merger that was asked for


def merger(request: PersonRequest, merger_id: UUID) -> HttpResponse:
    """How far it is, what it does, and what one can do about it."""
    part = policy.part(request.sign_on, merger_id)
    context = _merger(part)
    if part.administrates and part.sees_the_stored:
        preview = Preview.read(part.merger.preview)
        context["preview"] = pages.drawn(preview, part.names, request.GET.get("page"))
    return render(request, "desk/merge/merger.html", context)


def consent(request: PersonRequest, merger_id: UUID) -> HttpResponse:
    """The whole preview, and the button that agrees to it."""
    part = policy.part(request.sign_on, merger_id)
    member = part.to_consent()
    if not part.merger.is_live or part.merger.consented_at:
        return redirect("desk:merger", merger_id)
    preview = previews.foresee(*part.spaces(), but=part.merger.pk)
    form = SeenForm(request.POST or None, initial={"seen": preview.digest})
    if form.submit_seen(actions.consent, member, merger=part.merger):
        messages.success(request, _("You have consented. All users of both eSpaces are told."))
        return redirect("desk:merger", merger_id)
    drawn = pages.drawn(preview, part.names, request.GET.get("page"))
    context = _merger(part) | {"form": form, "preview": drawn, "seen": preview.digest}
    return render(request, "desk/merge/consent.html", context)


def cancel(request: PersonRequest, merger_id: UUID) -> HttpResponse:
    """Ask once more, then cancel."""
    part = policy.part(request.sign_on, merger_id)
    member = part.to_cancel()
    if not part.merger.is_live:
        return redirect("desk:merger", merger_id)
    if request.method == "POST":
        actions.cancel(member, merger=part.merger)
        messages.success(request, _("The merger is cancelled. Nothing has changed."))
        return redirect("desk:merger", merger_id)
    return render(request, "desk/merge/cancel.html", _merger(part))


def report(request: PersonRequest, merger_id: UUID) -> HttpResponse:
    """The report on paper, as soon as it is printed."""
    part = policy.part(request.sign_on, merger_id)
    found = actions.report_of(part.merger)
    if found is None:
        return redirect("desk:merger", merger_id)
    name, content = found
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _merger(part: Part) -> pages.Row:
    merger = part.merger
    people = pages.names_of([merger.asked_by_id, merger.consented_by_id])
    return {
        "part": part,
        "merger": merger,
        "names": part.names,
        "asked_by": people.get(merger.asked_by_id) if part.administrates else None,
        "consented_by": people.get(merger.consented_by_id) if part.administrates else None,
        "home": merger.kept.identifier if merger.done_at and merger.kept else None,
        "hours": int(Merger.TO_THINK_IT_OVER.total_seconds() // 3600),
    }
