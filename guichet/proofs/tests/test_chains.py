"""What happened to a case is a chain: nothing in it can be changed, and it waits for no other."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from guichet.proofs import actions, chains
from guichet.proofs.models import Chain, Kind, Link
from tests.racing import together

FACTS = {"reference": "2026-0471-1837", "receipt": "0" * 64}


def a_link(name=None, **facts):
    return actions.append(chain=name or uuid4(), kind=Kind.SENT, facts=facts or FACTS)


def is_whole(name) -> list[int]:
    """The numbers of a chain in which each link names the one before."""
    before, numbers = chains.NOTHING, []
    for link in Link.objects.filter(chain__name=name).order_by("number"):
        facts = actions.salted(link.facts.encode(), link.salt)
        assert (link.before, link.facts_digest) == (before, facts)
        before = chains.digest_of(
            before=before,
            number=link.number,
            kind=link.kind,
            at=chains.moment(link.at),
            facts=facts,
        )
        assert link.digest == before
        numbers.append(link.number)
    return numbers


@pytest.mark.django_db
def test_each_link_names_the_one_before_and_says_nothing_by_itself():
    name = uuid4()
    sent = a_link(name)
    actions.append(chain=name, kind=Kind.PAPER_MADE, facts={"paper": "slip"})
    assert is_whole(name) == [1, 2]
    assert json.loads(sent.facts) == FACTS
    assert a_link().facts_digest != sent.facts_digest  # the same facts, another salt


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"amount": 1.5}, {"é": 1}, {"words": "x" * 4_000}])
def test_facts_that_are_not_made_so_begin_no_chain(wrong):
    with pytest.raises(ValueError, match=r"."):
        actions.append(chain=uuid4(), kind=Kind.SENT, facts=wrong)
    with pytest.raises(ValueError, match="not a valid Kind"):
        actions.append(chain=uuid4(), kind="Marc Klein called", facts={})  # type: ignore[arg-type]
    assert not Chain.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proofs_link SET kind = 'signed'",
        "UPDATE proofs_link SET salt = '', facts = '', digest = before",
        "UPDATE proofs_link SET salt = '00', facts = '{}'",
        "DELETE FROM proofs_link",
    ],
)
def test_the_database_refuses_to_change_a_link(statement):
    link = a_link()
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(salt="")  # facts without what they go with
    assert Link.objects.get() == link


@pytest.mark.django_db
def test_what_is_forgotten_leaves_digests_that_lead_to_nobody():
    name, other = uuid4(), uuid4()
    before = [a_link(name).digest, a_link(name).digest]
    a_link(other)
    assert actions.forget([name]) == 1
    left = Link.objects.exclude(chain__name=other).order_by("number")
    assert [(link.digest, link.salt, link.facts) for link in left] == [(d, "", "") for d in before]
    assert left[1].before == before[0]
    assert not Chain.objects.filter(name=name).exists()
    assert is_whole(other) == [1]
    a_link(name)  # what comes afterwards does not lead back
    assert is_whole(name) == [1]


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_instant_follow_each_other_in_their_chain():
    new, begun = uuid4(), uuid4()
    a_link(begun)
    together(*[lambda: a_link(new)] * 4, *[lambda: a_link(begun)] * 4)
    assert is_whole(new) == [1, 2, 3, 4]
    assert is_whole(begun) == [1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_what_is_added_while_a_chain_is_forgotten_is_forgotten_or_begins_another():
    for _turn in range(4):
        name = uuid4()
        a_link(name)
        together(lambda: a_link(name), lambda: actions.forget([name]))  # noqa: B023
        left = Link.objects.filter(chain__name=None)
        assert not left.exclude(salt="").exists()
        assert is_whole(name) in ([], [1])


@pytest.mark.django_db(transaction=True)
def test_two_chains_never_wait_for_each_other():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time, whatever is written")
    begun = uuid4()
    a_link(begun)

    def elsewhere():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1ms'")  # fails if it waits for anything
            return [a_link().number, a_link(begun).number]

    with transaction.atomic():
        a_link()  # begun and not committed: its row, its indexes, its key are held
        [numbers] = together(elsewhere)
    assert numbers == [1, 2]
