"""Members are told at once, once a day in one mail, or not at all."""

import threading
from datetime import datetime

import pytest
from django.db import connection

from guichet import clock
from guichet.post.actions import Mail
from guichet.post.models import Dispatch
from guichet.spaces.actions import telling
from guichet.spaces.actions.telling import Kind, When
from guichet.spaces.models import Membership, Notice
from guichet.spaces.tests.given import a_member, a_professional_space
from tests.cast import a_person, travel

SUMMARY = "spaces/mail/summary"


def something_happened(member: Membership, kind: str = Kind.MEMBERS) -> None:
    def write(told: Membership) -> Mail:
        return Mail(
            "account/mail/product_removed",
            to=told.notification_email,
            language="fr",
            context={"name": "Ada", "link": "https://guichet.example/"},
        )

    telling.tell([member], kind, write)


def daily(member: Membership) -> Membership:
    return telling.choose(member, {Kind.MEMBERS: When.DAILY})


@pytest.fixture
def ada(db):
    return a_person("Ada Muller", email="ada@example.lu")


@pytest.fixture
def member(ada):
    return Membership.objects.get(space=a_professional_space(ada, "Le four"))


def test_once_a_day_in_one_mail_per_address(ada, member):
    other = a_member(ada, a_professional_space(a_person("Tom Weber"), "Toitures"))
    elsewhere = a_member(ada, a_professional_space(a_person("Eve Weber"), "Jardins"))
    Membership.objects.filter(pk=elsewhere.pk).update(notification_email="work@example.lu")
    elsewhere.refresh_from_db()
    for each in (member, other, elsewhere):
        daily(each)
        something_happened(each)
    something_happened(member)
    assert not Dispatch.objects.exists()
    assert telling.send_summaries() == 0
    with travel(days=1):
        assert telling.send_summaries() == 2
    mail = Dispatch.objects.get(template=SUMMARY, to="ada@example.lu")
    assert "Le four" in mail.text
    assert "Toitures" in mail.text
    assert "Jardins" not in mail.text
    assert "2 nouveaux" in mail.text
    assert mail.text.count("Un produit a été retiré") == 2
    assert member.space.identifier in mail.text
    assert mail.subject == "Nouvelles de vos espaces"
    assert not Notice.objects.filter(sent_at=None).exists()


def test_the_second_round_sends_nothing_again(member):
    daily(member)
    something_happened(member)
    with travel(days=1):
        assert telling.send_summaries() == 1
        assert telling.send_summaries() == 0
        assert Dispatch.objects.filter(template=SUMMARY).count() == 1
        something_happened(member)
    with travel(days=2):
        assert telling.send_summaries() == 1


def test_summaries_come_at_seven_in_the_morning_summer_and_winter():
    for said, expected in (
        ("2026-03-28T08:00+01:00", "2026-03-29T07:00+02:00"),  # the clocks change that night
        ("2026-03-29T06:59+02:00", "2026-03-29T07:00+02:00"),
        ("2026-10-25T07:00+01:00", "2026-10-26T07:00+01:00"),
    ):
        at = telling.next_summary(datetime.fromisoformat(said))
        assert at == datetime.fromisoformat(expected)


def test_many_at_once_are_three_mails_and_one(member):
    for _time in range(8):
        something_happened(member)
    assert Dispatch.objects.count() == telling.SINGLY_MAX
    assert telling.send_summaries() == 0
    with travel(minutes=11):
        assert telling.send_summaries() == 1
        assert "5 nouveaux" in Dispatch.objects.get(template=SUMMARY).text
        something_happened(member)
    assert Dispatch.objects.count() == telling.SINGLY_MAX + 2


def test_what_concerns_the_space_itself_is_never_put_together(member):
    for _time in range(5):
        something_happened(member, Kind.SPACE)
    assert Dispatch.objects.count() == 5


def test_never_is_never_and_at_once_is_at_once(member):
    something_happened(member)
    assert Dispatch.objects.count() == 1
    telling.choose(member, {Kind.MEMBERS: When.NEVER})
    something_happened(member)
    assert Dispatch.objects.count() == 1
    assert telling.send_summaries() == 0


def test_what_always_comes_cannot_be_chosen_away(member):
    telling.choose(member, {Kind.SPACE: When.NEVER})
    assert telling.when(member, Kind.SPACE) == When.AT_ONCE
    assert Kind.SPACE not in member.settings


def test_whoever_has_left_is_told_nothing_more(member):
    daily(member)
    something_happened(member)
    Membership.objects.filter(pk=member.pk).delete()
    with travel(days=1):
        assert telling.send_summaries() == 0


def test_what_was_told_long_ago_is_forgotten(member):
    daily(member)
    something_happened(member)
    with travel(days=1):
        telling.send_summaries()
        telling.forget_notices()
    assert Notice.objects.count() == 1
    with travel(days=92):
        telling.forget_notices()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_workers_send_one_summary(_round):
    ada = a_person("Ada Muller", email="ada@example.lu")
    member = daily(Membership.objects.get(space=a_professional_space(ada)))
    something_happened(member)
    Notice.objects.update(due_at=clock.now())
    start, sent = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            sent.append(telling.send_summaries())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 1
    assert Dispatch.objects.filter(template=SUMMARY).count() == 1
