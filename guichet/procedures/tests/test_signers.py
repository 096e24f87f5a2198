"""Several have to sign: who is asked, what waits, and what becomes of it."""

import json
import shutil
from datetime import timedelta

import pytest

from guichet import clock
from guichet.post.models import Dispatch
from guichet.procedures import actions, catalogue
from guichet.procedures.models import Draft, PublishedVersion, Signature, Submission
from guichet.procedures.presented import presented
from guichet.procedures.tests import given
from guichet.procedures.tests.given import page
from guichet.procedures.tests.people import (
    COMPLETE,
    HIGH_FENCE,
    Somebody,
    a_company,
    answered,
    ask,
    asked,
    co_sign,
    fresh,
    save,
    send,
)
from guichet.refusals import NotAllowed, Refused
from guichet.signon.levels import Level
from guichet.signon.models import OtpDevice
from guichet.spaces.models import GivenIdentifier, Membership, Role, Space
from guichet.spaces.tests.given import a_member, words
from tests.cast import a_session, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@pytest.fixture
def ada(db):
    return Somebody("Ada Muller")


@pytest.fixture
def tom(db):
    return Somebody("Tom Weber")


def refusal(act, *arguments, **more):
    with pytest.raises(Refused) as caught:
        act(*arguments, **more)
    return caught.value


def waits(draft):
    """It is not sent, nothing says so, and no mail says so."""
    assert fresh(draft).sent_at is None
    assert fresh(draft).is_presented
    assert not Submission.objects.exists()
    assert not Dispatch.objects.filter(template="procedures/mail/sent").exists()


def untouched(draft):
    """Nothing of a refused act is left."""
    assert not Signature.objects.filter(draft=draft).exists()
    assert not fresh(draft).presented_at
    assert not Dispatch.objects.filter(template="procedures/mail/signature_asked").exists()


def the_same_space(settings, tmp_path):
    """The garden permit, where a neighbour signs in the same space."""
    folder = tmp_path / "here"
    shutil.copytree(given.DEFINITIONS, folder)
    form = folder / "garden-permit" / "v1" / "form.yaml"
    form.write_text(form.read_text().replace(", transfer: true", ""))
    settings.PROCEDURES = [folder]
    catalogue.forget()
    PublishedVersion.objects.all().delete()
    actions.publish()


# --- Elsewhere


def test_another_space_signs_and_that_sends_it(ada, tom):
    draft, signature = ask(ada, tom)
    waits(draft)
    mail = Dispatch.objects.get(template="procedures/mail/signature_asked")
    assert mail.to == tom.member.notification_email
    assert "Ada Muller" in mail.text
    submission = co_sign(tom, signature)
    assert submission == Submission.objects.get()
    assert submission.sent_by == ada.person
    assert submission.digest == signature.digest == presented(fresh(draft)).digest
    sent = Dispatch.objects.get(template="procedures/mail/sent")
    assert sent.to == ada.person.email


def test_mails_hold_no_answers(ada, tom):
    draft = answered(ada.member, {**HIGH_FENCE, "full_name": "Rosalinde Unverwechselbar"})
    _draft, signature = ask(ada, tom, draft)
    co_sign(tom, signature)
    assert Dispatch.objects.count() == 2
    for mail in Dispatch.objects.all():
        for told in ("Unverwechselbar", "250", "1985"):
            assert told not in mail.text + mail.html + mail.subject


def test_an_identifier_that_nobody_has(ada):
    draft = answered(ada.member, HIGH_FENCE)
    said = refusal(send, ada, draft, spaces_of={"neighbour": "PP-000000"})
    assert (said.code, said.field) == ("signer-space", "space_neighbour")
    untouched(draft)
    assert OtpDevice.objects.get(credential=ada.token).last_step < 1  # no code was used up


def test_who_tries_identifiers_out_has_to_wait(ada):
    draft = answered(ada.member, HIGH_FENCE)
    codes = [
        refusal(send, ada, draft, spaces_of={"neighbour": f"PP-00000{n}"}).code for n in range(10)
    ]
    assert codes == ["signer-space"] * 10
    again = refusal(send, ada, draft, spaces_of={"neighbour": "PP-000000"})
    assert again.code == "too-many-tries"


def test_ones_own_space_is_not_another_one(ada):
    draft = answered(ada.member, HIGH_FENCE)
    said = refusal(send, ada, draft, spaces_of={"neighbour": ada.space.identifier})
    assert said.code == "signer-space"
    assert "votre espace" in said.message
    untouched(draft)


