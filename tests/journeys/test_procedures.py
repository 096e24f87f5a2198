"""Procedures: begun, filled in, left, taken up again, signed and sent, by one and by several.

Things are found by name and address, not by words: the walks are the same in every language.
"""

import io
import re
import time
from collections.abc import Iterator
from copy import copy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import FilePayload, Locator, expect

from guichet.files.scanners import TEST_STRING
from tests.journeys.conftest import Arrive
from tests.journeys.cut import line
from tests.journeys.portal import ROOT, Origin, Portal
from tests.journeys.visitor import Visitor

GARDENS = ROOT / "guichet" / "procedures" / "tests" / "definitions"
SCANNED_WITHIN_SECONDS = 30
BREAKS = 2
TODAY = datetime.now(UTC).date()
SUBSIDY_ENDS = date(2026, 6, 30)  # for bicycles bought until then
WITH_AND_WITHOUT = pytest.mark.parametrize(
    ("scripts", "language", "user_id"),
    [(True, "fr", "MARC1"), (False, "de", "JULR1")],
    ids=["scripts", "no-scripts"],
)

Answers = dict[str, str]


@pytest.fixture(scope="module")
def portal(origin: Origin) -> Iterator[Portal]:
    """The portal with the tests' own procedures besides the others."""
    folders = f"{ROOT / 'procedures'},{GARDENS}"
    with origin.portal(GUICHET_PROCEDURES=folders) as running:
        yield running


# --- What one does with a procedure, whatever its words


def answers(visitor: Visitor, given: Answers) -> None:
    """Type, choose or tick each answer by the name of its box."""
    for name, value in given.items():
        box = visitor.page.locator(f"main [name='{name}']")
        kind = box.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind in ("radio", "checkbox"):
            visitor.page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "select":
            box.select_option(value)
        else:
            box.fill(value)


def day(name: str, value: date) -> Answers:
    """A day in its three boxes."""
    parts = (value.day, value.month, value.year)
    return {f"{name}_{number}": str(part) for number, part in enumerate(parts)}


def next_page(visitor: Visitor, given: Answers | None = None) -> None:
    """Answer, and press the page's own button."""
    answers(visitor, given or {})
    visitor.follow(visitor.page.locator("#main-form .actions button").first)


def item(visitor: Visitor, name: str) -> Locator:
    """A question of the page, shown or not."""
    return visitor.page.locator(f"[data-item='{name}']")


def own_space(visitor: Visitor, user_id: str) -> str:
    """Sign on and go into the private space; returns its address."""
    visitor.go("/{language}/espaces/")
    visitor.signs_on(user_id)
    found = visitor.page.locator("main a[href*='/espaces/PP-']").first.get_attribute("href") or ""
    return re.sub(r"^/\w+(/espaces/[^/]+/).*", r"/{language}\1", found)


def begins(visitor: Visitor, space: str, code: str) -> str:
    """Press the button that begins it; returns the address of the draft."""
    visitor.go(f"{space}demarches/nouvelle/{code}/")
    visitor.follow(visitor.page.locator("main form .actions button").first)
    visitor.is_at("/espaces/PP-[0-9A-Z]{6}/demarches/brouillons/[0-9a-f-]+/")
    path = visitor.page.url.removeprefix(visitor.portal.url)
    return "/{language}" + path[3:]


def signs(visitor: Visitor, user_id: str, **more: str) -> None:
    """Declare everything there is to declare and sign with the Token."""
    for box in visitor.page.locator("main [name^=declares_]").all():
        box.check()
    visitor.portal.later(timedelta(seconds=31))  # each code works once
    next_page(visitor, {**more, "code": visitor.code_of_the_token(user_id)})


def attaches(visitor: Visitor, paper: FilePayload) -> None:
    """Choose a file and send it, piece by piece or with the plain form."""
    chosen = visitor.page.locator("#paper")
    if visitor.scripts:
        with visitor.page.expect_navigation():
            chosen.set_input_files(paper)
    else:
        chosen.set_input_files(paper)
        visitor.follow(visitor.page.locator("form[data-upload] .actions button"))


def papers_of(visitor: Visitor, path: str) -> None:
    """From the page of a question to its papers."""
    visitor.follow(visitor.page.locator(f"button[name=_papers][value='{path}']"))


