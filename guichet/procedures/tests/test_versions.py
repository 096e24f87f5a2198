"""A draft and its version: what a move keeps, when it is offered, who is told, what never moves."""

import json
import shutil
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guichet import clock
from guichet.audit.models import Entry
from guichet.files import actions as files
from guichet.files import scanning
from guichet.post.models import Dispatch
from guichet.procedures import actions, carrying, catalogue
from guichet.procedures.changes import NOTHING, Change, digest, place_of
from guichet.procedures.fields import Paper
from guichet.procedures.filling import Place
from guichet.procedures.forms import PageForm
from guichet.procedures.models import Attachment, Content, Draft, PublishedVersion, Submission
from guichet.procedures.presented import presented
from guichet.procedures.tests.given import DEFINITIONS, a_draft, page
from guichet.procedures.tests.people import Somebody, a_company, fresh
from guichet.procedures.tests.writing import form
from guichet.refusals import NotAllowed, Refused
from guichet.spaces.models import Role
from guichet.spaces.tests.given import words
from tests.cast import travel
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)

POND = "pond-permit"
HEAD = "procedure: pond-permit\nauthority: acd\nthemes: [premises]\naudience: [citizen, business]\n"
TYPED = {"full_name": "Ada Muller", "reason": "frogs", "depth": 120, "fish": "koi"}
ROWS = [
    {"_row": "r1", "plant": "lotus", "how_many": 3},
    {"_row": "r2", "plant": "reed", "how_many": 5},
]


@pytest.fixture
def opened(settings, tmp_path):
    """`opened("- {version: 1}")` opens these versions of the pond permit, from now on."""
    settings.DATA = tmp_path / "data"
    folder = tmp_path / "definitions"
    shutil.copytree(DEFINITIONS / POND, folder / POND)
    settings.PROCEDURES = [folder]

    def open_(*lines):
        text = HEAD + "versions:\n" + "\n".join(f"  - {line}" for line in lines) + "\n"
        (folder / POND / "procedure.yaml").write_text(text)
        catalogue.forget()
        actions.publish()

    open_("{version: 1}")
    yield open_
    catalogue.forget()


def day(days):
    return f'"{clock.today() + timedelta(days=days)}"'


@pytest.fixture
def ada(opened):
    return Somebody("Ada Muller")


def filled(member, *, papers=False, **parts):
    """A draft of the first version, with everything in it that a draft can hold."""
    draft = a_draft(member, POND)
    content = Content(answers={**TYPED, "plants": [dict(row) for row in ROWS]}, **parts)
    Draft.objects.filter(pk=draft.pk).update(content_sealed=content.sealed())
    draft = fresh(draft)
    for path in ("plan", "plants/r1/picture") if papers else ():
        place = place_of(path)
        paper = catalogue.form_of(draft.version).items[place.name]
        assert isinstance(paper, Paper)
        file = files.made(b"%PDF-1.4", name=f"{place.name}.pdf", media_type="application/pdf")
        actions.attach(member, draft=draft, paper=paper, place=place, file=file)
    return fresh(draft)


def moved(member, draft, to=2):
    seen = actions.preview(draft, to=to).digest
    return fresh(actions.move(member, draft=draft, to=to, seen=seen))


def both(opened, *, first="{version: 1}", more=()):
    opened(first, "{version: 2}", *more)


# --- What becomes of answers


def test_the_preview_counts_what_is_kept_moved_asked_again_and_gone(ada, opened):
    draft = filled(ada.member, papers=True)
    both(opened)
    found = actions.preview(draft, to=2)
    assert found.kept == ("full_name",)
    assert found.moved == ("depth", "plan", "how_many", "picture")
    assert found.again == ("fish", "plant")
    assert found.gone == ("reason",)
    assert found.new == ("area",)
    assert fresh(draft).version.number == 1
    assert fresh(draft).content.answers == draft.content.answers


