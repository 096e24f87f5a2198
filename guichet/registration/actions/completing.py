"""The last step: from a request to a person with access."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Account, Person
from guichet.post import actions as post
from guichet.refusals import Refused
from guichet.registration import letters, mails, policy, terms
from guichet.registration.actions.adding import announce_product
from guichet.registration.actions.agreeing import accept, load_terms, shown_wording
from guichet.registration.actions.asking import ask_register, not_these_details
from guichet.registration.actions.live import cancel_locked, ended
from guichet.registration.models import (
    PORTAL,
    Access,
    Document,
    Known,
    Request,
)
from guichet.signon.actions import bind_person
from guichet.signon.models import Credential, Session


def complete(session: Session, *, digest: str, browser_hash: str) -> Person:
    """Agree to the sign-on portal's terms and be registered, all in one transaction.

    `digest` is that of the text on the page. Completing twice answers the same person. Raises
    `Refused` when a step before is missing or the text is not the current one.
    """
    step, request = policy.step(session, browser_hash)
    if step is policy.Step.REGISTERED and session.person is not None:
        return session.person
    if request is not None and request.is_over:  # cancelled while the page was open
        raise ended()
    if step is not policy.Step.CONDITIONS or request is None:
        raise Refused(_missing_step(), code="missing-step")
    wording = shown_wording(Document.ACCESS, digest)
    known = _freshest(request, session.credential)  # asked outside the transaction
    return _complete(session, request, browser_hash, known, wording)


@transaction.atomic
def _complete(
    session: Session, request: Request, browser_hash: str, known: Known, wording: terms.Wording
) -> Person:
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
    if not policy.may_complete(mine, session, browser_hash):  # confirmed anew meanwhile
        raise Refused(_missing_step(), code="missing-step")
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
    accept(person, wording, session=session.pk)
    bind_person(mine.credential, person)
    session.person = person
    for competing in wanting.values():
        cancel_locked(competing, Request.Why.COMPETING)
        post.send(mails.cancelled(competing))
    record("registration.completed", by=person, about=mine, session=session.pk, known=not is_new)
    _announce(person, mine, known, at, is_new=is_new)
    return person


def _person_after_all(session: Session) -> Person:
    """The request is not live any more: finished a moment ago by the same hand, or cancelled."""
    credential = Credential.objects.select_related("person").get(pk=session.credential_id)
    if credential.person is None:
        raise ended()
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
    answer = ask_register(credential, request.national_number)
    if answer.known is not None:
        return answer.known
    if answer.result == Request.Register.UNAVAILABLE:
        return request.known
    raise Refused(not_these_details(), code="register-refuses")


def _announce(
    person: Person, request: Request, known: Known, at: datetime, *, is_new: bool
) -> None:
    """The letter reaches the registered address: a registration by a stranger would be noticed."""
    if is_new:
        post.post_letter(letters.registered(person, request, known, at))
    else:
        announce_product(person, known, at, key=str(request.pk))


def _missing_step() -> str:
    return _("A step of the registration is missing. Go on from the page that is shown now.")


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
    accept(person, terms.current(Document.ACCESS).wording(person.language), session=None)
    number = terms.current(Document.PORTAL).number if portal_terms is None else portal_terms
    for version in terms.published(Document.PORTAL):
        if version.number == number:
            accept(person, version.wording(person.language), session=None)
    return access
