"""Check, sign, send: one act. What waits for somebody else says so, and was not sent.

Of any number of requests for one draft, one sends it: under the draft's lock. All others get what
that one made. The signature is bound to the digest of what was shown; another digest, no signature.
"""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.files import scanning
from guichet.files.models import State
from guichet.persons.models import Person
from guichet.post.actions import send as send_mail
from guichet.procedures import catalogue, mails, policy, tasks
from guichet.procedures.actions.drafting import withdraw
from guichet.procedures.actions.papering import vouch
from guichet.procedures.models import Draft, Signature, Submission
from guichet.procedures.presented import Presented, presented
from guichet.proofs import actions as proofs
from guichet.refusals import Refused
from guichet.signon import again
from guichet.signon.models import Session
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership, Space
from guichet.spaces.policy import Can

_DRAWS_MAX = 50


def sign_and_send(
    member: Membership,
    session: Session,
    *,
    draft: Draft,
    digest: str,
    language: str,
    code: str = "",
    spaces_of: dict[str, str] | None = None,
) -> Submission | None:
    """Sign what has this digest, and send it; None when others have to sign first.

    `code` is what the product shows, where the procedure is signed; `spaces_of` names the spaces of
    signers elsewhere, by the code of the signer. Refused: `draft-changed` (look at it again),
    `draft-not-complete`, `not-eligible`, `version-closed`, `signer-space`, and as `again.prove`.
    """
    spaces.require(member, Can.SEND, policy.about(draft.version.procedure))
    if sent := _sent(draft):
        return sent
    if catalogue.form_of(draft.version).definition.signed:
        again.prove(session, code=code, act=f"sign {draft.pk} {digest}")
    with transaction.atomic():
        locked = _locked(draft)
        if locked.sent_at:
            return _sent(locked)
        if locked.presented_at:
            return None
        shown = presented(locked)
        _require_sendable(member, shown, digest)
        _sign(
            Signature(draft=locked, signer=Signature.SENDER, space=member.space, digest=digest),
            member,
            session,
        )
        others = shown.state.signers()
        if not others:
            return _send(member.person, shown, language)
        _ask(member, shown, spaces_of or {})
        return None


def co_sign(
    member: Membership, session: Session, *, signature: Signature, digest: str, code: str
) -> Submission | None:
    """Sign what somebody else presented; the last signature sends it. None while others wait.

    Refused: `signature-over` when it was withdrawn, refused, or its time has passed,
    `draft-changed`, `signed-already` by the same person, and as `again.prove`.
    """
    draft = signature.draft
    spaces.require(member, Can.SEND, policy.about(draft.version.procedure))
    again.prove(session, code=code, act=f"sign {draft.pk} {digest}")
    with transaction.atomic():
        locked = _locked(draft)
        mine = Signature.objects.select_for_update().get(pk=signature.pk)
        if mine.signed_at and mine.person_id == member.person.pk:
            return _sent(locked)
        if mine.state != "asked" or locked.presented_at is None:
            raise _over()
        shown = presented(locked)
        if digest != locked.presented_digest or shown.digest != digest:
            raise _changed()
        _sign(mine, member, session)
        if locked.signatures.live().filter(signed_at=None).exists():
            return None
        sender = locked.signatures.live().get(signer=Signature.SENDER)
        assert sender.person is not None  # noqa: S101 - held by a constraint
        return _send(sender.person, shown, sender.person.language)


@transaction.atomic
def refuse(member: Membership, *, signature: Signature, reason: str) -> None:
    """Say no. Whoever presented it is told why, and can change it. Twice changes nothing."""
    spaces.require(member, Can.SEND, policy.about(signature.draft.version.procedure))
    locked = _locked(signature.draft)
    mine = Signature.objects.select_for_update().get(pk=signature.pk)
    if mine.refused_at:
        return
    if mine.state != "asked":
        raise _over()
    Signature.objects.filter(pk=mine.pk).update(
        refused_at=clock.now(), person=member.person, reason=reason
    )
    withdraw(locked)
    _touch(locked.space, mine.space)
    record("procedures.signature-refused", by=member.person, about=mine, space=mine.space_id)
    send_mail(mails.signature_refused(mine, to=mine.asked_by))


def remind() -> int:
    """Write once more, after a week, to those whose signature is awaited; returns how many."""
    week = Signature.VALIDITY / 4
    late = Signature.objects.asked().filter(reminded_at=None, asked_at__lte=clock.now() - week)
    return sum(_remind(pk) for pk in late.values_list("pk", flat=True)[:500])


@transaction.atomic
def _remind(pk: UUID) -> bool:
    if (
        not Signature.objects.asked()
        .filter(pk=pk, reminded_at=None)
        .update(reminded_at=clock.now())
    ):
        return False
    mine = Signature.objects.select_related("draft__version", "draft__space", "space").get(pk=pk)
    for to in _signers_of(mine.space):
        send_mail(mails.signature_asked(mine, to, again=True))
    return True


# --- The act itself


