"""Somebody in front of a browser: what she types and presses, and what we look at meanwhile."""

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Locator, Page, Response, expect

from tests.cast import PASSWORD
from tests.journeys.checkers import Checkers
from tests.journeys.portal import Portal
from tests.journeys.words import wanted

HTML_BYTES_MAX = 15_000
REQUESTS_MAX = 6
MAIL_SECONDS_MAX = 20
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
MODES: list[dict[str, Any]] = [
    {"color_scheme": "dark"},
    {"forced_colors": "active"},
    {"contrast": "more"},
]
# The element with the focus: is it marked, and does nothing lie over it?
FOCUS = """() => {
  const e = document.activeElement, r = e.getBoundingClientRect(), style = getComputedStyle(e);
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 12));
  return {
    what: e.outerHTML.slice(0, 120),
    outlined: e === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    shown: e === document.body || (!!top && (e.contains(top) || top.contains(e))),
  };
}"""
CALM: dict[str, Any] = {
    "color_scheme": "light",
    "forced_colors": "none",
    "contrast": "no-preference",
}


@dataclass(frozen=True)
class Mail:
    """What arrived: its text, and the first address of the portal in it."""

    text: str
    link: str

    @property
    def code(self) -> str:
        """The code `XXXX-XXXX-XXXX`."""
        found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", self.text)
        return found[0] if found else ""


