"""MyGuichet's own terms: asked before anything else, version by version, and kept as shown."""

import io
from datetime import date

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guichet import clock
from guichet.audit.models import Entry
from guichet.design import paper
from guichet.registration import actions, policy, terms
from guichet.registration.models import Acceptance, Access, Document, Text, Version
from guichet.registration.tests import walk
from guichet.signon.models import Session
from tests.cast import a_person, signed_on, travel

pytestmark = pytest.mark.django_db

HUB = "/en/espaces/"


@pytest.fixture
def paul(client):
    """Paul Thill accepted only the version before."""
    person = a_person("Paul Thill", with_terms=False)
    actions.grant_access(person, portal_terms=1)
    signed_on(client, person)
    return person


@pytest.fixture
def marc(client):
    """Marc has just registered and accepted nothing of MyGuichet yet."""
    person = a_person("Marc Klein", with_terms=False)
    signed_on(client, person)
    return person


def test_marc_accepts_the_terms_before_anything_else(client, marc):
    gate = client.get(HUB)
    assert gate.url == "/en/conditions/?next=%2Fen%2Fespaces%2F"
    page = client.get("/fr/conditions/")
    words = walk.text_of(page)
    for sentence in (
        "Conditions générales d’utilisation",
        "I. Conditions générales d’utilisation (CGU) du site Guichet.lu",
        "Il doit se prémunir contre les effets de la piraterie informatique",
        "Accepter les CGU",
        "Valider",
        "Version 2, en vigueur depuis le 15 septembre 2026.",
    ):
        assert sentence in words
    assert "Ce qui a changé" not in words
    assert walk.tick(client, page, gate.url).url == HUB
    assert client.get(HUB).status_code == 200

    acceptance = Acceptance.objects.get(version__document="portal")
    shown = terms.current(Document.PORTAL).wording("fr")
    assert (acceptance.language, acceptance.digest) == ("fr", shown.digest)
    assert acceptance.session == Session.objects.get().pk
    assert acceptance.version.number == 2
    assert Entry.objects.filter(event="terms.accepted", data__document="portal").count() == 1


def test_a_new_version_asks_again_and_says_what_changed(client, paul):
    assert client.get(HUB).url.startswith(walk.TERMS)
    page = client.get(walk.TERMS)
    assert "What has changed since the version that you accepted" in walk.text_of(page)
    assert "Article 13, new" in walk.text_of(page)
    assert walk.tick(client, page, walk.TERMS).url == "/en/arrivee/"
    assert policy.last_accepted(paul, Document.PORTAL) == 2
    assert client.get(HUB).status_code == 200


def test_without_the_tick_nothing_is_accepted(client, marc):
    digest = terms.current(Document.PORTAL).wording("en").digest
    page = client.post(walk.TERMS, {"digest": digest})
    assert "Tick “Accept the terms of use” to continue." in walk.text_of(page)
    assert not Acceptance.objects.filter(version__document="portal").exists()
    assert client.get(HUB).url.startswith(walk.TERMS)


def test_a_text_that_is_no_longer_the_current_one_is_not_accepted(client, marc):
    old = terms.published(Document.PORTAL)[0].wording("en").digest
    page = client.post(walk.TERMS, {"digest": old, "accept": "on"})
    assert "The terms have changed in the meantime." in walk.text_of(page)
    assert walk.tick(client, page, walk.TERMS).status_code == 302


def test_refusing_signs_out_and_loses_nothing(client, marc):
    page = client.get(walk.TERMS).content.decode()
    assert '<button class="button button-quiet" type="submit" form="session">' in page
    assert (
        f'id="session" method="post" action="{reverse("signon:sign_out")}"'.replace("/fr/", "/en/")
        in page
    )
    client.post("/en/deconnexion/")
    assert Access.objects.filter(person=marc).exists()
    signed_on(client, marc)
    assert client.get(HUB).url.startswith(walk.TERMS)


def test_accepting_twice_is_accepting_once(client, marc):
    page = client.get(walk.TERMS)
    walk.tick(client, page, walk.TERMS)
    walk.tick(client, page, walk.TERMS)
    assert Acceptance.objects.filter(version__document="portal").count() == 1


def test_the_version_of_the_day_counts(client, monkeypatch):
    for day, number in (
        (date(2019, 1, 1), 1),
        (date(2020, 1, 15), 1),
        (date(2026, 9, 14), 1),
        (date(2026, 9, 15), 2),
    ):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        assert terms.current(Document.PORTAL).number == number
        assert terms.required(Document.PORTAL) == number


def test_a_version_that_asks_nobody_lets_older_acceptances_count(monkeypatch):
    from dataclasses import replace

    first, second = terms.published(Document.PORTAL)
    quiet = (first, replace(second, needs_new_acceptance=False))
    monkeypatch.setattr(terms, "published", lambda _document: quiet)
    assert terms.current(Document.PORTAL).number == 2
    assert terms.required(Document.PORTAL) == 1


