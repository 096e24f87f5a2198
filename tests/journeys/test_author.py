"""Somebody writes a procedure, with its pages beside the editor."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import ROOT, Portal

FOLLOWS_WITHIN_MS = 20_000


class Preview(Portal):
    """What `guichet procedures preview` serves of a folder."""

    def __init__(self, place: Path, folder: Path) -> None:
        super().__init__(place / "real")
        words = ("procedures", "preview", str(folder), "--port", str(self.port))
        self.command = ("-m", "guichet", *words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "procedures" / "hunting-permit", tmp_path / "hunting-permit")


@pytest.fixture
def preview(tmp_path: Path, folder: Path) -> Iterator[Preview]:
    portal = Preview(tmp_path, folder)
    portal.start()
    yield portal
    portal.stop()


def test_the_page_follows_each_save_and_the_strip_each_answer(
    preview: Preview, folder: Path, arrive: Arrive
):
    author = arrive(preview, language="de")
    author.requests_max += 2  # the strip brings its own style and script
    author.go("/{language}/auteur/")
    author.follow(author.page.locator("main form .actions button").first)
    author.page.goto(author.page.url + "etapes/season/")
    strip = author.page.locator("#author")

    # An answer: the strip says what follows, without the page being drawn again.
    strip.locator("[data-key=rules] summary").click()
    expect(strip).to_contain_text("had_before = absent")
    author.page.locator("[name=had_before][value=yes]").check()
    expect(strip).to_contain_text("had_before = true", timeout=FOLLOWS_WITHIN_MS)

    # A save: the page is another one, and the answer is still there.
    form = folder / "v1" / "form.yaml"
    right = form.read_text()
    form.write_text(
        right.replace("{id: had_before,", "{id: dog, type: text}\n      - {id: had_before,")
    )
    expect(author.page.locator("#dog")).to_be_visible(timeout=FOLLOWS_WITHIN_MS)
    expect(author.page.locator("[name=had_before][value=yes]")).to_be_checked()
    expect(strip.locator("[data-key=rules] summary + *")).to_be_visible()
    expect(author.page.get_by_label("[questions.dog.label]")).to_be_visible()

    # A mistake: said with its line, above what could be shown last.
    form.write_text(right.replace("type: yes-no", "type: yes-or-no"))
    expect(strip).to_contain_text("v1/form.yaml:42", timeout=FOLLOWS_WITHIN_MS)
    expect(strip).to_contain_text("There is no type of question yes-or-no.")
    expect(author.page.locator("#dog")).to_be_visible()
    # As it comes: later the script has asked for the strip more than once.
    author.page.reload()
    author.look("author", deep=True)
