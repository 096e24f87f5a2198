"""What this room keeps of a space: how long, for whom, and what goes with it; and what pages cost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet import clock
from guichet.files import actions as files
from guichet.files.models import File, Scan
from guichet.procedures import actions
from guichet.procedures.models import Attachment, Draft, EnclosedFile, Signature, Submission
from guichet.procedures.tests.given import CODE, page
from guichet.procedures.tests.people import (
    HIGH_FENCE,
    Somebody,
    a_company,
    answered,
    ask,
    co_sign,
    fresh,
    send,
)
from guichet.proofs import actions as proofs
from guichet.proofs.models import Link
from guichet.refusals import Refused
from guichet.spaces.tests.given import a_professional_space, words
from tests.cast import travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


def with_a_paper(draft, file=None):
    file = file or files.store(b"%PDF", name="plan.pdf", media_type="application/pdf")
    return Attachment.objects.create(
        space=draft.space, draft=draft, path="plan", file=file, attached_by=draft.begun_by
    )


@pytest.fixture
def ada(db):
    return Somebody("Ada Muller")


def test_a_draft_goes_thirty_days_after_its_time_with_its_papers(ada):
    draft = answered(ada.member)
    paper = with_a_paper(draft)
    other = with_a_paper(answered(ada.member), paper.file)
    Draft.objects.filter(pk=draft.pk).update(kept_until=clock.now())
    assert actions.purge() == 0
    with travel(days=30, minutes=1):
        assert actions.purge() == 1
    assert not Draft.objects.filter(pk=draft.pk).exists()
    ours = EnclosedFile.objects.values("file")
    assert File.objects.exclude(pk__in=ours).get() == other.file  # it answers another question too


def test_the_bin_is_emptied_after_thirty_days_and_what_was_taken_out_stays(ada):
    kept, gone = answered(ada.member), answered(ada.member)
    for draft in (kept, gone):
        actions.discard(ada.member, draft=draft)
    with travel(days=29):
        actions.bring_back(ada.member, draft=kept)
    with travel(days=31):
        with pytest.raises(Refused) as caught:
            actions.bring_back(ada.member, draft=gone)
        assert caught.value.code == "draft-gone"
        assert actions.purge() == 1
    assert Draft.objects.get() == kept


def test_what_was_sent_is_not_purged(ada):
    draft = answered(ada.member)
    send(ada, draft)
    with travel(days=400):
        assert actions.purge() == 0
    assert Submission.objects.count() == 1


def test_a_merger_hands_everything_over_also_two_drafts_with_one_key():
    ada, _tom = a_company()
    kept, once = a_professional_space(ada.person, "Toits", credential=ada.token), uuid4()
    draft = actions.begin(ada.member, code=CODE, once=once)
    Draft.objects.filter(pk=draft.pk).update(space=kept)
    other = actions.begin(ada.member, code=CODE, once=once)
    assert actions.hand_over(ada.space, kept)["drafts"] == 1
    assert set(Draft.objects.filter(space=kept)) == {draft, other}


def test_a_space_that_goes_leaves_its_signature_under_what_was_sent(ada):
    tom = Somebody("Tom Weber")
    draft, signature = ask(ada, tom)
    co_sign(tom, signature)
    assert actions.leave(tom.space)["signatures"] == 1
    given = Signature.objects.get(pk=signature.pk)
    assert (given.space, given.person, given.state) == (None, tom.person, "signed")
    sent = page("sent", ada.space.identifier, Submission.objects.get().reference)
    assert ada.at_the_desk().get(sent).status_code == 200
    chained = Link.objects.order_by("number")
    assert [(link.kind, "Ada" in link.facts) for link in chained] == [
        ("signed", False),
        ("signed", False),
        ("sent", False),
    ]
    assert actions.leave(ada.space) == {"drafts": 0, "submissions": 1, "signatures": 1}
    assert {(link.salt, link.facts, link.chain.name) for link in chained.all()} == {("", "", None)}
    assert not Draft.objects.filter(pk=draft.pk).exists()
    assert not Signature.objects.exists()


def test_a_space_that_goes_is_waited_for_no_longer(ada):
    tom = Somebody("Tom Weber")
    draft, _signature = ask(ada, tom)
    actions.leave(tom.space)
    assert not fresh(draft).is_presented
    assert not Signature.objects.live().exists()


def test_from_the_next_day_on_ada_can_take_the_proof_along(ada):
    reference = send(ada, answered(ada.member)).reference
    address = page("proof", ada.space.identifier, reference)
    sent = page("sent", ada.space.identifier, reference)
    assert "From tomorrow on" in words(ada.at_the_desk().get(sent))
    assert ada.at_the_desk().get(address).status_code == 404
    with travel(days=1):
        proofs.close_days()
        client = ada.at_the_desk()
        assert "Unchanged since" in words(client.get(sent))
        file = client.get(address)
        assert f"{reference}-preuve.json" in file.headers["Content-Disposition"]
        assert proofs.verify(file.content) == "genuine"
        assert [link["kind"] for link in file.json()["chain"]] == ["signed", "sent"]
        stranger = Somebody("Tom Weber").at_the_desk()
        assert stranger.get(address).status_code == 404


def test_what_waits_hinders_merging_and_deleting_on_both_sides(ada):
    tom = Somebody("Tom Weber")
    assert actions.hindrances(ada.space) == []
    draft, _signature = ask(ada, tom)
    assert actions.hindrances(ada.space) == actions.hindrances(tom.space) == ["signatures"]
    actions.take_back(ada.member, draft=draft)
    assert actions.hindrances(ada.space) == actions.hindrances(tom.space) == []


@pytest.mark.parametrize(
    ("view", "most"), [("page", 6), ("fill", 6), ("check", 6), ("disputed", 6)]
)
def test_what_a_page_of_a_draft_costs(ada, view, most):
    draft = answered(ada.member, {**HIGH_FENCE, "size": 200})
    with_a_paper(draft)
    Draft.objects.filter(pk=draft.pk).update(saved_at=clock.now() - timedelta(days=1))
    client, more = ada.at_the_desk(), ["garden"] if view == "page" else []
    assert cost(client, page(view, draft.space.identifier, draft.pk, *more)) <= most


def test_what_the_page_of_what_was_sent_costs(ada):
    draft = answered(ada.member)
    with_a_paper(draft)
    digest = draft.attachments.get().file.digest
    Scan.objects.create(digest=digest, checked_at=clock.now(), engine="tests")
    reference = send(ada, draft).reference
    assert cost(ada.at_the_desk(), page("sent", ada.space.identifier, reference)) <= 6


def test_taking_everything_along_costs_the_same_for_many_drafts(ada):
    with_a_paper(answered(ada.member))
    with CaptureQueriesContext(connection) as one:
        assert len(actions.export(ada.space).papers) == 1
    for _more in range(3):
        with_a_paper(answered(ada.member))
    with CaptureQueriesContext(connection) as four:
        kept = actions.export(ada.space)
    assert len(kept.papers) == len(kept.sections[0].rows) == 4
    assert len(four) == len(one)


def cost(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(url)
    return len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])
