"""Becoming known: asking, confirming, signing on once more, agreeing.

The order is law here: register match, code, same credential twice, terms. Each step is one
conditional UPDATE or one locked row, so that of two hands at once only one does it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.files import actions as files
from guichet.files.models import File
from guichet.persons.models import Account, Person
from guichet.post import actions as post
from guichet.post import paper
from guichet.refusals import Refused
from guichet.registers import identifiers, names
from guichet.registers.actions import look_up_citizen
from guichet.registers.base import Unavailable
from guichet.registration import codes, letters, mails, policy, terms
from guichet.registration.models import (
    PORTAL,
    Acceptance,
    Access,
    Confirmation,
    Document,
    Known,
    Request,
    Text,
    Version,
    request_of,
)
from guichet.signon import sessions, throttle
from guichet.signon.actions import bind_person
from guichet.signon.models import Credential, Session

RESEND_AFTER = timedelta(seconds=60)
_PURPOSE = "registration"
_REFUSED = Entry.Outcome.REFUSED


# --- Asking


def request_registration(
    session: Session, *, email: str, national_number: str, language: str, return_to: str = ""
) -> Request:
    """Ask to be known with the credential of `session`; the names are the certificate's.

    Asking twice answers the first request. Without an answer from the register the request is
    kept and asked again later. Raises `Refused`: a number that cannot be one, a number that the
    register does not give to these names (it never says whose it is), or too many tries.
    """
    number = identifiers.person_number(national_number, field="national_number")
    credential = session.credential
    going = request_of(credential.pk)
    if going is not None and not going.is_over:
        return going
    _count_try(credential)
    answer = _ask_register(credential, number)
    if answer.known is None and answer.result != Request.Register.UNAVAILABLE:
        record(
            "registration.refused",
            about=credential,
            outcome=_REFUSED,
            session=session.pk,
            attempt=session.attempt_number,
            why=answer.result,
        )
        raise Refused(_not_these_details(), code="register-refuses", field="national_number")
    request = Request(
        credential=credential,
        email=email,
        language=language,
        return_to=return_to,
        register_result=answer.result,
        register_checked_at=clock.now(),
    )
    request.national_number = number
    if answer.known is not None:
        request.known = answer.known
    return _open(request, session)


def check_register(request_id: UUID) -> None:
    """Ask the register again for a request that it could not answer. Raises `Unavailable`.

    A match sends the mail; anything else ends the request, and a mail says so.
    """
    waiting = Request.objects.live().filter(register_result=Request.Register.UNAVAILABLE)
    request = waiting.select_related("credential").filter(pk=request_id).first()
    if request is None or request.is_over:
        return
    answer = _ask_register(request.credential, request.national_number)
    if answer.result == Request.Register.UNAVAILABLE:
        raise Unavailable("population")
    _settle(request_id, answer)


@transaction.atomic
def cancel(session: Session) -> None:
    """Give up the request of this credential; nothing to give up is fine."""
    request = _locked(request_of(session.credential_id))
    if request is not None:
        _cancel(request, Request.Why.PERSON)


def close_over() -> int:
    """Cancel what nobody finished in time, so that it keeps no number; returns how many."""
    limit = clock.now() - Request.LIFETIME
    old = Request.objects.live().filter(submitted_at__lt=limit).order_by("pk")
    return sum(_close_if_over(request) for request in old)


@transaction.atomic
def _close_if_over(request: Request) -> bool:
    locked = _locked(request)
    if locked is None or not locked.is_over:
        return False
    _cancel(locked, Request.Why.OVER)
    return True


@dataclass(frozen=True)
class _Answer:
    result: str
    known: Known | None = None


def _ask_register(credential: Credential, number: str) -> _Answer:
    """Outside any transaction: a slow register must not keep others from writing."""
    try:
        citizen = look_up_citizen(number, by=credential, purpose=_PURPOSE)
    except Unavailable:
        return _Answer(Request.Register.UNAVAILABLE)
    if citizen is None:
        return _Answer(Request.Register.UNKNOWN)
    if not names.agree(
        credential.given_names, credential.family_name, citizen.given_names, citizen.family_name
    ):
        return _Answer(Request.Register.MISMATCH)
    known = Known(
        given_names=citizen.given_names,
        family_name=citizen.family_name,
        title=citizen.title,
        birth_date=citizen.birth_date,
        address=tuple(citizen.address.lines),
    )
    return _Answer(Request.Register.MATCH, known)


def _count_try(credential: Credential) -> None:
    try:
        throttle.hit("registration", credential.pk)
    except Refused as refusal:
        record("registration.refused", about=credential, outcome=_REFUSED, why="too-many-tries")
        until = date_format(timezone.localtime(refusal.data["until"]), "SHORT_DATETIME_FORMAT")
        raise Refused(
            _("You have tried 5 times. Call us: %(phone)s. You can try again from %(until)s.")
            % {"phone": settings.SUPPORT_PHONE, "until": until},
            code="too-many-tries",
            until=refusal.data["until"],
        ) from None


def _not_these_details() -> str:
    """One sentence for an unknown number and for somebody else's."""
    return _(
        "We cannot register you with this number. Compare it with your social security card. "
        "If it is right, call us: %(phone)s."
    ) % {"phone": settings.SUPPORT_PHONE}