def test_another_space_where_only_the_sender_can_sign(ada):
    company, _luc = a_company("Zoé Braun", "Luc Thill")
    Membership.objects.filter(space=company.space).exclude(person=company.person).delete()
    draft = answered(ada.member, HIGH_FENCE)
    Membership.objects.filter(space=company.space).update(person=ada.person)
    said = refusal(send, ada, draft, spaces_of={"neighbour": company.space.identifier})
    assert (said.code, said.field) == ("signer-missing", "space_neighbour")
    untouched(draft)


def test_a_space_in_the_bin_is_not_asked(ada):
    company, _luc = a_company("Zoé Braun", "Luc Thill")
    Space.objects.filter(pk=company.space.pk).update(
        binned_at=clock.now(), binned_by=company.person
    )
    draft = answered(ada.member, HIGH_FENCE)
    said = refusal(send, ada, draft, spaces_of={"neighbour": company.space.identifier})
    assert said.code == "signer-space"
    untouched(draft)


def test_the_identifier_of_a_merged_space_leads_on(ada, tom):
    GivenIdentifier.objects.create(identifier="PP-MERGED", leads_to=tom.space)
    draft = answered(ada.member, HIGH_FENCE)
    send(ada, draft, spaces_of={"neighbour": " pp-merged "})
    assert asked(draft).space == tom.space


def test_the_sender_cannot_sign_for_the_other(ada, tom):
    a_member(ada.person, tom.space)
    draft, signature = ask(ada, tom)
    there = Membership.objects.get(person=ada.person, space=tom.space)
    with travel(minutes=6):
        said = refusal(
            actions.co_sign,
            there,
            ada.session,
            signature=signature,
            digest=signature.digest,
            code=ada.code,
        )
    assert said.code == "signed-already"
    waits(draft)
    assert asked(draft).state == "asked"


def test_a_reader_there_sees_it_and_cannot_sign(ada):
    company, _luc = a_company("Zoé Braun", "Luc Thill")
    reader = Somebody("Marc Klein", company.space, Role.READER)
    draft, signature = ask(ada, company)
    url = page("co_sign", company.space.identifier, signature.pk)
    shown = reader.at_the_desk().get(url)
    assert shown.context["form"] is None
    assert "not sent yet" in words(shown)
    with pytest.raises(NotAllowed):
        co_sign(reader, signature)
    waits(draft)


def test_limits_narrow_who_signs_and_who_is_written_to(ada):
    company, tom = a_company("Zoé Braun", "Luc Thill")
    Membership.objects.filter(pk=tom.member.pk).update(limits=["taxes"])
    tom.member.refresh_from_db()
    draft, signature = ask(ada, company)
    to = {mail.to for mail in Dispatch.objects.filter(template="procedures/mail/signature_asked")}
    assert to == {company.member.notification_email}
    with pytest.raises(NotAllowed):
        co_sign(tom, signature)
    waits(draft)


# --- The same space


def test_a_colleague_signs(settings, tmp_path):
    the_same_space(settings, tmp_path)
    ada, tom = a_company()
    draft = answered(ada.member, HIGH_FENCE)
    assert send(ada, draft) is None
    waits(draft)
    to = [mail.to for mail in Dispatch.objects.filter(template="procedures/mail/signature_asked")]
    assert to == [tom.member.notification_email]
    assert co_sign(tom, asked(draft)) == Submission.objects.get()


def test_where_nobody_else_can_sign_nothing_is_asked(settings, tmp_path):
    the_same_space(settings, tmp_path)
    ada = Somebody("Ada Muller")
    draft = answered(ada.member, HIGH_FENCE)
    assert refusal(send, ada, draft).code == "signer-missing"
    untouched(draft)


# --- No, too late, taken back


def test_a_refusal_is_shown_with_its_reason(ada, tom):
    draft, signature = ask(ada, tom)
    client = tom.at_the_desk()
    url = page("refuse", tom.space.identifier, signature.pk)
    client.post(url, {"reason": "The fence is too high."})
    client.post(url, {"reason": "Twice."})
    signature = asked(draft)
    assert (signature.state, signature.reason) == ("refused", "The fence is too high.")
    for view in ("fill", "check"):
        shown = words(ada.at_the_desk().get(page(view, ada.space.identifier, draft.pk)))
        assert "Tom Weber refused to sign" in shown
        assert "The fence is too high." in shown
    assert refusal(co_sign, tom, signature).code == "signature-over"
    save(ada.member, fresh(draft), fence_height=150)
    with travel(minutes=2):  # the next code
        assert send(ada, draft).answers["fence_height"] == 150
    assert Dispatch.objects.filter(template="procedures/mail/signature_refused").count() == 1