def test_the_gate_costs_no_query_once_it_has_let_somebody_through(client):
    signed_on(client, a_person("Marc Klein"))
    client.get(HUB)
    assert Session.objects.get().cleared_for == "portal:2"
    with CaptureQueriesContext(connection) as captured:
        client.get(HUB)
    assert not [query for query in captured if "registration_" in query["sql"]]


def test_whoever_lost_their_access_is_refused(client):
    person = a_person("Marc Klein")
    Access.objects.filter(person=person).update(suspended_at=clock.now())
    signed_on(client, person)
    assert client.get(HUB).status_code == 403


def test_access_that_ends_ends_within_a_minute_also_for_whoever_is_inside(client):
    person = a_person("Marc Klein")
    signed_on(client, person)
    assert client.get(HUB).status_code == 200
    Access.objects.filter(person=person).update(suspended_at=clock.now())
    with travel(minutes=1):
        assert client.get(HUB).status_code == 403


def test_a_sent_form_comes_back_to_its_page(client, marc):
    gate = client.post("/en/espaces/prive/creer/?a=1", {"x": "y"})
    assert gate.url == "/en/conditions/?next=%2Fen%2Fespaces%2Fprive%2Fcreer%2F"


def test_a_return_address_stays_inside(client, marc):
    page = client.get(walk.TERMS)
    response = walk.tick(client, page, walk.TERMS + "?next=//evil.example/")
    assert response.url == "/en/arrivee/"


def test_everybody_may_read_the_terms(client):
    for language, title in (
        ("fr", "Conditions générales d’utilisation"),
        ("de", "Allgemeine Nutzungsbedingungen"),
        ("en", "General terms and conditions of use"),
    ):
        page = client.get(f"/{language}/conditions/texte/")
        assert title in walk.text_of(page)
        assert 'href="#section-2"' in page.content.decode()
        assert 'id="article-21"' in page.content.decode()


@pytest.mark.parametrize("path", ["conditions/cgu.pdf", "enregistrement/conditions/conditions.pdf"])
def test_the_terms_are_a_tagged_pdf_made_once(client, path, monkeypatch):
    answer = client.get(f"/fr/{path}")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
    monkeypatch.setattr(paper, "pdf", None)
    assert client.get(f"/fr/{path}").content == answer.content
    again = client.get(f"/fr/{path}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_the_pdfs_are_made_ahead(monkeypatch):
    actions.load_terms()
    monkeypatch.setattr(paper, "pdf", lambda html: html.encode())
    assert actions.print_terms() == 6
    assert actions.print_terms() == 0


def test_the_texts_are_loaded_once():
    loaded = actions.load_terms()
    assert loaded == Text.objects.count() == 9
    assert actions.load_terms() == 0


def test_a_published_text_is_not_rewritten():
    actions.load_terms()
    Text.objects.filter(language="fr", version__number=1, version__document="portal").update(
        digest="0" * 64
    )
    with pytest.raises(ValueError, match="portal 1 in fr was published"):
        actions.load_terms()


def test_an_acceptance_is_never_changed(client, paul):
    with pytest.raises(DatabaseError), transaction.atomic():
        Acceptance.objects.update(language="de")


def test_the_three_languages_say_the_same_articles():
    for document in Document.values:
        for version in terms.published(document):
            assert set(version.wordings) == {"fr", "de", "en"}
            shapes = {
                tuple(
                    (section.is_part, tuple(p.number for p in section.paragraphs))
                    for section in wording.sections
                )
                for wording in version.wordings.values()
            }
            assert len(shapes) == 1
            lists = {(len(w.in_short), len(w.changes)) for w in version.wordings.values()}
            assert len(lists) == 1


def test_articles_are_numbered_one_after_the_other():
    for document in Document.values:
        for version in terms.published(document):
            sections = version.wording("fr").sections
            numbers = [p.number for section in sections for p in section.paragraphs if p.number]
            assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "source",
    ["", "# Title\n", "# Title\n--- text\n# A\n", "# T\n--- short\n- a\n--- text\nno heading\n"],
)
def test_a_text_that_is_not_whole_is_refused(source):
    with pytest.raises(ValueError, match=r"terms|heading"):
        terms.parse(
            source, document="portal", number=1, effective_from=date(2020, 1, 1), language="fr"
        )


def test_a_language_without_a_text_reads_the_first_one():
    version = terms.published(Document.PORTAL)[0]
    assert version.wording("lb").language == "fr"


def test_a_version_is_named_in_faults():
    actions.load_terms()
    assert str(Version.objects.get(document="portal", number=2)) == "portal 2"
