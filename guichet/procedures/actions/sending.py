"""Check, sign, send: one act. What waits for somebody else says so, and was not sent.

Of any number of requests for one draft, one sends it: under the draft's lock. All others get what
that one made. The signature is bound to the digest of what was shown; another digest, no signature.
"""

import secrets
from datetime import datetime
from functools import partial
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
from guichet.procedures import catalogue, mails, policy, tasks, writers
from guichet.procedures.actions import chaining
from guichet.procedures.actions.drafting import withdraw
from guichet.procedures.actions.holding import gone, hold, hold_signature
from guichet.procedures.actions.papering import vouch
from guichet.procedures.models import Draft, Signature, Submission, Visit
from guichet.procedures.presented import Presented, presented
from guichet.procedures.writers import Writer
from guichet.proofs import actions as proofs
from guichet.refusals import Refused
from guichet.signon import again, throttle
from guichet.signon.models import Session
from guichet.spaces import policy as spaces
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.models import GivenIdentifier, Membership, Space
from guichet.spaces.policy import Can

_DRAWS_MAX = 50


def send(visit: Visit, *, draft: Draft, digest: str, language: str) -> Submission:
    """Send what has this digest, without sign-on: nobody signs, the address was proved.

    Sent already, it is what was sent. Refused: `sign-on-needed`, and as `sign_and_send`.
    """
    with transaction.atomic():
        writer, locked = hold(visit, draft, Can.SEND)
        if before := _sent(locked):
            return before
        shown = presented(locked)
        _require_sendable(writer, shown, digest)
        if shown.form.definition.needs_sign_on:
            raise Refused(
                _("This version has to be signed. Log in, then begin it in your eSpace."),
                code="sign-on-needed",
            )
        return _send(None, shown, language, shown.at)


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
    signers elsewhere, by the code of the signer. No code is used up for what cannot be sent anyway.
    Refused: `draft-changed` (look at it again), `draft-not-complete`, `not-eligible`,
    `version-closed`, `level-low`, `signer-space`, `signer-missing`, and as `again.prove` and `hold`.
    """
    about = policy.about(draft.version.procedure)
    spaces.require(member, Can.SEND, about)
    seen = Draft.objects.select_related("version", "space").filter(pk=draft.pk).first()
    if seen is None:
        raise gone()
    if seen.sent_at or seen.is_presented:
        return _sent(seen)
    shown = presented(seen)
    _require_level(session, seen)
    _require_sendable(member, shown, digest)
    elsewhere = _elsewhere(member, shown, spaces_of or {})
    if shown.form.definition.signed:
        again.prove(session, code=code, act=f"sign {draft.pk} {digest}")
    with transaction.atomic():
        _writer, locked = hold(member, draft, Can.SEND, *elsewhere.values())
        if locked.sent_at or locked.presented_at:
            return _sent(locked)
        shown = presented(locked)
        _require_level(session, locked)
        _require_sendable(member, shown, digest)
        _sign(
            Signature(draft=locked, signer=Signature.SENDER, space=locked.space, digest=digest),
            member,
            session,
        )
        if not shown.state.signers():
            return _send(member.person, shown, language, shown.at)
        _ask(member, shown, elsewhere)
        return None


def co_sign(
    member: Membership, session: Session, *, signature: Signature, digest: str, code: str
) -> Submission | None:
    """Sign what somebody else presented; the last signature sends it. None while others wait.

    What was presented while its version could be sent is sent, also when that has closed since; and
    what was signed by somebody who could send then stays signed. Refused: `signature-over` when it
    was withdrawn, refused, or its time has passed, `draft-changed`, `signed-already` by the same
    person, and as `again.prove` and `hold`.
    """
    draft = signature.draft
    spaces.require(member, Can.SEND, policy.about(draft.version.procedure))
    _require_level(session, draft)
    mine = Signature.objects.filter(pk=signature.pk).first()
    if mine is None or mine.state not in ("asked", "signed"):
        raise _over()
    if mine.state == "asked":  # no code is used up for what cannot be signed
        if mine.digest != digest:
            raise _changed()
        if draft.signatures.live().filter(person=member.person, signed_at__isnull=False).exists():
            raise _signed_already()
    again.prove(session, code=code, act=f"sign {draft.pk} {digest}")
    with transaction.atomic():
        held = hold_signature(member, signature)
        if held is None:
            raise _over()
        member, locked, mine = held
        if mine.state == "signed" and mine.person_id == member.person.pk:
            return _sent(locked)
        if mine.state != "asked" or locked.presented_at is None or not locked.is_open:
            raise _over()
        shown = presented(locked)
        if not digest == mine.digest == locked.presented_digest == shown.digest:
            raise _changed()
        _sign(mine, member, session)
        _touch(locked.space, mine.space)
        live = locked.signatures.live()
        if live.filter(signed_at=None).exists():
            return None
        sender = live.select_related("person__account").get(signer=Signature.SENDER)
        assert sender.person is not None  # noqa: S101 - held by a constraint
        return _send(sender.person, shown, sender.person.language, clock.now())


@transaction.atomic
def refuse(member: Membership, *, signature: Signature, reason: str) -> None:
    """Say no. Whoever presented it is told why, and can change it. Twice changes nothing."""
    held = hold_signature(member, signature)
    if held is None:
        raise _over()
    member, locked, mine = held
    if mine.state == "refused":
        return
    if mine.state != "asked":
        raise _over()
    Signature.objects.filter(pk=mine.pk).update(
        refused_at=clock.now(), person=member.person, reason=reason
    )
    withdraw(locked)
    _touch(locked.space, mine.space)
    record("procedures.signature-refused", by=member.person, about=mine, space=mine.space_id)
    asking = Membership.objects.filter(
        space=locked.space, person=mine.asked_by, person__account__closed_at=None
    )
    tell(
        asking.select_related("person"),
        Kind.SIGNATURES,
        lambda to: mails.signature_refused(mine, to),
    )


def remind() -> int:
    """Write once more, after a week, to those whose signature is awaited; returns how many."""
    week = Signature.VALIDITY / 4
    late = Signature.objects.asked().filter(
        reminded_at=None, asked_at__lte=clock.now() - week, space__binned_at=None
    )
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
    tell(
        _signers_of(mine.space, mine.draft, but=mine.asked_by_id),
        Kind.SIGNATURES,
        lambda to: mails.signature_asked(mine, to, again=True),
    )
    return True


# --- The act itself


def _require_sendable(writer: Writer, shown: Presented, digest: str) -> None:
    draft = shown.draft
    if not writers.owns(writer, draft) or not draft.is_open:
        raise gone()
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
    if listed.procedure.certified_for:
        writers.require_certification(writer, listed.procedure.certified_for)
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


def _require_level(session: Session, draft: Draft) -> None:
    listed = catalogue.listed(draft.version.procedure)
    if listed is not None and session.level < listed.procedure.level_needed:
        raise Refused(
            _("This procedure needs a safer product. Log in with another one, then sign."),
            code="level-low",
        )


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
        raise _signed_already() from None
    record(
        "procedures.signed",
        by=member.person,
        about=signature,
        space=member.space_id,
        session=session.pk,
        product=signature.product,
    )


def _ask(member: Membership, shown: Presented, elsewhere: dict[str, Space]) -> None:
    """Present the draft to the others who have to sign, and write to them."""
    draft, at = shown.draft, shown.at
    # Long enough to sign, and then to take it back and change it.
    kept_until = max(draft.kept_until, at + 2 * Signature.VALIDITY)
    Draft.objects.filter(pk=draft.pk).update(
        presented_at=at, presented_digest=shown.digest, kept_until=kept_until
    )
    for signer in shown.state.signers():
        space = elsewhere[signer.signer] if signer.transfer else member.space
        signers = _signers_of(space, draft, but=member.person.pk)
        if not Space.objects.in_use().filter(pk=space.pk).exists():
            raise _unknown_space(signer.signer)
        if not signers:
            raise _nobody_signs(signer.signer if signer.transfer else None)
        mine = Signature.objects.create(
            draft=draft,
            signer=signer.signer,
            space=space,
            digest=shown.digest,
            asked_by=member.person,
            asked_at=at,
        )
        record("procedures.signature-asked", by=member.person, about=mine, space=space.pk)
        tell(signers, Kind.SIGNATURES, partial(mails.signature_asked, mine))
        space.changed()
    draft.changed()


def _elsewhere(member: Membership, shown: Presented, spaces_of: dict[str, str]) -> dict[str, Space]:
    """The spaces of those who sign elsewhere. Who tries identifiers out has to wait.

    The identifier of a space that was merged leads to where it went.
    """
    found = {}
    for signer in shown.state.signers():
        if not signer.transfer:
            continue
        typed = "".join(spaces_of.get(signer.signer, "").split()).upper()
        given = GivenIdentifier.objects.filter(pk=typed[:20]).select_related("leads_to").first()
        space = Space.objects.in_use().filter(identifier=typed[:20]).first()
        space = space or (given.leads_to if given else None)
        if space is None or space.binned_at is not None:
            throttle.hit("signer-space", member.person.pk)
            raise _unknown_space(signer.signer)
        if space.pk == member.space_id:
            raise Refused(
                _("This is the identifier of your own eSpace. Enter the other one’s."),
                code="signer-space",
                field=f"space_{signer.signer}",
            )
        found[signer.signer] = space
    return found


def _unknown_space(signer: str) -> Refused:
    return Refused(
        _("We know no eSpace with this identifier. It looks like PP-A1B2C3."),
        code="signer-space",
        field=f"space_{signer}",
    )


def _nobody_signs(elsewhere: str | None) -> Refused:
    return Refused(
        _("Nobody but you can sign in that eSpace. Somebody else has to sign."),
        code="signer-missing",
        field=f"space_{elsewhere}" if elsewhere else None,
    )


def _signers_of(space: Space | None, draft: Draft, *, but: UUID) -> list[Membership]:
    """Who in a space may sign this, besides one."""
    return policy.who_may(space, Can.SEND, draft.version.procedure, but=but)


def _send(person: Person | None, shown: Presented, language: str, at: datetime) -> Submission:
    draft = shown.draft
    salt = proofs.new_salt()
    reference = _free_reference(localtime(at).year)
    submission = Submission.objects.create(
        draft=draft,
        space=draft.space,
        visitor=draft.visitor,
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
    chaining.sent(submission, draft)
    Draft.objects.filter(pk=draft.pk).update(sent_at=at)
    draft.sent_at = at
    draft.changed()
    record(
        "procedures.sent",
        by=person or draft.visitor,
        about=submission,
        space=draft.space_id,
        procedure=shown.form.code,
        number=shown.form.version,
    )
    if person is None or person.account.closed_at is None:
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


def _touch(*touched: Space | None) -> None:
    for space in touched:
        if space is not None:
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


def _signed_already() -> Refused:
    return Refused(
        _("You have signed this already. Somebody else has to sign too."), code="signed-already"
    )