class Visitor:
    """One person, one browser window, one language."""

    def __init__(
        self,
        page: Page,
        portal: Portal,
        checkers: Checkers,
        *,
        language: str,
        scripts: bool,
        shots: Path,
    ) -> None:
        self.page = page
        self.portal = portal
        self.language = language
        self.scripts = scripts
        self._checkers = checkers
        self._shots = shots
        self._answer: Response | None = None
        self._requests: list[str] = []
        self._complaints: list[str] = []
        self.requests_max = REQUESTS_MAX  # of one page
        self._looked = 0
        self._deepened: set[str] = set()
        self.visited: list[str] = []
        page.on("response", self._remember)
        page.on("request", lambda request: self._requests.append(request.url))
        page.on("pageerror", lambda fault: self._complaints.append(str(fault)))
        page.on("console", lambda said: self._listen(said.type, said.text))

    # --- What she does

    def go(self, path: str) -> None:
        """Type an address: `/fr/…`, or one of another page with `{language}`."""
        self.page.goto(self.portal.url + path.format(language=self.language))

    def follow(self, way: Locator) -> None:
        """Press a button or link that leads to a page, and wait until that page is there.

        A click returns before the answer has come; whoever then counts or reads looks at the page before.
        """
        with self.page.expect_navigation():
            way.click()

    def press(self, label: str) -> None:
        """Press the button or follow the link that the guide names in French."""
        self.follow(self.control(label))

    def control(self, label: str) -> Locator:
        """The button or link with this name, or one whose name begins with it."""
        name = wanted(label, self.language)
        whole = self._named(rf"^\W*{name.pattern}\W*$")
        return whole if whole.count() else self._named(rf"^\W*{name.pattern}\b")

    def _named(self, name: str) -> Locator:
        wanted, main = re.compile(name, re.IGNORECASE), self.page.locator("main")
        buttons, links = (
            main.get_by_role("button", name=wanted),
            main.get_by_role("link", name=wanted),
        )
        return buttons.or_(links).first

    def field(self, label: str) -> Locator:
        """The field whose label begins with these words of the guide."""
        return self.page.locator("main").get_by_label(wanted(label, self.language)).first

    def fill(self, label: str, value: str) -> None:
        self.field(label).fill(value)

    def tick(self, label: str | None = None) -> None:
        """Tick the box with this label, or the only box there is."""
        boxes = self.page.locator("main").get_by_role("checkbox")
        (self.field(label) if label else boxes.first).check()

    def go_on(self) -> None:
        """Press the first button of the page's own form."""
        self.follow(self.page.locator("#main-form button[type=submit]").first)

    def go_on_with(self, label: str) -> None:
        """Press the button of the page's own form that has this name."""
        buttons = self.page.locator("#main-form").get_by_role(
            "button", name=wanted(label, self.language), exact=False
        )
        self.follow(buttons.last)

    def main_action(self) -> Locator:
        """The first button, or link that looks like one, of the page's content."""
        return self.page.locator("main .actions").locator("a.button, button.button").first

    def open_tab(self, label: str) -> None:
        """One of the tabs of a space."""
        tabs = self.page.locator(".tabs")
        self.follow(tabs.get_by_role("link", name=wanted(label, self.language)).first)

    def signs_on(self, user_id: str, *, code: str = "", password: str = PASSWORD) -> None:
        """From the page of products to wherever she wanted to go."""
        self.follow(self.page.locator("main a.product").first)
        self.fill("UserID", user_id)
        self.fill("Password", password)
        self.go_on()
        self.portal.later(timedelta(seconds=31))  # each code works once
        self.fill("OTP", code or self.code_of_the_token(user_id))
        self.go_on()

    def signs_out(self) -> None:
        """With the button of the header."""
        self.follow(self.page.locator("header form.sign-out button"))

    def chooses_language(self, code: str) -> None:
        """With a link or a button of the header; from then on she reads that language."""
        chosen = self.page.locator(".languages").locator("a, button", has_text=code.upper())
        self.follow(chosen.first)
        self.language = code

    def tabs_to(self, wanted: Locator, *, at_most: int = 80) -> None:
        """Press Tab until it has the focus; on the way the focus is always seen."""
        for _ in range(at_most):
            self.page.keyboard.press("Tab")
            seen = self.page.evaluate(FOCUS)
            assert seen["outlined"], f"no focus to be seen: {seen['what']}"
            assert seen["shown"], f"focus is hidden: {seen['what']}"
            if wanted.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"cannot be reached with the Tab key: {wanted}")

    # --- What she holds in her other hand: her Token, her mailbox

    @contextmanager
    def other_window(self) -> Iterator[Page]:
        """A second window of the same browser, closed afterwards."""
        window = self.page.context.new_page()
        yield window
        window.close()

    def code_of_the_token(self, user_id: str) -> str:
        """Press the button of the Token and read what it shows."""
        with self.other_window() as window:
            window.goto(f"{self.portal.url}/{self.language}/demo/token/{user_id}/")
            window.locator(".device button").click()
            return window.locator("#device-code").inner_text().replace(" ", "")

    def image_on_the_card(self, user_id: str) -> str:
        """The secret image that came with the Token, in words."""
        with self.other_window() as window:
            window.goto(f"{self.portal.url}/{self.language}/demo/token/{user_id}/")
            return window.locator("#secret-image").inner_text()

    def secret_image(self) -> str:
        """The image on the page, in words; it must really be drawn."""
        image = self.page.locator("main figure img")
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
        said = image.get_attribute("alt") or ""
        return said.split(":")[-1].strip()

    def mail_to(self, address: str, subject: str, *, not_this: str | None = None) -> Mail:
        """Open the mailbox, wait for a mail with this subject, read it.

        With `not_this`, wait for one that does not hold that link.
        """
        name = wanted(subject, self.language)
        with self.other_window() as window:
            end = time.monotonic() + MAIL_SECONDS_MAX
            while True:
                window.goto(f"{self.portal.url}/{self.language}/demo/mails/?to={quote(address)}")
                found = window.locator("main").get_by_role("link", name=name)
                if found.count():
                    found.first.click()
                    mail = self._read(window)
                    if mail.link != not_this:
                        return mail
                assert time.monotonic() < end, f"no mail {subject!r} to {address}"
                time.sleep(0.2)

    def _read(self, window: Page) -> Mail:
        text = window.locator("#mail-text")
        said = text.inner_text()  # waits for the page, which `evaluate_all` does not
        links = text.locator("a").evaluate_all("all => all.map(a => a.href)")
        # Mails of the cast were written when the portal listened on another port.
        paths = [urlsplit(link).path for link in links]
        own = [
            self.portal.url + path for path in paths if path.startswith(("/fr/", "/de/", "/en/"))
        ]
        return Mail(said, own[0] if own else "")

    # --- What she reads

    def reads(self, text: str) -> None:
        """The guide's sentence stands on the page, in the visitor's language."""
        said = wanted(text, self.language)
        expect(self.page.locator("body")).to_contain_text(said)

    def shows(self, text: str | re.Pattern[str]) -> None:
        """This very text stands on the page."""
        expect(self.page.locator("body")).to_contain_text(text)

    def is_at(self, path: str) -> None:
        """The address, without the language."""
        expect(self.page).to_have_url(re.compile(rf"/{self.language}{path}(\?.*)?(#.*)?$"))

    def finds(self, words: str, text: str) -> bool:
        """Whether a text says what the guide says, in the visitor's language."""
        return bool(wanted(words, self.language).search(text))

    @property
    def status(self) -> int:
        """How the server answered for the page that is shown."""
        return self._answer.status if self._answer else 0

    # --- What we look at meanwhile

    def look(self, name: str, *, deep: bool = False, anew: bool = False) -> None:
        """Check the page that is shown; a deep look also in every colour, size and width.

        Each address is looked at deeply once; `anew` says that it now shows something else.
        """
        self._looked += 1
        name = f"{self._looked:02d}-{name}"
        faults = self._complaints + self._of_the_answer(name)
        if self.scripts:
            faults += [f"{name}: {fault}" for fault in self._checkers.access(self.page)]
        self._complaints = []
        if deep and (self._is_new() or anew):
            faults += [f"{name}: {fault}" for fault in self._deep(name)]
        assert faults == [], "\n".join(faults)

    def _is_new(self) -> bool:
        """Whether this page was not looked at deeply before, whatever it is about."""
        path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|P[MP]-\w{6}", "…", urlsplit(self.page.url).path)
        is_new = path not in self._deepened
        self._deepened.add(path)
        return is_new

    def _of_the_answer(self, name: str) -> list[str]:
        answer = self._answer
        assert answer is not None
        html = answer.body().decode()
        faults = self._checkers.markup(name, html)
        if len(gzip.compress(html.encode())) > HTML_BYTES_MAX:
            faults.append(f"{name}: more than {HTML_BYTES_MAX} bytes of HTML, compressed")
        if f'<html lang="{self.language}"' not in html:
            faults.append(f"{name}: not said to be in {self.language}")
        if not answer.headers.get("content-security-policy"):
            faults.append(f"{name}: no content security policy")
        # The pictures and films of a procedure hold no page up, and there are as many as it needs.
        asked = [url for url in self._requests if "/fichiers/" not in url]
        if len(asked) > self.requests_max:
            faults.append(f"{name}: {len(asked)} requests: {asked}")
        elsewhere = [
            url for url in self._requests if not url.startswith((self.portal.url, "data:"))
        ]
        return faults + [f"{name}: asks {url}" for url in elsewhere]

    def _deep(self, name: str) -> list[str]:
        page, faults = self.page, []
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.screenshot(path=self._shots / f"{name}-1280.png", full_page=True)
        for mode in MODES:
            page.emulate_media(**mode)
            faults += [f"{mode}: {fault}" for fault in self._checkers.access(page)]
            [(what, value)] = mode.items()
            if what != "contrast":
                page.screenshot(path=self._shots / f"{name}-{what}-{value}.png", full_page=True)
            page.emulate_media(**CALM)
        faults += _forced_colours(page)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.screenshot(path=self._shots / f"{name}-360.png", full_page=True)
        faults += _too_wide(page, {"width": 320, "height": 256})
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        faults += _too_wide_at_200(page)
        faults += _small_targets(page)
        return faults

    def _remember(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            if response.status not in (301, 302, 303):
                self._answer = response
                self.visited.append(request.url)
                self._requests = [request.url]
            else:
                self._requests = []

    def _listen(self, kind: str, text: str) -> None:
        # The browser reports each answer of 400 and above; those are looked at as pages.
        if kind == "error" and "the server responded with a status of 4" not in text:
            self._complaints.append(text)


def _too_wide(page: Page, size: dict[str, int]) -> list[str]:
    """WCAG 1.4.10: nothing to scroll sideways."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    stretched = page.evaluate(
        """width => [...document.querySelectorAll('body *')].filter(e => {
          const r = e.getBoundingClientRect();
          const hidden = e.closest('.scroll, .for-reader, .skip, dialog:not([open]), [popover]');
          return r.width > 1 && r.right > width + 1 && !hidden;
        }).map(e => e.tagName + '.' + e.className).slice(0, 3)""",
        size["width"],
    )
    wide = page.evaluate("document.documentElement.scrollWidth")
    return (
        [f"wider than {size['width']} px: {wide}, {stretched}"]
        if wide > size["width"] or stretched
        else []
    )


def _too_wide_at_200(page: Page) -> list[str]:
    """WCAG 1.4.4 and 1.4.12: text at 200 % with the widest spacing."""
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`html{font-size:200%!important}
            *{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}
            p{margin-bottom:2em!important}`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.evaluate("() => { document.adoptedStyleSheets = []; }")
    return [f"text at 200 %: {over} px too wide"] if over > 0 else []


def _small_targets(page: Page) -> list[str]:
    """WCAG 2.5.8: at least 24 by 24 pixels; except links within a sentence, and those in a table that
    have a circle of that size for themselves."""
    return [
        f"small target: {found}"
        for found in page.evaluate(
            """() => {
              const targets = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
                .map(e => ({ e, r: e.getBoundingClientRect() })).filter(({ r }) => r.width > 1 && r.height > 1);
              const beyond = (at, from, to) => Math.max(from - at, at - to, 0);
              const isAlone = ({ e, r }) => targets.every(({ e: other, r: o }) => other === e || Math.hypot(
                beyond(r.x + r.width / 2, o.left, o.right), beyond(r.y + r.height / 2, o.top, o.bottom)) >= 12);
              return targets.filter(({ e, r }) => {
                const style = getComputedStyle(e);
                const isInline = style.display === 'inline';
                const inText = isInline && e.closest('p, li, dd');
                const inTable = isInline && e.closest('td, th') && isAlone({ e, r });
                const labelled = e.labels && [...e.labels].some(l => l.getBoundingClientRect().height >= 24);
                const seen = style.visibility !== 'hidden';
                return seen && !inText && !inTable && !labelled && (r.width < 24 || r.height < 24);
              }).map(({ e }) => e.outerHTML.slice(0, 80)).slice(0, 5);
            }"""
        )
    ]


def _forced_colours(page: Page) -> list[str]:
    """Two faults that axe cannot see: every tab looks current; a drawing disappears."""
    page.emulate_media(forced_colors="active")
    found = page.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement('div'));
          probe.style.color = 'Canvas';
          const canvas = getComputedStyle(probe).color;
          probe.remove();
          const tabs = [...document.querySelectorAll('.tabs a')];
          return {
            tabs: tabs.length,
            marked: tabs.filter(a => getComputedStyle(a).borderBlockEndColor !== canvas).length,
            current: tabs.filter(a => a.hasAttribute('aria-current')).length,
          };
        }"""
    )
    page.emulate_media(**CALM)
    if found["tabs"] and found["marked"] != found["current"]:
        return [f"forced colours: {found['marked']} tabs look current, {found['current']} are"]
    return []
