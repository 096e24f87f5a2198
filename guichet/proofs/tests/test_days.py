"""Each day has one root over all that was added, and it cannot be changed afterwards."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from guichet import clock
from guichet.proofs import actions, merkle, signing
from guichet.proofs.actions import closing
from guichet.proofs.models import Day, Kind, Leaf, Link, Tile
from tests.cast import travel
from tests.racing import together


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(datetime(2026, 11, 26, 11, tzinfo=UTC)):
        yield


def a_link(name=None, **facts):
    return actions.append(chain=name or uuid4(), kind=Kind.SENT, facts=facts)


def closed(**later):
    """The day that was closed, so much later."""
    with travel(**later):
        actions.close_days()
    return Day.objects.order_by("day").last()


def root_over(*links):
    leaves = [merkle.leaf(bytes.fromhex(link.digest)) for link in links]
    made = {(tile.level, tile.position): tile.hashes for tile in merkle.tiles(leaves)}
    return merkle.Tree(len(leaves), lambda *at: made[at]).root().hex()


@pytest.mark.django_db
def test_a_day_has_one_root_over_the_last_link_of_each_chain(settings, monkeypatch):
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    assert actions.close_days() == 0  # nothing happened yet
    name = uuid4()
    a_link(name)
    links = [a_link(), a_link(name), a_link(), a_link(), a_link()]
    assert actions.close_days() == 0  # the day is not over
    first = closed(days=1)
    assert first.says == {
        "v": 1,
        "kind": "day",
        "portal": settings.SITE_URL,
        "day": f"{clock.today()}",
        "closed_at": first.says["closed_at"],
        "count": 5,
        "root": root_over(*sorted(links, key=lambda link: (link.at, link.pk))),
    }
    assert signing.is_signed(
        first.statement.encode(), first.signature, signing.public_keys()[first.key]
    )
    with travel(days=1):
        assert actions.close_days() == 0
        last = a_link(name)
    second = closed(days=2)
    assert (second.says["count"], second.says["root"]) == (1, root_over(last))
    assert second.says["before_day"] == first.says["day"]
    assert second.says["before"] == first.digest.hex()
    empty = closed(days=3)
    assert (empty.says["count"], empty.says["before"]) == (0, second.digest.hex())


@pytest.mark.django_db
def test_what_was_committed_late_stands_in_the_next_day():
    a_link()
    first = closed(days=1)
    late = a_link()  # of the day that is closed: it was under way
    second = closed(days=2)
    assert (first.count, second.count, late.leaf.day) == (1, 1, second)


@pytest.mark.django_db
def test_a_worker_that_died_is_taken_over_from_where_it_stood(monkeypatch):
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    for _each in range(5):
        a_link()
    day = Day.objects.create(day=clock.today())
    closing._gather(day, (closing._since(day), UUID(int=0)))
    with travel(days=2):
        assert actions.close_days() == 2  # that day, and yesterday
    assert [
        (day.count, Leaf.objects.filter(day=day).count()) for day in Day.objects.order_by("day")
    ] == [
        (5, 5),
        (0, 0),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_root(monkeypatch):
    monkeypatch.setattr(closing, "AT_ONCE", 3)
    with travel(days=-1):
        for _each in range(10):
            a_link()
    assert sorted(together(*[actions.close_days] * 3)) == [0, 0, 1]
    assert sorted(Leaf.objects.values_list("position", flat=True)) == list(range(10))
    assert (Day.objects.get().count, Tile.objects.count()) == (10, 1)
    links = Link.objects.order_by("leaf__position")
    assert Day.objects.get().says["root"] == root_over(*links)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proofs_day SET statement = '{}'",
        "UPDATE proofs_day SET closed_at = NULL, statement = '', signature = '', key = ''",
        "UPDATE proofs_day SET count = 7",
        "DELETE FROM proofs_day",
        "DELETE FROM proofs_leaf",
        "UPDATE proofs_leaf SET position = 7",
    ],
)
def test_the_database_refuses_to_change_what_was_published(statement):
    a_link()
    day = closed(days=1)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Day.objects.get() == day


@pytest.mark.django_db
def test_what_is_forgotten_leaves_the_root_as_it_was():
    name = uuid4()
    a_link(name, reference="2026-0471-1837")
    other = a_link()
    day = closed(days=1)
    actions.forget([name])
    links = Link.objects.order_by("leaf__position")
    assert day.says["root"] == root_over(*links)
    assert other in links
    assert not Link.objects.filter(facts__contains="0471").exists()
