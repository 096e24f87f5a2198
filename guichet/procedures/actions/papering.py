"""What is made of something that was sent: its slip, the request with its signatures, a document."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet.design import paper
from guichet.files import actions as files
from guichet.files.models import File
from guichet.procedures import catalogue, following, summaries
from guichet.procedures.actions import chaining
from guichet.procedures.definitions.form import Form, canonical
from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import Computed, Question
from guichet.procedures.models import MadePaper, Signature, Submission
from guichet.procedures.presented import Presented, presented
from guichet.proofs import actions as proofs
from guichet.proofs import eseals, slip
from guichet.proofs.models import Receipt
from guichet.signon.products.base import product

PDF = "application/pdf"


def vouch(
    shown: Presented, *, reference: str, sent_at: datetime, language: str, salt: str
) -> Receipt:
    """The receipt of what is about to be sent, in the caller's transaction."""
    return proofs.vouch(
        {
            "kind": "submission",
            "title": shown.form.words(language)("title"),
            "reference": reference,
            "space": shown.draft.space.identifier,
            "procedure": shown.form.code,
            "version": shown.form.version,
            "definition": shown.form.digest,
            "sent_at": f"{sent_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "answers": proofs.salted(canonical(shown.whole), salt),
            "files": [
                {"sha256": one.file.digest, "size": one.file.size_bytes} for one in shown.sent_files
            ],
        },
        salt=salt,
    )


def make_papers(submission_id: UUID) -> None:
    """Make the papers of what was sent that are not there yet. Doing it twice changes nothing."""
    rows = Submission.objects.select_related("version", "space", "sent_by", "receipt", "draft")
    submission = rows.filter(pk=submission_id).first()
    if submission is None or submission.draft is None:
        return
    for kind in kinds_of(catalogue.form_of(submission.version)):
        made_paper(submission, kind)


def kinds_of(form: Form) -> list[str]:
    """Which papers there are of what was sent."""
    letter = [MadePaper.Kind.LETTER.value] if form.definition.makes else []
    return [MadePaper.Kind.SLIP.value, MadePaper.Kind.REQUEST.value, *letter]


def made_paper(submission: Submission, kind: str) -> File:
    """The paper, made now if it is not there yet."""
    before = MadePaper.objects.filter(submission=submission, kind=kind).select_related("file")
    if found := before.first():
        return found.file
    with translation.override(submission.language):
        content = _MAKERS[kind](submission, _shown(submission))
        name = f"{submission.reference}-{_NAMES[kind]}.pdf"
    try:
        with transaction.atomic():
            file = files.store(content, name=name, media_type=PDF)
            MadePaper.objects.create(submission=submission, kind=kind, file=file)
            chaining.paper_made(submission, kind, file)
    except IntegrityError:
        return MadePaper.objects.select_related("file").get(submission=submission, kind=kind).file
    return file


def _shown(submission: Submission) -> Presented:
    draft = submission.draft
    assert draft is not None  # noqa: S101 - asked before
    draft.version, draft.space = submission.version, submission.space
    return presented(draft)


def _slip(submission: Submission, shown: Presented) -> bytes:
    words = shown.form.words(submission.language)
    space = submission.space
    rows = [
        (_("Sent by"), submission.sent_by.name),
        (_("For the eSpace"), f"{space.name} ({space.identifier})"),
        (_("Version of the procedure"), str(shown.form.version)),
        *((_("Signed"), line) for line in _signatures(submission, shown)),
        *following.rows(shown.state, localtime(submission.sent_at).date()),
    ]
    return slip.pdf(
        submission.receipt,
        rows,
        language=submission.language,
        papers=[
            slip.Paper(one.file.name, one.file.digest, one.file.size_bytes)
            for one in shown.sent_files
        ],
        steps=[slip.Step(line) for line in words.lines("next")],
        salt=submission.salt,
    )


def _request(submission: Submission, shown: Presented) -> bytes:
    """All answers, as they were signed or sent, sealed (PAdES); who signed when stands on it."""
    signed = shown.form.definition.signed
    words = shown.form.words(submission.language)
    html = render_to_string(
        "procedures/paper/request.html",
        {
            **_frame(submission, words("title")),
            "sections": summaries.sections(shown, words),
            "signatures": _signatures(submission, shown),
            "signed": signed,
            "declarations": [
                words("declarations", code) for code in shown.form.definition.declarations
            ],
            "digest": slip.grouped(submission.digest),
        },
    )
    reason = _("Sealed as it was signed") if signed else _("Sealed as it was sent")
    return eseals.affix(paper.pdf(html), reason=reason)


def _letter(submission: Submission, shown: Presented) -> bytes:
    """The document that the procedure makes at once."""
    words = shown.form.words(submission.language)
    makes = shown.form.definition.makes
    values = said_values(shown, words)
    runs = shown.form.runs
    paragraphs = [
        filled(words("paragraphs", each.paragraph), values)
        for each in (makes.paragraphs if makes else ())
        if each.show_if is None
        or runs[(f"paragraph:{each.paragraph}", "show_if")](shown.state.values, {}) is True
    ]
    html = render_to_string(
        "procedures/paper/letter.html",
        {
            **_frame(submission, words("letter", "title") or words("title")),
            "paragraphs": paragraphs,
            "address": submission.receipt.address,
        },
    )
    return eseals.affix(paper.pdf(html), reason=words("title"))


def said_values(shown: Presented, words: Words) -> dict[str, str]:
    """What texts may name in braces: each answer outside rows, in words."""
    state, scene = shown.state, shown.state.scene(words)
    found = {}
    for name, item in shown.form.items.items():
        if name not in state.shown:
            continue
        if isinstance(item, Computed) and name in state.values:
            found[name] = item.said(state.values[name], scene)
        elif isinstance(item, Question) and state.answers.get(name) not in (None, "", [], {}):
            found[name] = item.said(state.answers[name], scene)
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its `{name}` in place."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _frame(submission: Submission, title: str) -> dict[str, Any]:
    return {
        "language": submission.language,
        "title": title,
        "reference": submission.reference,
        "sent_at": submission.sent_at,
        "space": submission.space,
        "sent_by": submission.sent_by,
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
    }


def _signatures(submission: Submission, shown: Presented) -> list[str]:
    """One line for each: who, when, with what; none where sending needs no signature."""
    if not shown.form.definition.signed:
        return []
    given = Signature.objects.live().filter(draft=submission.draft).exclude(signed_at=None)
    return [_signature(one) for one in given.select_related("person").order_by("signed_at")]


def _signature(signature: Signature) -> str:
    used = product(signature.product)
    at = localtime(signature.signed_at)
    return _("%(name)s, on %(day)s at %(time)s, with: %(product)s") % {
        "name": signature.person.name if signature.person else "",
        "day": date_format(at, "DATE_FORMAT"),
        "time": f"{at:%H:%M:%S}",
        "product": used.label if used else signature.product,
    }


_MAKERS = {"slip": _slip, "request": _request, "letter": _letter}
_NAMES = {"slip": "recu", "request": "demande", "letter": "document"}