def test_everything_follows_its_question(ada, opened):
    dispute = {"answer": None, "typed": {"depth": ["deep"]}, "by": "Tom", "at": "x"}
    draft = filled(
        ada.member,
        papers=True,
        typed={"how_many": {"how_many": ["?"]}, "plants/r2/how_many": {"how_many": ["many"]}},
        disputed={"depth": [dispute]},
        sources={"full_name": {"from": "account", "at": "x"}, "depth": {"from": "space"}},
        touched={"depth": 3, "plants/r9": 2, "plants/r1/plant": 2},
    )
    both(opened)
    content = moved(ada.member, draft).content
    assert content.answers == {
        "full_name": "Ada Muller",
        "pond_depth": 120,
        "greens": [{"_row": "r1", "number": 3}, {"_row": "r2", "plant": "reed", "number": 5}],
    }
    assert content.typed == {"greens/r2/number": {"number": ["many"]}}
    assert content.disputed == {"pond_depth": [{**dispute, "typed": {"pond_depth": ["deep"]}}]}
    assert content.sources == {
        "full_name": {"from": "account", "at": "x"},
        "pond_depth": {"from": "space"},
    }
    assert content.touched == {"pond_depth": 3, "greens/r9": 2}
    aside = {path: [one.get("answer") for one in held] for path, held in content.set_aside.items()}
    assert aside == {
        "reason": ["frogs"],
        "fish": ["koi"],
        "greens/r1/plant": ["lotus"],
        "how_many": [None],
    }
    assert set(Attachment.objects.values_list("path", flat=True)) == {
        "site_plan",
        "greens/r1/photo",
    }
    files_sent = presented(fresh(draft)).whole["files"]
    assert [one["path"] for one in files_sent] == ["greens/r1/photo", "site_plan"]


def test_what_was_set_aside_comes_back_with_the_version_that_asks_for_it(ada, opened):
    draft = filled(ada.member)
    both(opened)
    draft = moved(ada.member, draft)
    assert draft.content.set_aside
    opened("{version: 1}", "{version: 2}", "{version: 3}")
    content = moved(ada.member, draft, to=3).content
    assert content.set_aside == {}
    assert content.answers["fish"] == "koi"
    assert content.answers["reason"] == "frogs"
    assert content.answers["greens"][0] == {"_row": "r1", "number": 3, "plant": "lotus"}


def test_versions_between_are_gone_through(ada, opened):
    draft = filled(ada.member, papers=True)
    opened("{version: 1}", "{version: 2, start_until: %s}" % day(-1), "{version: 3}")  # noqa: UP031
    found = actions.preview(draft, to=3)
    assert (found.again, found.gone) == ((), ())
    content = moved(ada.member, draft, to=3).content
    assert content.answers["fish"] == "koi"
    assert content.answers["pond_depth"] == 120
    assert content.set_aside == {}


def test_older_rows_have_nothing_set_aside():
    content = Content(answers={"a": 1})
    assert Content.unsealed(content.sealed()).set_aside == {}
    assert Content(**json.loads('{"answers": {}}')).set_aside == {}