def test_what_was_taken_back_shows_nothing_to_who_had_signed(settings, ada, tom):
    draft, signature = ask(ada, tom)
    Signature.objects.create(  # a third one, who keeps it waiting
        draft=draft,
        signer="third",
        space=tom.space,
        digest=signature.digest,
        asked_by=ada.person,
    )
    assert co_sign(tom, signature) is None
    url = page("co_sign", tom.space.identifier, signature.pk)
    client = tom.at_the_desk()
    assert "It is not sent yet" in words(client.get(url))
    actions.take_back(ada.member, draft=fresh(draft))
    save(ada.member, draft, full_name="Something secret")
    shown = words(client.get(url))
    assert "has taken it back" in shown
    assert "Something secret" not in shown
    with travel(minutes=6):
        assert refusal(co_sign, tom, signature).code == "signature-over"


def test_after_thirty_days_it_is_over_and_can_be_asked_again(ada, tom):
    draft, signature = ask(ada, tom)
    with travel(days=30, minutes=1):
        assert refusal(co_sign, tom, signature).code == "signature-over"
        waiting = ada.at_the_desk().get(page("check", ada.space.identifier, draft.pk))
        assert "did not sign" in words(waiting)
        assert "Not sent" in words(waiting)
        actions.take_back(ada.member, draft=draft)
        ada.session = a_session(ada.token)
        send(ada, draft, spaces_of={"neighbour": tom.space.identifier})
        assert asked(draft).state == "asked"


def test_a_draft_is_kept_for_longer_than_others_have_to_sign(ada, tom):
    draft = answered(ada.member, HIGH_FENCE)
    soon = clock.now() + timedelta(days=1)
    Draft.objects.filter(pk=draft.pk).update(kept_until=soon)
    draft, signature = ask(ada, tom, draft)
    assert draft.kept_until > signature.expires_at


def test_a_reminder_comes_once(ada, tom):
    ask(ada, tom)
    assert actions.remind() == 0
    with travel(days=8):
        assert actions.remind() == 1
        assert actions.remind() == 0
    assert Dispatch.objects.filter(template="procedures/mail/signature_asked").count() == 2


# --- The day it was presented counts


def test_another_day_changes_nothing_of_what_was_presented(ada, tom):
    draft, signature = ask(ada, tom)
    with travel(days=20):
        tom.session = a_session(tom.token)
        submission = co_sign(tom, signature)
        assert submission
        assert submission.digest == signature.digest
        assert presented(fresh(draft)).digest == signature.digest


def test_what_was_presented_in_time_is_sent_after_the_version_closed(ada, tom, monkeypatch):
    _draft, signature = ask(ada, tom)
    other = answered(ada.member)
    monkeypatch.setattr(catalogue.Listed, "can_be_sent", lambda *_: False)
    assert refusal(send, ada, other).code == "version-closed"
    assert co_sign(tom, signature) == Submission.objects.get()


def test_looked_at_and_sent_are_one_moment(ada):
    draft = answered(ada.member)
    submission = send(ada, draft)
    assert presented(fresh(draft)).digest == submission.digest
    assert fresh(draft).sent_at == submission.sent_at


# --- What keeps it from being sent uses up no code


def test_another_digest_is_no_signature_and_uses_no_code(ada):
    draft = answered(ada.member)
    said = refusal(send, ada, draft, digest="0" * 64, code=ada.code)
    assert said.code == "draft-changed"
    assert send(ada, draft, code=ada.code)


def test_a_changed_draft_is_shown_again_with_its_new_digest(ada):
    draft = answered(ada.member)
    client, url = ada.at_the_desk(), page("check", ada.space.identifier, draft.pk)
    typed = {
        "digest": client.get(url).context["form"]["digest"].value(),
        "declares_exact": "on",
        "code": ada.code,
    }
    save(ada.member, draft, size=81)
    again = client.post(url, typed)
    assert "has changed since you looked" in words(again)
    typed["digest"] = again.context["form"]["digest"].value()
    assert client.post(url, typed).url == page(
        "sent", ada.space.identifier, Submission.objects.get().reference
    )
    assert Submission.objects.get().answers["size"] == 81


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_what_is_not_complete_is_not_sent(ada, missing):
    draft = answered(ada.member, {k: v for k, v in COMPLETE.items() if k != missing})
    assert refusal(send, ada, draft).code == "draft-not-complete"


def test_a_product_of_a_low_level_is_not_enough(ada):
    draft = answered(ada.member)
    ada.session.level = Level.LOW
    assert refusal(send, ada, draft).code == "level-low"


def test_whoever_is_too_young_is_told_why(ada):
    draft = answered(ada.member, {**COMPLETE, "born": "2020-01-01"})
    assert refusal(send, ada, draft).code == "not-eligible"


def test_hidden_answers_are_never_sent(ada):
    draft = answered(ada.member, {**COMPLETE, "fence_height": 280})
    submission = send(ada, draft)
    assert "280" not in json.dumps(submission.answers)
    assert fresh(draft).content.answers["fence_height"] == 280
