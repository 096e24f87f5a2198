"""A paper is saved, never run."""

import pytest

from guichet import clock
from guichet.files import actions, disk, serving
from guichet.files.models import File, Scan
from guichet.files.tests.given import a_pdf
from guichet.refusals import Refused

pytestmark = pytest.mark.django_db


def a_file(name="facture.pdf", media_type="application/pdf", **scan):
    file = actions.store(a_pdf(), name=name, media_type=media_type)
    if scan:
        Scan.objects.create(digest=file.digest, **scan)
    return file


def passed(**more):
    return a_file(**more, checked_at=clock.now(), engine="e")


def test_it_is_a_download_that_runs_nothing():
    answer = serving.answer(passed())
    assert b"".join(answer) == a_pdf()
    answer.close()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(a_pdf()))
    assert answer["Content-Disposition"] == 'attachment; filename="facture.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_a_type_that_we_do_not_know_is_bytes():
    answer = serving.answer(passed(media_type="text/html"))
    assert answer["Content-Type"] == "application/octet-stream"
    answer.close()


def test_text_says_how_it_is_written():
    answer = serving.answer(passed(media_type="text/plain"))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    answer.close()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "Reçu n° 5.pdf",
            "filename=\"Re_u n_ 5.pdf\"; filename*=UTF-8''Re%C3%A7u%20n%C2%B0%205.pdf",
        ),
        ('a"b.pdf', "filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("a\r\nX: y.pdf", 'filename="a X: y.pdf"'),
        ("../x.pdf", 'filename="x.pdf"'),
    ],
)
def test_names_in_headers(name, told):
    assert serving.disposition(name) == f"attachment; {told}"


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ({}, "not-scanned"),
        ({"tries": 3}, "not-scanned"),
        ({"checked_at": clock.now(), "engine": "e", "found": "Eicar"}, "virus"),
    ],
)
def test_what_the_scanner_has_not_passed_is_not_given(scan, code):
    file = a_file(**scan)
    with pytest.raises(Refused) as refused:
        serving.answer(file)
    assert refused.value.code == code


def test_bytes_that_are_gone_are_noticed():
    file = passed()
    disk.place_of(file.digest).unlink()
    with pytest.raises(actions.Damaged):
        serving.answer(file)
    assert File.objects.exists()