FORMS = [
    form(
        """
moved: {}
pages:
- page: p
  items:
  - {id: a, type: text}
  - {id: b, type: choice, options: [x, y, z]}
  - {id: c, type: integer}
  - id: r
    type: rows
    questions: [{id: d, type: text}, {id: e, type: choice, options: [x, y]}]
"""
    ),
    form(
        """
moved: {c: a, s: r, f: e}
pages:
- page: p
  items:
  - {id: b, type: choice, options: [x]}
  - {id: c, type: text}
  - id: s
    type: rows
    questions: [{id: f, type: choice, options: [y]}]
""",
        version=2,
    ),
    form(
        """
moved: {a: c}
pages:
- page: q
  items:
  - {id: a, type: integer}
  - {id: b, type: choice, options: [x, y]}
  - {id: d, type: text}
""",
        version=3,
    ),
    form(
        """
pages:
- page: q
  items:
  - {id: c, type: integer}
  - id: s
    type: rows
    questions: [{id: d, type: text}, {id: f, type: choice, options: [x, y, z]}]
  - {id: b, type: choice, options: [x, y, z]}
""",
        version=4,
    ),
]
_rows = st.lists(
    st.fixed_dictionaries(
        {"_row": st.sampled_from(["r1", "r2", "r3"])},
        optional={"d": st.text(min_size=1, max_size=3), "e": st.sampled_from("xyq")},
    ),
    max_size=3,
    unique_by=lambda row: row["_row"],
)
_contents = st.builds(
    lambda answers, typed: Content(
        answers=answers, typed={name: {name: ["?" + name]} for name in typed - answers.keys()}
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "a": st.text(min_size=1, max_size=3),
            "b": st.sampled_from("xyzq"),
            "c": st.integers(),
            "r": _rows,
        },
    ),
    st.sets(st.sampled_from(["a", "b", "c"])),
)


def leaves(value):
    """Every single thing in it, without the keys it stands under."""
    if isinstance(value, dict):
        return sorted(x for k, v in value.items() if k not in _NOT_TYPED for x in leaves(v))
    if isinstance(value, list):
        return sorted(x for v in value for x in leaves(v))
    return [repr(value)]


_NOT_TYPED = {"_row", "version", "path", "type", "late"}


@given(_contents, st.integers(2, 4))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_typed_is_lost_whatever_the_versions(content, length):
    before = leaves([content.answers, content.typed])
    found = carrying.carry(FORMS[:length], content)
    there = found.content
    assert leaves([there.answers, there.typed, there.set_aside]) == before
    for origin, end in found.places.items():
        assert origin
        key = end.removeprefix(carrying.ASIDE)
        name = key.rsplit("/", 1)[-1]
        assert name in FORMS[length - 1].items or end.startswith(carrying.ASIDE)


# --- The move itself


def test_moving_twice_is_moving_once(ada, opened):
    draft = filled(ada.member)
    both(opened)
    seen = actions.preview(draft, to=2).digest
    results = together(*[lambda: actions.move(ada.member, draft=draft, to=2, seen=seen)] * 3)
    assert {one.pk for one in results} == {draft.pk}
    now = fresh(draft)
    assert (now.version.number, now.revision) == (2, draft.revision + 1)
    assert Entry.objects.filter(event="procedures.draft-moved-on").count() == 1
    actions.move(ada.member, draft=draft, to=2, seen="another")
    assert fresh(draft).revision == now.revision


def test_what_was_seen_is_what_is_done(ada, opened):
    draft = filled(ada.member)
    both(opened)
    seen = actions.preview(draft, to=2).digest
    page_says = [Change(Place("depth"), 200, None, digest(120))]
    actions.save(ada.member, draft=draft, said=page_says)
    with pytest.raises(Refused) as refused:
        actions.move(ada.member, draft=draft, to=2, seen=seen)
    assert refused.value.code == "preview-changed"
    assert moved(ada.member, fresh(draft)).content.answers["pond_depth"] == 200


@pytest.mark.parametrize("to", [0, 1, 3, 9])
def test_only_forward_to_a_version_that_is_open(ada, opened, to):
    draft = filled(ada.member)
    opened("{version: 1}", "{version: 2}", "{version: 3, start_from: %s}" % day(5))  # noqa: UP031
    if to < 2:
        assert actions.move(ada.member, draft=draft, to=to, seen="").version.number == 1
        return
    with pytest.raises(Refused) as refused:
        actions.move(ada.member, draft=draft, to=to, seen="")
    assert refused.value.code == "version-not-open"


