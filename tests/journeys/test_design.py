"""What the small script does, and that pages do without it. No portal runs: pages are drawn here."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from guichet import clock
from guichet.design.forms import Form

STATIC = Path(__file__).resolve().parents[2] / "guichet" / "design" / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SITE = "http://127.0.0.1:9"
MINUTE = 60_000


class Typing(Form):
    name = forms.CharField(label="Nom")
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)


class Desk:
    """Answers a browser: static files, one page, and what was posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, str]] = []
        self.form = Typing()
        self.alive = True
        self.idle, self.limit = timedelta(minutes=30), timedelta(hours=12)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        elif route.request.method == "POST":
            self.posted.append((path, route.request.post_data or ""))
            self._answer_post(route, path)
        else:
            route.fulfill(body=self.page(path), content_type="text/html; charset=utf-8")

    def _answer_post(self, route: Route, path: str) -> None:
        if path != "/fr/connexion/prolonger/":
            route.fulfill(body=self.page(path), content_type="text/html; charset=utf-8")
        elif self.alive:
            seconds = {"idle": self.idle.seconds, "limit": self.limit.seconds}
            route.fulfill(json=seconds)
        else:
            route.fulfill(status=302, headers={"Location": f"{SITE}/fr/connexion/"})

    def page(self, path: str) -> str:
        at = clock.now()
        request: Any = RequestFactory().get(path)
        request.resolver_match = None
        request.sign_on = SimpleNamespace(
            idle_until=at + self.idle, hard_until=at + self.limit, places=""
        )
        request.person = SimpleNamespace(name="Léa Guichet")
        with translation.override(path[1:3]):
            return render_to_string("design/display.html", {"form": self.form}, request=request)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def here(browser: Browser, desk: Desk) -> Iterator[Callable[..., BrowserContext]]:
    """A browser at the desk: `here(scripts=False)`."""
    contexts = []

    def somebody(*, scripts: bool = True) -> BrowserContext:
        context = browser.new_context(java_script_enabled=scripts)
        context.set_default_timeout(5_000)
        context.route("**/*", desk.answer)
        contexts.append(context)
        return context

    yield somebody
    for context in contexts:
        context.close()


def _opened(context: BrowserContext, path: str = "/fr/page/") -> Page:
    page = context.new_page()
    page.clock.install()
    page.goto(SITE + path)
    return page


def test_a_session_warns_after_25_minutes_and_goes_on(here, desk):
    page = _opened(here())
    page.clock.run_for(24 * MINUTE)
    dialog = page.get_by_role("dialog", name="Vous êtes toujours là")
    expect(dialog).to_be_hidden()
    page.clock.run_for(2 * MINUTE)
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Continuer").click()
    expect(dialog).to_be_hidden()
    ((path, data),) = desk.posted
    assert path == "/fr/connexion/prolonger/"
    assert "csrfmiddlewaretoken" in data
    page.clock.run_for(24 * MINUTE)
    expect(dialog).to_be_hidden()
    page.clock.run_for(2 * MINUTE)
    expect(dialog).to_be_visible()


def test_the_escape_key_means_to_go_on(here, desk):
    page = _opened(here())
    page.clock.run_for(26 * MINUTE)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.wait_for_function("document.readyState === 'complete'")
    assert [path for path, _data in desk.posted] == ["/fr/connexion/prolonger/"]


def test_going_on_in_one_tab_is_enough_for_all(here):
    context = here()
    first, second = _opened(context), _opened(context)
    first.clock.run_for(26 * MINUTE)  # the clock is the browser's, not the tab's
    for page in (first, second):
        expect(page.get_by_role("dialog")).to_be_visible()
    first.get_by_role("button", name="Continuer").click()
    expect(first.get_by_role("dialog")).to_be_hidden()
    expect(second.get_by_role("dialog")).to_be_hidden()


def test_a_new_page_in_another_tab_is_a_sign_of_life(here):
    context = here()
    first = _opened(context)
    first.clock.run_for(26 * MINUTE)
    expect(first.get_by_role("dialog")).to_be_visible()
    second = context.new_page()
    second.goto(f"{SITE}/fr/page/")
    expect(first.get_by_role("dialog")).to_be_hidden()


def test_a_session_that_is_over_is_said_and_leaves_what_was_typed(here, desk):
    page = _opened(here())
    page.get_by_label("Nom").fill("Atelier Guichet")
    page.clock.run_for(31 * MINUTE)
    over = page.get_by_role("dialog", name="Votre session est terminée")
    expect(over).to_be_visible()
    expect(over.get_by_role("link", name="Se connecter")).to_be_visible()
    page.keyboard.press("Escape")
    page.clock.run_for(MINUTE)
    expect(over).to_be_hidden()
    expect(page.get_by_label("Nom")).to_have_value("Atelier Guichet")
    assert desk.posted == []


def test_a_session_that_ended_elsewhere_is_said(here, desk):
    page = _opened(here())
    desk.alive = False
    page.clock.run_for(26 * MINUTE)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("dialog", name="Votre session est terminée")).to_be_visible()


def test_near_the_last_hours_end_going_on_does_not_warn_for_ever(here, desk):
    desk.limit = timedelta(minutes=28)
    page = _opened(here())
    page.clock.run_for(26 * MINUTE)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(MINUTE)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(2 * MINUTE)
    expect(page.get_by_role("dialog", name="Votre session est terminée")).to_be_visible()


def test_a_password_can_be_looked_at_and_is_sent_as_a_password(here):
    page = _opened(here())
    password = page.get_by_label("Mot de passe", exact=True)
    password.fill("Guichet-2026")
    page.get_by_role("button", name="Afficher le mot de passe").click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("button", name="Masquer le mot de passe").click()
    expect(password).to_have_attribute("type", "password")


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(here, desk):
    desk.form = Typing({"name": "", "password": "x"})
    page = _opened(here())
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Remplissez le champ").click()
    expect(page.get_by_label("Nom")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_another_language_takes_along_what_was_typed(here, desk, scripts):
    page = here(scripts=scripts).new_page()
    page.goto(f"{SITE}/fr/page/")
    page.get_by_label("Nom").fill("Atelier")
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_url("**/de/page/")
    ((path, data),) = desk.posted
    assert path == "/de/page/"
    assert "_language=de" in data
    assert "name=Atelier" in data


@pytest.mark.parametrize("scripts", [True, False])
def test_the_enter_key_sends_the_form_in_its_own_language(here, desk, scripts):
    page = here(scripts=scripts).new_page()
    page.goto(f"{SITE}/fr/page/")
    page.get_by_label("Nom").fill("Atelier")
    with page.expect_navigation():
        page.get_by_label("Nom").press("Enter")
    ((path, data),) = desk.posted
    assert path == "/fr/page/"
    assert "_language" not in data


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_menu_opens_without_a_script(here, scripts):
    page = here(scripts=scripts).new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{SITE}/fr/page/")
    help_link = page.locator("header").get_by_text("Aide")
    expect(help_link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(help_link).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_link).to_be_hidden()
