"""The front page and where one lands."""

import pytest
from django.test import Client

from guichet.content.actions import Words, publish_news
from guichet.spaces.tests.given import a_draft, a_private_space, a_professional_space, words
from tests.cast import a_person, signed_on


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "fr"),
        ("", "de-LU,de;q=0.9,fr;q=0.5", "de"),
        ("", "lb,en;q=0.5", "en"),
        ("", "ja", "fr"),
        ("de", "en", "de"),
        ("xx", "en", "en"),
    ],
)
def test_the_bare_address_speaks_the_language_of_cookie_or_browser(
    client, settings, cookie, accepted, language
):
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


@pytest.mark.django_db
def test_the_front_page_says_how_it_works_and_where_to_begin(client, settings):
    page = words(client.get("/fr/"))
    assert ">Vos démarches en ligne</h1>" in page
    assert 'href="/fr/connexion/">Se connecter</a>' in page
    assert 'href="/fr/enregistrement/">Nouvel utilisateur ? Enregistrez-vous d’abord</a>' in page
    assert settings.SUPPORT_PHONE in page
    assert "Continuer vers mes espaces" not in page
    assert page.count("<li><div") == 3


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_the_front_page_is_the_same_for_everybody_and_leaves_no_cookie(language):
    first, second = (Client().get(f"/{language}/") for _somebody in range(2))
    assert first.content == second.content
    assert not first.cookies
    assert b'method="post"' not in first.content
    assert b"csrf" not in first.content


@pytest.mark.django_db
def test_whoever_has_signed_on_goes_on_to_her_spaces(client):
    signed_on(client, a_person("Ada Muller"))
    page = words(client.get("/fr/"))
    assert 'href="/fr/arrivee/">Continuer vers mes espaces</a>' in page
    assert "Nouvel utilisateur" not in page


@pytest.mark.django_db
def test_the_front_page_shows_three_pieces_of_news(client):
    assert "Actualités</h2>" not in words(client.get("/fr/"))
    for number in range(4):
        texts = {
            code: Words(title=f"{code} {number}", summary="s", body="b")
            for code in ("fr", "de", "en")
        }
        publish_news(None, slug=f"news-{number}", texts=texts)
    page = words(client.get("/de/"))
    assert page.count("/de/actualites/news-") == 3
    assert "de 3" in page
    assert "de 0" not in page


# --- Arriving


@pytest.mark.django_db
def test_without_a_space_one_lands_on_the_hub(client):
    ada = a_person("Ada Muller")
    signed_on(client, ada)
    a_draft(ada)
    assert client.get("/fr/arrivee/").headers["Location"] == "/fr/espaces/"


@pytest.mark.django_db
def test_with_one_space_one_lands_in_it_and_with_several_one_chooses(client):
    ada = a_person("Ada Muller")
    signed_on(client, ada)
    space = a_professional_space(ada)
    assert client.get("/fr/arrivee/").headers["Location"] == f"/fr/espaces/{space.identifier}/"
    a_private_space(ada)
    assert client.get("/fr/arrivee/").headers["Location"] == "/fr/espaces/"


@pytest.mark.django_db
def test_arriving_needs_a_session(client):
    assert client.get("/fr/arrivee/").headers["Location"].startswith("/fr/connexion/?next=")
