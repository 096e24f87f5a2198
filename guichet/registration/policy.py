"""Where somebody stands on the way to being known, and what that allows.

The order is fixed: register match, code, same credential once more, terms. Nothing here is
stored; it follows from the times of the request, the session and the browser.
"""

from enum import StrEnum

from guichet.persons.models import Account, Person
from guichet.registration import terms
from guichet.registration.models import PORTAL, Acceptance, Access, Request, request_of
from guichet.signon.models import Session


class Step(StrEnum):
    """The page that comes next; the value is its name in `urls.py`."""

    START = "registration:start"
    MAIL_SENT = "registration:mail_sent"
    SIGN_ON_AGAIN = "registration:confirmed"
    OTHER_PRODUCT = "registration:other_product"
    TYPE_CODE = "registration:type_code"
    CONDITIONS = "registration:conditions"
    REGISTERED = "registration:done"


def step(session: Session, browser_hash: str) -> tuple[Step, Request | None]:
    """The next step of whoever signed on, and the request it is about."""
    if session.person_id is not None:
        return Step.REGISTERED, None
    request = request_of(session.credential_id)
    if request is None or request.is_over:
        elsewhere = confirmed_in(browser_hash)
        return (Step.OTHER_PRODUCT, elsewhere) if elsewhere else (Step.START, request)
    if request.mail_confirmed_at is None:
        return Step.MAIL_SENT, request
    if session.signed_on_at <= request.mail_confirmed_at:
        return Step.SIGN_ON_AGAIN, request
    ready = may_complete(request, session, browser_hash)
    return (Step.CONDITIONS if ready else Step.TYPE_CODE), request


def may_complete(request: Request, session: Session, browser_hash: str) -> bool:
    """Whether only the terms are missing.

    The code was confirmed; the same credential signed on after that; and it did so in the
    browser that confirmed, or the code was typed once more.
    """
    same_browser = bool(browser_hash) and request.confirmed_browser_hash == browser_hash
    return (
        request.mail_confirmed_at is not None
        and request.credential_id == session.credential_id
        and session.signed_on_at > request.mail_confirmed_at
        and (same_browser or request.proved_session == session.pk)
    )


def confirmed_in(browser_hash: str) -> Request | None:
    """The newest live request whose code was confirmed from this browser, whoever made it."""
    if not browser_hash:
        return None
    confirmed = Request.objects.live().filter(confirmed_browser_hash=browser_hash)
    request = confirmed.select_related("credential").order_by("-mail_confirmed_at").first()
    return request if request is not None and request.is_live else None


def has_access(person: Person) -> bool:
    """May use the portal: registered, neither suspended nor withdrawn."""
    return Access.objects.filter(
        person=person, application=PORTAL, suspended_at=None, withdrawn_at=None
    ).exists()


def is_closing(person: Person) -> bool:
    """Has asked to close the account: nothing is open but the page that leads back."""
    return Account.objects.filter(pk=person.pk).exclude(closing_asked_at=None).exists()


def has_accepted(person: Person, document: str) -> bool:
    """Has accepted the document's current terms, or a version that still counts."""
    return last_accepted(person, document) >= terms.required(document)


def last_accepted(person: Person, document: str) -> int:
    """The number of the newest version that the person accepted; 0 for none."""
    accepted = Acceptance.objects.filter(person=person, version__document=document)
    newest = accepted.order_by("-version__number").values_list("version__number", flat=True).first()
    return newest or 0
