"""What somebody typed is there again, whatever happened in between."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from guichet.procedures import actions, changes
from guichet.procedures.changes import NOTHING, Change, digest
from guichet.procedures.fields import ROW_KEY
from guichet.procedures.filling import Place
from guichet.procedures.models import Draft, Submission
from guichet.procedures.tests.given import a_draft, page, post_page, was
from guichet.procedures.tests.people import (
    HIGH_FENCE,
    Somebody,
    a_company,
    answered,
    ask,
    fresh,
    save,
    save_blindly,
    send,
    trees,
)
from guichet.refusals import Refused
from guichet.registers.invented import closed
from guichet.signon import sessions
from guichet.spaces.models import GivenIdentifier, Membership
from guichet.spaces.tests.given import words
from tests.cast import travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
JSON: dict[str, Any] = {"headers": {"accept": "application/json"}}


@pytest.fixture
def ada(db):
    return Somebody("Ada Muller")


def url(draft, code="garden", *more):
    return page("row" if more else "page", draft.space.identifier, draft.pk, code, *more)


def value(answer, name):
    return answer.context["form"][name].value()


# --- What a register did not say


def test_a_register_that_was_silent_is_asked_again_and_what_was_typed_stays(
    ada, settings, tmp_path
):
    settings.DATA = tmp_path
    with closed("population"):
        draft = a_draft(ada.member, "every-type")
        save(ada.member, draft, nickname="Lulu")
        client, fill = ada.at_the_desk(), page("fill", draft.space.identifier, draft.pk)
        assert "A register did not answer when you began" in words(client.get(fill))
        again = page("ask_registers", draft.space.identifier, draft.pk)
        assert "still does not answer" in words(client.post(again, follow=True))
        assert "register_name" not in fresh(draft).content.answers
    assert "The register has answered" in words(client.post(again, follow=True))
    answers = fresh(draft).content.answers
    assert (answers["register_name"]["value"], answers["nickname"]) == ("Ada Muller", "Lulu")
    for where in (fill, page("check", draft.space.identifier, draft.pk)):
        assert "A register did not answer" not in words(client.get(where))


# --- What cannot be read

RUBBISH = [
    ("you", {"born_0": "31", "born_1": "février", "born_2": "20"}, "born", ["31", "février", "20"]),
    ("garden", {"size": "about twelve"}, "size", "about twelve"),
    ("garden", {"size": "9" * 40}, "size", "9" * 40),
    ("garden", {"price": "12 Euro or so"}, "price", "12 Euro or so"),
]


@pytest.mark.parametrize(("code", "typed", "name", "shown"), RUBBISH)
def test_what_cannot_be_read_comes_back_as_typed(ada, code, typed, name, shown):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    answer = post_page(client, url(draft, code), typed)
    assert value(answer, name) == shown
    assert answer.context["form"].errors[name]
    assert value(client.get(url(draft, code)), name) == shown
    post_page(client, url(draft, "plan"), {"wish": "Another page"})
    again = client.get(url(draft, code))
    assert value(again, name) == shown
    assert again.context["form"].errors[name]
    with pytest.raises(Refused):
        send(ada, draft)


def test_an_unreadable_answer_is_not_touched_by_saving_the_page_again(ada):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    post_page(client, url(draft), {"size": "twelve"})
    before = fresh(draft).revision
    post_page(client, url(draft), {"size": "twelve"})
    assert fresh(draft).revision == before
    post_page(client, url(draft), {"size": "12"})
    content = fresh(draft).content
    assert content.answers["size"] == 12
    assert content.typed == {}


def test_a_question_does_not_take_the_inputs_of_its_neighbour(ada):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    key = actions.add_row(ada.member, draft=draft, rows=trees(draft))
    save(ada.member, draft, size=200)
    typed = {"kind": "other", "kind_name": "Linde", "planted_0": "x"}
    post_page(client, url(draft, "trees", "trees", key), typed)
    assert fresh(draft).content.typed == {f"trees/{key}/planted": {"planted_0": ["x"]}}
    post_page(client, url(draft), {"size": "x", "fence_height": "y"})
    assert fresh(draft).content.typed["size"] == {"size": ["x"]}


# --- A session that is over, another language, a merged space


def over(client, ada, answer):
    """The page that one comes back to after signing on again."""
    back = parse_qs(urlsplit(answer).query)["next"][0]
    _session, key = sessions.open_session(ada.token)
    client.cookies[settings.SESSION_COOKIE] = key
    return back


def test_a_page_sent_after_the_session_is_shown_again_and_not_yet_saved(ada):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    save(ada.member, draft, size=12)
    shown = client.get(url(draft)).context["form"].was.value()
    with travel(minutes=31):
        answer = client.post(url(draft), {"_was": shown, "size": "99"})
        back = over(client, ada, answer.url)
        again = client.get(back)
        assert value(again, "size") == "99"
        assert fresh(draft).content.answers["size"] == 12
        sent = {"_was": again.context["form"].was.value(), "size": value(again, "size")}
        client.post(url(draft), sent)
    content = fresh(draft).content
    assert content.answers["size"] == 99
    assert content.disputed == {}


def test_somebody_else_was_faster_while_one_signed_on_again(ada):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    save(ada.member, draft, size=12)
    shown = client.get(url(draft)).context["form"].was.value()
    with travel(minutes=31):
        answer = client.post(url(draft), {"_was": shown, "size": "99"})
        save(ada.member, draft, size=50)
        again = client.get(over(client, ada, answer.url))
        client.post(url(draft), {"_was": again.context["form"].was.value(), "size": "99"})
    content = fresh(draft).content
    assert content.answers["size"] == 50
    assert content.disputed["size"][-1]["answer"] == 99


def test_a_script_is_told_where_to_sign_on_and_what_it_sent_is_kept(ada):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    with travel(minutes=31):
        answer = client.post(url(draft), {"_was": "{}", "size": "99"}, **JSON)
        assert answer.status_code == 401
        again = client.get(over(client, ada, answer.json()["sign_on"]))
        assert value(again, "size") == "99"


def test_another_language_saves_everything(ada):
    draft, client = a_draft(ada.member), ada.at_the_desk()
    typed = {"full_name": "Ada", "born_0": "99", "born_1": "", "born_2": "", "_language": "de"}
    answer = post_page(client, url(draft, "you"), typed)
    assert value(answer, "full_name") == "Ada"
    assert value(answer, "born") == ["99", "", ""]
    assert fresh(draft).content.answers["full_name"] == "Ada"
    german = client.get(url(draft, "you").replace("/en/", "/de/"))
    assert value(german, "born") == ["99", "", ""]


def test_the_identifier_of_a_merged_space_leads_to_the_draft():
    company, _tom = a_company("Zoé Braun", "Luc Thill")
    draft = answered(company.member)
    GivenIdentifier.objects.create(identifier="PP-MERGED", leads_to=company.space)
    answer = company.at_the_desk().get(page("fill", "PP-MERGED", draft.pk))
    assert answer.headers["Location"] == page("fill", company.space.identifier, draft.pk)


# --- Two tabs


def test_what_one_did_not_touch_is_left_to_the_other(ada):
    draft, one, other = a_draft(ada.member), ada.at_the_desk(), ada.at_the_desk()
    shown = one.get(url(draft)).context["form"].was.value()
    post_page(other, url(draft), {"size": "10", "price": "5"})
    one.post(url(draft), {"_was": shown, "size": "", "price": "", "fence": "no"})
    content = fresh(draft).content
    assert (content.answers["size"], content.answers["price"]) == (10, 500)
    assert content.answers["fence"] is False
    assert content.disputed == {}


def test_equal_answers_are_no_dispute(ada):
    draft = a_draft(ada.member)
    save_blindly(ada.member, draft, size=10)
    assert not save_blindly(ada.member, draft, size=10).disputed


@pytest.mark.parametrize(("take", "stays"), [("mine", 20), ("theirs", 10)])
def test_two_answers_are_shown_and_one_is_chosen(take, stays):
    ada, tom = a_company()
    draft, client = a_draft(ada.member), tom.at_the_desk()
    shown = client.get(url(draft)).context["form"].was.value()
    save(ada.member, draft, size=10)
    answer = client.post(url(draft), {"_was": shown, "size": "20"})
    where = page("disputed", draft.space.identifier, draft.pk)
    assert answer.headers["Location"] == where
    drawn = client.get(where)
    assert {"10", "20"} <= set(words(drawn).replace("<", " ").replace(">", " ").split())
    [row] = drawn.context["rows"]
    client.post(where, {"path": "size", "seen": row["seen"], "take": take}, follow=True)
    content = fresh(draft).content
    assert content.answers["size"] == stays
    assert content.disputed == {}


def test_a_choice_between_answers_that_have_changed_is_asked_again():
    ada, tom = a_company()
    draft = a_draft(ada.member)
    save(ada.member, draft, size=10)
    save_blindly(tom.member, draft, size=20)
    seen = changes.dispute(fresh(draft).content, "size")
    save(ada.member, draft, size=11)
    actions.choose(ada.member, draft=draft, path="size", mine=True, seen=seen)
    content = fresh(draft).content
    assert content.answers["size"] == 11
    assert content.disputed["size"][-1]["answer"] == 20


def test_three_answers_are_asked_about_one_by_one():
    ada, tom = a_company()
    zoe = Somebody("Zoé Braun", ada.space)
    draft = a_draft(ada.member)
    for who, size in ((ada, 1), (tom, 2), (zoe, 3)):
        save_blindly(who.member, draft, size=size)
    for mine, stays in ((False, 1), (True, 2)):
        seen = changes.dispute(fresh(draft).content, "size")
        actions.choose(ada.member, draft=draft, path="size", mine=mine, seen=seen)
        assert fresh(draft).content.answers["size"] == stays
    assert fresh(draft).content.disputed == {}


def test_a_dispute_keeps_it_from_being_sent():
    ada, tom = a_company()
    draft = answered(ada.member)
    save_blindly(tom.member, draft, size=20)
    with pytest.raises(Refused) as caught:
        send(ada, draft)
    assert caught.value.code == "draft-not-complete"


def test_a_dispute_in_a_row():
    ada, tom = a_company()
    draft = answered(ada.member)
    key = actions.add_row(ada.member, draft=draft, rows=trees(draft))
    place = Place("kind", "trees", key)
    for who, kind in ((ada, "oak"), (tom, "apple")):
        actions.save(who.member, draft=draft, said=[Change(place, kind, None, NOTHING)])
    client = ada.at_the_desk()
    where = page("disputed", draft.space.identifier, draft.pk)
    [row] = client.get(where).context["rows"]
    assert row["theirs"] != row["mine"]
    client.post(where, {"path": place.path, "seen": row["seen"], "take": "mine"})
    assert fresh(draft).content.answers["trees"] == [{ROW_KEY: key, "kind": "apple"}]


def test_a_row_removed_while_typed_in_is_back_with_a_word(ada):
    draft, client = answered(ada.member, {**HIGH_FENCE, "size": 200}), ada.at_the_desk()
    key = actions.add_row(ada.member, draft=draft, rows=trees(draft))
    where = url(draft, "trees", "trees", key)
    shown = client.get(where).context["form"].was.value()
    actions.remove_row(ada.member, draft=draft, rows=trees(draft), row=key)
    answer = client.post(where, {"_was": shown, "kind": "oak", "planted_0": "x"}, follow=True)
    assert "It is back" in words(answer)
    content = fresh(draft).content
    assert content.answers["trees"] == [{ROW_KEY: key, "kind": "oak"}]
    assert content.typed == {f"trees/{key}/planted": {"planted_0": ["x"]}}


def test_a_row_removed_and_not_typed_in_stays_away(ada):
    draft, client = answered(ada.member, {**HIGH_FENCE, "size": 200}), ada.at_the_desk()
    key = actions.add_row(ada.member, draft=draft, rows=trees(draft))
    where = url(draft, "trees", "trees", key)
    shown = client.get(where).context["form"].was.value()
    actions.remove_row(ada.member, draft=draft, rows=trees(draft), row=key)
    client.post(where, {"_was": shown, "kind": "", "planted_0": ""})
    assert fresh(draft).content.answers["trees"] == []


def test_a_page_that_was_hidden_meanwhile_is_saved_all_the_same(ada):
    draft, client = answered(ada.member, {**HIGH_FENCE, "size": 200}), ada.at_the_desk()
    key = actions.add_row(ada.member, draft=draft, rows=trees(draft))
    where = url(draft, "trees", "trees", key)
    shown = client.get(where).context["form"].was.value()
    save(ada.member, draft, size=50)
    answer = client.post(where, {"_was": shown, "kind": "oak"}, follow=True)
    assert "This is not asked any more" in words(answer)
    assert fresh(draft).content.answers["trees"] == [{ROW_KEY: key, "kind": "oak"}]


def test_a_page_sent_after_somebody_signed_says_so():
    ada, tom = a_company()
    neighbour = Somebody("Zoé Braun")
    draft = answered(ada.member, HIGH_FENCE)
    client = tom.at_the_desk()
    shown = client.get(url(draft)).context["form"].was.value()
    ask(ada, neighbour, draft)
    typed = {"_was": shown, "size": "7"}
    assert client.post(url(draft), typed, **JSON).status_code == 409
    assert "waits for a signature" in words(client.post(url(draft), typed, follow=True))


# --- Saving while one types


def test_a_page_that_saves_by_itself_does_not_overwrite_what_it_never_showed():
    ada, tom = a_company()
    draft, client = a_draft(ada.member), tom.at_the_desk()
    save(ada.member, draft, size=10, fence=False)
    shown = client.get(url(draft)).context["form"].was.value()
    save(ada.member, draft, size=11)
    page_of_tom = {"size": "10", "fence": "no", "price": "5"}
    first = client.post(url(draft), {"_was": shown, **page_of_tom}, **JSON).json()
    assert json.loads(first["was"])["price"] == digest(500)
    assert json.loads(first["was"])["size"] == digest(10)  # what Tom has seen
    second = {**page_of_tom, "price": "6"}
    client.post(url(draft), {"_was": first["was"], **second}, **JSON)
    content = fresh(draft).content
    assert (content.answers["size"], content.answers["price"]) == (11, 600)
    assert content.disputed == {}


def test_a_dispute_is_not_settled_by_saving_again():
    ada, tom = a_company()
    draft, client = a_draft(ada.member), tom.at_the_desk()
    shown = client.get(url(draft)).context["form"].was.value()
    save(ada.member, draft, size=10)
    typed = {"size": "20"}
    for _time in range(2):
        answer = client.post(url(draft), {"_was": shown, **typed}, **JSON).json()
        shown = answer["was"]
        assert answer["disputed"] == page("disputed", draft.space.identifier, draft.pk)
    content = fresh(draft).content
    assert content.answers["size"] == 10
    assert content.disputed["size"][-1]["answer"] == 20


# --- Who may, and what is hostile


def test_a_draft_of_another_space_is_not_there(ada):
    tom = Somebody("Tom Weber")
    draft = answered(ada.member)
    client = tom.at_the_desk()
    for view in ("fill", "check", "disputed", "discard", "take_back"):
        for identifier in (ada.space.identifier, tom.space.identifier):
            where = page(view, identifier, draft.pk)
            assert client.get(where).status_code == 404
            assert client.post(where, {}).status_code == 404
    assert client.post(page("page", tom.space.identifier, draft.pk, "you"), {}).status_code == 404


def test_a_reader_sees_and_changes_nothing():
    ada, _tom = a_company()
    reader = Somebody("Marc Klein", ada.space, "reader")
    draft = answered(ada.member)
    client = reader.at_the_desk()
    assert client.get(page("fill", ada.space.identifier, draft.pk)).status_code == 200
    assert client.post(url(draft), {"_was": "{}", "size": "1"}).status_code == 403
    assert client.post(page("discard", ada.space.identifier, draft.pk)).status_code == 403
    assert fresh(draft).content.answers["size"] == 80


def test_a_contributor_prepares_and_does_not_send():
    ada, _tom = a_company()
    marc = Somebody("Marc Klein", ada.space, "contributor")
    draft = answered(marc.member)
    client, where = marc.at_the_desk(), page("check", ada.space.identifier, draft.pk)
    assert client.get(where).context["form"] is None
    typed = {"digest": "0" * 64, "declares_exact": "on", "code": marc.code}
    assert client.post(where, typed).status_code == 200
    assert not Submission.objects.exists()


def test_rows_that_never_were_take_nothing(ada):
    draft, client = answered(ada.member, {**HIGH_FENCE, "size": 200}), ada.at_the_desk()
    where = url(draft, "trees", "trees", "deadbeef")
    client.post(where, {"_was": was(kind="x"), "kind": "oak"})
    content = fresh(draft).content
    assert "trees" not in content.answers
    assert not any("deadbeef" in str(getattr(content, part)) for part in content.PARTS)


def test_content_that_cannot_be_unsealed_is_a_page_and_no_crash(ada):
    draft = answered(ada.member)
    Draft.objects.filter(pk=draft.pk).update(content_sealed=b"rubbish")
    client = ada.at_the_desk()
    for where in (
        url(draft),
        *(page(v, draft.space.identifier, draft.pk) for v in ("fill", "check")),
    ):
        answer = client.get(where)
        assert answer.status_code == 403
        assert "cannot be opened" in words(answer)
    assert actions.export(ada.space).sections[0].rows[0]["answers"]


def test_a_reference_that_is_none_is_not_there(ada):
    client = ada.at_the_desk()
    for odd in ("%00", "2026-0000-0000", "x" * 300):
        where = page("sent", ada.space.identifier, "x").replace("/x/", f"/{odd}/")
        assert client.get(where).status_code == 404


def test_limits_are_looked_at_again():
    company, tom = a_company("Zoé Braun", "Luc Thill")
    draft = answered(company.member)
    Membership.objects.filter(pk=tom.member.pk).update(limits=["taxes"])
    assert tom.at_the_desk().post(url(draft), {"size": "1"}).status_code == 403
    assert fresh(draft).content.answers["size"] == 80
