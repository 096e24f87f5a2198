"""Checking, signing and sending; signing what somebody else presented; what was sent."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.files import serving
from guichet.procedures import actions, catalogue, following, pages, policy, summaries
from guichet.procedures.definitions.words import Words
from guichet.procedures.forms import RefuseForm, SignForm
from guichet.procedures.models import Attachment, Draft, MadePaper, Signature, Submission
from guichet.procedures.pages import Pages
from guichet.procedures.presented import Presented, presented
from guichet.procedures.views import papers
from guichet.proofs import actions as proofs
from guichet.signon import again
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy as spaces
from guichet.spaces.policy import Can


def check(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """All answers and files as they are sent, what is missing, and the signature."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id, to=Can.VIEW)
    if draft.sent_at:
        return redirect("procedures:sent", identifier, draft.submission.reference)
    shown = presented(draft)
    words = shown.form.words(get_language() or "fr")
    if draft.is_presented:
        return _waiting(request, shown, words, bool(spaces.may(member, Can.PREPARE)))
    desk = Pages(draft, shown.form, words)
    problems = shown.state.faults(words)
    rows = pages.problem_rows(problems, desk)
    may_send = spaces.may(member, Can.SEND, policy.about(draft.version.procedure))
    complete = shown.is_settled and not any(problem.blocks for problem in problems)
    reasons = shown.state.not_eligible(words)
    form = None
    if complete and not reasons and may_send:
        form = _sign_form(request, shown, words)
        before = form.is_bound and form.is_valid()
        sent = form.submit(_sign_and_send, request, member, draft) if before else None
        if isinstance(sent, Submission):
            return redirect("procedures:sent", identifier, sent.reference)
        if before and form.is_valid():
            return redirect("procedures:check", identifier, draft_id)
        form.bind_to(shown.digest)
    context = {
        "space": member.space,
        "draft": draft,
        "title": words("title"),
        "sections": summaries.sections(shown, words, desk.correcting_url, desk.paper_url),
        "problems": rows,
        "first_missing": next((row for row in rows if row["blocks"]), None),
        "unreadable": not shown.is_settled,
        "disputed": bool(shown.content.disputed),
        "desk_disputed": desk.url("disputed"),
        "form": form,
        "reasons": reasons,
        "unsaid": pages.is_unsaid(draft, shown.state, shown.content, member.person_id),
        "refused": policy.refusal(draft),
        "standing": catalogue.standing(draft.version),
        "may_send": may_send,
        "complete": complete,
        "digest": shown.digest,
        "signed": shown.form.definition.signed,
        "can_sign": again.can_sign(request.sign_on),
        "signers": [words("signers", one.signer) for one in shown.state.signers()],
        "following": following.rows(shown.state) if complete and not reasons else [],
        "saved": pages.saved_at(draft, request.person.pk),
        "beside": pages.beside(draft, request.person.pk),
        "fill_url": desk.url("fill"),
    }
    return render(request, "procedures/check.html", context)


