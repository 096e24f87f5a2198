"""Several people, tabs and clicks at one draft in the same instant."""

from uuid import uuid4

import pytest

from guichet.files import actions as files
from guichet.files.models import File
from guichet.post.models import Dispatch
from guichet.procedures import actions, catalogue, changes
from guichet.procedures.changes import NOTHING, Change, digest
from guichet.procedures.fields import ROW_KEY, Paper
from guichet.procedures.filling import Place
from guichet.procedures.models import Attachment, Draft, Signature, Submission
from guichet.procedures.tests.given import CODE, a_draft
from guichet.procedures.tests.people import (
    HIGH_FENCE,
    Somebody,
    a_company,
    answered,
    ask,
    asked,
    co_sign,
    fresh,
    said,
    save,
    save_blindly,
    send,
    trees,
)
from guichet.procedures.tests.test_papers import a_picture
from guichet.refusals import NotAllowed
from guichet.spaces import actions as spaces
from guichet.spaces.actions.guarding import administrated
from guichet.spaces.models import Membership, Role
from guichet.spaces.tests.given import a_professional_space
from tests.racing import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("published")]
AT_ONCE = 6


def sent_once(draft: Draft) -> Submission:
    """One submission, one mail about it, one live signature for each signer."""
    submission = Submission.objects.get(draft=draft)
    assert Dispatch.objects.filter(template="procedures/mail/sent").count() == 1
    assert Signature.objects.live().filter(draft=draft, signer="sender").count() == 1
    assert fresh(draft).sent_at == submission.sent_at
    return submission


def nothing_sent(draft: Draft) -> None:
    assert fresh(draft).sent_at is None
    assert not Submission.objects.filter(draft=draft).exists()
    assert not Dispatch.objects.filter(template="procedures/mail/sent").exists()


def allowed(act):
    """The act, or "not-allowed" where the right has gone."""

    def tried():
        try:
            return act()
        except NotAllowed:
            return "not-allowed"

    return tried


def test_beginning_twice_with_one_key_is_one_draft():
    ada, once = Somebody("Ada Muller"), uuid4()
    begun = together(*[lambda: actions.begin(ada.member, code=CODE, once=once)] * AT_ONCE)
    assert {one.pk for one in begun} == {Draft.objects.get().pk}


def test_two_tabs_with_different_questions_are_both_kept():
    ada, tom = a_company()
    draft = a_draft(ada.member)
    together(
        lambda: save_blindly(ada.member, draft, full_name="Ada"),
        lambda: save_blindly(tom.member, draft, size=12),
    )
    answers = fresh(draft).content.answers
    assert (answers["full_name"], answers["size"]) == ("Ada", 12)
    assert fresh(draft).content.disputed == {}


def test_two_tabs_with_the_same_question_keep_both_values():
    ada, tom = a_company()
    draft = a_draft(ada.member)
    save(ada.member, draft, size=1)
    was = digest(1)
    pages = [(ada, said(draft, was, size=2)), (tom, said(draft, was, size=3))]
    together(
        *[
            lambda who=who, page=page: actions.save(who.member, draft=draft, said=page)
            for who, page in pages
        ]
    )
    content = fresh(draft).content
    other = content.disputed["size"][-1]
    assert {content.answers["size"], other["answer"]} == {2, 3}


def test_a_double_click_on_sign_and_send():
    ada = Somebody("Ada Muller")
    draft, code = answered(ada.member), ada.code
    results = together(*[lambda: send(ada, draft, code=code)] * AT_ONCE)
    submission = sent_once(draft)
    assert {one.pk for one in results} == {submission.pk}


def test_two_members_send_at_once():
    ada, tom = a_company()
    draft = answered(ada.member)
    results = together(lambda: send(ada, draft), lambda: send(tom, draft))
    assert {one.pk for one in results} == {sent_once(draft).pk}


def test_saving_while_sending():
    ada, tom = a_company()
    draft = answered(ada.member)
    saved, sending = said(draft, size=90), fresh(draft)
    results = together(
        lambda: send(ada, sending),
        lambda: actions.save(tom.member, draft=draft, said=saved),
    )
    if "draft-sent" in results:
        assert sent_once(draft).answers["size"] == 80
    else:
        assert fresh(draft).content.answers["size"] == 90
        if fresh(draft).sent_at is None:
            assert "draft-changed" in results
            nothing_sent(draft)
        else:  # it was saved before it was looked at
            assert sent_once(draft).answers["size"] == 90


def test_taking_back_while_somebody_signs():
    ada, tom = Somebody("Ada Muller"), Somebody("Tom Weber")
    draft, signature = ask(ada, tom)
    results = together(
        lambda: actions.take_back(ada.member, draft=draft), lambda: co_sign(tom, signature)
    )
    if "draft-sent" in results:
        sent_once(draft)
    else:
        assert "signature-over" in results
        nothing_sent(draft)
        assert fresh(draft).presented_at is None
        assert not Signature.objects.live().exists()


def test_signing_for_somebody_twice_sends_once():
    ada, tom = Somebody("Ada Muller"), Somebody("Tom Weber")
    draft, signature = ask(ada, tom)
    code = tom.code
    results = together(*[lambda: co_sign(tom, signature, code=code)] * AT_ONCE)
    assert {one.pk for one in results} == {sent_once(draft).pk}
    assert Signature.objects.live().count() == 2


