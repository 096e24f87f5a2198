"""No access without register match, code, same credential twice and terms, in that order.

A machine presses whatever buttons there are, in any order, with two browsers and three products,
and lets time pass. Beside it stands a bookkeeper who knows nothing of the tables: only what was
typed, where, and what the rules of the guide make of it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from guichet.persons.models import Person
from guichet.registration import actions, terms
from guichet.registration.models import Acceptance, Access, Confirmation, Document, Request
from guichet.registration.tests import walk
from guichet.signon.models import Credential, Session
from tests.cast import LEA_NUMBER, a_credential, known, signed_on

START = datetime(2026, 11, 2, 8, 0, 0, tzinfo=UTC)

products = st.sampled_from(["one", "two", "stranger"])
browsers = st.sampled_from(["desk", "phone"])


@dataclass
class Book:
    """What the bookkeeper knows of one product."""

    asked: bool = False  # with a number that the register gives to these names
    code: str = ""  # the newest
    sent_at: datetime = START
    confirmed_in: str = ""  # the browser
    old_codes: list[str] = field(default_factory=list)
    registered: bool = False

    def forget(self) -> None:
        self.old_codes += [self.code] if self.code else []
        self.asked, self.code, self.confirmed_in = False, "", ""


class Registration(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # type: ignore[attr-defined]
        self.atomic.__enter__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        actions.load_terms()
        self.holders = {
            "one": a_credential(),
            "two": a_credential(),
            "stranger": a_credential(given_names="EVE", family_name="STRANGER"),
        }
        self.books = {name: Book() for name in self.holders}
        self.clients = {name: Client() for name in ("desk", "phone")}
        # Which product is signed on where; and whether that was after its code was confirmed.
        self.here: dict[str, str] = {}
        self.again: dict[str, bool] = {}
        self.typed: dict[str, bool] = {}
        self.since: dict[str, datetime] = {}

    def teardown(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- What people do

    @rule(browser=browsers, product=products)
    def sign_on(self, browser: str, product: str) -> None:
        self.clock.shift(timedelta(seconds=1))  # nobody signs on in the instant of confirming
        credential = Credential.objects.get(pk=self.holders[product].pk)
        signed_on(self.clients[browser], credential)
        self.here[browser] = product
        self.again[browser] = bool(self.books[product].confirmed_in)
        self.typed[browser] = False
        self.since[browser] = self._now()

    @rule(browser=browsers, right=st.booleans())
    def ask(self, browser: str, right: bool) -> None:
        number = LEA_NUMBER if right else known("Tom Weber")["national_number"]
        before = len(walk.mails())
        response = walk.ask(self.clients[browser], number=number, email=f"{browser}@example.lu")
        assert response.status_code in (200, 302)
        self._read_mail(browser, before)
        book = self._book(browser)
        if book is not None and len(walk.mails()) > before:
            assert right
            assert self.here[browser] != "stranger"
            book.asked = True

    @rule(browser=browsers)
    def resend(self, browser: str) -> None:
        before = len(walk.mails())
        self.clients[browser].post(walk.MAIL_SENT)
        self._read_mail(browser, before)

    @rule(browser=browsers, product=products, newest=st.booleans())
    def press_the_button(self, browser: str, product: str, newest: bool) -> None:
        book = self.books[product]
        code = book.code if newest else (book.old_codes or ["0000-0000-0000"])[-1]
        if not code:
            return
        response = self.clients[browser].post(walk.link(code))
        worked = response.status_code == 302
        if worked:
            assert newest, "an old code worked"
            assert self._now() <= book.sent_at + timedelta(hours=72, milliseconds=999)
            book.confirmed_in = browser
            for other, signed in list(self.here.items()):
                if signed == product:
                    del self.here[other]

    @rule(browser=browsers, product=products)
    def type_the_code(self, browser: str, product: str) -> None:
        code = self.books[product].code or "0000-0000-0000"
        response: Any = self.clients[browser].post(walk.TYPE_CODE, {"code": code})
        if response.status_code == 302 and response.url == walk.CONDITIONS:
            book = self._book(browser)
            if book is not None and not self._proved(browser):
                assert self.here[browser] == product
                assert book.confirmed_in
                self.typed[browser] = True

    @rule(browser=browsers)
    def agree(self, browser: str) -> None:
        ready = self._ready(browser)
        digest = terms.current(Document.ACCESS).wording("en").digest
        response: Any = self.clients[browser].post(
            walk.CONDITIONS, {"digest": digest, "accept": "on"}
        )
        done = response.status_code == 302 and response.url == walk.DONE
        book = self._book(browser)
        if done and book is not None and not book.registered:
            assert ready, "registered without all the steps"
            book.registered = True
            event("registered")
            for name, other in self.books.items():
                if other is not book and other.asked and not other.registered:
                    assert name != "stranger"
                    other.forget()
        elif ready and book is not None and not book.registered:
            pytest.fail("all the steps were taken, and nobody is registered")

    @rule(browser=browsers)
    def give_up(self, browser: str) -> None:
        self.clients[browser].post("/en/enregistrement/abandonner/")
        book = self._book(browser)
        if book is not None and not book.registered:
            book.forget()

    @rule(browser=browsers)
    def sign_out(self, browser: str) -> None:
        self.clients[browser].post("/en/deconnexion/")
        self.here.pop(browser, None)

    @rule(browser=browsers, path=st.sampled_from([
        walk.START, walk.MAIL_SENT, walk.CONDITIONS, walk.TYPE_CODE, walk.OTHER_PRODUCT,
        walk.DONE, walk.TERMS, walk.CONFIRMED, "/en/espaces/",
    ]))  # fmt: skip
    def look(self, browser: str, path: str) -> None:
        before = self._state()
        assert self.clients[browser].get(path).status_code in (200, 302)
        assert self._state() == before, "a GET changed something"

    @rule(minutes=st.sampled_from([1, 2, 20, 31, 60 * 24, 60 * 71, 60 * 73]))
    def wait(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))
        if minutes > 30:
            self.here.clear()
            self.since.clear()
        for browser, client in self.clients.items():
            client.get(walk.START)  # a sign of life, so that idle limits are plain
            if self._now() >= self.since.get(browser, START) + timedelta(hours=12):
                self.here.pop(browser, None)

    @rule(browser=browsers, product=products, steps=st.integers(1, 6))
    def go_straight(self, browser: str, product: str, steps: int) -> None:
        """Some of the right steps, one after the other: chance alone rarely gets far."""
        straight = [
            lambda: self.sign_on(browser=browser, product=product),
            lambda: self.ask(browser=browser, right=True),
            lambda: self.press_the_button(browser=browser, product=product, newest=True),
            lambda: self.sign_on(browser=browser, product=product),
            lambda: self.agree(browser=browser),
            lambda: self.look(browser=browser, path=walk.DONE),
        ]
        for step in straight[:steps]:
            step()

    # --- What must hold

    @invariant()
    def only_who_took_every_step_is_known(self) -> None:
        for name, holder in self.holders.items():
            bound = Credential.objects.get(pk=holder.pk).person_id is not None
            assert bound is self.books[name].registered

    @invariant()
    def one_number_is_one_person(self) -> None:
        assert Person.objects.count() <= 1
        assert Access.objects.count() == Person.objects.count()
        accepted = Acceptance.objects.filter(version__document="access").count()
        assert accepted == Person.objects.count()

    @invariant()
    def each_credential_has_one_live_request_and_each_request_one_code(self) -> None:
        for holder in self.holders.values():
            assert Request.objects.live().filter(credential=holder).count() <= 1
        for request in Request.objects.live():
            assert Confirmation.objects.filter(request=request, superseded_at=None).count() <= 1

    # --- The bookkeeper

    def _now(self) -> datetime:
        return datetime.now(UTC)

    def _book(self, browser: str) -> Book | None:
        product = self.here.get(browser)
        return self.books[product] if product else None

    def _proved(self, browser: str) -> bool:
        book = self._book(browser)
        return book is not None and (book.confirmed_in == browser or self.typed[browser])

    def _ready(self, browser: str) -> bool:
        book = self._book(browser)
        return (
            book is not None
            and book.asked
            and bool(book.confirmed_in)
            and self.again[browser]
            and self._proved(browser)
            and not book.registered
        )

    def _read_mail(self, browser: str, before: int) -> None:
        book = self._book(browser)
        if book is not None and len(walk.mails()) > before:
            if book.code:
                book.old_codes.append(book.code)
            book.code, book.sent_at = walk.code(), self._now()

    def _state(self) -> Any:
        return [
            list(Request.objects.order_by("pk").values()),
            list(Confirmation.objects.order_by("pk").values()),
            list(Acceptance.objects.order_by("pk").values()),
            list(Session.objects.order_by("pk").values("person", "ended_at")),
        ]


@pytest.mark.django_db
def test_nobody_is_known_who_left_out_a_step():
    run_state_machine_as_test(
        Registration,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