def test_what_is_saved_while_it_moves_is_kept(ada, opened):
    draft = filled(ada.member)
    both(opened)
    seen = actions.preview(draft, to=2).digest
    said = [
        Change(Place("depth"), 200, None, digest(120)),
        Change(Place("fish"), "frog", None, digest("koi")),
        Change(Place("reason"), "quiet", None, digest("frogs")),
        Change(Place("how_many", "plants", "r1"), 4, None, digest(3)),
    ]

    def save():
        try:
            return actions.save(ada.member, draft=draft, said=said)
        except Refused as refusal:  # as the page does
            if refusal.code != "draft-version":
                raise
            return actions.save_from_before(ada.member, draft=draft, number=1, said=said)

    results = together(lambda: actions.move(ada.member, draft=draft, to=2, seen=seen), save)
    now = fresh(draft)
    if "preview-changed" in results:
        assert now.content.answers["depth"] == 200
        now = moved(ada.member, now)
    answers, aside = now.content.answers, now.content.set_aside
    assert (answers["pond_depth"], answers["fish"]) == (200, "frog")
    assert answers["greens"][0]["number"] == 4
    assert aside["reason"][-1]["answer"] == "quiet"


def test_it_is_sent_or_it_moves(ada, opened):
    draft = filled(ada.member)
    content = draft.content
    content.answers["fish"] = "carp"
    Draft.objects.filter(pk=draft.pk).update(content_sealed=content.sealed())
    draft = fresh(draft)
    both(opened)
    seen, shown = actions.preview(draft, to=2).digest, presented(draft).digest

    def send():
        return actions.sign_and_send(
            ada.member, ada.session, draft=fresh(draft), digest=shown, language="en"
        )

    results = together(lambda: actions.move(ada.member, draft=draft, to=2, seen=seen), send)
    now = fresh(draft)
    if now.sent_at:
        assert "draft-sent" in results
        assert now.submission.version.number == now.version.number == 1
    else:
        assert "draft-changed" in results
        assert now.version.number == 2
        assert not Submission.objects.exists()


def sent(member, session, **answers):
    draft = filled(member)
    content = draft.content
    content.answers |= {"fish": "carp", **answers}
    Draft.objects.filter(pk=draft.pk).update(content_sealed=content.sealed())
    draft = fresh(draft)
    shown = presented(draft).digest
    actions.sign_and_send(member, session, draft=draft, digest=shown, language="en")
    return fresh(draft)


def test_what_was_sent_never_moves(ada, opened):
    draft = sent(ada.member, ada.session)
    before = Submission.objects.values().get()
    both(opened)
    with pytest.raises(Refused) as refused:
        actions.move(ada.member, draft=draft, to=2, seen=actions.preview(draft, to=2).digest)
    assert refused.value.code == "draft-sent"
    assert Submission.objects.values().get() == before
    assert fresh(draft).version.number == 1
    version = PublishedVersion.objects.get(number=2)
    with pytest.raises(DatabaseError):
        Draft.objects.filter(pk=draft.pk).update(version=version)


def test_what_is_presented_cannot_move_and_is_still_sent_when_its_version_ends(opened):
    ada, tom = a_company()
    draft = sent(ada.member, ada.session, depth=400)
    assert draft.is_presented
    both(opened, first="{version: 1, send_until: %s}" % day(0))  # noqa: UP031
    with pytest.raises(Refused) as refused:
        actions.move(ada.member, draft=draft, to=2, seen=actions.preview(draft, to=2).digest)
    assert refused.value.code == "draft-presented"
    both(opened, first="{version: 1, send_until: %s}" % day(-1))  # noqa: UP031
    asked = draft.signatures.exclude(signer="sender").get()
    submission = actions.co_sign(
        tom.member, tom.session, signature=asked, digest=draft.presented_digest, code=tom.code
    )
    assert submission is not None
    assert submission.version.number == 1


# --- When


def test_a_draft_goes_on_and_a_new_one_begins_with_the_newest(ada, opened):
    draft = filled(ada.member)
    both(opened, first="{version: 1, start_until: %s}" % day(-1))  # noqa: UP031
    actions.save(ada.member, draft=draft, said=[Change(Place("depth"), 99, None, digest(120))])
    assert (fresh(draft).version.number, fresh(draft).content.answers["depth"]) == (1, 99)
    assert a_draft(ada.member, POND).version.number == 2


