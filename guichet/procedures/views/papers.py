"""Papers of a question: shown, added piece by piece or with a form, put together, taken away."""

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.files import actions as files
from guichet.files import plain, scanning, serving, tus
from guichet.files.looking import Limits
from guichet.procedures import actions, catalogue, changes, policy
from guichet.procedures.actions.attaching import IMAGES
from guichet.procedures.carrying import ASIDE
from guichet.procedures.definitions.model import Page
from guichet.procedures.fields import Paper
from guichet.procedures.filling import Place
from guichet.procedures.models import Attachment, Draft, Sending
from guichet.procedures.pages import Pages
from guichet.refusals import Refused
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can

OWN_MAX = 20


class _Asked(NamedTuple):
    """A question for papers, in somebody's draft."""

    member: Membership
    draft: Draft
    pages: Pages
    page: Page
    paper: Paper
    place: Place

    @property
    def back(self) -> str:
        return self.pages.page_url(self.page, self.place)

    @property
    def here(self) -> str:
        return self.pages.url("papers", self.place.path.replace("/", "."))


def _limits(request: HttpRequest, identifier: str, draft_id: UUID, path: str) -> Limits:
    return actions.limits_of(_asked(request, identifier, draft_id, path).paper)


@plain.takes_a_file("paper", _limits)
def papers(request: HttpRequest, identifier: str, draft_id: UUID, path: str) -> HttpResponse:
    """The papers of one question, and how to add one."""
    asked = _asked(request, identifier, draft_id, path)
    limits = actions.limits_of(asked.paper)
    problem = ""
    if request.method == "POST":
        try:
            _add(request, asked, limits)
        except Refused as refusal:
            problem = refusal.message
        else:
            return redirect(asked.here)
    attached = list(asked.draft.attachments.live().filter(path=asked.place.path))
    states = scanning.states(one.file for one in attached)
    taken = {one.file.digest for one in attached}
    photos = [one for one in attached if one.file.media_type in IMAGES]
    words = asked.pages.words
    context = {
        "space": asked.member.space,
        "draft": asked.draft,
        "title": words("title"),
        "label": asked.paper.label(words),
        "hint": words("questions", asked.paper.id, "hint"),
        "limits": limits.words(),
        "accept": limits.accept,
        "is_identity": asked.paper.is_identity,
        "attached": [{"one": one, "state": str(states[one.file.digest])} for one in attached],
        "is_waiting": "waiting" in states.values(),
        "is_full": len(attached) >= asked.paper.max_files,
        "can_join": len(photos) > 1 and "pdf" in asked.paper.accept,
        "own": [
            one
            for one in actions.own_papers(asked.member)[:OWN_MAX]
            if one.file.digest not in taken
        ],
        "problem": problem,
        "back_url": asked.back,
        "path": path,
        "uploads_url": asked.pages.url("uploads", path),
        "stand_in": _stands_in(attached),
    }
    return render(request, "procedures/papers.html", context, status=400 if problem else 200)


def paper(
    request: PersonRequest, identifier: str, draft_id: UUID, attachment_id: UUID
) -> HttpResponseBase:
    """One paper: to look at (GET), for everybody who sees the draft; or to take away (POST)."""
    to = Can.PREPARE if request.method == "POST" else Can.VIEW
    member, draft = policy.draft(request.sign_on, identifier, draft_id, to=to)
    attachment = policy.paper(draft, attachment_id)
    if request.method != "POST":
        return give(request, attachment, back=_shown_on(attachment, draft, member))
    actions.detach(member, draft=draft, attachment_id=attachment_id)
    messages.success(request, _("The file is removed."))
    return redirect(_shown_on(attachment, draft, member))


def give(request: HttpRequest, attachment: Attachment, *, back: str) -> HttpResponseBase:
    """A paper as a download; back with a sentence while the virus scanner has not passed it."""
    try:
        return serving.answer(attachment.file)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(back)


