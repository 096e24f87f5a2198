"""A space's home: what it shows, what it costs, and that it is never older than the space."""

import re
import time

import pytest
from django.test import Client

from guichet.content import latest
from guichet.content.actions import Words, publish_news
from guichet.desk import kept
from guichet.spaces import actions, policy
from guichet.spaces.models import Role, Space
from guichet.spaces.policy import Can
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_person, a_session, signed_on, travel


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    kept.memory.clear()


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


@pytest.fixture
def space(ada):
    return a_professional_space(ada, "Le four")


@pytest.fixture
def home(client, space):
    """The page's address, after a first visit: the gate has made its note."""
    address = f"/fr/espaces/{space.identifier}/"
    client.get(f"{address}communications/")
    return address


def rename(person, space, name):
    member = policy.membership(a_session(person), space.identifier, to=Can.CHANGE)
    actions.change_space(member, name=name, notification_email="ada@example.lu")


def still(response) -> bytes:
    """The page without what belongs to the one request."""
    page = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)
    return re.sub(rb'data-(idle|limit)="\d+"', b"", page)


def found(pattern: bytes, response) -> bytes:
    """The first group of the first match in the page."""
    match = re.search(pattern, response.content)
    assert match
    return match[1]


# --- What it shows


def test_the_home_has_the_guides_parts_each_with_a_useful_empty_state(client, home):
    page = words(client.get(home))
    for told in (
        "<h1>Mes démarches</h1>",
        "À faire",
        "Vous n’avez rien à faire pour le moment.",
        "Démarches fréquentes",
        "Aucune démarche fréquente.",
        "Le four",
    ):
        assert told in page


def test_the_home_shows_the_news(client, home):
    texts = {
        code: Words(title=f"Title {code}", summary="s", body="b") for code in ("fr", "de", "en")
    }
    publish_news(None, slug="first", texts=texts)
    assert 'href="/fr/actualites/first/">Title fr</a>' in words(client.get(home))


def test_a_private_space_has_a_home_of_its_own(client, ada):
    page = words(client.get(f"/fr/espaces/{a_private_space(ada).identifier}/"))
    assert "Mes données</a>" in page
    assert "Regarder vos données" in page


# --- What it costs


def test_the_home_costs_four_queries_cold_and_two_warm(client, home, django_assert_num_queries):
    client.get(home)  # the news, and what everybody sends, are remembered for minutes
    kept.memory.clear()
    # session and person; membership, space and whether a merger is at hand; what waits for a
    # signature; drafts and what was sent
    with django_assert_num_queries(4):
        client.get(home)
    with django_assert_num_queries(2):
        client.get(home)


def test_not_modified_costs_two_queries(client, home, django_assert_num_queries):
    tag = client.get(home).headers["ETag"]
    with django_assert_num_queries(2):
        response = client.get(home, headers={"if-none-match": tag})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == tag
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response.headers["Vary"]


def test_a_kept_page_is_the_page_that_would_be_drawn(client, home):
    drawn, remembered = client.get(home), client.get(home)
    kept.memory.clear()
    anew = client.get(home)
    assert still(drawn) == still(remembered) == still(anew)
    assert drawn.headers["ETag"] == anew.headers["ETag"]
    # A query string, which nothing on the page reads, is drawn the ordinary way.
    plain = client.get(f"{home}?x=1")
    assert "ETag" not in plain.headers
    assert plain.headers["Cache-Control"] == "no-store"
    assert still(plain).replace(b"?x=1", b"") == still(drawn)


def test_each_answer_has_its_own_form_token_and_time(client, home):
    first = client.get(home)
    second = client.get(home)
    tokens = [found(rb'middlewaretoken" value="(\w{64})"', each) for each in (first, second)]
    assert tokens[0] != tokens[1]
    assert kept._MARK.encode() not in second.content
    assert re.search(rb'data-idle="1[78]\d\d"', second.content)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    posted = strict.post("/fr/deconnexion/", {"csrfmiddlewaretoken": tokens[1].decode()})
    assert posted.status_code == 302


# --- Never older than the space, never somebody else's


def test_a_change_is_seen_at_once(client, ada, space, home):
    tag = client.get(home).headers["ETag"]
    rename(ada, space, "La table")
    response = client.get(home, headers={"if-none-match": tag})
    assert response.status_code == 200
    assert "La table" in words(response)
    assert "Le four" not in words(response)