@transaction.atomic
def _open(request: Request, session: Session) -> Request:
    old = _locked(request_of(request.credential_id))
    if old is not None and not old.is_over:
        return old
    if old is not None:
        _cancel(old, Request.Why.OVER)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:  # the other half of a double click was faster
        return Request.objects.live().get(credential=request.credential_id)
    record(
        "registration.submitted",
        about=request,
        session=session.pk,
        attempt=session.attempt_number,
        register=request.register_result,
    )
    if request.waits_for_the_register:
        _check_later(request)
    else:
        _send_code(request)
    return request


def _check_later(request: Request) -> None:
    from guichet.registration.tasks import check_register as later

    later.enqueue(str(request.pk))


@transaction.atomic
def _settle(request_id: UUID, answer: _Answer) -> None:
    request = _locked(Request.objects.live().filter(pk=request_id).first())
    if request is None or not request.waits_for_the_register:
        return
    request.register_result = answer.result
    request.register_checked_at = clock.now()
    if answer.known is not None:
        request.known = answer.known
    request.save(update_fields=["register_result", "register_checked_at", "citizen_sealed"])
    record("registration.register-checked", about=request, register=answer.result)
    if answer.known is not None:
        _send_code(request)
    else:
        _cancel(request, Request.Why.REGISTER)
        post.send(mails.not_these_details(request))


def _locked(request: Request | None) -> Request | None:
    """The same request, locked until the transaction ends, if it is still live."""
    if request is None:
        return None
    live = Request.objects.live().select_for_update(of=("self",))
    return live.select_related("credential").filter(pk=request.pk).first()


def _cancel(request: Request, why: Request.Why) -> None:
    """`request` is locked. Its codes and what the register said go with it."""
    at = clock.now()
    request.cancelled_at, request.cancelled_why = at, why
    request.forget_personal_values()
    request.save(
        update_fields=["cancelled_at", "cancelled_why", "national_number_sealed", "citizen_sealed"]
    )
    request.confirmations.filter(superseded_at=None, used_at=None).update(superseded_at=at)
    record("registration.cancelled", about=request, why=why)


# --- Mails and codes


def resend_mail(session: Session) -> Request:
    """Send a new code to the same address; the one before it works no longer.

    At most three an hour. Raises `Refused` within 60 seconds of the last, and after the third.
    """
    request = _mine(session)
    _hurry_slowly(request)
    throttle.hit("confirmation-mail", request.pk)
    return _renew(request, email=None)


def correct_email(session: Session, *, email: str) -> Request:
    """Send a new code to another address, as long as none was confirmed."""
    request = _mine(session)
    if request.mail_confirmed_at is not None:
        raise Refused(
            _("Your email address is confirmed already. Log in again to continue."),
            code="already-confirmed",
        )
    if email == request.email and _just_sent(request):
        return request
    throttle.hit("confirmation-mail", request.pk)
    return _renew(request, email=email)


