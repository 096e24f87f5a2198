"""Pages that everybody may read: there, in each language, without asking the database."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guichet.content import cookies
from guichet.registers import actions as registers
from guichet.registers import invented
from guichet.registers.base import Unavailable

LANGUAGES = [code for code, _name in settings.LANGUAGES]
STILL = ["help", "contact", "about", "legal", "accessibility", "privacy", "site_map"]


def address(name, language="fr", **parts):
    with translation.override(language):
        return reverse(f"content:{name}", kwargs=parts)


class Outline(HTMLParser):
    """Headings, identifiers and links of a page."""

    def __init__(self, page):
        super().__init__()
        self.headings, self.ids, self.links = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STILL)
def test_a_page_is_there_in_each_language_and_asks_no_database(client, name, language):
    response = client.get(address(name, language))
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    outline = Outline(page)
    main = Outline(page.split("<main")[1].split("</main>")[0])
    assert main.headings[0] == 1
    assert main.headings.count(1) == 1
    assert all(
        later - before <= 1 for before, later in zip(main.headings, main.headings[1:], strict=False)
    )
    assert len(outline.ids) == len(set(outline.ids))


@pytest.mark.parametrize("name", STILL)
def test_no_link_leads_nowhere(client, name):
    page = client.get(address(name)).content.decode()
    outline = Outline(page)
    assert all(outline.links)
    for link in outline.links:
        if link.startswith("#"):
            assert link[1:] in outline.ids
        elif not re.match("(https|tel|mailto):", link):
            path = link.partition("#")[0]
            assert path.startswith(("/fr/", "/de/", "/en/", "/verifier/", "/preuves/"))


@pytest.mark.django_db
def test_each_page_of_the_site_map_exists(client):
    outline = Outline(client.get(address("site_map")).content.decode().split("<main")[1])
    for link in outline.links:
        if link.startswith("/fr/"):
            assert client.get(link).status_code in (200, 302), link


@pytest.mark.parametrize("name", STILL)
def test_french_has_no_break_before_its_signs(client, name):
    page = client.get(address(name)).content.decode().split("<main")[1].split("</main>")[0]
    text = re.sub(r"<[^>]*>", "", page)
    assert not re.search(r" [:;?!»]|« ", text)
    assert not re.search(r"\w'\w", text.replace("&#x27;", "'"))


def test_contact_comes_from_the_settings(client, settings):
    settings.SUPPORT_PHONE = "+352 0000-4242"
    settings.COUNTER_ADDRESS = "3, rue du Pont; L-9999 Ailleurs"
    page = client.get(address("contact")).content.decode()
    assert '<a href="tel:+35200004242">+352\u00a00000\u20114242</a>' in page
    assert "3, rue du Pont<br>L-9999 Ailleurs" in page
    assert "de 8:00 à 18:00" in page


def test_a_demonstration_says_that_it_is_one(client, settings):
    assert "Ceci est une démonstration" not in client.get(address("about")).content.decode()
    settings.DEMO = True
    assert "Ceci est une démonstration" in client.get(address("about")).content.decode()


def test_the_source_is_linked_when_it_is_published(client, settings):
    settings.SOURCE_URL = "https://code.example/guichet"
    assert 'href="https://code.example/guichet"' in client.get(address("about")).content.decode()


def test_the_way_back_from_help_to_a_word(client):
    page = client.get(address("help")).content.decode()
    assert 'id="glossaire"' in page
    assert "72 heures" in page


def test_every_cookie_of_the_settings_is_in_the_table(client):
    names = {cookie.name for cookie in cookies.all_of_them()}
    set_by_the_house = {
        getattr(settings, name) for name in dir(settings) if name.endswith("_COOKIE")
    } | {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "affichage", "messages"}
    assert names == set_by_the_house
    page = client.get(address("privacy")).content.decode()
    assert all(f"<code>{name}</code>" in page for name in names)


@pytest.mark.django_db
def test_cookies_that_pages_set_are_in_the_table():
    browser = Client()
    for path in ("/fr/connexion/", "/fr/connexion/token/", "/fr/affichage/", "/fr/aide/"):
        browser.get(path)
    browser.post("/fr/affichage/", {"text": "large", "theme": "dark", "spacing": "normal"})
    assert {*browser.cookies} <= {cookie.name for cookie in cookies.all_of_them()}


# --- What works


@pytest.mark.django_db
def test_all_is_well_when_nobody_has_complained(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        page = client.get(address("service_status")).content.decode()
    assert page.count("Fonctionne") == 3


@pytest.mark.django_db
def test_a_silent_register_is_shown_until_it_answers_or_a_while_has_passed(
    client, settings, tmp_path, time_machine
):
    settings.DATA = tmp_path
    time_machine.move_to("2026-03-25 12:00:00+00:00", tick=False)
    with invented.closed("business"), pytest.raises(Unavailable):
        registers.search_businesses("muller", by=None, purpose="space")

    page = client.get(address("service_status")).content.decode()
    assert page.count("Ne répond pas") == 1
    assert "Pas de réponse à 13:00." in page
    assert "indiquer vous-même les informations de l’entreprise" in page

    time_machine.move_to("2026-03-25 12:15:00+00:00", tick=False)
    assert "Ne répond pas" not in client.get(address("service_status")).content.decode()


@pytest.mark.django_db
def test_an_answer_ends_the_trouble(client, settings, tmp_path):
    settings.DATA = tmp_path
    with invented.closed("business"), pytest.raises(Unavailable):
        registers.search_businesses("muller", by=None, purpose="space")
    registers.search_businesses("muller", by=None, purpose="space")
    assert "Ne répond pas" not in client.get(address("service_status")).content.decode()


# --- For machines


def test_search_engines_read_the_public_pages_only(client, settings):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /fr/espaces/\n" in text
    assert "Disallow: /\n" not in text
    settings.DEMO = True
    assert client.get("/robots.txt").content.decode().strip() == "User-agent: *\nDisallow: /"


def test_weaknesses_have_an_address(client, time_machine):
    time_machine.move_to("2026-11-23 12:00:00+00:00")
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content.decode().splitlines() == [
        "Contact: mailto:securite@guichet.example",
        "Expires: 2027-02-21T12:00:00Z",
        "Preferred-Languages: fr, de, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