def put_together(
    request: PersonRequest, identifier: str, draft_id: UUID, path: str
) -> HttpResponse:
    """Several photos become one PDF, or a paper of the space is used again (POST)."""
    asked = _asked(request, identifier, draft_id, path)
    if request.method == "POST":
        member, draft, paper, place = asked.member, asked.draft, asked.paper, asked.place
        try:
            if key := request.POST.get("own"):
                actions.use_again(
                    member, draft=draft, paper=paper, place=place, attachment_id=_uuid(key)
                )
            else:
                actions.join(member, draft=draft, paper=paper, place=place)
        except Refused as refusal:
            messages.error(request, refusal.message)
    return redirect(asked.here)


def uploads(request: PersonRequest, identifier: str, draft_id: UUID, path: str) -> HttpResponse:
    """Where a paper that comes piece by piece is announced."""
    asked = _asked(request, identifier, draft_id, path)
    limits = actions.limits_of(asked.paper)
    if request.method == "OPTIONS":
        return tus.options(limits)
    if request.method != "POST":
        raise Http404
    with transaction.atomic():
        upload = tus.create(request, limits)
        if isinstance(upload, HttpResponse):
            return upload
        actions.expect(asked.member, draft=asked.draft, place=asked.place, upload=upload)
    return tus.created(upload, asked.pages.url("upload", upload.pk))


def upload(
    request: PersonRequest, identifier: str, draft_id: UUID, upload_id: UUID
) -> HttpResponse:
    """The pieces of one paper."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    sendings = Sending.objects.select_related("upload__file")
    sending = sendings.filter(pk=upload_id, draft=draft, person=request.person).first()
    if sending is None:
        raise Http404
    asked = _question(member, draft, sending.path)
    if request.method == "HEAD":
        return tus.head(request, sending.upload)
    if request.method == "DELETE":
        return tus.delete(request, sending.upload)
    if request.method != "PATCH":
        raise Http404
    limits = actions.limits_of(asked.paper)
    answer = tus.patch(request, sending.upload)
    if answer.status_code != 204 or not sending.upload.is_whole:
        return answer
    answer = tus.finish(sending.upload, limits, page=asked.here)
    if sending.upload.file is not None:
        try:
            actions.arrived(
                member,
                sending=sending,
                paper=asked.paper,
                place=asked.place,
                file=sending.upload.file,
            )
        except Refused as refusal:
            return tus.refuse(refusal)
    return answer


# --- What the pages above share


def _asked(request: HttpRequest, identifier: str, draft_id: UUID, path: str) -> _Asked:
    """The question, if it asks for papers and is shown. Raises `Http404`."""
    return _question(*policy.draft(request.sign_on, identifier, draft_id), path)  # type: ignore[attr-defined]


def _question(member: Membership, draft: Draft, path: str) -> _Asked:
    form = catalogue.form_of(draft.version)
    place = changes.place_of(path.replace(".", "/"))
    item, page = form.items.get(place.name), form.page_of.get(place.name)
    if not isinstance(item, Paper) or page is None:
        raise Http404
    words = form.words(get_language() or "fr")
    return _Asked(member, draft, Pages(draft, form, words), page, item, place)


def _add(request: HttpRequest, asked: _Asked, limits: Limits) -> None:
    file = files.look_into(plain.taken(request), limits)
    actions.attach(asked.member, draft=asked.draft, paper=asked.paper, place=asked.place, file=file)


def _shown_on(attachment: Attachment, draft: Draft, member: Membership) -> str:
    """The page of a draft on which somebody sees a paper."""
    here = [member.space.identifier, draft.pk]
    if not spaces.may(member, Can.PREPARE, policy.about(draft.version.procedure)):
        return reverse("procedures:check", args=here)
    if attachment.path.startswith(ASIDE):
        return reverse("procedures:move", args=here)
    return reverse("procedures:papers", args=[*here, attachment.path.replace("/", ".")])


def _stands_in(attached: list[Attachment]) -> bool:
    """Whether nobody but the demonstration's stand-in looks for viruses."""
    if not attached:
        return False
    scan = scanning.scan_of(attached[-1].file)
    return scan is not None and scan.engine.startswith("stand-in")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
