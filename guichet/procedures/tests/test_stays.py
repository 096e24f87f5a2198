"""What was published, signed and sent stays as it is: the database itself says so."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from guichet import clock
from guichet.procedures.models import Draft, PublishedVersion, Signature, Submission
from guichet.procedures.tests.people import Somebody, answered, ask, co_sign, fresh, send
from guichet.spaces.tests.given import a_professional_space

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
NOW = clock.now()


def refused(rows, **values):
    """Each change by itself."""
    for name, value in values.items():
        with pytest.raises(DatabaseError, match=r"never changed|stays so"), transaction.atomic():
            rows.update(**{name: value})


def test_a_published_version(published):
    rows = PublishedVersion.objects.filter(procedure="garden-permit")
    refused(rows, procedure="other", number=9, digest="0" * 64, source={}, published_at=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_version_in_use_is_not_deleted():
    answered(Somebody("Ada Muller").member)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublishedVersion.objects.all()._raw_delete("default")


def test_what_was_sent():
    ada = Somebody("Ada Muller")
    draft = answered(ada.member)
    send(ada, draft)
    other = answered(ada.member)
    rows = Submission.objects.filter(draft=draft)
    refused(
        rows,
        draft=other,
        reference="2026-0000-0000",
        digest="0" * 64,
        answers_sealed=b"",
        language="de",
        sent_by=Somebody("Tom Weber").person,
        sent_at=NOW,
    )
    assert rows.update(space=a_professional_space(ada.person)) == 1
    assert rows.update(draft=None) == 1


def test_a_draft_that_was_sent():
    ada = Somebody("Ada Muller")
    draft = answered(ada.member)
    assert Draft.objects.filter(pk=draft.pk).update(revision=7) == 1
    send(ada, draft)
    refused(
        Draft.objects.filter(pk=draft.pk),
        sent_at=None,
        content_sealed=b"",
        revision=1,
        presented_at=NOW,
        discarded_at=NOW,
        saved_by=Somebody("Tom Weber").person,
    )
    draft.content_sealed = b""
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.save()
    assert Draft.objects.filter(pk=draft.pk).update(key=uuid4()) == 1


def test_a_signature_that_was_given():
    ada, tom = Somebody("Ada Muller"), Somebody("Tom Weber")
    draft, asked = ask(ada, tom)
    waiting = Signature.objects.filter(pk=asked.pk)
    assert waiting.update(reminded_at=NOW) == 1
    co_sign(tom, asked)
    refused(
        waiting,
        draft=answered(ada.member),
        signer="sender",
        digest="0" * 64,
        signed_at=None,
        refused_at=NOW,
        reason="no",
        person=ada.person,
        product="luxtrust",
        level=1,
        session=uuid4(),
    )
    assert waiting.update(space=None) == 1
    assert waiting.update(withdrawn_at=NOW) == 1
    refused(waiting, withdrawn_at=None)
    assert fresh(draft).sent_at


@pytest.mark.django_db(transaction=True)
def test_the_guards_can_be_taken_away_and_put_up_again():
    rows = PublishedVersion.objects.filter(procedure="garden-permit")
    try:
        call_command("migrate", "procedures", "0001", verbosity=0)
        assert rows.update(published_at=NOW) == 1
    finally:
        call_command("migrate", "procedures", verbosity=0)
    refused(rows, published_at=NOW)