def test_every_act_on_a_space_raises_its_version(ada, space):
    member = policy.membership(a_session(ada), space.identifier, to=Can.CHANGE)
    for act in (
        lambda: actions.change_space(member, name="A", notification_email="a@example.lu"),
        lambda: actions.change_my_address(member, notification_email="b@example.lu"),
        lambda: actions.describe_company(
            member,
            name="B",
            legal_form="sarl",
            address_line1="1, rue du Four",
            postal_code="9530",
            locality="Wiltz",
        ),
    ):
        before = Space.objects.get(pk=space.pk).version
        act()
        assert Space.objects.get(pk=space.pk).version == before + 1


def test_members_do_not_see_each_others_page(client, space, home):
    tag = client.get(home).headers["ETag"]
    tom = a_person("Tom Weber")
    a_member(tom, space, Role.READER)
    other = Client()
    signed_on(other, tom)
    response = other.get(home, headers={"if-none-match": tag})
    assert response.status_code == 200
    assert "Ada Muller" not in words(response)
    assert "Tom Weber" in words(response)
    eve = Client()
    signed_on(eve, a_person("Eve Stranger"))
    assert eve.get(home, headers={"if-none-match": tag}).status_code == 404
    assert Client().get(home, headers={"if-none-match": tag}).status_code == 302


def test_a_member_who_was_removed_finds_nothing_kept(client, space, home):
    tag = client.get(home).headers["ETag"]
    space.memberships.all().delete()
    assert client.get(home, headers={"if-none-match": tag}).status_code == 404


@pytest.mark.parametrize("cookie", ["affichage", "langue", "another"])
def test_what_other_cookies_say_is_not_mixed_up(client, home, cookie):
    plain = still(client.get(home))
    client.cookies[cookie] = "large.dark.wide" if cookie == "affichage" else "x"
    changed = still(client.get(home))
    assert (b'data-theme="dark"' in changed) == (cookie == "affichage")
    del client.cookies[cookie]
    assert still(client.get(home)) == plain


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_language_has_its_own_page(client, home, language):
    client.get(home)
    page = words(client.get(home.replace("/fr/", f"/{language}/")))
    assert {"de": "Meine Vorgänge", "en": "My procedures"}[language] in page


def test_a_message_is_shown_once_and_kept_by_nobody(client, ada, home):
    tag = client.get(home).headers["ETag"]
    client.post("/fr/espaces/prive/creer/", {"notification_email": "ada@example.lu"})
    with_message = client.get(home, headers={"if-none-match": tag})
    assert with_message.status_code == 200
    assert "Votre espace privé est créé." in words(with_message)
    assert with_message.headers["Cache-Control"] == "no-store"
    without = client.get(home, headers={"if-none-match": tag})  # the header lists one space more
    assert "Votre espace privé est créé." not in words(without)
    tag = without.headers["ETag"]
    assert client.get(home, headers={"if-none-match": tag}).status_code == 304


def test_near_the_end_of_a_session_its_time_is_always_fresh(client, ada, home):
    session = ada.sessions.get()
    session.hard_until = session.signed_on_at + (session.idle_until - session.signed_on_at) / 2
    session.save()
    response = client.get(home)
    assert "ETag" not in response.headers
    assert int(found(rb'data-limit="(\d+)"', response)) < 15 * 60 + 1


def test_after_signing_on_again_the_old_page_is_not_confirmed(client, ada, home):
    tag = client.get(home).headers["ETag"]
    again = Client()
    signed_on(again, ada)
    assert again.get(home, headers={"if-none-match": tag}).status_code == 200


def test_the_news_on_a_kept_page_are_a_minute_old_at_most(client, home, monkeypatch):
    monkeypatch.setattr(kept, "AGE_SECONDS_MAX", 0.0)
    client.get(home)
    texts = {code: Words(title="Fresh", summary="s", body="b") for code in ("fr", "de", "en")}
    publish_news(None, slug="fresh", texts=texts)
    with travel(seconds=latest.AGE_SECONDS_MAX):
        assert "Fresh" in words(client.get(home))


# --- The memory


def test_the_memory_keeps_what_was_asked_for_last():
    memory = kept.Memory()
    page = kept.Drawn((b"x",), "digest", time.monotonic())
    for number in range(kept.PAGES_MAX):
        memory.put(number, page)
    assert memory.get(0) is page
    memory.put("one more", page)
    assert memory.get(0) is page
    assert memory.get(1) is None
    memory.clear()
    assert memory.get(0) is None


# --- The other page of the desk inside a space


def test_communications_says_what_will_come_and_where_one_is_told(client, home):
    page = words(client.get(f"{home}communications/"))
    assert "Aucune communication." in page
    assert "nous écrivons à <strong>ada@example.lu</strong>" in page


def test_a_kept_page_is_found_again_later(client, ada, home):
    tag = client.get(home).headers["ETag"]
    with travel(minutes=20):
        assert client.get(home, headers={"if-none-match": tag}).status_code == 304