def take_back(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """Change what waits for signatures: all have to sign again."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if request.method == "POST" and not draft.sent_at:
        actions.take_back(member, draft=draft)
        messages.success(
            request, _("The draft can be changed again. Nobody has signed it any more.")
        )
    return redirect("procedures:fill", identifier, draft_id)


def co_sign(request: PersonRequest, identifier: str, signature_id: UUID) -> HttpResponse:
    """Read what somebody asks one to sign; sign or refuse."""
    member, signature = policy.asked_signature(request.sign_on, identifier, signature_id)
    shown = presented(signature.draft)
    words = shown.form.words(get_language() or "fr")
    may_send = spaces.may(member, Can.SEND, policy.about(shown.form.code))
    form = None
    if signature.state == "asked" and may_send:
        form = _sign_form(request, shown, words, co_signs=True)
        if form.submit(_co_sign, request, member, signature) is not None:
            return redirect("procedures:co_sign", identifier, signature_id)
        if form.is_bound and form.is_valid():
            return redirect("procedures:co_sign", identifier, signature_id)
        form.bind_to(shown.digest)
    context = {
        "space": member.space,
        "signature": signature,
        "asked_by": signature.asked_by,
        "title": words("title"),
        "sections": summaries.sections(shown, words, paper=partial(_for_signer, signature))
        if signature.state in _SEEN
        else [],
        "form": form,
        "may_send": may_send,
        "state": signature.state,
        "digest": shown.digest,
        "is_sent": signature.draft.sent_at is not None,
        "own": signature.draft.space_id == member.space_id,
    }
    return render(request, "procedures/co_sign.html", context)


def refuse(request: PersonRequest, identifier: str, signature_id: UUID) -> HttpResponse:
    """Say why one does not sign."""
    member, signature = policy.asked_signature(request.sign_on, identifier, signature_id)
    if signature.state != "asked":
        return redirect("procedures:co_sign", identifier, signature_id)
    form = RefuseForm(request.POST or None)

    def say_no(*, reason: str) -> bool:
        actions.refuse(member, signature=signature, reason=reason)
        return True

    if form.submit(say_no):
        messages.success(request, _("You have refused. Whoever asked you is told."))
        return redirect("desk:space", identifier)
    words = catalogue.form_of(signature.draft.version).words(get_language() or "fr")
    context = {
        "form": form,
        "space": member.space,
        "signature": signature,
        "title": words("title"),
    }
    return render(request, "procedures/refuse.html", context)


def sent(request: PersonRequest, identifier: str, reference: str) -> HttpResponse:
    """What was sent: reference, what happens next, the answers."""
    member, submission = policy.submission(request.sign_on, identifier, reference)
    form = catalogue.form_of(submission.version)
    words = form.words(get_language() or "fr")
    draft = submission.draft
    context: dict[str, Any] = {
        "space": member.space,
        "submission": submission,
        "title": words("title"),
        "next": words.lines("next"),
        "sections": [],
        "papers": [
            {"label": MadePaper.Kind(kind).label, "kind": kind} for kind in actions.kinds_of(form)
        ],
        "receipt": submission.receipt,
        "proved": proofs.proved_since(submission.pk),
    }
    if draft is not None:
        draft.version, draft.space = submission.version, member.space
        shown = presented(draft)
        paper_url = partial(_of_submission, submission)
        context["sections"] = summaries.sections(shown, words, paper=paper_url)
        sent_on = localtime(submission.sent_at).date()
        context["following"] = following.rows(shown.state, sent_on)
    context["signatures"] = (
        draft.signatures.live().select_related("person").order_by("signed_at") if draft else []
    )
    return render(request, "procedures/sent.html", context)


def sent_paper(
    request: PersonRequest, identifier: str, reference: str, attachment_id: UUID
) -> HttpResponseBase:
    """A paper that was sent, as it was sent."""
    member, submission = policy.submission(request.sign_on, identifier, reference)
    draft = submission.draft
    if draft is None:
        raise Http404
    draft.version, draft.space = submission.version, member.space
    back = reverse("procedures:sent", args=[identifier, reference])
    return papers.give(request, _sent_file(draft, attachment_id), back=back)


def signers_paper(
    request: PersonRequest, identifier: str, signature_id: UUID, attachment_id: UUID
) -> HttpResponseBase:
    """A paper of what somebody is asked to sign, or has signed."""
    _member, signature = policy.asked_signature(request.sign_on, identifier, signature_id)
    if signature.state not in _SEEN:
        raise Http404
    back = reverse("procedures:co_sign", args=[identifier, signature_id])
    return papers.give(request, _sent_file(signature.draft, attachment_id), back=back)


def made(request: PersonRequest, identifier: str, reference: str, kind: str) -> HttpResponseBase:
    """A paper of what was sent, as a download; made now if it is not there yet."""
    _member, submission = policy.submission(request.sign_on, identifier, reference)
    if kind not in actions.kinds_of(catalogue.form_of(submission.version)) or not submission.draft:
        raise Http404
    file = actions.made_paper(submission, kind)
    return serving.own(file)


def proof(request: PersonRequest, identifier: str, reference: str) -> HttpResponse:
    """The proof that nothing was changed, once a day holds it; until then it is not there."""
    _member, submission = policy.submission(request.sign_on, identifier, reference)
    if proofs.proved_since(submission.pk) is None:
        raise Http404
    content = proofs.proof_file(submission.pk, submission.receipt, salt=submission.salt)
    name = f"{submission.reference}-preuve.json"
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- What the pages above share

_SEEN = ("asked", "signed")  # states in which a signer sees what it is about


def _sent_file(draft: Draft, attachment_id: UUID) -> Attachment:
    """A file that goes, or went, with a draft: of a question that is shown. Raises `Http404`."""
    found = [one for one in presented(draft).sent_files if one.pk == attachment_id]
    if not found:
        raise Http404
    return found[0]


def _for_signer(signature: Signature, paper: Attachment) -> str:
    assert signature.space is not None  # noqa: S101 - who looks at it came through that space
    where = [signature.space.identifier, signature.pk, paper.pk]
    return reverse("procedures:signers_paper", args=where)


def _of_submission(submission: Submission, paper: Attachment) -> str:
    where = [submission.space.identifier, submission.reference, paper.pk]
    return reverse("procedures:sent_paper", args=where)


def _waiting(
    request: PersonRequest, shown: Presented, words: Words, may_change: bool
) -> HttpResponse:
    """Signed, and not sent: who has still to sign, and until when."""
    draft = shown.draft
    signatures = draft.signatures.live().select_related("person", "space").order_by("asked_at")
    context = {
        "space": draft.space,
        "draft": draft,
        "title": words("title"),
        "sections": summaries.sections(
            shown, words, paper=Pages(draft, shown.form, words).paper_url
        ),
        "signatures": [
            {
                "name": words("signers", one.signer) if one.signer != Signature.SENDER else "",
                "signature": one,
                "link": one.signer != Signature.SENDER and one.space_id == draft.space_id,
                "is_over": one.state == "expired",
            }
            for one in signatures
        ],
        "may_change": may_change,
    }
    return render(request, "procedures/waiting.html", context)


def _sign_form(
    request: PersonRequest, shown: Presented, words: Words, *, co_signs: bool = False
) -> SignForm:
    definition = shown.form.definition
    elsewhere = (
        {}
        if co_signs
        else {
            one.signer: words("signers", one.signer)
            for one in shown.state.signers()
            if one.transfer
        }
    )
    return SignForm(
        request.POST or None,
        initial={"digest": shown.digest},
        declarations={code: words("declarations", code) for code in definition.declarations},
        signed=definition.signed or co_signs,
        elsewhere=elsewhere,
    )


def _sign_and_send(
    request: PersonRequest, member: Any, draft: Any, **values: Any
) -> Submission | None:
    return actions.sign_and_send(
        member, request.sign_on, draft=draft, language=get_language() or "fr", **_handed(values)
    )


def _co_sign(
    request: PersonRequest, member: Any, signature: Any, **values: Any
) -> Submission | None:
    handed = _handed(values)
    handed.pop("spaces_of")
    return actions.co_sign(member, request.sign_on, signature=signature, **handed)


def _handed(values: dict[str, Any]) -> dict[str, Any]:
    """What a `SignForm` hands over: the digest, the code, the spaces of signers elsewhere."""
    spaces_of = {
        name.removeprefix("space_"): value
        for name, value in values.items()
        if name.startswith("space_")
    }
    return {"digest": values["digest"], "code": values.get("code", ""), "spaces_of": spaces_of}
