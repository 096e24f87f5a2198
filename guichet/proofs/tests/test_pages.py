"""Somebody holds a slip and wants to know."""

import json
import re
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as site
from django.test import Client

from guichet.proofs import actions
from guichet.proofs.models import Day
from guichet.proofs.tests.given import INVOICE, SALT, a_closed_day, a_receipt, sha256

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\xa0", " "))


def test_whoever_scans_the_code_reads_what_the_portal_vouches_for(django_assert_num_queries):
    receipt = a_receipt()
    with django_assert_num_queries(1):
        answer = Client().get(
            receipt.address.removeprefix(site.SITE_URL), headers={"Accept-Language": "en"}
        )
    page = words(answer)
    assert answer.status_code == 200
    assert "This slip is genuine" in page
    assert "25 November 2026 at 15:02" in page
    assert "2026-0471-1837" in page
    assert "PM-7K2M4Q" in page
    assert "2 files" in page
    assert sha256(INVOICE)[:8] in page
    assert SALT not in page
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Ce bordereau est authentique"),
        ({"Accept-Language": "de"}, "Dieser Beleg ist echt"),
        ({"Accept-Language": "en"}, "This slip is genuine"),
        ({"Accept-Language": "en", "Cookie": "langue=de"}, "Dieser Beleg ist echt"),
    ],
)
def test_the_page_speaks_the_language_of_cookie_or_browser(asked, sentence):
    answer = Client().get(f"/verifier/{a_receipt().grouped_code}", headers=asked)
    assert sentence in words(answer)


def test_a_code_typed_otherwise_leads_to_its_page():
    receipt = a_receipt()
    typed = f" {receipt.code.lower()} "
    answer = Client().get("/verifier/", {"code": typed})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/verifier/{receipt.grouped_code}"
    answer = Client().get(f"/verifier/{receipt.code.lower()}")
    assert answer.headers["Location"] == f"/verifier/{receipt.grouped_code}"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the code that stands beside the QR code."),
        ("9TC9", "The code has 16 letters and digits."),
        ("9" * 280, "200 characters at most"),
    ],
)
def test_what_can_be_no_code_is_told_beside_the_field(typed, sentence):
    answer = Client().get("/verifier/", {"code": typed}, headers={"Accept-Language": "en"})
    assert sentence in words(answer)
    assert "<title>Error:" in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("9TC9-EEDJ-PXVV-2K7M", "No slip of this portal has this code."),
        ("nonsense", "This one has not."),
        ("<script>", "&lt;script&gt;"),
        ("x" * 3000, "This one has not."),
    ],
)
def test_an_unknown_code_says_what_to_try(code, sentence):
    a_receipt()
    answer = Client().get(f"/verifier/{code}", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert sentence in words(answer)
    assert "Do not rely on it before it is confirmed." in words(answer)


def test_a_receipt_that_no_key_of_ours_fits_is_not_called_genuine(settings):
    receipt = a_receipt()
    other = ec.generate_private_key(ec.SECP256R1())
    settings.RECEIPT_KEYS = SimpleNamespace(private=other, earlier=())
    answer = Client().get(f"/verifier/{receipt.grouped_code}", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "genuine" not in words(answer)


def test_the_keys_and_the_certificate_are_published():
    keys = Client().get("/verifier/cles.json")
    assert keys.headers["Content-Type"] == "application/json"
    assert [key["kid"] for key in json.loads(keys.content)["keys"]] == [a_receipt().key]
    assert "BEGIN PUBLIC KEY" in words(Client().get("/verifier/cles.pem"))
    assert "BEGIN CERTIFICATE" in words(Client().get("/verifier/certificat.pem"))


def test_the_page_for_offline_use_is_saved_not_shown():
    answer = Client().get("/verifier/verifier.html", headers={"Accept-Language": "de"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verifier.html"'
    assert a_receipt().key in words(answer)
    assert '<html lang="de">' in words(answer)


def test_what_is_published_each_night_is_there_for_everybody(settings):
    empty = Client().get("/preuves/", headers={"Accept-Language": "en"})
    assert "Nothing is published yet" in words(empty)
    day = a_closed_day()
    path = f"/preuves/{day.day}"
    page = words(Client().get("/preuves/", headers={"Accept-Language": "de"}))
    assert f'href="{path}.json"' in page
    assert "Noch nicht" in page
    file = Client().get(f"{path}.json")
    assert file.content == actions.day_file(day)
    assert file.headers["Cache-Control"] == "public, max-age=300"
    assert "token" not in json.loads(file.content)
    assert json.loads(Client().get("/preuves/index.json").content) == {
        "days": [{"day": f"{day.day}", "digest": day.digest.hex()}]
    }
    for absent in (f"{path}.tst", "/preuves/1999-01-01.json", "/preuves/2026-13-01.json"):
        assert Client().get(absent).status_code == 404
    Day.objects.update(token=b"stamp", stamped_at=day.closed_at)
    assert Client().get(f"{path}.tst").content == b"stamp"
    file = Client().get(f"{path}.json")
    assert (json.loads(file.content)["token"], "immutable" in file.headers["Cache-Control"]) == (
        "c3RhbXA=",
        True,
    )
    settings.TIMESTAMP_TRUST = "/nowhere"
    assert Client().get("/preuves/autorite.pem").status_code == 404


def test_nothing_can_be_uploaded():
    code = a_receipt().grouped_code
    for path in ("/verifier/", f"/verifier/{code}"):
        page = Client().get(path).content.decode()
        assert 'enctype="multipart' not in page
        assert 'method="post"' not in page
        [chosen] = re.findall(r'<input type="file"[^>]*>', page)
        assert "name=" not in chosen
