"""Prepared queries find what the queryset finds, in every thread and with every kind of value."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from guichet import clock
from guichet.persons.models import Person
from guichet.prepared import Prepared, Slot
from guichet.signon import sessions
from guichet.signon.models import Credential, Session
from tests.cast import a_credential, a_person

by_key = Prepared(
    lambda: (
        Session.objects.live(Slot("at", Session._meta.get_field("idle_until")))
        .select_related("credential", "person__account")
        .filter(key_hash=Slot("key", Session._meta.get_field("key_hash")), device="")
    )
)


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.django_db
def test_it_finds_what_the_queryset_finds(django_assert_num_queries):
    ada = a_person("Ada Muller")
    session, key = sessions.open_session(a_credential(ada))
    a_key = sessions.hash_key(key)
    with django_assert_num_queries(1):
        found = by_key.first(at=clock.now(), key=a_key)
        assert found is not None
        assert found.person is not None
        assert found.person.account.is_active
    plain = Session.objects.select_related("credential", "person__account").get(pk=session.pk)
    assert everything(found) == everything(plain)
    assert everything(found.credential) == everything(plain.credential)
    assert everything(found.person) == everything(Person.objects.get())
    assert found.person.national_number == ada.national_number
    found.device = "changed"
    found.save()
    assert by_key.first(at=clock.now(), key=a_key) is None


@pytest.mark.django_db
def test_what_is_not_there_is_none():
    session, key = sessions.open_session(a_credential())
    a_key = sessions.hash_key(key)
    assert by_key.first(at=clock.now(), key="nobody") is None
    assert by_key.first(at=clock.now() + timedelta(days=1), key=a_key) is None
    found = by_key.first(at=clock.now(), key=a_key)
    assert found is not None
    assert found.person is None
    assert found.credential == session.credential


@pytest.mark.django_db
def test_a_slot_without_a_value_is_a_mistake():
    with pytest.raises(KeyError):
        by_key.first(at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_threads_share_a_statement():
    subjects = [a_credential().subject for _number in range(8)]
    by_subject = Prepared(
        lambda: Credential.objects.filter(
            subject=Slot("subject", Credential._meta.get_field("subject"))
        )
    )

    def look(subject: str) -> str:
        try:
            found = by_subject.first(subject=subject)
            return found.subject if found else ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(look, subjects)) == subjects
