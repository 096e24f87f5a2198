"""The shell: who is here, in which language, for how long; without asking the database."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import set_script_prefix
from django.utils import translation

from guichet import clock
from guichet.design.forms import Form
from guichet.design.tests.pages import Page, request

pytestmark = pytest.mark.urls("guichet.design.tests.addresses")


class Typing(Form):
    name = forms.CharField(label="Nom")


def signed_on(asked, *, person="Léa Guichet", idle=30, limit=12 * 60):
    """Mark a request as signed on, with minutes left until each end."""
    at = clock.now()
    asked.sign_on = SimpleNamespace(
        idle_until=at + timedelta(minutes=idle, seconds=1),
        hard_until=at + timedelta(minutes=limit, seconds=1),
        credential=SimpleNamespace(given_names="LEA", family_name="GUICHET"),
        places="",  # what the room of spaces lists in the header
    )
    asked.person = SimpleNamespace(name=person) if person else None
    return asked


def shell(asked, language="fr", template="design/page.html", **more):
    with translation.override(language):
        return Page(render_to_string(template, more, request=asked))


def test_the_title_names_page_and_site_and_says_error_first():
    asked = request()
    page = shell(asked, template="design/display.html", form=Typing())
    assert page.words("title") == ["Affichage – MyGuichet.lu"]
    wrong = shell(asked, template="design/display.html", form=Typing({"name": ""}))
    assert wrong.words("title") == ["Erreur : Affichage – MyGuichet.lu"]


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_the_page_says_its_language(language):
    assert shell(request(f"/{language}/page/"), language).one("html").get("lang") == language


def test_the_way_past_the_header_comes_first():
    page = shell(request())
    first = page.all("a")[0]
    assert first.get("href") == "#main"
    assert page.one("main").get("id") == "main"


def test_the_footer_holds_the_links_of_the_guide():
    assert shell(request()).words("footer a") == [
        "Aide",
        "Contact",
        "Suivi sans connexion",
        "À propos du site",
        "Aspects légaux",
        "Accessibilité",
        "Plan du site",
    ]


def test_a_stranger_is_offered_to_log_in():
    page = shell(request())
    assert page.words("header .button") == ["Se connecter"]
    assert page.all("form") == []
    assert page.all("dialog") == []


def test_a_person_sees_her_name_and_signs_out_with_a_form():
    page = shell(signed_on(request()))
    assert page.words(".who") == ["Mon compte – Léa Guichet"]
    form = page.one("header form")
    assert (form.get("method"), form.get("action")) == ("post", "/fr/signon/sign_out/")
    assert page.words("header form button") == ["Se déconnecter"]
    assert page.all("header form [name=csrfmiddlewaretoken]") != []


def test_before_registration_the_certificate_tells_the_name():
    assert shell(signed_on(request(), person=None)).words(".who") == ["LEA GUICHET"]


def test_the_session_says_when_it_ends():
    dialog = shell(signed_on(request(), idle=30, limit=90)).one("dialog")
    assert dialog.get("data-idle") == "1800"
    assert dialog.get("data-limit") == "5400"
    assert dialog.get("data-warning") == "300"


def test_a_session_that_is_over_counts_no_further():
    dialog = shell(signed_on(request(), idle=-5)).one("dialog")
    assert dialog.get("data-idle") == "0"


def test_the_dialog_extends_by_post():
    button = shell(signed_on(request())).one("dialog [formaction]")
    assert button.get("formaction") == "/fr/signon/extend/"
    assert button.get("form") == "session"


def test_other_languages_are_links_to_the_same_page():
    page = shell(request("/fr/espaces/PM-7K2M4Q/?page=2"))
    assert page.words(".languages [aria-current]") == ["FR – Français"]
    links = {link.get("hreflang"): link.get("href") for link in page.all(".languages a")}
    assert links == {
        "de": "/de/espaces/PM-7K2M4Q/?page=2",
        "en": "/en/espaces/PM-7K2M4Q/?page=2",
    }


def test_on_a_form_other_languages_send_what_was_typed():
    page = shell(request(), form=Typing())
    assert page.all(".languages a") == []
    button = page.all(".languages button")[0]
    assert button.get("form") == "main-form"
    assert (button.get("name"), button.get("value")) == ("_language", "de")
    assert button.get("formaction") == "/de/page/"


def test_the_enter_key_sends_the_form_and_does_not_change_the_language():
    """A browser presses the first button that belongs to a form; see HTML, implicit submission."""
    first = shell(request(), form=Typing()).all("[form=main-form]")[0]
    assert first.get("name") is None
    assert (first.get("tabindex"), first.get("aria-hidden")) == ("-1", "true")


def test_a_page_outside_the_languages_offers_none():
    assert shell(request("/demo/")).all(".languages") == []


def test_a_portal_below_a_path_stays_below_it():
    asked = request("/fr/page/", SCRIPT_NAME="/portail")
    set_script_prefix("/portail/")
    try:
        page = shell(asked)
    finally:
        set_script_prefix("/")
    links = [link.get("href") for link in page.all(".languages a")]
    assert links == ["/portail/de/page/", "/portail/en/page/"]


def test_values_are_put_into_what_was_drawn_before_as_text():
    shell(signed_on(request()))
    page = shell(signed_on(request("/fr/page/?x=<b>&y"), person="Zoé <b>Braun</b> & Cie"))
    assert page.words(".who") == ["Mon compte – Zoé <b>Braun</b> & Cie"]
    assert page.all("b") == []
    assert page.all(".languages a")[0].get("href") == "/de/page/?x=%3Cb%3E&y"


def test_a_first_page_without_time_left_does_not_stop_the_clock_of_others():
    with override_settings(SITE_NAME="Un autre site"):
        shell(signed_on(request(), idle=-5))
        assert shell(signed_on(request(), idle=30)).one("dialog").get("data-idle") == "1800"


def test_public_pages_name_their_translations(client):
    page = Page(client.get("/fr/affichage/").content)
    assert [link.get("href") for link in page.all("link[rel=alternate]")] == [
        f"{settings.SITE_URL}/{code}/affichage/" for code in ("fr", "de", "en")
    ]
    assert page.all("meta[name=robots]") == []


def test_private_pages_are_for_no_search_engine():
    page = shell(request())
    assert page.all("link[rel=alternate]") == []
    assert page.one("meta[name=robots]").get("content") == "noindex"


def test_a_demonstration_says_that_it_is_one():
    assert shell(request()).all(".demo") == []
    with override_settings(DEMO=True):
        assert shell(request()).words(".demo strong") == ["Démonstration, pas le site officiel"]


def test_messages_are_notices_in_a_live_region():
    said = [Message(constants.SUCCESS, "Enregistré."), Message(constants.ERROR, "Raté.")]
    page = shell(request(), messages=said)
    assert page.words("[role=status] .notice-success") == ["Enregistré."]
    assert page.words("[role=status] .notice-error") == ["Raté."]


def test_boxes_that_nobody_filled_are_left_out():
    page = shell(request())
    assert page.all(".aside") == []
    assert page.all(".before") == []


def test_the_shell_asks_the_database_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        shell(signed_on(request()), form=Typing())


def test_nothing_comes_from_elsewhere_and_requests_are_few():
    page = shell(signed_on(request()))
    fetched = [e.get("src") or e.get("href") for e in page.all("link:not([rel=alternate]), [src]")]
    assert len(fetched) <= 4  # with the page itself, and one picture that a page may show: 6
    assert all(address.startswith("/static/design/") for address in fetched)


def test_what_one_site_draws_another_does_not_see():
    assert shell(request()).words(".site") == ["MyGuichet.lu"]
    with override_settings(SITE_NAME="Mon guichet"):
        assert shell(request()).words(".site") == ["Mon guichet"]
