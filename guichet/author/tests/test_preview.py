"""`guichet procedures preview`, from the first mistake to Ctrl-C, as somebody who writes has it."""

import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from guichet.author import actions, reading
from guichet.author.reading import read
from guichet.procedures import catalogue
from guichet.procedures.models import PublishedVersion
from guichet.procedures.tests.writing import definition, write

ROOT = Path(__file__).resolve().parents[3]
STARTS_WITHIN_SECONDS = 120
DOG = """
pages:
- page: dog
  items:
  - {id: trained, type: yes-no}
  - {id: certificate, type: text, show_if: trained}
"""


class Author:
    """Whoever writes: a folder in an editor, the preview in a terminal, a page in a browser."""

    def __init__(self, place: Path) -> None:
        # An operator's machine: nothing of what its portal was told may be touched.
        self.real = place / "real"
        self.temporary = place / "tmp"
        self.temporary.mkdir()
        self.folder = write(place, DOG, code="dog")
        self.form = self.folder / "v1" / "form.yaml"
        self.right = self.form.read_text()
        self.form.write_text("pages: [")
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "guichet", "procedures", *self.command()],
            cwd=ROOT,
            env=self.environment(),
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))
        self.address = ""

    def command(self) -> list[str]:
        return ["preview", str(self.folder), "--version", "v1", "--port", str(self.port)]

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GUICHET_", "DJANGO_"))}
        return kept | {
            "TMPDIR": str(self.temporary),
            "GUICHET_DATA": str(self.real),
            "GUICHET_DATABASE_URL": f"sqlite:///{self.real}/real.sqlite3",
            "GUICHET_BIND": "0.0.0.0",
            "GUICHET_SITE_URL": "https://my.guichet.example",
        }

    def opens(self, path: str, **said: str) -> str:
        """The page at `path`, its text as one reads it; what was `said` is sent."""
        data = urlencode(said).encode() if said else None
        try:
            with self.browser.open(f"http://127.0.0.1:{self.port}{path}", data, timeout=30) as got:
                self.address = got.url.partition(f":{self.port}")[2]
                return html.unescape(got.read().decode())
        except HTTPError as answer:
            return html.unescape(answer.read().decode())

    def comes(self) -> str:
        """By the address that the terminal shows."""
        return self.opens("/en/auteur/")

    def looks_again(self) -> str:
        return self.opens(self.address)

    def sends(self, **said: str) -> str:
        """The form of the page, with this typed in."""
        page = self.looks_again()
        form = page[page.index("<main") :]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return self.opens(self.address, **hidden, **said)

    def saves(self, text: str) -> None:
        """A file of the procedure, as an editor does it."""
        draft = self.form.with_suffix(".new")
        draft.write_text(text)
        draft.replace(self.form)


@pytest.fixture
def author(tmp_path: Path) -> Iterator[Author]:
    somebody = Author(tmp_path)
    try:
        until_served(somebody)
        yield somebody
    finally:
        with suppress(ProcessLookupError):
            os.killpg(somebody.process.pid, signal.SIGKILL)
        somebody.process.communicate()


def until_served(author: Author) -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        assert author.process.poll() is None, author.process.communicate()[1].decode()
        with suppress(URLError, ConnectionError, TimeoutError):
            author.opens("/healthz")
            return
        assert time.monotonic() < end
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_author_sees_each_save_loses_nothing_and_touches_no_real_portal(author):
    right = author.right
    nobody_else_reaches(author)
    begins_with_a_mistake(author, right)
    fills_in_a_page(author)
    adds_a_question(author, right)
    makes_mistakes(author, right)
    meets_what_there_is_not(author)
    ends_and_leaves_nothing(author)


def nobody_else_reaches(author: Author) -> None:
    # 0100007F is 127.0.0.1 as the kernel writes it; 0A is listening.
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    here = f":{author.port:04X}"
    listening = {at for _n, at, _to, state, *_ in lines if state == "0A" and at.endswith(here)}
    assert listening == {f"0100007F{here}"}


def begins_with_a_mistake(author: Author, right: str) -> None:
    page = author.comes()
    assert "Nothing to show yet" in page
    assert "v1/form.yaml:1" in page
    assert "This is not YAML" in page
    author.saves(right)
    assert "1 warning" in author.comes()  # no test tries the rule


