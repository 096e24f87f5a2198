"""What happens to products and to what sign-on leaves behind. Signing on itself: `attempts`."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Agent, Person
from guichet.refusals import Refused
from guichet.signon import again, kept, passwords
from guichet.signon.levels import Level
from guichet.signon.models import (
    Attempt,
    Credential,
    LocalSecret,
    OtpDevice,
    Session,
    Throttle,
)
from guichet.signon.products.token import Token, user_id_index

# An attempt's number can be found in the register when somebody asks about it.
ATTEMPTS_KEPT = timedelta(days=30)
SESSIONS_KEPT = timedelta(days=90)
# Longer than the longest window and the longest pause together.
THROTTLES_KEPT = timedelta(days=60)


@transaction.atomic
def issue_token(
    *,
    user_id: str,
    password: str,
    picture: int,
    serial: str,
    secret: bytes,
    given_names: str,
    family_name: str,
    level: Level = Token.level,
    period_seconds: int = 30,
    digits: int = 6,
) -> Credential:
    """A Token in somebody's hand, known to nobody yet: `bind_person` comes with registration,
    `bind_agent` from whoever runs the portal.

    `user_id` is told apart without regard to case; `picture` is the number of the secret image,
    0 to 191; `secret` has 16 bytes or more. Names as the certificate writes them. Raises
    `Refused` for a weak password and `IntegrityError` for a UserID or serial that exists.
    """
    passwords.check(password)
    index = user_id_index(user_id)
    credential = Credential.objects.create(
        product=Token.code,
        issuer=Token.issuer,
        subject=index,
        given_names=given_names,
        family_name=family_name,
        level=level,
    )
    LocalSecret.objects.create(
        credential=credential,
        user_id_index=index,
        password=passwords.hashed(password),
        picture=picture,
    )
    device = OtpDevice(
        credential=credential, serial=serial, period_seconds=period_seconds, digits=digits
    )
    device.secret = secret
    device.save(force_insert=True)
    record("signon.credential-issued", about=credential, product=Token.code)
    return credential


@transaction.atomic
def bind_person(credential: Credential, person: Person) -> None:
    """From now on `credential` is this person's, and so are the sessions opened with it.

    Binding to the same person again changes nothing; to another one is refused, for ever.
    """
    at = clock.now()
    bound = Credential.objects.filter(pk=credential.pk, person=None, agent=None).update(
        person=person, activated_at=at
    )
    if not bound and not Credential.objects.filter(pk=credential.pk, person=person).exists():
        raise Refused(
            _("This product belongs to another person. Call us."), code="credential-bound"
        )
    credential.refresh_from_db(fields=["person", "activated_at"])
    Session.objects.filter(credential=credential, person=None).live(at).update(person=person)
    if bound:
        record("signon.credential-bound", by=person, about=credential, product=credential.product)


@transaction.atomic
def bind_agent(credential: Credential, agent: Agent) -> None:
    """From now on `credential` is this agent's, and so are the sessions opened with it.

    Binding to the same agent again changes nothing; what is a person's or another agent's is
    refused, for ever: nobody acts as an agent with what opens their own spaces.
    """
    at = clock.now()
    bound = Credential.objects.filter(pk=credential.pk, person=None, agent=None).update(
        agent=agent, activated_at=at
    )
    if not bound and not Credential.objects.filter(pk=credential.pk, agent=agent).exists():
        raise Refused(
            _("This product belongs to somebody already. An agent needs one of their own."),
            code="credential-bound",
        )
    credential.refresh_from_db(fields=["agent", "activated_at"])
    Session.objects.filter(credential=credential, agent=None).live(at).update(agent=agent)
    if bound:
        record("signon.credential-bound", by=agent, about=credential, product=credential.product)


@transaction.atomic
def close_what_ran_out() -> None:
    """Write down what the clock has ended already: sessions, attempts, kept forms."""
    at = clock.now()
    for until, end in (("hard_until", Session.End.LIMIT), ("idle_until", Session.End.IDLE)):
        late = Session.objects.filter(ended_at=None, **{f"{until}__lte": at})
        late.update(ended_at=F(until), ended_by=end)
    Attempt.objects.unfinished().filter(expires_at__lte=at).update(abandoned_at=F("expires_at"))
    kept.forget()


def forget_the_old() -> None:
    """Delete attempts after 30 days, ended sessions after 90, counts that count no more."""
    at = clock.now()
    Attempt.objects.filter(expires_at__lte=at - ATTEMPTS_KEPT).delete()
    Session.objects.filter(ended_at__lte=at - SESSIONS_KEPT).delete()
    Throttle.objects.filter(window_started_at__lte=at - THROTTLES_KEPT).delete()
    again.forget()
