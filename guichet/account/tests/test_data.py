"""Everything about oneself in one file, and nothing about others."""

import io
import json
import zipfile

import pytest

from guichet.audit.models import Entry
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_draft, a_person, signed_on

DATA = "/fr/compte/donnees/"


@pytest.fixture
def luc(client, db):
    luc = a_person("Luc Reuter", email="luc@example.lu")
    signed_on(client, luc)
    return luc


def taken(client) -> zipfile.ZipFile:
    answer = client.get(f"{DATA}compte.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_luc_takes_everything_along(client, luc):
    private = a_private_space(luc)
    tom = a_person("Tom Weber", email="tom@example.lu")
    space = a_professional_space(tom, "Toitures")
    a_member(luc, space)
    a_draft(luc, "Le four")
    page = words(client.get(DATA))
    assert "numéro d’identification national en entier" in page
    archive = taken(client)
    assert archive.testzip() is None
    person = json.loads(archive.read("data/person.json"))
    assert person["national_number"] == luc.national_number
    assert person["email"] == "luc@example.lu"
    spaces = {row["identifier"] for row in json.loads(archive.read("data/memberships.json"))}
    assert spaces == {private.identifier, space.identifier}
    assert "data/private-space.json" in archive.namelist()
    products = json.loads(archive.read("data/products.json"))
    assert products[0]["number"] == luc.credentials.get().number
    assert json.loads(archive.read("data/activity.json"))
    index = archive.read("index.html").decode()
    assert luc.national_number in index
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert tom.national_number not in whole
    assert "tom@example.lu" not in whole
    assert Entry.objects.filter(event="account.exported", actor=f"person:{luc.pk}").count() == 1


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_in_every_language_also_without_anything(client, luc, language):
    answer = client.get(f"/{language}/compte/donnees/compte.zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert f'lang="{language}"' in archive.read("index.html").decode()


def test_the_overview_says_how_each_part_stands(client, luc):
    page = words(client.get("/fr/compte/"))
    assert "1 produit ouvre votre compte." in page
    assert "luc@example.lu" in page
    assert 'href="/fr/compte/"' in words(client.get("/fr/espaces/"))


def test_luc_chooses_the_language_of_his_mails(client, luc):
    assert client.post("/fr/compte/langue/", {"language": "de"}).url == "/fr/compte/"
    luc.refresh_from_db()
    assert luc.language == "de"
    client.post("/fr/compte/langue/", {"language": "xx"})
    luc.refresh_from_db()
    assert luc.language == "de"
