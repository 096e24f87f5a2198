"""Nobody learns from sign-on who holds a Token, nor whether a password was right."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guichet.signon.models import Attempt, Throttle
from guichet.signon.tests.conftest import Holder, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def strangers(lea: Holder) -> dict[str, Holder]:
    """The holder, somebody with her UserID and a wrong password, and a UserID that nobody has."""
    return {
        "holder": replace(lea, client=Client()),
        "guesser": replace(lea, client=Client(), password="Another-2026"),
        "nobody": replace(lea, client=Client(), user_id="NOBODY"),
    }


def same(answers: Sequence[Any]) -> bool:
    """Equal in status, headers, cookies and page, but for what must differ."""
    return len({str(_visible(answer)) for answer in answers}) == 1


def _visible(answer: Any) -> tuple[Any, ...]:
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    for attempt in Attempt.objects.all():
        page = page.replace(attempt.number, "NUMBER")
    page = re.sub(r"[\w-]+ · \w+", "PICTURE", page)
    if answer["Content-Type"] == "image/svg+xml":
        page = str(len(answer.content))
    headers = {
        name: value
        for name, value in answer.items()
        if name not in ("X-Request-Id", "Content-Length")
    }
    cookies = {
        name: {key: value for key, value in cookie.items() if key != "expires"}
        for name, cookie in answer.cookies.items()
    }
    return answer.status_code, headers, cookies, page


def test_everybody_sees_the_same_pages(strangers: dict[str, Holder]) -> None:
    def walk(who: Holder) -> list[Any]:
        # Holder and guesser share one count, which must not tell them apart here.
        Throttle.objects.all().delete()
        wrong = who.wrong_code()
        look = who.client.get
        return [
            look("/fr/connexion/token/"),
            who.give_secrets(),
            look("/fr/connexion/token/code/"),
            look("/fr/connexion/token/image/"),
            who.give_code(wrong),
            look("/fr/connexion/token/heure/"),
            who.client.post("/fr/connexion/token/heure/", {"first": wrong, "second": wrong}),
            who.give_code(wrong),
            who.give_code(wrong),
            look("/fr/connexion/echec/"),
            look("/fr/connexion/token/code/"),
        ]

    walks = [walk(who) for who in strangers.values()]

    for answers in zip(*walks, strict=True):
        assert same(answers), answers[0].request["PATH_INFO"]


def test_everybody_is_made_to_wait_alike(strangers: dict[str, Holder]) -> None:
    """The guesser shares the holder's count, so each comes alone."""
    answers = []
    for user_id in ("LEAG1", "NOBODY"):
        who = replace(strangers["guesser"], client=Client(), user_id=user_id)
        answers.append([who.give_secrets().status_code for _ in range(7)])
    assert answers[0] == answers[1] == [302] * 5 + [429] * 2


def test_wrong_codes_are_counted_alike(strangers: dict[str, Holder]) -> None:
    told = []
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), tick=False):
        for user_id in ("LEAG1", "NOBODY"):
            who = replace(strangers["holder"], client=Client(), user_id=user_id)
            for _ in range(2):
                who.give_secrets()
                for _ in range(3):
                    answer = who.give_code(who.wrong_code())
            told.append(who.page(answer.url))
    assert "Trop d'essais. Réessayez à partir de 13:15." in told[0]
    assert re.sub(r"\d{6}", "", told[0]) == re.sub(r"\d{6}", "", told[1])


def test_the_database_is_asked_the_same_for_everybody(strangers: dict[str, Holder]) -> None:
    """The same questions, so the same time; hashing is tried with the passwords."""

    def asked(act: Any) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            act()
        return [re.sub(r"""'[^']*'|"s\w+"|\b\d+\b|NULL""", "?", query["sql"]) for query in queries]

    for who in strangers.values():
        who.client.get("/fr/connexion/token/")
    begun = [asked(who.give_secrets) for who in strangers.values()]
    assert [len(each) for each in begun] == [len(begun[0])] * 3
    given = [asked(lambda who=who: who.give_code(who.wrong_code())) for who in strangers.values()]
    assert [len(each) for each in given] == [len(given[0])] * 3
    assert given[0] == given[1] == given[2]


def test_the_picture_of_a_stranger_is_stable_for_what_was_typed(
    strangers: dict[str, Holder],
) -> None:
    nobody = strangers["nobody"]
    for _ in range(2):
        nobody.give_secrets()
    assert len(set(Attempt.objects.values_list("picture", flat=True))) == 1


def test_each_guess_has_a_picture_of_its_own(lea: Holder, settings: Any) -> None:
    """So that the one picture that differs does not betray the right password."""
    from guichet.signon.products.token import Token

    guesses = [Token().present("LEAG1", f"Guess-number-{n:03d}").picture for n in range(60)]

    assert len(set(guesses)) > 40
    assert guesses == [Token().present("leag1", f"Guess-number-{n:03d}").picture for n in range(60)]


def test_the_holder_sees_her_picture(lea: Holder) -> None:
    lea.give_secrets()
    page = lea.page("/fr/connexion/token/code/")
    image = lea.client.get("/fr/connexion/token/image/")

    assert 'alt="Image secrète : bateau · bleu"' in page
    assert image["Content-Type"] == "image/svg+xml"
    assert "no-store" in image["Cache-Control"]
    assert image["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_right_code_with_a_wrong_password_is_refused_and_not_used_up(lea: Holder) -> None:
    shown = lea.code()
    lea.give_secrets(password="Another-2026")
    assert "Il vous reste 2 essais" in text(lea.give_code(shown))
    lea.give_secrets()
    assert lea.give_code(shown).url == "/fr/arrivee/"