def renew_link(*, code: str, address: str) -> Request:
    """Send a new code to whoever holds one that ran out. `address` is the browser's, to count."""
    throttle.hit("confirmation-code", address)
    confirmation = _confirmation(code)
    request = confirmation.request if confirmation is not None else None
    if request is None or not request.is_live or request.mail_confirmed_at is not None:
        raise why_not(code) or Refused(_unknown_code(), code="code-unknown")
    _hurry_slowly(request)
    throttle.hit("confirmation-mail", request.pk)
    return _renew(request, email=None)


def note_opened(code: str) -> None:
    """The link was opened, perhaps by a machine that reads mails. Changes nothing else."""
    opened = Confirmation.objects.with_code(code).filter(opened_at=None)
    with transaction.atomic():
        if opened.update(opened_at=clock.now()):
            found = Confirmation.objects.with_code(code).get()
            record("registration.link-opened", about=found)


def confirm_mail(*, code: str, browser_hash: str, address: str) -> Request:
    """Use a code, once. The sessions of its credential end: one signs on again.

    `browser_hash` is remembered: the second sign-on comes from the same browser or types the
    code again. Raises `Refused` with a sentence for each way in which a code does not work.
    """
    throttle.hit("confirmation-code", address)
    request = _use(code, browser_hash)
    if request is None:
        refusal = why_not(code) or Refused(_unknown_code(), code="code-unknown", field="code")
        record("registration.code-refused", outcome=_REFUSED, why=refusal.code)
        raise refusal
    return request


def why_not(code: str) -> Refused | None:
    """Why this code cannot be used now, or None if it can."""
    confirmation = _confirmation(code)
    if confirmation is None:
        return Refused(_unknown_code(), code="code-unknown", field="code")
    request = confirmation.request
    if confirmation.used_at is not None or request.completed_at is not None:
        sentence, reason = _("This link was used already. Log in to continue."), "code-used"
    elif not request.is_live:
        sentence, reason = (
            _("This registration request has ended. Start the registration again."),
            "code-cancelled",
        )
    elif confirmation.superseded_at is not None:
        sentence, reason = (
            _("We sent you a newer email. Use the link in the newest one."),
            "code-replaced",
        )
    elif confirmation.is_expired:
        sentence, reason = (
            _("This link is no longer valid. It was valid for 72 hours. Ask for a new link."),
            "code-expired",
        )
    else:
        return None
    return Refused(sentence, code=reason, field="code")


def type_code_again(session: Session, *, code: str) -> Request:
    """Prove at the second sign-on, from another browser, that the mail is at hand.

    After five wrong codes the right one works no longer either; a new one can be sent.
    """
    request = _mine(session)
    right, left = _typed(request, session, code)
    if right:
        return request
    record("registration.code-refused", about=request, outcome=_REFUSED, session=session.pk)
    if left > 0:
        raise Refused(
            _("This is not the code of the newest email. Tries left: %(left)d.") % {"left": left},
            code="code-wrong",
            field="code",
            left=left,
        )
    raise Refused(
        _("This code no longer works. Ask for a new email."), code="code-spent", field="code"
    )


def _mine(session: Session) -> Request:
    request = request_of(session.credential_id)
    if request is None or request.is_over:
        raise Refused(
            _("This registration request has ended. Start the registration again."),
            code="no-request",
        )
    return request


def _just_sent(request: Request) -> bool:
    since = clock.now() - RESEND_AFTER
    return request.confirmations.filter(superseded_at=None, sent_at__gt=since).exists()


def _hurry_slowly(request: Request) -> None:
    if request.waits_for_the_register:
        raise Refused(
            _("The register has not answered yet. We will write to you when it does."),
            code="register-unavailable",
        )
    if _just_sent(request):
        raise Refused(
            _("We have just sent the email. Wait one minute, then ask again."), code="just-sent"
        )


