"""Without sign-on: an address, a code, one draft at a time, a reference, and the way back."""

import io
import re
from typing import Any
from uuid import uuid4

import pikepdf
import pytest

from guichet.audit.models import Entry
from guichet.files.models import File
from guichet.post.models import Dispatch
from guichet.procedures import actions
from guichet.procedures.models import (
    Attachment,
    Draft,
    EnclosedFile,
    Submission,
    Visit,
    Visitor,
)
from guichet.procedures.tests.given import a_draft, page, post_page, space_of
from guichet.procedures.tests.people import Somebody
from guichet.procedures.tests.visitors import SEEN, TREE, Passer, a_visit, complete, here, send
from guichet.proofs.models import Link, Receipt
from guichet.refusals import Refused
from guichet.spaces.tests.given import words
from tests.cast import travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@pytest.fixture
def zoe():
    return Passer()


def test_from_the_page_of_a_procedure_to_the_reference_and_back(zoe, settings, tmp_path):
    settings.DATA = tmp_path
    offer = words(zoe.client.get(page("procedure", TREE)))
    assert page("start", TREE) in offer
    assert page("where", TREE) in offer  # signing on stands first
    assert offer.index(page("where", TREE)) < offer.index(page("start", TREE))
    start = words(zoe.client.get(page("start", TREE)))
    assert "To find the tree and make it safe." in start
    assert "30 days" in start
    assert "1 year" in start

    waiting = zoe.asks()
    assert "valid for 30 minutes" in words(zoe.client.get(waiting))
    [mail] = zoe.mails
    assert "Report a tree" not in mail.text
    assert not Draft.objects.exists()
    assert zoe.types(waiting).url == here("fill", zoe.draft)
    cookie = zoe.client.cookies[settings.VISIT_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == cookie["domain"] == ""
    assert cookie.value not in str(list(Visit.objects.values()))

    draft = zoe.draft
    assert zoe.address in words(zoe.client.get(here("page", draft, "you")))  # the one value known
    zoe.fills_in(draft)
    check = words(zoe.client.get(here("check", draft)))
    assert "It leans over the road." in check
    assert 'name="code"' not in check  # nothing is signed
    answer = zoe.sends(draft)
    submission = Submission.objects.get()
    assert answer.url == page("visit:sent", submission.reference)
    shown = words(zoe.client.get(answer.url))
    assert submission.reference in shown
    assert "Somebody goes and looks." in shown
    assert "signed" not in shown.lower()
    slip = zoe.client.get(page("visit:made", submission.reference, "slip"))
    with pikepdf.open(io.BytesIO(b"".join(slip.streaming_content))) as pdf:
        assert len(pdf.pages)
    told = next(one for one in zoe.mails if one.template == "procedures/mail/sent")
    assert submission.reference in told.text
    assert "leans" not in told.text
    assert "Zoé" not in told.text

    elsewhere = Passer(zoe.address)
    assert elsewhere.client.get(answer.url).url == page("follow")
    assert elsewhere.returns(reference=submission.reference) == answer.url
    assert "It leans over the road." in words(elsewhere.client.get(answer.url))


# --- The address


def test_asking_twice_is_one_mail_and_the_code_typed_twice_one_visit(zoe):
    url = page("start", TREE)
    form = zoe.client.get(url).context["form"]
    typed = {
        "email": zoe.address,
        "accept": "on",
        "once": form["once"].value(),
        "terms": form["terms"].value(),
    }
    first, second = zoe.client.post(url, typed), zoe.client.post(url, typed)  # a double click
    assert first.url == second.url
    assert len(zoe.mails) == 1
    once = zoe.client.get(first.url).context["form"]["once"].value()
    there = zoe.client.post(first.url, {"code": zoe.code, "once": once})
    key = zoe.key
    assert zoe.client.post(first.url, {"code": zoe.code, "once": once}).url == there.url
    assert zoe.key == key
    assert Draft.objects.count() == 1
    # The same code from another page, or later, opens nothing.
    other = Passer(zoe.address)
    assert "not right" in words(other.types(first.url, zoe.code))
    with travel(minutes=2):
        assert "not right" in words(other.client.post(first.url, {"code": zoe.code, "once": once}))
    assert not other.key


def test_who_goes_back_and_corrects_the_address_gets_a_mail_there(zoe):
    once = str(uuid4())
    first = zoe.asks(once=once)
    assert zoe.asks(once=once, email="zoe.braun@example.lu") != first
    assert Dispatch.objects.filter(to="zoe.braun@example.lu").count() == 1
    with travel(minutes=5):
        assert zoe.asks(once=once) != first  # nothing had come: another one is sent
    assert len(zoe.mails) == 2


def test_what_is_missing_is_said_and_nothing_is_mailed(zoe):
    url = page("start", TREE)
    said = words(zoe.client.post(url, {"email": "zoe"}))
    assert "The email address is not complete." in said
    assert "Tick the box to accept the terms of use." in said
    assert not Visitor.objects.exists()


def test_a_machine_that_fills_in_everything_writes_to_nobody(zoe):
    where = zoe.asks(homepage="https://spam.example/")
    assert "We have sent an email" in words(zoe.client.get(where))
    assert not Dispatch.objects.exists()
    assert not Visit.objects.exists()
    assert "not right" in words(zoe.types(where, "123456"))


def test_the_same_words_for_an_address_that_we_know_and_one_that_we_do_not(zoe):
    zoe.begins()
    pages = []
    for passer in (Passer(zoe.address), Passer("nobody@example.lu")):
        where = passer.asks_again(reference="2026-0471-1837")
        shown = words(passer.client.get(where))
        pages.append(re.sub(r'value="[^"]*"|/suivi/[^"]*', "", shown))
    assert pages[0] == pages[1]
    assert len(Dispatch.objects.filter(to="nobody@example.lu")) == 1  # a code, for the same time
    nobody = Passer("nobody@example.lu")
    nobody.types(where)
    assert "nothing sent with this address" in words(nobody.client.get(page("visit:home")))


def test_codes_cannot_be_guessed(zoe):
    where = zoe.asks()
    right = zoe.code
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _guess in range(5):
        assert "not right" in words(zoe.types(where, wrong))
    assert "not right" in words(zoe.types(where, right))  # after five, not even the right one
    assert not zoe.key
    late = Passer("late@example.lu")
    where = late.asks()
    with travel(minutes=31):
        assert "not right" in words(late.types(where))


def test_nobody_is_flooded_with_codes(zoe):
    for _time in range(5):
        zoe.asks_again()
    once = zoe.client.get(page("follow")).context["form"]["once"].value()
    refused = zoe.client.post(page("follow"), {"email": zoe.address.upper(), "once": once})
    assert "Too many tries." in words(refused)
    assert len(zoe.mails) == 5


# --- Whose it is


def test_strangers_find_nothing_of_a_visitors_and_visitors_nothing_of_a_space(zoe):
    mine = zoe.begins()
    ada = Somebody("Ada Muller")
    hers = a_draft(ada.member, code=TREE)
    tom = Passer("tom@example.lu")
    theirs = a_visit("tom@example.lu")
    actions.begin(theirs, code=TREE, once=uuid4())
    tom.returns()
    nobody = Passer("nobody@example.lu").client
    desk: Any = ada.at_the_desk()
    for view, more in (("fill", ()), ("page", ("tree",)), ("check", ()), ("papers", ("photo",))):
        assert zoe.client.get(here(view, mine, *more)).status_code == 200
        assert tom.client.get(here(view, mine, *more)).status_code == 404
        assert tom.client.post(here(view, mine, *more), SEEN).status_code == 404
        assert zoe.client.get(here(view, hers, *more)).status_code == 404
        assert nobody.get(here(view, mine, *more)).url == page("follow")
        there = page(view, space_of(hers), mine.pk, *more)
        assert desk.get(there).status_code == 404
        assert desk.get(page(view, space_of(hers), hers.pk, *more)).status_code == 200
    zoe.fills_in(mine)
    zoe.sends(mine)
    reference = Submission.objects.get().reference
    assert tom.client.get(page("visit:sent", reference)).status_code == 404
    assert desk.get(page("sent", space_of(hers), reference)).status_code == 404
    assert tom.client.get(page("visit:made", reference, "slip")).status_code == 404
    # Whoever is also signed on sees on these pages what the visitor sees, and no more.
    assert desk.get(here("fill", hers)).url == page("follow")


def test_registers_tell_nothing_to_whoever_is_not_known(zoe):
    draft = zoe.begins()
    url = here("page", draft, "tree")
    names = re.findall(r'name="(owner[^"]*)"', words(zoe.client.get(url)))
    typed = {"what": "It leans.", names[0]: "1983081974925", names[1]: "Guichet"}
    assert post_page(zoe.client, url, typed).status_code == 302
    owner = zoe.draft.content.answers["owner"]
    assert owner == {"number": "1983081974925", "family": "Guichet", "checked": "no"}
    assert not Entry.objects.filter(event__startswith="registers").exists()


def test_a_paper_is_added_and_sent(zoe, tmp_path, settings):
    settings.DATA = tmp_path
    draft = zoe.begins()
    url = here("papers", draft, "photo")
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(content)
    content.seek(0)
    content.name = "tree.pdf"
    assert zoe.client.post(url, {"paper": content}).url == url
    attached = Attachment.objects.get()
    assert (attached.space, attached.visitor, attached.attached_by) == (
        None,
        draft.visitor,
        None,
    )
    begun = zoe.client.post(
        here("uploads", draft, "photo"),
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"},
    )
    assert begun.status_code == 201
    tom = Passer("tom@example.lu")
    tom.types(tom.asks_again())
    assert tom.client.get(begun.headers["Location"]).status_code == 404


# --- One at a time


def test_another_one_is_begun_when_the_first_is_thrown_away(zoe):
    first = zoe.begins()
    elsewhere = Passer(zoe.address)
    offered = elsewhere.types(elsewhere.asks()).url
    assert "Go on with it, or throw it away" in words(elsewhere.client.get(offered))
    assert Draft.objects.count() == 1
    form = elsewhere.client.get(offered).context["form"]
    typed = {"once": form["once"].value()}
    there = elsewhere.client.post(offered, typed)
    second = elsewhere.draft
    assert second != first
    assert there.url == here("fill", second)
    assert elsewhere.client.post(offered, typed).url == there.url  # a double click
    assert Draft.objects.get(pk=first.pk).discarded_at
    assert zoe.client.get(here("fill", first)).status_code == 403  # it is in the bin


def test_a_draft_whose_time_is_over_makes_room(zoe):
    visit = a_visit()
    actions.begin(visit, code=TREE, once=uuid4())
    with pytest.raises(Refused) as refused:
        actions.begin(visit, code=TREE, once=uuid4())
    assert refused.value.code == "one-at-a-time"
    with travel(days=31):
        later = a_visit()
        actions.begin(later, code=TREE, once=uuid4())
    assert Draft.objects.filter(discarded_at=None).count() == 1


# --- The visit is over


def test_what_was_typed_after_the_visit_was_over_is_shown_again(zoe):
    draft = zoe.begins()
    url = here("page", draft, "tree")
    was = zoe.client.get(url).context["form"].was.value()
    typed = {"_was": was, "what": "A long text, typed during lunch."}
    with travel(minutes=40):
        answer = zoe.client.post(url, typed)
        assert answer.url == page("follow")
        assert "what you typed is kept" in words(zoe.client.get(answer.url))
        there = zoe.returns()
        shown = words(zoe.client.get(there))
        assert "A long text, typed during lunch." in shown
        assert "check it" in shown.lower()
        assert not Draft.objects.get().content.answers.get("what")
        by_script = Passer("new@example.lu").client.post(
            url, typed, headers={"accept": "application/json"}
        )
        assert by_script.json() == {"sign_on": page("follow")}


def test_who_finishes_leaves_nothing_open_on_this_device(zoe):
    draft = zoe.begins()
    key = zoe.key
    zoe.client.post(page("visit:end"))
    assert not zoe.key
    other = Passer()
    other.client.cookies["visit"] = key
    assert other.client.get(here("fill", draft)).url == page("follow")
    assert zoe.returns() == page("visit:home")
    assert here("fill", draft) in words(zoe.client.get(page("visit:home")))


# --- What remains


def test_nothing_remains_of_a_visitor_when_the_time_is_over(zoe, tmp_path, settings):
    settings.DATA = tmp_path
    visit = a_visit()
    send(visit, complete(visit))
    actions.make_papers(Submission.objects.get().pk)
    actions.begin(visit, code=TREE, once=uuid4())
    a_visit("nobody@example.lu")
    assert actions.purge() == 0
    with travel(days=2):
        actions.purge()
        assert [one.address for one in Visitor.objects.all()] == ["zoe@example.lu"]
    with travel(days=100):
        assert actions.purge() == 1  # the draft, kept for 30 days, and 30 in the bin
        assert Submission.objects.exists()
    with travel(days=366):
        assert actions.purge() == 1
        actions.purge()
        for model in (Submission, Draft, Visit, Visitor):
            assert not model.objects.exists(), model
        ours = EnclosedFile.objects.values("file")  # the pictures of procedures
        assert not File.objects.exclude(pk__in=ours).exists()
    links = Link.objects.values_list("facts", "salt", "chain__name")
    assert links
    assert set(links) == {("", "", None)}  # digests that lead back to nothing
    assert Receipt.objects.exists()
    told = str(list(Entry.objects.values()))
    assert "zoe" not in told.lower()


def test_a_visitor_is_told_that_a_draft_is_soon_forgotten(zoe):
    zoe.begins()
    with travel(days=25):
        assert actions.tell_of_ends() == 1
    told = zoe.mails[0]
    assert told.template == "procedures/mail/draft_ends"
    assert "/sans-connexion/brouillons/" in told.text
    assert told.text.startswith("Hello,")