def test_refusing_while_signing():
    ada, tom = Somebody("Ada Muller"), Somebody("Tom Weber")
    draft, signature = ask(ada, tom)
    results = together(
        lambda: actions.refuse(tom.member, signature=signature, reason="Too high."),
        lambda: co_sign(tom, signature),
    )
    assert results.count("signature-over") == 1
    if asked(draft).state == "signed":
        sent_once(draft)
    else:
        nothing_sent(draft)


def test_rows_up_to_the_most_there_may_be():
    ada = Somebody("Ada Muller")
    draft = answered(ada.member)
    rows = trees(draft)
    results = together(*[lambda: actions.add_row(ada.member, draft=draft, rows=rows)] * 8)
    assert results.count("rows-many") == 5
    assert len(fresh(draft).content.answers["trees"]) == 3


def test_throwing_away_while_sending():
    ada, tom = a_company()
    draft = answered(ada.member)
    results = together(lambda: send(ada, draft), lambda: actions.discard(tom.member, draft=draft))
    if "draft-sent" in results:
        sent_once(draft)
    else:
        assert "draft-gone" in results
        nothing_sent(draft)
        assert fresh(draft).discarded_at


def test_who_is_removed_while_sending_has_sent_or_has_not():
    ada, tom = a_company()
    draft = answered(ada.member)
    removed = Membership.objects.get(pk=tom.member.pk)
    results = together(
        lambda: send(tom, draft), lambda: spaces.remove_member(ada.member, member=removed)
    )
    assert not Membership.objects.filter(pk=tom.member.pk).exists()
    if "not-a-user" in results:
        nothing_sent(draft)
    else:
        sent_once(draft)


def test_who_may_no_longer_send_sends_nothing():
    ada, tom = a_company()
    draft = answered(ada.member)
    demoted = Membership.objects.get(pk=tom.member.pk)
    spaces.change_member(ada.member, member=demoted, role=Role.READER)
    assert allowed(lambda: send(tom, draft))() == "not-allowed"
    assert allowed(lambda: save(tom.member, draft, size=1))() == "not-allowed"
    nothing_sent(draft)


def test_a_merger_while_saving_and_sending():
    ada, tom = a_company()
    kept = a_professional_space(ada.person, "Toits Muller", credential=ada.token)
    draft, sending = answered(ada.member), answered(tom.member)

    def merge():
        with administrated(ada.space.pk, kept.pk):
            actions.hand_over(ada.space, kept)
            Membership.objects.filter(space=ada.space, person=tom.person).update(space=kept)

    results = together(merge, lambda: send(tom, sending), lambda: save(ada.member, draft, size=91))
    assert fresh(draft).space_id == fresh(sending).space_id == kept.pk
    if fresh(sending).sent_at:
        assert sent_once(sending).space_id == kept.pk
    else:
        assert {"not-a-user", "draft-moved", "draft-gone", "draft-changed"} & set(map(str, results))
        nothing_sent(sending)


def test_choosing_while_somebody_saves_overwrites_nothing():
    ada, tom = a_company()
    draft = a_draft(ada.member)
    save(ada.member, draft, size=1)
    save_blindly(tom.member, draft, size=2)
    seen = changes.dispute(fresh(draft).content, "size")
    page = said(draft, size=3)
    together(
        lambda: actions.choose(tom.member, draft=draft, path="size", mine=True, seen=seen),
        lambda: actions.save(ada.member, draft=draft, said=page),
    )
    content = fresh(draft).content
    standing = {content.answers["size"]}
    standing |= {one["answer"] for one in content.disputed.get("size", [])}
    assert standing == {2, 3}


def test_a_row_is_removed_while_somebody_types_in_it():
    ada, tom = a_company()
    draft = answered(ada.member)
    rows = trees(draft)
    key = actions.add_row(ada.member, draft=draft, rows=rows)
    typed = [Change(Place("kind", "trees", key), "oak", None, NOTHING)]
    together(
        lambda: actions.remove_row(ada.member, draft=draft, rows=rows, row=key),
        lambda: actions.save(tom.member, draft=draft, said=typed),
    )
    left = fresh(draft).content.answers["trees"]
    assert left in ([], [{ROW_KEY: key, "kind": "oak"}])


def test_asking_twice_asks_once():
    ada, tom = Somebody("Ada Muller"), Somebody("Tom Weber")
    draft, code = answered(ada.member, HIGH_FENCE), ada.code
    where = {"neighbour": tom.space.identifier}
    results = together(*[lambda: send(ada, draft, code=code, spaces_of=where)] * AT_ONCE)
    assert results == [None] * AT_ONCE
    assert Signature.objects.live().count() == 2
    assert Dispatch.objects.filter(template="procedures/mail/signature_asked").count() == 1


def test_an_identity_paper_while_the_draft_is_thrown_away_leaves_no_file(settings, tmp_path):
    settings.DATA = tmp_path
    ada, tom = a_company()
    draft = a_draft(ada.member)
    plan = catalogue.form_of(draft.version).items["plan"]
    assert isinstance(plan, Paper)
    paper = plan.model_copy(update={"is_identity": True})
    before = list(File.objects.values_list("pk", flat=True))
    card = files.made(a_picture(), name="card.png", media_type="image/png")
    results = together(
        lambda: actions.attach(
            ada.member, draft=draft, paper=paper, place=Place("plan"), file=card
        ),
        lambda: actions.discard(tom.member, draft=draft),
    )
    attached = list(Attachment.objects.values_list("file", flat=True))
    kept = File.objects.exclude(pk__in=before).values_list("pk", flat=True)
    assert list(kept) == attached
    assert len(attached) == (0 if "draft-gone" in results else 1)
    assert fresh(draft).discarded_at