@transaction.atomic
def _renew(request: Request, *, email: str | None) -> Request:
    """Under the lock, so that two clicks send one mail."""
    locked = _locked(request)
    if locked is None:
        raise Refused(
            _("This registration request has ended. Start the registration again."),
            code="no-request",
        )
    if email is not None and email != locked.email:
        locked.email = email
        locked.save(update_fields=["email"])
        record("registration.address-corrected", about=locked)
    elif _just_sent(locked):
        return locked
    if not locked.waits_for_the_register:
        _send_code(locked)
    return locked


def _send_code(request: Request) -> None:
    """`request` is locked or new. The code leaves the house in the mail and nowhere else."""
    at = clock.now().replace(microsecond=0)
    request.confirmations.filter(superseded_at=None).update(superseded_at=clock.now())
    code = codes.new_code()
    confirmation = Confirmation.objects.create(
        request=request,
        code_index=Confirmation.index_of(code),
        sent_at=at,
        expires_at=at + Confirmation.VALIDITY,
    )
    # A mailbox that gets too many is left in peace; nobody is told, so nobody learns from it.
    if throttle.count("mailbox", request.email.casefold()) is None:
        post.send(mails.confirm(request, code, confirmation.expires_at))
        record("registration.mail-sent", about=request)
    else:
        record("registration.mail-held-back", about=request)


def _confirmation(code: str) -> Confirmation | None:
    clean = codes.clean(code)
    if clean is None:
        return None
    return Confirmation.objects.with_code(clean).select_related("request").first()


@transaction.atomic
def _use(code: str, browser_hash: str) -> Request | None:
    found = _confirmation(code)
    request = _locked(found.request) if found is not None else None
    if found is None or request is None or request.is_over:
        return None
    at = clock.now()
    if not Confirmation.objects.usable(at).filter(pk=found.pk).update(used_at=at):
        return None
    request.mail_confirmed_at = at
    request.confirmed_browser_hash = browser_hash
    request.proved_session = None
    request.save(update_fields=["mail_confirmed_at", "confirmed_browser_hash", "proved_session"])
    sessions.end_all_of(request.credential_id, by=Session.End.REPLACED)
    record("registration.mail-confirmed", about=request)
    return request


@transaction.atomic
def _typed(request: Request, session: Session, code: str) -> tuple[bool, int]:
    """Whether it is the code of the newest mail, and how many tries are left."""
    at = clock.now()
    locked = _locked(request)
    current = request.confirmations.filter(superseded_at=None).first()
    if locked is None or current is None or current.tries >= Confirmation.TRIES_MAX:
        return False, 0
    if current.used_at is None and current.is_expired:
        return False, 0
    clean = codes.clean(code)
    if clean is None or Confirmation.index_of(clean) != current.code_index:
        current.tries += 1
        current.save(update_fields=["tries"])
        return False, Confirmation.TRIES_MAX - current.tries
    current.used_at = current.used_at or at
    current.save(update_fields=["used_at"])
    locked.proved_session = session.pk
    locked.save(update_fields=["proved_session"])
    record("registration.code-typed-again", about=locked, session=session.pk)
    return True, Confirmation.TRIES_MAX


def _unknown_code() -> str:
    return _("We do not know this code. Compare it with the email: 12 letters and digits.")


# --- Being known


def complete(session: Session, *, digest: str, browser_hash: str) -> Person:
    """Agree to the sign-on portal's terms and be registered, all in one transaction.

    `digest` is that of the text on the page. Completing twice answers the same person. Raises
    `Refused` when a step before is missing or the text is not the current one.
    """
    step, request = policy.step(session, browser_hash)
    if step is policy.Step.REGISTERED and session.person is not None:
        return session.person
    if step is not policy.Step.CONDITIONS or request is None:
        raise Refused(_missing_step(), code="missing-step")
    wording = _shown(Document.ACCESS, digest)
    return _complete(session, request, _freshest(request, session.credential), wording)