def test_a_closed_procedure_says_so(ada, opened):
    client = ada.at_the_desk()
    draft = filled(ada.member)
    opened("{version: 1, start_until: %s}" % day(-1))  # noqa: UP031
    shown = words(client.get(page("procedure", POND)))
    assert page("where", POND) not in shown
    with pytest.raises(NotAllowed):
        actions.begin(ada.member, code=POND, once=uuid4())
    fill = words(client.get(page("fill", ada.space.identifier, draft.pk)))
    assert "can no longer be sent" not in fill


@pytest.mark.parametrize(
    ("until", "newer", "said"),
    [
        (-1, True, "This draft can no longer be sent as it is"),
        (-1, False, "There is no newer version yet."),
        (14, True, "Send it before, or take it to the new version."),
        (0, False, "Send it before that day is over."),
        (15, True, "There is a new version of this procedure."),
    ],
)
def test_pages_say_how_the_version_stands(ada, opened, until, newer, said):
    client, draft = ada.at_the_desk(), filled(ada.member)
    opened(
        "{version: 1, send_until: %s}" % day(until),  # noqa: UP031
        *(["{version: 2}"] if newer else []),
    )
    for view in ("fill", "check"):
        assert said in words(client.get(page(view, ada.space.identifier, draft.pk)))
    home = words(client.get(f"/en/espaces/{ada.space.identifier}/"))
    urgent = "can no longer be sent" if until < 0 else "It can be sent until"
    assert (urgent if until < 15 else "There is a new version of this procedure.") in home


@pytest.mark.demo
def test_a_file_that_was_set_aside_can_still_be_downloaded(ada, opened):
    client, draft = ada.at_the_desk(), filled(ada.member, papers=True)
    draft.attachments.filter(path="plan").update(path=carrying.ASIDE + "plan")
    plan = draft.attachments.select_related("file").get(path__startswith=carrying.ASIDE)
    here = page("move", ada.space.identifier, draft.pk)
    link = page("paper", ada.space.identifier, draft.pk, plan.pk)
    assert f'<a href="{link}">plan.pdf</a>' in words(client.get(here))
    assert client.get(link).url == here  # nobody has looked at it yet
    assert scanning.check(plan.file.digest)
    assert b"".join(client.get(link).streaming_content) == b"%PDF-1.4"


def test_somebody_looks_and_moves(ada, opened):
    client, draft = ada.at_the_desk(), filled(ada.member, papers=True)
    here = page("move", ada.space.identifier, draft.pk)
    assert "there is no newer version" in words(client.get(here))
    both(opened, first="{version: 1, send_until: %s}" % day(40))  # noqa: UP031
    answer = client.get(here)
    shown = words(answer)
    for said in (
        "1 answer kept",
        "4 moved",
        "2 to answer again",
        "1 not asked any more",
        "1 new question",
    ):
        assert said in shown
    for old in ("Koi", "Lotus", "frogs", "plan.pdf", "Now: Plan of the site", "Area in m²"):
        assert old in shown
    typed = {"_to": "2", "seen": answer.context["preview"].digest}
    assert client.post(here, {**typed, "seen": "x"}).url == here
    fill = client.post(here, typed).url
    assert client.post(here, typed).url == fill
    assert fresh(draft).version.number == 2
    shown = words(client.get(fill))
    assert "set aside" in shown
    assert "Nothing you typed is lost" in shown
    shown = words(client.get(here))
    assert "Koi" in shown
    assert "frogs" in shown
    for rubbish in ("", "x", "²", "-1", "0", "99999999999"):
        assert client.post(here, {"_to": rubbish}).status_code == 302


