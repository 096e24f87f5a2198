"""Everything that may happen once happens once, whoever else is at it."""

import threading
from typing import Any

import pytest

from guichet.signon import actions, attempts, sessions
from guichet.signon.attempts import Visitor
from guichet.signon.models import Attempt, Credential, Session
from guichet.signon.products.token import Token
from guichet.signon.tests.conftest import PASSWORD, Holder
from tests.cast import a_person
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def begin() -> Attempt:
    return attempts.begin(Visitor(), Token(), user_id="LEAG1", password=PASSWORD)[0]


def test_one_code_in_several_browsers_opens_one_session(lea: Holder) -> None:
    begun = [begin() for _ in range(4)]
    shown = lea.code()

    together(
        *(
            lambda one=one: attempts.authenticate(Visitor(), one, Token(), otp=shown)
            for one in begun
        )
    )

    assert Session.objects.count() == 1
    assert Attempt.objects.filter(succeeded_at__isnull=False).count() == 1


def test_one_attempt_ends_once(lea: Holder) -> None:
    attempt, shown = begin(), lea.code()

    def finish() -> Any:
        copy = Attempt.objects.get(pk=attempt.pk)
        return attempts.authenticate(Visitor(), copy, Token(), otp=shown)

    results = together(*[finish] * AT_ONCE)

    assert Session.objects.count() == 1
    assert [isinstance(result, attempts.Opened) for result in results].count(True) == 1
    attempt.refresh_from_db()
    assert attempt.failed_at is None


def test_an_attempt_has_three_tries_however_fast(lea: Holder) -> None:
    attempt, wrong = begin(), lea.wrong_code()

    results = together(
        *[
            lambda: attempts.authenticate(
                Visitor(), Attempt.objects.get(pk=attempt.pk), Token(), otp=wrong
            )
        ]
        * AT_ONCE
    )

    attempt.refresh_from_db()
    assert attempt.tries == 3
    assert attempt.failed_at is not None
    assert results.count("attempt-over") == AT_ONCE - 3
    assert Credential.objects.get().failures_in_a_row == 3


def test_giving_up_and_finishing_exclude_each_other(lea: Holder) -> None:
    attempt, shown = begin(), lea.code()

    together(
        lambda: attempts.authenticate(
            Visitor(), Attempt.objects.get(pk=attempt.pk), Token(), otp=shown
        ),
        lambda: attempts.abandon(Attempt.objects.get(pk=attempt.pk)),
    )

    attempt.refresh_from_db()
    assert (attempt.succeeded_at is None) != (attempt.abandoned_at is None)
    assert Session.objects.count() == (1 if attempt.succeeded_at else 0)


def test_live_attempts_never_share_a_number(lea: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six numbers for six attempts: everybody draws the same ones again and again."""
    guard, drawn = threading.Lock(), [0]

    def few(_below: int) -> int:
        with guard:
            drawn[0] += 1
            return drawn[0] * 7919 % AT_ONCE

    monkeypatch.setattr("guichet.signon.attempts.secrets.randbelow", few)

    together(
        *(
            lambda number=number: attempts.begin(
                Visitor(), Token(), user_id=f"USER{number}", password=PASSWORD
            )
            for number in range(AT_ONCE)
        )
    )

    assert len(set(Attempt.objects.values_list("number", flat=True))) == AT_ONCE


def test_a_session_ends_once(lea: Holder) -> None:
    from guichet.audit.models import Entry

    session, _key = sessions.open_session(lea.credential)
    together(*[lambda: sessions.end(session, by=Session.End.PERSON)] * AT_ONCE)
    assert Entry.objects.filter(event="signon.session-ended").count() == 1


def test_of_two_persons_one_gets_the_credential(lea: Holder) -> None:
    people = [a_person("Léa Guichet"), a_person("Ada Muller")]

    results = together(
        *(lambda who=who: actions.bind_person(Credential.objects.get(), who) for who in people)
    )

    assert sorted(str(result) for result in results) == ["None", "credential-bound"]
    assert Credential.objects.get().person in people
