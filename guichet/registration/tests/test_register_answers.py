"""The population register: what it answers, and what nobody learns from it."""

from dataclasses import replace
from datetime import date

import pytest
from django_tasks_db.models import DBTaskResult

from guichet.audit.models import Entry
from guichet.post.models import Dispatch
from guichet.registers.actions import look_up_citizen
from guichet.registers.base import Address, Unavailable
from guichet.registers.models import Consultation
from guichet.registration import actions
from guichet.registration.actions import asking
from guichet.registration.models import Request
from guichet.registration.tests import walk
from tests.cast import LEA_NUMBER, a_credential, a_number, known, signed_on, travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(monkeypatch):
    """Makes the register say something else, or nothing."""

    def answers(answer):
        def look_up(*_args, **_more):
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(asking, "look_up_citizen", look_up)

    return answers


def test_a_stranger_does_not_learn_whose_number_it_is(client):
    """The same words, the same length, for somebody else's number and for nobody's."""
    walk.lea(client)
    somebody = walk.ask(client, number=known("Tom Weber")["national_number"])
    nobody_number = a_number(date(1970, 1, 1), serial=998)
    nobody = walk.ask(client, number=nobody_number)
    assert "We cannot register you with this number." in walk.text_of(somebody)
    tom = known("Tom Weber")["national_number"]
    assert walk.text_of(somebody).replace(tom, "") == walk.text_of(nobody).replace(
        nobody_number, ""
    )
    assert "Weber" not in somebody.content.decode()
    assert somebody.status_code == nobody.status_code == 200
    assert not Request.objects.exists()
    assert set(
        Entry.objects.filter(event="registration.refused").values_list("outcome", flat=True)
    ) == {"refused"}
    assert Consultation.objects.count() == 2


def test_five_numbers_a_day_then_the_help_desk(client, settings):
    settings.SUPPORT_PHONE = "+352 247-82000"
    credential = walk.lea(client)
    for _ in range(5):
        walk.ask(client, number=known("Tom Weber")["national_number"])
    page = walk.ask(client, number=LEA_NUMBER)
    assert "You have tried 5 times. Call us: +352 247-82000." in walk.text_of(page)
    assert Consultation.objects.count() == 5
    assert not Request.objects.exists()
    with travel(hours=24, seconds=1):
        signed_on(client, credential)
        assert walk.ask(client).status_code == 302


def test_a_number_with_a_wrong_digit_costs_no_try(client):
    walk.lea(client)
    for _ in range(8):
        walk.ask(client, number="1983081974926")
    assert walk.ask(client).status_code == 302


def test_names_agree_without_accents_and_capitals(client):
    signed_on(client, a_credential(given_names="LEA", family_name="GUICHET"))
    assert walk.ask(client).status_code == 302


def test_when_the_register_is_silent_the_request_is_kept_and_asked_again(client, register):
    register(Unavailable("population"))
    walk.lea(client)
    assert walk.ask(client).url == walk.MAIL_SENT
    page = walk.text_of(client.get(walk.MAIL_SENT))
    assert "Your request is kept" in page
    assert "We will write to you at this address:" in page
    assert walk.mails() == []
    assert DBTaskResult.objects.filter(task_path__contains="check_register").count() == 1

    with pytest.raises(Unavailable):
        actions.check_register(walk.the_request().pk)
    assert "has not answered yet" in walk.text_of(client.post(walk.MAIL_SENT))


def test_when_the_register_comes_back_the_mail_goes_out(client, register, monkeypatch):
    with monkeypatch.context() as silent:
        silent.setattr(asking, "look_up_citizen", _unavailable)
        walk.lea(client)
        walk.ask(client)
        path = "/en/enregistrement/e-mail-envoye/corriger/"
        client.post(path, {"email": "other@example.lu"})
    actions.check_register(walk.the_request().pk)
    actions.check_register(walk.the_request().pk)
    assert [mail.to for mail in walk.mails()] == ["other@example.lu"]
    assert walk.confirm(client).url == walk.CONFIRMED


def test_when_the_register_comes_back_and_knows_nobody_a_mail_says_so(client, monkeypatch):
    with monkeypatch.context() as silent:
        silent.setattr(asking, "look_up_citizen", _unavailable)
        walk.lea(client)
        walk.ask(client, number=known("Tom Weber")["national_number"])
    actions.check_register(walk.the_request().pk)
    [mail] = walk.mails("registration/mail/not_these_details")
    assert "Weber" not in mail.text
    assert walk.the_request().cancelled_why == "register"
    assert client.get(walk.START).status_code == 200


def test_the_letter_takes_the_newest_address(client, register):
    walk.up_to_conditions(client)
    moved = look_up_citizen(LEA_NUMBER, by=None, purpose="test")
    assert moved is not None
    register(replace(moved, address=Address(("1, rue Neuve", "L-1234 Luxembourg"))))
    walk.agree(client)
    assert Dispatch.objects.get(kind="letter").addressee[1] == "1, rue Neuve"


def test_a_silent_register_does_not_stop_the_last_step(client, register):
    walk.up_to_conditions(client)
    register(Unavailable("population"))
    assert walk.agree(client).url == walk.DONE


def test_whoever_left_the_register_meanwhile_is_not_registered(client, register):
    walk.up_to_conditions(client)
    register(None)
    assert "We cannot register you" in walk.text_of(walk.agree(client))


def _unavailable(*_args, **_more):
    raise Unavailable("population")
