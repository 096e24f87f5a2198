"""Whoever calls the acts without their pages meets the same rules."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from guichet import clock
from guichet.audit.models import Entry
from guichet.persons.models import Person
from guichet.refusals import Refused
from guichet.registration import actions, terms
from guichet.registration.models import Access, Document, Known, Request
from guichet.registration.tests import walk
from guichet.signon import sessions
from tests.cast import LEA_NUMBER, a_credential, a_person, known, signed_on, travel

pytestmark = pytest.mark.django_db


def session_of(credential):
    return sessions.open_session(credential)[0]


def digest(document=Document.ACCESS):
    return terms.current(document).wording("fr").digest


def refusal_of(act, *args, **more):
    with pytest.raises(Refused) as refused:
        act(*args, **more)
    return refused.value.code


def test_nobody_completes_before_confirming(client):
    credential = walk.lea(client)
    walk.ask(client)
    session = session_of(credential)
    code = refusal_of(actions.complete, session, digest=digest(), browser_hash="")
    assert code == "missing-step"


def test_the_session_that_asked_does_not_complete(client):
    credential = walk.lea(client)
    session = session_of(credential)
    walk.ask(client)
    walk.confirm(client)
    browser = walk.the_request().confirmed_browser_hash
    code = refusal_of(actions.complete, session, digest=digest(), browser_hash=browser)
    assert code == "missing-step"


def test_nobody_completes_with_the_request_of_another_credential(client):
    walk.up_to_conditions(client)
    browser = walk.the_request().confirmed_browser_hash
    other = session_of(a_credential())
    assert refusal_of(actions.complete, other, digest=digest(), browser_hash=browser) == (
        "missing-step"
    )


def test_a_confirmation_that_comes_in_between_is_seen(client, monkeypatch):
    """The code is confirmed anew while the register is being asked: the steps begin again."""
    from guichet.registration.actions import completing

    credential = walk.up_to_conditions(client)
    session = session_of(credential)
    browser = walk.the_request().confirmed_browser_hash

    def confirmed_meanwhile(request, _credential):
        kept = request.known
        Request.objects.update(mail_confirmed_at=clock.now() + timedelta(seconds=1))
        return kept

    monkeypatch.setattr(completing, "_freshest", confirmed_meanwhile)
    code = refusal_of(actions.complete, session, digest=digest(), browser_hash=browser)
    assert code == "missing-step"
    assert not Person.objects.exists()


def test_without_a_request_there_is_nothing_to_send_or_to_prove(client):
    session = session_of(a_credential())
    for act, more in (
        (actions.resend_mail, {}),
        (actions.correct_email, {"email": "a@example.lu"}),
        (actions.type_code_again, {"code": "0000-0000-0000"}),
    ):
        assert refusal_of(act, session, **more) == "no-request"
    actions.cancel(session)
    assert not Entry.objects.filter(event__startswith="registration").exists()


def test_a_confirmed_address_is_not_corrected(client):
    walk.lea(client)
    walk.ask(client)
    walk.confirm(client)
    session = session_of(walk.the_request().credential)
    code = refusal_of(actions.correct_email, session, email="eve@example.lu")
    assert code == "already-confirmed"


def test_a_confirmed_request_is_not_over_because_it_is_old(client):
    walk.lea(client)
    walk.ask(client)
    with travel(hours=71):
        walk.confirm(client)
    with travel(days=31):
        assert actions.close_over() == 0
    with travel(days=34):
        assert actions.close_over() == 1


def test_an_expired_code_does_not_prove_anything(client):
    credential = walk.lea(client)
    walk.ask(client)
    walk.confirm(client)
    with travel(minutes=2):
        session = session_of(credential)
        actions.resend_mail(session)
        code = walk.code()
    with travel(hours=73):
        assert refusal_of(actions.type_code_again, session, code=code) == "code-spent"


def test_a_completed_session_answers_its_person(client):
    ada = a_person("Ada Muller")
    session = signed_on(client, ada)
    assert actions.complete(session, digest="", browser_hash="") == ada


def test_people_can_be_known_without_the_steps(client):
    tom = known("Tom Weber")
    given = Known(
        given_names=tom["given_names"],
        family_name=tom["family_name"],
        title=tom["title"],
        birth_date=clock.today(),
        address=tuple(tom["address"]),
    )
    credential, second = a_credential(), a_credential()
    more = {"national_number": tom["national_number"], "known": given}
    person = actions.enrol(credential, **more, email="tom@example.lu", language="de")
    assert actions.enrol(second, **more, email="x@example.lu", language="fr") == person
    assert Access.objects.get().person == person
    assert {a.version.document for a in person.acceptances.all()} == {"access", "portal"}
    signed_on(client, second)
    assert client.get("/de/espaces/").status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"mail_confirmed_at": None, "completed_at": "now"},
        {"signed_in_again_at": None, "completed_at": "now"},
        {"register_result": "unavailable"},
        {"completed_at": "now", "cancelled_at": "now"},
        {"signed_in_again_at": "before"},
    ],
)
def test_no_row_can_leave_out_a_step(client, values):
    """The database holds the order too."""
    walk.up_to_conditions(client)
    at = {"now": clock.now(), "before": clock.now() - timedelta(days=1)}
    changed = {name: at.get(value, value) for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(**changed)


def test_two_live_requests_of_one_credential_cannot_be(client):
    walk.lea(client)
    walk.ask(client)
    twin = walk.the_request()
    twin.pk = None
    twin.id = type(twin)._meta.get_field("id").get_default()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_the_number_is_found_again_without_being_readable(client):
    walk.lea(client)
    walk.ask(client)
    assert walk.the_request().national_number == LEA_NUMBER
