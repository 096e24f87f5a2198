"""An entry stays as it was written; the database itself says so."""

import pytest
from django.db import DatabaseError, connection, transaction

from guichet.audit.actions import record
from guichet.audit.models import Entry
from tests.cast import a_person

pytestmark = pytest.mark.django_db


def test_an_entry_keeps_keys_and_no_names() -> None:
    ada = a_person("Ada Muller")

    entry = record("test-thing.done", by=ada, about=ada, role="administrator")

    assert entry.actor == f"person:{ada.pk}"
    assert entry.data == {"role": "administrator"}


def test_long_values_are_refused() -> None:
    with pytest.raises(TypeError):
        record("test-thing.done", text="x" * 81)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET outcome = 'ok'", "DELETE FROM audit_entry"],
)
def test_the_database_refuses_to_change_an_entry(statement: str) -> None:
    record("test-thing.done")

    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Entry.objects.filter(event="test-thing.done", outcome="ok").count() == 1


def test_the_orm_is_refused_too() -> None:
    entry = record("test-thing.done")

    entry.outcome = Entry.Outcome.REFUSED
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_be_emptied_again() -> None:
    record("test-thing.done")


@pytest.mark.django_db(transaction=True)
def test_and_is_guarded_again_afterwards() -> None:
    entry = record("test-thing.done")

    with pytest.raises(DatabaseError, match="never changed"):
        entry.delete()