def test_a_page_that_was_open_before_keeps_what_is_typed(ada, opened):
    client, draft = ada.at_the_desk(), filled(ada.member)
    where = page("page", ada.space.identifier, draft.pk, "pond")
    drawn = client.get(where).context["form"]
    assert isinstance(drawn, PageForm)
    row = page("row", ada.space.identifier, draft.pk, "plants", "plants", "r1")
    row_drawn = client.get(row).context["form"].was.value()
    both(opened)
    moved(ada.member, draft)
    typed = {"_version": "1", "_was": drawn.was.value(), "depth": "deep", "fish": "frog"}
    answer = client.post(where, typed)
    assert answer.url == page("fill", ada.space.identifier, draft.pk)
    client.post(row, {"_version": "1", "_was": row_drawn, "plant": "lotus", "how_many": "8"})
    content = fresh(draft).content
    assert content.typed == {"pond_depth": {"pond_depth": ["deep"]}}
    assert content.answers["fish"] == "frog"
    assert content.answers["greens"][0] == {"_row": "r1", "number": 8}
    late = {"_version": "1", "_was": "{}", "reason": "qu"}
    you = page("page", ada.space.identifier, draft.pk, "you")
    client.post(you, late)
    client.post(you, {**late, "reason": "quiet"})
    reasons = [one["answer"] for one in fresh(draft).content.set_aside["reason"]]
    assert reasons == ["frogs", "quiet"]
    said = client.post(where, typed, headers={"accept": "application/json"})
    assert said.status_code == 409
    assert "is saved" in said.json()["refused"]


# --- Who is told


def mails():
    return Dispatch.objects.filter(template="procedures/mail/draft_ends")


def test_whoever_saved_last_is_told_once_that_the_version_ends(ada, opened):
    filled(ada.member)
    both(opened, first="{version: 1, send_until: %s}" % day(15))  # noqa: UP031
    assert actions.tell_of_ends() == 0
    with travel(hours=30):
        assert actions.tell_of_ends() == 1
        assert actions.tell_of_ends() == 0
    with travel(hours=72):
        assert actions.tell_of_ends() == 0
    mail = mails().get()
    assert mail.to == ada.person.email
    assert "new version" in mail.text
    assert "delete" not in mail.text


def test_whoever_saved_last_is_told_a_week_before_it_is_forgotten(ada, opened):
    draft = filled(ada.member)
    with travel(hours=24 * 82):
        assert actions.tell_of_ends() == 0
    with travel(hours=24 * 84):
        assert actions.tell_of_ends() == 1
        assert actions.tell_of_ends() == 0
        actions.save(ada.member, draft=draft, said=[Change(Place("area"), 1, None, NOTHING)])
    with travel(hours=24 * (84 + 84)):
        assert actions.tell_of_ends() == 1  # another day, another mail
    assert "we delete it" in mails().first().text


def test_one_mail_says_both(ada, opened):
    filled(ada.member)
    both(opened, first="{version: 1, send_until: %s}" % day(90))  # noqa: UP031
    with travel(hours=24 * 79):
        assert actions.tell_of_ends() == 1
    with travel(hours=24 * 85):
        assert actions.tell_of_ends() == 0
    text = mails().get().text
    assert "it can be sent until" in text
    assert "we delete it" in text


def test_nobody_is_told_of_what_waits_was_sent_or_left(opened):
    ada, _tom = a_company()
    sent(ada.member, ada.session, depth=400)
    sent(ada.member, ada.session)
    both(opened, first="{version: 1, send_until: %s}" % day(3))  # noqa: UP031
    assert actions.tell_of_ends() == 0


def test_when_whoever_saved_last_has_left_all_who_may_fill_it_in_are_told(opened):
    ada, tom = a_company()
    Somebody("Eva Roth", ada.space, Role.READER)
    filled(tom.member)
    tom.member.delete()
    with travel(hours=24 * 84):
        assert actions.tell_of_ends() == 1
        assert actions.tell_of_ends() == 0
    assert [mail.to for mail in mails()] == [ada.person.email]
