"""Each address, in each language, for each kind of visitor, whatever is thrown at it."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import strip_tags

from guichet import access
from guichet.persons.models import Agent
from guichet.spaces.actions import invite, load_services
from guichet.spaces.models import Membership, RoleRequest
from guichet.spaces.tests.given import a_member
from tests.addresses import Address, every_address
from tests.cast import (
    a_credential,
    a_draft,
    a_headless_space,
    a_merger,
    a_person,
    a_private_space,
    a_professional_space,
    a_proposal,
    an_agent,
    signed_on,
)

LANGUAGES = [code for code, _ in settings.LANGUAGES]
ADDRESSES = every_address()
PAGES = [address for address in ADDRESSES if address.in_languages]
CLOSED = [a for a in PAGES if access.openness(a.view) != access.OPEN_TO_ALL]
VISITORS = ["a stranger", "a newcomer", "a registered person", "an agent"]
OPENED_BY = {
    access.OPEN_TO_ALL: "a stranger",
    access.OPEN_WHILE_REGISTERING: "a newcomer",
    access.OPEN_TO_SIGNED_ON: "a newcomer",
    access.OPEN_TO_AGENTS: "an agent",
    None: "a registered person",
}

pytestmark = [pytest.mark.django_db, pytest.mark.demo]

HUGE = "a" * 20_000
ODD_WORDS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "'; DROP TABLE persons_person; --",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "%(name)s %s {0}",
    "../../../../etc/passwd",
    "９８７６５４",  # digits, but not ASCII's
    "١٩٨٣٠٨١٩٧٤٩٢٥",
    "\u202eabc\u200f\ufeff",
    "👩🏽‍🚀" * 50,
    "1e999",
    "-1",
    "9" * 400,
    "a@" + "b" * 300 + ".lu",
    "https://evil.example/",
    HUGE,
]
ODD_QUERIES = [
    "\x00",
    "<script>",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    HUGE[:3000],
]


@dataclass
class Somebody:
    """A browser, and what of hers may stand in an address."""

    client: Client
    rows: dict[str, Any] = field(default_factory=dict)

    def path(self, address: Address, language: str = "fr") -> str:
        own = {name: self.rows[name] for name, _ in address.parts if name in self.rows}
        return address.path(language, **own)


def visitor(who: str) -> Somebody:
    client = Client()
    if who == "a newcomer":
        signed_on(client, a_credential())
    if who == "an agent":
        load_services()
        agent = an_agent(duties=Agent.Duty.values, authority="acd")
        signed_on(client, agent)
        proposal = a_proposal(agent, a_headless_space())
        rows = {"identifier": a_headless_space().identifier, "appointment_id": proposal.pk}
        return Somebody(client, rows)
    if who != "a registered person":
        return Somebody(client)
    tom = a_person("Tom Weber")
    signed_on(client, tom)
    a_private_space(tom)
    load_services()
    space = a_professional_space(tom)
    rows = {"identifier": space.identifier, "draft_id": a_draft(tom).pk}
    rows |= {"absorbed": space.identifier, "merger_id": a_merger(tom).pk}
    rows["membership_id"] = a_member(a_person("Marc Klein"), space).pk
    rows["request_id"] = RoleRequest.objects.create(
        identifier=space.identifier, space=space, person=a_person("Ada Muller"), role="reader"
    ).pk
    invitation = invite(
        Membership.objects.get(space=space, person=tom),
        email="zoe@example.lu",
        given_names="Zoé",
        family_name="Braun",
        role="reader",
        language="fr",
    )
    rows |= {"invitation_id": invitation.pk, "link": invitation.key}
    rows["credential_id"] = tom.credentials.get().pk
    return Somebody(client, rows)


def whom_it_lets_in(address: Address) -> Somebody:
    return visitor(OPENED_BY[access.openness(address.view)])


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("address", PAGES, ids=str)
def test_every_page_answers_in_every_language(address, who):
    somebody = visitor(who)
    for language in LANGUAGES:
        answer = somebody.client.get(somebody.path(address, language))
        assert answer.status_code < 500
        if answer.headers["Content-Type"].startswith("text/html") and answer.status_code == 200:
            assert f'<html lang="{language}"' in _text(answer)


@pytest.mark.parametrize("address", CLOSED, ids=str)
def test_a_closed_page_asks_a_stranger_to_sign_on(address):
    answer = Client().get(address.path())
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/fr/connexion/?next=")


@pytest.mark.parametrize("address", CLOSED, ids=str)
def test_persons_and_agents_do_not_open_each_others_pages(address):
    openness = access.openness(address.view)
    if openness == access.OPEN_TO_AGENTS:
        for who in ("a newcomer", "a registered person"):
            assert visitor(who).client.get(address.path()).status_code == 404
    elif openness != access.OPEN_TO_SIGNED_ON:
        agent = visitor("an agent").client
        for answer in (agent.get(address.path()), agent.post(address.path(), {"a": "b"})):
            assert answer.status_code == 302
            assert answer.headers["Location"] == "/fr/agents/"


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_other_methods_do_no_harm(address):
    somebody = whom_it_lets_in(address)
    for method in ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"]:
        _is_answered(somebody.client.generic(method, somebody.path(address)))


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_odd_words_in_every_field_get_a_sentence(address):
    somebody = whom_it_lets_in(address)
    client, path = somebody.client, somebody.path(address)
    names = _fields(client.get(path))
    for word in ODD_WORDS:
        answer = client.post(path, {**dict.fromkeys(names, word), "unexpected": word})
        _is_answered(answer)
    for word in ODD_QUERIES:
        _is_answered(client.get(path, {"next": word, "page": word, "q": word, "_language": word}))
    for name in names:  # one odd field among missing ones
        _is_answered(client.post(path, {name: "\x00"}))
    _is_answered(client.post(path, {name: ["a", "b"] for name in names}))


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_odd_bytes_get_a_sentence(address):
    somebody = whom_it_lets_in(address)
    client, path = somebody.client, somebody.path(address)
    form, many = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
    bodies = [
        (form, b"a=%ff%fe&b=%00&%c3%28=%c3%28"),
        (form, b"\xff\xfe\x00=\xff"),
        (form, b"&".join(b"f%d=1" % n for n in range(2000))),
        (form, b"a=" + b"b" * 1_200_000),
        (form + "; charset=utf-7", b"a=+AGE-"),
        (form + "; charset=nonsense", b"a=b"),
        (many, b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf"),
        (many, b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--\r\n'),
        (
            many,
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="\x00"\r\n\r\nx\r\n--b--',
        ),
        ("multipart/form-data", b"no boundary"),
        ("application/json", b"{"),
        ("", b"\x00"),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), b"a"),
    ]
    for kind, body in bodies:
        _is_answered(client.generic("POST", path, body, content_type=kind))


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_odd_cookies_and_headers_get_a_sentence(address):
    path = address.path()
    for word in ["\x00", "a" * 5000, "é", "%00", '"', "\u202e", ";;=", "../", "null"]:
        client = Client()
        as_sent = word.encode().decode("latin-1")  # as a server hands bytes on
        names = (
            settings.SESSION_COOKIE,
            settings.ATTEMPT_COOKIE,
            settings.BROWSER_COOKIE,
            settings.CSRF_COOKIE_NAME,
            settings.LANGUAGE_COOKIE_NAME,
            "affichage",
            "messages",
        )
        headers = {
            "Accept-Language": as_sent,
            "Cookie": "; ".join(f"{name}={as_sent}" for name in names),
            "User-Agent": as_sent,
            "X-Forwarded-For": as_sent,
        }
        _is_answered(client.get(path, headers=headers))
        _is_answered(client.post(path, {"a": word}, headers=headers))


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a.parts], ids=str)
def test_odd_parts_of_an_address_are_not_found(address):
    somebody = whom_it_lets_in(address)
    client, path = somebody.client, somebody.path(address)
    for _name, kind in address.parts:
        for odd in ["%00", "%ff", "..", "%2e%2e", "🦊", "A" * 3000, "%0a", "PM-0000", "0", "-1"]:
            last = re.sub(r"[^/]+(?=/?$)", odd, path)
            _is_answered(client.get(last))
            _is_answered(client.post(last))
        if kind == "IntConverter":
            _is_answered(client.get(path.replace("/1/", f"/{9**40}/")))


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/fr/nulle-part/", "/de/%ff%fe", "/fr/\x00", "//", "/fr"]
)
def test_an_unknown_address_is_a_page_with_a_sentence(path):
    answer = Client().get(path)
    assert answer.status_code in (301, 302, 400, 404)
    _is_answered(answer)


def _is_answered(answer: Any) -> None:
    if answer.request["PATH_INFO"] == "/readyz":  # says 503 as long as no worker runs
        return
    assert answer.status_code < 500
    if answer.request["PATH_INFO"] == "/metrics":  # not there for whoever comes from outside
        return
    is_shown = answer.request["REQUEST_METHOD"] != "HEAD" and answer.status_code != 405
    if answer.status_code >= 400 and is_shown:
        said = re.sub(r"\s+", " ", strip_tags(_text(answer))).strip()
        assert len(said) > 20, f"{answer.status_code} without a sentence"
        assert "Traceback" not in said


def _fields(answer: Any) -> list[str]:
    """Names of everything that the page's forms send."""
    found = re.findall(r'<(?:input|textarea|select|button)\b[^>]*\bname="([^"]+)"', _text(answer))
    return sorted({*found} - {"csrfmiddlewaretoken"}) or ["name"]


def _text(answer: Any) -> str:
    if getattr(answer, "streaming", False):
        return b"".join(answer).decode("utf-8", "replace")
    return str(answer.content.decode("utf-8", "replace"))