@transaction.atomic
def _complete(session: Session, request: Request, known: Known, wording: terms.Wording) -> Person:
    at = clock.now()
    # Everybody who wants this number, in one order, so that two of them cannot wait for each other.
    wanting = {
        row.pk: row
        for row in Request.objects.live()
        .with_number(request.national_number_index)
        .select_related("credential")
        .order_by("pk")
        .select_for_update(of=("self",))
    }
    mine = wanting.pop(request.pk, None)
    if mine is None:
        return _person_after_all(session)
    person, is_new = _person(mine, known)
    mine.signed_in_again_at = session.signed_on_at
    mine.completed_at = at
    mine.forget_personal_values()
    mine.save(
        update_fields=[
            "signed_in_again_at",
            "completed_at",
            "national_number_sealed",
            "citizen_sealed",
        ]
    )
    record("registration.signed-in-again", about=mine, session=session.pk)
    Access.objects.get_or_create(person=person, application=PORTAL)
    _accept(person, wording, session=session.pk)
    bind_person(mine.credential, person)
    session.person = person
    for competing in wanting.values():
        _cancel(competing, Request.Why.COMPETING)
        post.send(mails.cancelled(competing))
    record("registration.completed", by=person, about=mine, session=session.pk, known=not is_new)
    _announce(person, mine, known, is_new=is_new)
    return person


def _person_after_all(session: Session) -> Person:
    """The request is not live any more: finished a moment ago by the same hand, or cancelled."""
    credential = Credential.objects.select_related("person").get(pk=session.credential_id)
    if credential.person is None:
        raise Refused(
            _("This registration request has ended. Start the registration again."),
            code="no-request",
        )
    session.person = credential.person
    return credential.person


def _person(request: Request, known: Known) -> tuple[Person, bool]:
    """The person with the request's number, made if nobody was; and whether it was made."""
    number = request.national_number
    found = Person.objects.with_number(number).select_related("account").first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return _new_person(number, known, email=request.email, language=request.language), True
    except IntegrityError:
        return Person.objects.with_number(number).select_related("account").get(), False


def _new_person(number: str, known: Known, *, email: str, language: str) -> Person:
    at = clock.now()
    account = Account(kind=Account.Kind.PERSON)
    account.set_unusable_password()
    account.save(force_insert=True)
    person = Person(
        account=account,
        given_names=known.given_names,
        family_name=known.family_name,
        birth_date=known.birth_date,
        register_checked_at=at,
        language=language,
        email=email,
        email_confirmed_at=at,
    )
    person.national_number = number
    person.save(force_insert=True)
    return person


def _freshest(request: Request, credential: Credential) -> Known:
    """What the register says today; if it does not answer, what it said when it was asked."""
    try:
        citizen = look_up_citizen(request.national_number, by=credential, purpose=_PURPOSE)
    except Unavailable:
        return request.known
    if citizen is None:
        raise Refused(_not_these_details(), code="register-refuses")
    return Known(
        given_names=citizen.given_names,
        family_name=citizen.family_name,
        title=citizen.title,
        birth_date=citizen.birth_date,
        address=tuple(citizen.address.lines),
    )


def _announce(person: Person, request: Request, known: Known, *, is_new: bool) -> None:
    """The letter reaches the registered address: a registration by a stranger would be noticed."""
    if is_new:
        post.post_letter(letters.registered(person, request, known))
    else:
        post.post_letter(letters.product_added(person, request, known))
        post.send(mails.product_added(person, request))


def _missing_step() -> str:
    return _("A step of the registration is missing. Go on from the page that is shown now.")


# --- Terms


@transaction.atomic
def accept_terms(person: Person, *, digest: str, session: Session | None = None) -> Acceptance:
    """Agree to the portal's own terms, as shown. Agreeing twice answers the first acceptance."""
    wording = _shown(Document.PORTAL, digest)
    return _accept(person, wording, session=session.pk if session is not None else None)


def _shown(document: str, digest: str) -> terms.Wording:
    wording = terms.with_digest(document, digest)
    if wording is None:
        raise Refused(
            _("The terms have changed in the meantime. Read the new text, then confirm."),
            code="terms-changed",
        )
    return wording


def _accept(person: Person, wording: terms.Wording, *, session: UUID | None) -> Acceptance:
    version = _text(wording).version
    acceptance, is_new = Acceptance.objects.get_or_create(
        person=person,
        version=version,
        defaults={"language": wording.language, "digest": wording.digest, "session": session},
    )
    if is_new:
        record(
            "terms.accepted",
            by=person,
            about=version,
            session=session,
            document=wording.document,
            number=wording.number,
            language=wording.language,
        )
    return acceptance