def fills_in_a_page(author: Author) -> None:
    author.sends()
    page = author.opens(author.address + "etapes/dog/")
    assert "trained = absent" in page
    assert re.search(r">unknown</code>\s*<strong>hidden<", page)
    page = author.sends(trained="yes", certificate="K-9")
    assert author.address.endswith("verifier/")
    author.address = author.address.replace("verifier/", "etapes/dog/")
    page = author.looks_again()
    assert "trained = true" in page
    # For the script that keeps the strip true: the same by itself.
    strip = re.search(r'id="author"[^>]*data-url="([^"]+)"', page)
    assert strip
    place = author.address
    assert "trained = true" in author.opens(strip[1])
    author.address = place


def adds_a_question(author: Author, right: str) -> None:
    author.saves(right.replace("- {id: trained", "- {id: breed, type: text}\n  - {id: trained"))
    page = author.looks_again()
    assert 'name="breed"' in page
    assert "[questions.breed.label]" in page
    assert 'value="K-9"' in page
    assert "v1/texts.de.yaml" in page
    assert "“questions.breed.label” is missing." in page


def makes_mistakes(author: Author, right: str) -> None:
    author.saves(right.replace("show_if: trained", "show_if: trained trained"))
    page = author.looks_again()
    assert "v1/form.yaml:9" in page
    assert 'name="breed"' in page, "what could be shown last"
    assert 'value="K-9"' in page
    author.saves("pages: [")
    assert 'name="breed"' in author.looks_again()
    author.form.unlink()
    assert "This file is missing." in author.looks_again()
    assert 'name="breed"' in author.looks_again()
    author.saves(right)
    page = author.looks_again()
    assert 'name="breed"' not in page
    assert 'value="K-9"' in page
    assert "1 warning" in page


def meets_what_there_is_not(author: Author) -> None:
    assert "We cannot find this page" in author.opens("/en/espaces/PP-000000/")
    assert author.opens("/en/auteur/bandeau/?page=/nowhere").startswith("<aside")


def ends_and_leaves_nothing(author: Author) -> None:
    assert list(author.temporary.glob("guichet-author-*"))
    os.kill(author.process.pid, signal.SIGTERM)
    assert author.process.wait(timeout=60) == 0
    assert list(author.temporary.glob("guichet-author-*")) == []
    assert list(author.real.rglob("*.sqlite3*")) == []


def test_a_folder_that_is_not_written_yet_says_why(tmp_path):
    folder = write(tmp_path, DOG, code="dog")
    assert read(folder).is_usable
    shutil.rmtree(folder / "v1")
    found = read(folder)
    assert not found.is_usable
    assert {fault.message for fault in found.faults} == {"There is no folder v1."}
    assert {fault.message for fault in read(folder, 3).faults} >= {"There is no folder v3."}


def test_a_linter_that_fails_is_one_more_mistake(tmp_path, monkeypatch):
    def failing(_shelf: object) -> None:
        raise KeyError("fr")

    monkeypatch.setattr(reading, "lint", failing)
    found = read(write(tmp_path, DOG, code="dog"))
    assert found.is_usable
    assert [fault.message.partition(".")[0] for fault in found.faults] == [
        "The linter itself failed here (KeyError)"
    ]


def test_a_text_that_is_missing_shows_its_place():
    made = definition("pages: [{page: p, items: [{id: a, type: choice, options: [x, y]}]}]")
    found = actions.with_gaps(made, {"title": "T", "questions": {"a": {"options": {"x": "X"}}}})
    assert found["title"] == "T"
    assert found["pages"] == {"p": {"title": "[pages.p.title]"}}
    options = {"x": "X", "y": "[questions.a.options.y]"}
    assert found["questions"]["a"] == {"label": "[questions.a.label]", "options": options}
    odd = actions.with_gaps(made, {"questions": "none", "pages": ["p"]})
    assert (odd["questions"], odd["pages"]) == ("none", ["p"])


@pytest.mark.parametrize("number", [998, 999])
def test_there_is_a_number_for_each_save_but_not_for_ever(
    number, db, tmp_path, settings, monkeypatch
):
    monkeypatch.setattr(actions, "_last", None)
    monkeypatch.setattr(actions, "_shown", "")
    settings.AUTHOR_FOLDER, settings.PROCEDURES = write(tmp_path, DOG, code="dog"), [tmp_path / "x"]
    catalogue.forget()
    PublishedVersion.objects.create(procedure="dog", number=number, digest="", source={})
    faults = [fault.message for fault in actions.look().faults if fault.is_error]
    assert list(catalogue.procedures()) == ["dog"] * (number == 998)
    assert [fault.partition(".")[0] for fault in faults] == [
        "You have saved so often that numbers ran out"
    ] * (number == 999)
    catalogue.forget()