def _require_sendable(member: Membership, shown: Presented, digest: str) -> None:
    draft = shown.draft
    if draft.space_id != member.space_id or not draft.is_open:
        raise Refused(_("This draft is no longer there."), code="draft-gone")
    if shown.digest != digest:
        raise _changed()
    listed = catalogue.listed(shown.form.code)
    if listed is None or not listed.can_be_sent(shown.form.version):
        raise Refused(
            _(
                "This version of the procedure can no longer be sent. Move your draft to the new one."
            ),
            code="version-closed",
        )
    words = shown.form.words(translation.get_language() or "fr")
    if reasons := shown.state.not_eligible(words):
        raise Refused(reasons[0], code="not-eligible")
    if not shown.is_settled or shown.state.blocking(words):
        raise Refused(
            _("Something is missing or has to be corrected. See the list above."),
            code="draft-not-complete",
        )
    _require_clean(shown)


def _require_clean(shown: Presented) -> None:
    """No file that the virus scanner has not passed leaves the house."""
    states = scanning.states(one.file for one in shown.sent_files)
    for one in shown.sent_files:
        state = states[one.file.digest]
        words = {"name": one.file.name}
        if state is State.REFUSED:
            message = _("A virus was found in “%(name)s”. Remove it and add another file.") % words
            raise Refused(message, code="virus")
        if state is State.WAITING:
            message = _("“%(name)s” is still being checked for viruses. Try again in a minute.")
            raise Refused(message % words, code="not-scanned")


def _sign(signature: Signature, member: Membership, session: Session) -> None:
    signature.asked_by = signature.asked_by if signature.asked_by_id else member.person
    signature.person = member.person
    signature.signed_at = clock.now()
    signature.product = session.credential.product
    signature.level = session.level
    signature.session = session.pk
    try:
        with transaction.atomic():
            signature.save()
    except IntegrityError:
        raise Refused(
            _("You have signed this already. Somebody else has to sign too."), code="signed-already"
        ) from None
    record(
        "procedures.signed",
        by=member.person,
        about=signature,
        space=member.space_id,
        session=session.pk,
        product=signature.product,
    )


def _ask(member: Membership, shown: Presented, spaces_of: dict[str, str]) -> None:
    """Present the draft to the others who have to sign, and write to them."""
    draft, at = shown.draft, clock.now()
    Draft.objects.filter(pk=draft.pk).update(presented_at=at, presented_digest=shown.digest)
    for signer in shown.state.signers():
        space = member.space
        if signer.transfer:
            space = _space(spaces_of.get(signer.signer, ""), signer.signer)
        mine = Signature.objects.create(
            draft=draft,
            signer=signer.signer,
            space=space,
            digest=shown.digest,
            asked_by=member.person,
            asked_at=at,
        )
        record("procedures.signature-asked", by=member.person, about=mine, space=space.pk)
        for to in _signers_of(space):
            if to.person_id != member.person.pk:
                send_mail(mails.signature_asked(mine, to))
        space.changed()
    draft.space.changed()


def _space(identifier: str, field: str) -> Space:
    found = Space.objects.in_use().filter(identifier=identifier.strip().upper()).first()
    if found is None:
        raise Refused(
            _("We know no eSpace with this identifier. It looks like PP-A1B2C3."),
            code="signer-space",
            field=f"space_{field}",
        )
    return found


def _signers_of(space: Space) -> list[Membership]:
    """Who in a space may sign, for a mail."""
    roles = spaces.roles_with(Can.SEND)
    found = Membership.objects.filter(space=space, role__in=roles, person__account__closed_at=None)
    return list(found.select_related("person").order_by("since")[:20])


def _send(person: Person, shown: Presented, language: str) -> Submission:
    draft, at = shown.draft, clock.now()
    salt = proofs.new_salt()
    reference = _free_reference(localtime(at).year)
    submission = Submission.objects.create(
        draft=draft,
        space=draft.space,
        version=draft.version,
        reference=reference,
        digest=shown.digest,
        answers_sealed=Submission.sealed(shown.whole["answers"]),
        language=language,
        receipt=vouch(shown, reference=reference, sent_at=at, language=language, salt=salt),
        salt=salt,
        sent_by=person,
        sent_at=at,
    )
    Draft.objects.filter(pk=draft.pk).update(sent_at=at)
    draft.sent_at = at
    draft.space.changed()
    record(
        "procedures.sent",
        by=person,
        about=submission,
        space=draft.space_id,
        procedure=shown.form.code,
        number=shown.form.version,
    )
    send_mail(mails.sent(submission, shown.form))
    tasks.make_papers.enqueue(str(submission.pk))
    return submission


def _free_reference(year: int) -> str:
    """A reference that nothing else has. Drawn: it tells nobody how much is sent.

    Should two draw the same at one instant, the database refuses the second, who sends again.
    """
    for _try in range(_DRAWS_MAX):
        number = f"{secrets.randbelow(10**8):08d}"
        reference = f"{year}-{number[:4]}-{number[4:]}"
        if not Submission.objects.filter(reference=reference).exists():
            return reference
    raise RuntimeError("no free reference")


def _sent(draft: Draft) -> Submission | None:
    return Submission.objects.filter(draft=draft.pk).select_related("version").first()


def _locked(draft: Draft) -> Draft:
    rows = Draft.objects.select_for_update(of=("self",)).select_related("version", "space")
    return rows.get(pk=draft.pk)


def _touch(*touched: Space) -> None:
    for space in touched:
        space.changed()


def _changed() -> Refused:
    return Refused(
        _("The draft has changed since you looked at it. Check it once more, then sign."),
        code="draft-changed",
    )


def _over() -> Refused:
    return Refused(
        _("This signature is no longer awaited. Ask whoever sent it to you."), code="signature-over"
    )