def attached(visitor: Visitor) -> Locator:
    """Each paper of the question, with what is known of it."""
    removes = visitor.page.locator("form[action*='/fichiers/']")
    return visitor.page.locator("main .row-list > li", has=removes)


def back_to_the_questions(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main .actions a[href*='/etapes/']"))


def a_pdf(name: str, *, of_bytes: int = 100, holds: bytes = b"") -> FilePayload:
    """A paper of one page; filled up with bytes that compress badly, or holding these."""
    kept = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        filling = Random(name).randbytes(of_bytes) + holds
        pdf.Root.Filling = pdf.make_stream(filling)
        pdf.save(kept, compress_streams=False)
    return {"name": name, "mimeType": "application/pdf", "buffer": kept.getvalue()}


def wait_for_the_scanner(visitor: Visitor, kind: str) -> None:
    """Look at the papers again until the last one has a tag of this kind."""
    found = attached(visitor).last.locator(f".tag-{kind}")
    until = time.monotonic() + SCANNED_WITHIN_SECONDS
    while not found.count():
        assert time.monotonic() < until, "nobody has looked for viruses"
        time.sleep(0.5)
        visitor.page.reload()


def sent(visitor: Visitor) -> Locator:
    """What the home of a space shows as sent."""
    return visitor.page.locator("[aria-labelledby=sent]")


def submissions(portal: Portal) -> list[tuple[Any, ...]]:
    return portal.rows("procedures_submission")


def mails_of_sending(portal: Portal, address: str) -> list[tuple[Any, ...]]:
    """What was written to this address because something was sent."""
    template = "procedures/mail/sent"
    return portal.rows(f"post_dispatch WHERE template = '{template}' AND \"to\" = '{address}'")


# --- Alone


@pytest.mark.skipif(date(2027, 6, 30) < TODAY, reason="the subsidy is not given any more")
@WITH_AND_WITHOUT
def test_from_the_catalogue_to_a_slip_that_anybody_can_check(
    portal: Portal,
    arrive: Arrive,
    tmp_path: Path,
    scripts: bool,
    language: str,
    user_id: str,
):
    marc = arrive(portal, language=language, scripts=scripts)
    before = len(submissions(portal))

    # From the catalogue through sign-on into a private space that is not there yet.
    marc.go("/{language}/demarches/")
    marc.look("catalogue", deep=scripts)
    marc.follow(marc.page.locator("main a[href$='/demarches/bicycle-subsidy/']").first)
    marc.look("procedure", deep=scripts)
    marc.follow(marc.page.locator("main a[href$='/bicycle-subsidy/espace/']"))
    marc.is_at("/connexion/")
    marc.signs_on(user_id)
    marc.is_at("/demarches/bicycle-subsidy/espace/")
    marc.look("where", deep=scripts)
    marc.follow(marc.page.locator("main a[href*='/espaces/prive/creer/']"))
    marc.go_on()
    marc.is_at("/espaces/PP-[0-9A-Z]{6}/demarches/nouvelle/bicycle-subsidy/")
    marc.look("begin", deep=scripts)
    marc.follow(marc.page.locator("main form .actions button").first)
    marc.look("tasks", deep=scripts)
    marc.follow(marc.page.locator("main .actions a.button").first)

    # What the portal knows stands there already.
    marc.is_at(".*/etapes/applicant/")
    assert marc.page.locator("[name=applicant_name-family]").input_value()
    marc.look("applicant", deep=scripts)
    next_page(marc, {"for_whom": "me"})
    marc.is_at(".*/etapes/home/")
    marc.look("home", deep=scripts)
    next_page(marc)

    # What an answer brings along appears at once, or when the page is saved.
    marc.is_at(".*/etapes/bicycle/")
    marc.look("bicycle", deep=scripts)
    payload = item(marc, "payload")
    expect(payload).to_be_hidden()
    answers(marc, {"kind": "cargo", "model": "Long John"})
    if scripts:
        expect(payload).to_be_visible()
        answers(marc, {"kind": "bicycle"})
        expect(payload).to_be_hidden()
        answers(marc, {"kind": "cargo"})
    next_page(marc)
    marc.is_at(".*/etapes/bicycle/")
    expect(payload).to_be_visible()
    expect(marc.page.locator("[name=payload]")).to_have_attribute("aria-invalid", "true")
    marc.look("payload-missing", deep=scripts)
    next_page(marc, {"payload": "150"})

    bought = min(TODAY, SUBSIDY_ENDS)
    marc.look("purchase")
    next_page(marc, {"seller": "Vëlosbuttek", "price": "4.200,00", **day("bought_on", bought)})
    expect(item(marc, "allowance")).to_be_hidden()  # not asked for a cargo bicycle
    marc.look("rights")
    next_page(marc, {"had_before": "no"})
    marc.look("account")
    next_page(marc, {"account-iban": "LU28 0019 4006 4475 0000", "account-holder": "Marc Klein"})

    # Three papers; nothing can be sent without them.
    documents = marc.page.url
    next_page(marc)
    for path in ("invoice", "payment", "data_sheet"):
        expect(item(marc, path).locator(".error")).to_be_visible()
    marc.look("documents", deep=scripts)
    for path in ("invoice", "payment", "data_sheet"):
        marc.page.goto(documents)
        papers_of(marc, path)
        attaches(marc, a_pdf(f"{path}.pdf"))
        expect(attached(marc)).to_have_count(1)
        expect(attached(marc)).to_contain_text(f"{path}.pdf")
    marc.look("papers", deep=scripts)
    portal.settle()
    back_to_the_questions(marc)
    marc.is_at(".*/etapes/documents/")
    next_page(marc)

    # Nothing is sent before it is signed.
    marc.is_at(".*/verifier/")
    marc.shows("Long John")
    marc.look("check", deep=scripts)
    assert len(submissions(portal)) == before
    next_page(marc, {"code": "123456"})
    marc.is_at(".*/verifier/")
    marc.look("not-signed", deep=scripts)
    assert len(submissions(portal)) == before
    signs(marc, user_id)
    marc.is_at(r".*/demarches/envoyees/[0-9-]+/")
    assert len(submissions(portal)) == before + 1
    reference = marc.page.locator("#reference").inner_text()
    marc.look("sent", deep=scripts)

    # The slip, and what it is worth in anybody's hand.
    with marc.page.expect_download() as download:
        marc.page.locator("main a[href$='/slip.pdf']").click()
    slip = tmp_path / "slip.pdf"
    download.value.save_as(slip)
    with pikepdf.open(slip) as paper:
        assert paper.Root.Lang == language
    address = marc.page.locator("main a[href*='/verifier/']").get_attribute("href") or ""
    assert address.startswith(portal.url)
    anybody = arrive(portal, language=language, scripts=scripts)
    anybody.page.goto(address)
    assert anybody.status == 200
    expect(anybody.page.locator("main .panel")).to_be_visible()
    anybody.shows(reference)
    anybody.look("genuine", deep=scripts)
    if scripts:
        anybody.page.locator("#check-files").set_input_files(slip)
        expect(anybody.page.locator("[data-found] .notice-success")).to_be_visible()

    # It stands among what was sent.
    marc.page.goto(marc.page.url.partition("demarches/")[0])
    expect(sent(marc)).to_contain_text(reference)
    marc.look("space", deep=scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_children_one_after_the_other(portal: Portal, arrive: Arrive, scripts: bool):
    ines = arrive(portal, language="en", scripts=scripts)
    draft = begins(ines, own_space(ines, "INES1"), "family-allowance")
    page = f"{draft}etapes/children/"
    labels = item(ines, "children").locator(".row-list a")

    ines.go(page)
    ines.look("no-child", deep=scripts)
    next_page(ines)
    expect(ines.page.locator("#problems a[href='#children']")).to_be_visible()
    expect(item(ines, "children").locator(".error")).to_be_visible()
    ines.look("nobody-added", deep=scripts)

    for given, born in (("Léo", date(2015, 4, 21)), ("Mia-Josephine", date(2018, 6, 18))):
        ines.follow(ines.page.locator("button[name=_add][value=children]"))
        ines.is_at(".*/etapes/children/children/[^/]+/")
        expect(item(ines, "at_school")).to_be_hidden()
        name = {"child_name-given": given, "child_name-family": "Albuquerque"}
        next_page(ines, {**name, **day("child_born", born), "lives_with": "applicant"})
        ines.is_at(".*/etapes/children/")
    expect(labels).to_have_count(2)
    expect(labels.first).to_contain_text("Léo")
    ines.look("two-children", deep=scripts, anew=True)

    # A change shows in the label of its row, and in no other.
    ines.follow(labels.first)
    ines.look("child", deep=scripts)
    next_page(ines, {"child_name-given": "Léon"})
    expect(labels.first).to_contain_text("Léon Albuquerque")
    expect(labels.last).to_contain_text("Mia-Josephine")

    # A child of age is asked about school; one that is gone is not asked about any more.
    ines.follow(labels.first)
    next_page(ines, day("child_born", date(2008, 1, 2)))
    ines.is_at(".*/etapes/children/children/[^/]+/")
    expect(item(ines, "at_school")).to_be_visible()
    ines.look("of-age", deep=scripts)
    next_page(ines, {"at_school": "yes"})
    ines.follow(ines.page.locator("button[name=_remove]").first)
    expect(labels).to_have_count(1)
    expect(labels).to_contain_text("Mia-Josephine")
    ines.look("one-child")
    next_page(ines)
    ines.is_at(".*/etapes/account/")
    ines.go(f"{draft}verifier/")
    ines.shows("Mia-Josephine")
    expect(ines.page.locator("main")).not_to_contain_text("Léon")
    ines.look("incomplete", deep=scripts)


# --- Over a bad line


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_paper_arrives_once_over_a_line_that_breaks(
    portal: Portal, arrive: Arrive, scripts: bool
):
    plan = a_pdf("plan-du-jardin.pdf", of_bytes=3_000_000)
    with line(portal.port, breaks_after_bytes=700_000, times=BREAKS) as laid:
        behind = copy(portal)
        behind.url = laid.url
        luc = arrive(behind, language="de", scripts=scripts)
        draft = begins(luc, own_space(luc, "LUCR1"), "garden-permit")
        luc.go(f"{draft}etapes/plan/")
        papers_of(luc, "plan")
        luc.look("no-paper", deep=scripts)
        papers = luc.page.url
        tries = 0
        while not attached(luc).count():
            tries += 1
            try:
                attaches(luc, plan)
            except BrowserError:  # its own page says that the connection broke
                luc.page.wait_for_url("chrome-error://**")
            luc.page.goto(papers)
        assert laid.breaks == BREAKS
        assert tries <= (1 if scripts else 1 + BREAKS)  # the script goes on by itself
        expect(attached(luc)).to_have_count(1)
        wait_for_the_scanner(luc, "success")
        link = attached(luc).locator("a").get_attribute("href") or ""
        assert luc.page.request.get(behind.url + link).body() == plan["buffer"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_virus_is_refused_with_a_sentence(portal: Portal, arrive: Arrive, scripts: bool):
    luc = arrive(portal, language="fr", scripts=scripts)
    draft = begins(luc, own_space(luc, "LUCR1"), "garden-permit")
    luc.go(f"{draft}etapes/plan/")
    papers_of(luc, "plan")
    attaches(luc, a_pdf("virus.pdf", holds=TEST_STRING))
    wait_for_the_scanner(luc, "error")
    expect(attached(luc)).to_have_count(1)
    expect(attached(luc).locator("a")).to_have_count(0)  # nobody opens it
    luc.look("virus", deep=scripts)
    luc.follow(attached(luc).locator("button"))
    expect(attached(luc)).to_have_count(0)

    # What is no paper at all is refused at once, beside its box.
    note: FilePayload = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"A note."}
    luc.page.locator("#paper").set_input_files(note)
    if scripts:
        expect(luc.page.locator("form [role=status]")).not_to_be_empty()
        expect(luc.page.locator("#paper")).to_be_focused()
    else:
        luc.follow(luc.page.locator("form[data-upload] .actions button"))
        expect(luc.page.locator("#paper_error")).to_be_visible()
        luc.look("no-paper-at-all")
    attaches(luc, a_pdf("plan.pdf"))
    wait_for_the_scanner(luc, "success")
    luc.look("checked", deep=scripts, anew=True)
    back_to_the_questions(luc)
    luc.is_at(".*/etapes/plan/")
    expect(item(luc, "plan")).to_contain_text("plan.pdf")


# --- With others


def test_two_sign_in_two_spaces_and_nothing_is_sent_between(portal: Portal, arrive: Arrive):
    tom, ines = arrive(portal, language="fr"), arrive(portal, language="de")
    space = own_space(tom, "TOMW1")
    hers = own_space(ines, "INES1")
    before = len(submissions(portal))
    draft = begins(tom, space, "garden-permit")
    tom.go(f"{draft}etapes/you/")
    next_page(tom, {"full_name": "Tom Weber", **day("born", date(1979, 3, 2))})
    tom.is_at(".*/etapes/garden/")
    expect(item(tom, "fence_height")).to_be_hidden()
    answers(tom, {"size": "80", "fence": "yes"})
    expect(item(tom, "fence_height")).to_be_visible()
    next_page(tom, {"fence_height": "250"})
    next_page(tom)
    tom.is_at(".*/verifier/")
    tom.look("asks-for-another", deep=True)
    signs(tom, "TOMW1", space_neighbour="PP-000000")
    expect(tom.page.locator("[name=space_neighbour]")).to_have_attribute("aria-invalid", "true")
    tom.look("no-such-space", deep=True)
    signs(tom, "TOMW1", space_neighbour=hers.split("/")[-2])

    # He has signed; nothing says that it was sent, to him or to her.
    tom.is_at(".*/verifier/")
    tom.look("waiting", deep=True, anew=True)
    expect(tom.page.locator("#reference")).to_have_count(0)
    portal.settle()
    assert len(submissions(portal)) == before
    assert mails_of_sending(portal, "tom.weber@example.lu") == []
    for visitor, home in ((tom, space), (ines, hers)):
        visitor.go(home)
        expect(sent(visitor)).to_have_count(0)
        visitor.look("home-meanwhile", deep=True)

    # She reads and signs.
    ines.follow(ines.page.locator("main a[href*='/signatures/']").first)
    ines.shows("250")
    ines.look("asked", deep=True)
    signs(ines, "INES1")
    expect(ines.page.locator("main .panel")).to_be_visible()
    ines.look("signed-and-sent", deep=True)

    # Sent: once, with one reference, told in one mail.
    assert len(submissions(portal)) == before + 1
    tom.go(space)
    reference = sent(tom).locator(".reference").inner_text()
    tom.go(draft)
    tom.is_at(f".*/demarches/envoyees/{reference}/")
    expect(tom.page.locator("#reference")).to_have_text(reference)
    tom.look("sent", deep=True)
    portal.settle()
    assert len(mails_of_sending(portal, "tom.weber@example.lu")) == 1
    assert mails_of_sending(portal, "ines.albuquerque@example.lu") == []


# --- In two tabs, and after a while


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_tabs_and_both_answers_stay(portal: Portal, arrive: Arrive, scripts: bool):
    karl = arrive(portal, language="de", scripts=scripts)
    draft = begins(karl, own_space(karl, "KARL1"), "garden-permit")
    karl.go(f"{draft}etapes/garden/")
    with karl.other_window() as other:
        other.goto(karl.page.url)
        other.locator("[name=size]").fill("70")
        other.locator("[name=price]").fill("1.000,00")
        with other.expect_navigation():
            other.locator("#main-form .actions button").first.click()

    answers(karl, {"size": "90", "fence": "no"})
    if scripts:
        karl.page.wait_for_url("**/reponses-doubles/")  # saving by itself has found it out
    else:
        next_page(karl)
    karl.is_at(".*/reponses-doubles/")
    expect(karl.page.locator("main section")).to_have_count(1)  # only one question has two answers
    for text in ("70", "90"):
        expect(karl.page.locator("main section dl")).to_contain_text(text)
    karl.look("two-answers", deep=scripts)
    karl.follow(karl.page.locator("button[name=take][value=theirs]"))
    karl.is_at(".*/brouillons/[^/]+/")
    karl.go(f"{draft}etapes/garden/")
    expect(karl.page.locator("[name=size]")).to_have_value("70")
    expect(karl.page.locator("[name=price]")).to_have_value(re.compile("1.000,00"))
    expect(karl.page.locator("[name=fence][value=no]")).to_be_checked()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_session_ends_in_the_middle_of_a_page_and_nothing_is_lost(
    portal: Portal, arrive: Arrive, scripts: bool
):
    luc = arrive(portal, language="en", scripts=scripts)
    draft = begins(luc, own_space(luc, "LUCR1"), "garden-permit")
    luc.go(f"{draft}etapes/plan/")
    answers(luc, {"wish": "A pond with frogs"})
    if scripts:
        with luc.page.expect_response(lambda answer: answer.request.method == "POST"):
            pass
    portal.later(timedelta(minutes=31))
    answers(luc, {"wish": "A pond with frogs and newts"})
    next_page(luc)
    luc.is_at("/connexion/")
    luc.look("session-over")
    luc.signs_on("LUCR1")
    luc.is_at(".*/etapes/plan/")
    expect(luc.page.locator("[name=wish]")).to_have_value("A pond with frogs and newts")
    luc.look("taken-up-again", deep=scripts)
    next_page(luc)
    luc.go(f"{draft}verifier/")
    luc.shows("A pond with frogs and newts")


# --- In another language, with the keyboard


def test_another_language_on_the_way_loses_and_sends_nothing(portal: Portal, arrive: Arrive):
    karl = arrive(portal, language="de")
    space = own_space(karl, "KARL1")
    drafts = len(portal.rows("procedures_draft"))
    karl.go(f"{space}demarches/nouvelle/garden-permit/")
    karl.chooses_language("en")
    karl.is_at(".*/demarches/nouvelle/garden-permit/")
    karl.look("begin")
    assert len(portal.rows("procedures_draft")) == drafts
    draft = begins(karl, space, "garden-permit")
    karl.go(f"{draft}etapes/you/")
    answers(karl, {"full_name": "Karl Steinmetz", **day("born", date(1968, 10, 3))})
    karl.chooses_language("fr")
    karl.is_at(".*/etapes/you/")
    expect(karl.page.locator("[name=full_name]")).to_have_value("Karl Steinmetz")
    karl.look("you")
    next_page(karl)
    next_page(karl, {"size": "20", "fence": "no"})
    next_page(karl)
    before = len(submissions(portal))
    portal.later(timedelta(seconds=31))
    karl.page.locator("[name=declares_exact]").check()
    answers(karl, {"code": karl.code_of_the_token("KARL1")})
    karl.chooses_language("de")
    karl.is_at(".*/verifier/")
    assert len(submissions(portal)) == before
    karl.look("check")
    signs(karl, "KARL1")
    karl.is_at(".*/demarches/envoyees/.*")
    assert len(submissions(portal)) == before + 1


def test_a_page_is_answered_with_the_keyboard_alone(portal: Portal, arrive: Arrive):
    karl = arrive(portal, language="de")
    draft = begins(karl, own_space(karl, "KARL1"), "garden-permit")
    karl.go(f"{draft}etapes/garden/")
    keys, box = karl.page.keyboard, karl.page.locator
    karl.tabs_to(box("[name=size]"))
    keys.type("80")
    karl.tabs_to(box("[name=fence]").first)
    keys.press("Space")
    expect(item(karl, "fence_height")).to_be_visible()
    keys.press("ArrowDown")
    expect(box("[name=fence][value=no]")).to_be_checked()
    expect(item(karl, "fence_height")).to_be_hidden()
    keys.press("ArrowUp")
    karl.tabs_to(box("[name=fence_height]"))
    keys.type("120")
    karl.tabs_to(box("#main-form .actions button").first)
    with karl.page.expect_navigation():
        keys.press("Enter")
    karl.is_at(".*/etapes/plan/")

    # Enter in a box presses the page's own button, never one that adds or removes.
    karl.go(f"{draft}etapes/garden/")
    expect(box("[name=fence_height]")).to_have_value("120")
    karl.tabs_to(box("[name=size]"))
    keys.type("81")
    with karl.page.expect_navigation():
        keys.press("Enter")
    karl.is_at(".*/etapes/plan/")


def test_a_picture_a_film_and_a_form_belong_to_a_page(portal: Portal, arrive: Arrive):
    visitor = arrive(portal, language="de")
    draft = begins(visitor, own_space(visitor, "KARL1"), "every-type")
    visitor.go(f"{draft}etapes/documents/")
    picture = item(visitor, "map").locator("img")
    assert picture.evaluate("e => e.decode().then(() => [e.naturalWidth, e.alt !== ''])") == [
        240,
        True,
    ]
    film = item(visitor, "film").locator("video")
    expect(film).to_have_js_property("paused", True)
    film.evaluate("e => { e.preload = 'auto'; e.muted = true; return e.play(); }")
    assert film.evaluate("e => [e.videoWidth, e.textTracks.length]") == [160, 3]
    shown = film.evaluate("e => [...e.textTracks].find((t) => t.mode === 'showing').language")
    assert shown == "de"
    with visitor.page.expect_download() as saved:
        item(visitor, "form_to_print").locator("a").click()
    assert saved.value.suggested_filename == "form.pdf"
    visitor.look("enclosed", deep=True)
