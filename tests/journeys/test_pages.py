"""Every page that needs no sign-on: in each language, colour, size and width."""

import gzip
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.portal import Portal

PUBLIC = [
    "/{language}/",
    "/{language}/connexion/",
    "/{language}/connexion/token/",
    "/{language}/connexion/aide/",
    "/{language}/deconnecte/",
    "/{language}/enregistrement/confirmer/",
    "/{language}/enregistrement/confirmer/9TC9-EEDJ-PXVV/",
    "/{language}/conditions/texte/",
    "/{language}/aide/",
    "/{language}/contact/",
    "/{language}/a-propos/",
    "/{language}/aspects-legaux/",
    "/{language}/accessibilite/",
    "/{language}/donnees-personnelles/",
    "/{language}/plan-du-site/",
    "/{language}/actualites/",
    "/{language}/etat-des-services/",
    "/{language}/affichage/",
    "/{language}/design/",
    "/{language}/nulle-part/",
    "/verifier/",
    "/preuves/",
]
CSS_BYTES_MAX = 8_000
JS_BYTES_MAX = 5_000


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_a_public_page_passes_every_look(portal: Portal, arrive: Arrive, language: str, path: str):
    visitor = arrive(portal, language=language)
    visitor.go(path)
    visitor.look(path.split("/")[-2].strip("{}"), deep=language == "fr")


def test_style_and_scripts_keep_to_their_budget(portal: Portal):
    with urlopen(f"{portal.url}/fr/") as answer:
        html = answer.read().decode()
    for kind, most in (
        (r"href=\"([^\"]+\.css)\"", CSS_BYTES_MAX),
        (r"src=\"([^\"]+\.js)\"", JS_BYTES_MAX),
    ):
        files = re.findall(kind, html)
        assert files
        size = sum(len(gzip.compress(urlopen(portal.url + file).read())) for file in files)
        assert size <= most, f"{files}: {size} bytes"


def test_no_link_leads_nowhere(portal: Portal, arrive: Arrive):
    """Every link of every public page, and of the pages they lead to, answers."""
    visitor = arrive(portal, scripts=False)
    todo, seen = [path.format(language="fr") for path in PUBLIC if "nulle-part" not in path], set()
    while todo:
        path = todo.pop()
        answer = visitor.page.goto(portal.url + path)
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        expected = (404,) if "9TC9" in path else (200,)
        assert answer.status in expected, f"{path}: {answer.status}"
        links = visitor.page.eval_on_selector_all(
            "a[href]", "all => all.map(a => a.getAttribute('href'))"
        )
        for link in links:
            target = link.split("#")[0].split("?")[0]
            anchor = link[1:] if link.startswith("#") else ""
            assert not anchor or visitor.page.locator(f"[id='{anchor}']").count(), f"{path}: {link}"
            if re.match(r"/(fr|$)", target) and target not in seen and not target.endswith(".pdf"):
                seen.add(target)
                todo.append(target)


def test_the_first_tab_skips_to_the_content(portal: Portal, arrive: Arrive):
    visitor = arrive(portal)
    visitor.go("/{language}/aide/")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(".skip")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main")).to_be_focused()


def test_without_scripts_the_menu_of_a_phone_opens(portal: Portal, arrive: Arrive):
    visitor = arrive(portal, scripts=False, viewport={"width": 360, "height": 740})
    visitor.go("/{language}/")
    visitor.page.get_by_role("button", name="Menu").click()
    expect(visitor.page.locator("#menu").get_by_role("link", name="Aide")).to_be_visible()


def test_the_chosen_display_is_kept(portal: Portal, arrive: Arrive):
    visitor = arrive(portal, scripts=False)
    visitor.go("/{language}/affichage/")
    before = visitor.page.evaluate("document.documentElement.outerHTML.slice(0, 200)")
    for group in visitor.page.locator("#main-form fieldset").all():
        group.get_by_role("radio").last.check()
    visitor.go_on()
    after = visitor.page.evaluate("document.documentElement.outerHTML.slice(0, 200)")
    assert before != after