@transaction.atomic
def load_terms() -> int:
    """Copy the reviewed texts into the database; returns how many are new.

    Called when the portal is prepared, any number of times. Raises `ValueError` if a text that
    was published has changed: people agreed to it, so another wording is another version.
    """
    kept = dict(Text.objects.values_list("digest", "id"))
    wordings = [
        (version, wording)
        for document in Document.values
        for version in terms.published(document)
        for wording in version.wordings.values()
    ]
    fresh = [(version, wording) for version, wording in wordings if wording.digest not in kept]
    for version, wording in fresh:
        _load(version, wording)
    return len(fresh)


def _text(wording: terms.Wording) -> Text:
    """The row of a text; a portal that nobody has prepared learns its texts here."""
    texts = Text.objects.select_related("version", "pdf")
    found = texts.filter(digest=wording.digest).first()
    if found is None:
        load_terms()
        found = texts.get(digest=wording.digest)
    return found


def _load(version: terms.Published, wording: terms.Wording) -> None:
    row, _is_new = Version.objects.get_or_create(
        document=version.document,
        number=version.number,
        defaults={
            "effective_from": version.effective_from,
            "needs_new_acceptance": version.needs_new_acceptance,
        },
    )
    text, is_new = Text.objects.get_or_create(
        version=row,
        language=wording.language,
        defaults={"body": wording.source, "digest": wording.digest},
    )
    if not is_new:
        raise ValueError(f"the text of {row} in {text.language} was published and has changed")


def terms_pdf(document: str, language: str) -> tuple[terms.Wording, bytes]:
    """The text in force today as PDF, made once and kept, and which text it is."""
    wording = terms.current(document).wording(language)
    text = _text(wording)
    return wording, files.read(text.pdf or _print(text, wording))


def print_terms() -> int:
    """Make what `terms_pdf` gives ahead, for each text in force; returns how many were missing."""
    in_force = [
        wording
        for document in Document.values
        for wording in terms.current(document).wordings.values()
    ]
    missing = Text.objects.filter(pdf=None, digest__in=[wording.digest for wording in in_force])
    texts = {text.digest: text for text in missing.order_by("digest")}
    for wording in in_force:
        if wording.digest in texts:
            _print(texts[wording.digest], wording)
    return len(texts)


def _print(text: Text, wording: terms.Wording) -> File:
    content = paper.pdf(letters.terms_on_paper(wording))
    with transaction.atomic():
        name = f"{wording.document}-{wording.number}-{wording.language}.pdf"
        file = files.store(content, name=name, media_type="application/pdf")
        Text.objects.filter(pk=text.pk).update(pdf=file)
    return file


# --- People who are known already: imports, the demonstration's cast


@transaction.atomic
def enrol(
    credential: Credential,
    *,
    national_number: str,
    known: Known,
    email: str,
    language: str,
    portal_terms: int | None = None,
) -> Person:
    """Know somebody without the steps: for people whom another portal has registered.

    `portal_terms` is the version of the portal's terms that they accepted, by default the
    current one; 0 is none. A number that is known already gets one more credential.
    """
    person = Person.objects.with_number(national_number).first() or _new_person(
        national_number, known, email=email, language=language
    )
    grant_access(person, portal_terms=portal_terms)
    bind_person(credential, person)
    return person


@transaction.atomic
def grant_access(person: Person, *, portal_terms: int | None = None) -> Access:
    """Access to the portal and the acceptances that come with it; see `enrol`."""
    load_terms()
    access, _is_new = Access.objects.get_or_create(person=person, application=PORTAL)
    _accept(person, terms.current(Document.ACCESS).wording(person.language), session=None)
    number = terms.current(Document.PORTAL).number if portal_terms is None else portal_terms
    for version in terms.published(Document.PORTAL):
        if version.number == number:
            _accept(person, version.wording(person.language), session=None)
    return access
