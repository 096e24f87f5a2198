"""Several hands at once: threads with connections of their own, on a real database file."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from guichet.persons.models import Account, Person
from guichet.post.models import Dispatch
from guichet.refusals import Refused
from guichet.registration import actions, terms
from guichet.registration.models import Acceptance, Access, Confirmation, Document, Request
from guichet.registration.tests import walk
from guichet.signon import sessions
from guichet.signon.models import Credential
from tests.cast import LEA_EMAIL, LEA_NUMBER, a_credential, a_person, signed_on, travel

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 6


@pytest.fixture(autouse=True)
def _terms():
    actions.load_terms()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the refusal it met; all begin together."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def a_session(credential: Credential):
    return sessions.open_session(credential)[0]


def ready(credential: Credential, client: Client) -> Any:
    """Asked, confirmed, signed on again: the session that may complete."""
    signed_on(client, credential)
    walk.ask(client, email=f"{credential.pk.hex[-8:]}@example.lu")
    walk.confirm(client)
    return signed_on(client, credential)


def browser_of(credential: Credential) -> str:
    return Request.objects.get(credential=credential).confirmed_browser_hash


def completing(session: Any) -> Callable[[], Person]:
    digest = terms.current(Document.ACCESS).wording("fr").digest
    browser = browser_of(session.credential)
    return lambda: actions.complete(session, digest=digest, browser_hash=browser)


def test_a_double_click_makes_one_request_and_one_mail():
    session = a_session(a_credential())
    asking = lambda: actions.request_registration(  # noqa: E731
        session, email=LEA_EMAIL, national_number=LEA_NUMBER, language="fr"
    )
    found = at_once(*[asking] * 4)
    assert len({request.pk for request in found}) == 1
    assert Request.objects.count() == 1
    assert Dispatch.objects.count() == 1


def test_a_code_is_used_once(client):
    walk.lea(client)
    walk.ask(client)
    code = walk.code()
    using = lambda: actions.confirm_mail(code=code, browser_hash="b" * 64, address="")  # noqa: E731
    found = at_once(*[using] * HANDS)
    won = [one for one in found if isinstance(one, Request)]
    assert len(won) == 1
    assert {one.code for one in found if isinstance(one, Refused)} == {"code-used"}


def test_resending_at_once_sends_one_mail(client):
    credential = walk.lea(client)
    walk.ask(client)
    session = a_session(credential)
    with travel(minutes=2):
        at_once(*[lambda: actions.resend_mail(session)] * 3)
    assert Dispatch.objects.count() == 2
    assert Confirmation.objects.filter(superseded_at=None).count() == 1


def test_two_products_that_finish_at_once_are_one_person():
    one = ready(a_credential(), Client())
    other = ready(a_credential(), Client())
    found = at_once(completing(one), completing(other))
    persons = [result for result in found if isinstance(result, Person)]
    refused = [result for result in found if isinstance(result, Refused)]
    assert len(persons) == 1
    assert [refusal.code for refusal in refused] == ["no-request"]
    assert Person.objects.count() == Account.objects.count() == Access.objects.count() == 1
    assert Dispatch.objects.filter(kind="letter").count() == 1
    assert len(walk.mails("registration/mail/cancelled")) == 1


def test_finishing_at_once_from_two_tabs_is_finishing_once(client):
    session = ready(a_credential(), client)
    again = type(session).objects.select_related("credential").get(pk=session.pk)
    found = at_once(completing(session), completing(again))
    assert {person.pk for person in found} == {Person.objects.get().pk}
    assert Dispatch.objects.filter(kind="letter").count() == 1
    assert Acceptance.objects.count() == 1


def test_accepting_at_once_is_accepting_once():
    marc = a_person("Marc Klein", with_terms=False)
    digest = terms.current(Document.PORTAL).wording("fr").digest
    found = at_once(*[lambda: actions.accept_terms(marc, digest=digest)] * HANDS)
    assert len({acceptance.pk for acceptance in found}) == 1


def test_wrong_codes_typed_at_once_are_all_counted(client):
    credential = walk.lea(client)
    walk.ask(client)
    walk.confirm(Client())
    session = a_session(credential)
    wrong = lambda: actions.type_code_again(session, code="0000-0000-0000")  # noqa: E731
    at_once(*[wrong] * 4)
    assert Confirmation.objects.get().tries == 4
