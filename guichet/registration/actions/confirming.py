"""Using a code: once, or once more to prove that the mail is at hand."""

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.audit.models import Entry
from guichet.post import bounces
from guichet.refusals import Refused
from guichet.registration import codes
from guichet.registration.actions.live import lock, my_request
from guichet.registration.models import (
    Confirmation,
    Request,
)
from guichet.signon import sessions, throttle
from guichet.signon.models import Session


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
    let_guess(address)
    request = _use(code, browser_hash)
    if request is None:
        refusal = why_not(code) or Refused(unknown_code(), code="code-unknown", field="code")
        record("registration.code-refused", outcome=Entry.Outcome.REFUSED, why=refusal.code)
        count_guess(refusal, address)
        raise refusal
    return request


def let_guess(address: str) -> None:
    """Raise `Refused` when too much comes from this address, or too many codes that do not exist."""
    throttle.hit("confirmation", address)
    until = throttle.pause("confirmation-code", address)
    if until is not None:
        raise throttle.too_many(until)


def count_guess(refusal: Refused, address: str) -> None:
    """Only what nobody was ever sent is a guess: many people may confirm behind one address."""
    if refusal.code == "code-unknown":
        throttle.hit("confirmation-code", address)


def why_not(code: str) -> Refused | None:
    """Why this code cannot be used now, or None if it can."""
    confirmation = confirmation_of(code)
    if confirmation is None:
        return Refused(unknown_code(), code="code-unknown", field="code")
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
    request = my_request(session)
    right, left = _typed(request, session, code)
    if right:
        return request
    record(
        "registration.code-refused",
        about=request,
        outcome=Entry.Outcome.REFUSED,
        session=session.pk,
    )
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


def confirmation_of(code: str) -> Confirmation | None:
    clean = codes.clean(code)
    if clean is None:
        return None
    return Confirmation.objects.with_code(clean).select_related("request").first()


@transaction.atomic
def _use(code: str, browser_hash: str) -> Request | None:
    found = confirmation_of(code)
    request = lock(found.request) if found is not None else None
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
    bounces.reached(request.email)
    record("registration.mail-confirmed", about=request)
    return request


@transaction.atomic
def _typed(request: Request, session: Session, code: str) -> tuple[bool, int]:
    """Whether it is the code of the newest mail, and how many tries are left."""
    at = clock.now()
    locked = lock(request)
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


def unknown_code() -> str:
    return _("We do not know this code. Compare it with the email: 12 letters and digits.")
