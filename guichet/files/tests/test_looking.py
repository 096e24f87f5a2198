"""What a paper is, is decided by its content."""

import io
import zipfile

import pikepdf
import pytest
from django.utils.translation import override
from PIL import Image

from guichet.files import apart, opened
from guichet.files.looking import Family, Limits, Seen, look
from guichet.files.tests.given import ALL, LIMITS, a_bomb, a_pdf, an_image, saved
from guichet.refusals import Refused


@pytest.fixture
def looked(tmp_path):
    def look_at(content, limits=ALL):
        path = tmp_path / "paper"
        path.write_bytes(content)
        try:
            return look(path, limits)
        except Refused as refusal:
            return refusal.code

    return look_at


def a_zip():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.txt", "x")
    return kept.getvalue()


def an_animation():
    kept = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(kept, "PNG", save_all=True, append_images=frames[1:])
    return kept.getvalue()


def test_what_is_accepted(looked):
    assert looked(a_pdf(3)) == Seen(Family.PDF, "application/pdf", 3)
    assert looked(an_image("JPEG")) == Seen(Family.IMAGE, "image/jpeg")
    assert looked(an_image("PNG")) == Seen(Family.IMAGE, "image/png")
    assert looked("Prénom;Nom\r\nAda;Müller\n".encode()) == Seen(Family.TEXT, "text/plain")
    assert looked(b"\xef\xbb\xbfa;b\n").family is Family.TEXT
    assert looked(("é" * 600_000).encode()).family is Family.TEXT


@pytest.mark.parametrize(
    "content",
    [
        a_zip(),
        b"MZ\x90\x00",
        b"\x7fELF",
        b"GIF89a" + b"\0" * 20,
        b"\0\0\0\x18ftypheic\0\0\0\0heic",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "Müller".encode("latin-1"),
        b"text with \x00 in it",
        b"\x1b[2J",
        b"\xc3",
        b"\n%PDF-1.7 begins later",
    ],
)
def test_what_is_not(looked, content):
    if content.startswith(b"\n%PDF"):
        content += b"\xff"
    assert looked(content) == "file-type"


def test_only_the_families_that_are_asked_for(looked):
    assert looked(a_pdf(), Limits(families=(Family.IMAGE,))) == "file-type"
    assert looked(an_image(), Limits(families=(Family.PDF,))) == "file-type"
    assert looked(b"plain", LIMITS) == "file-type"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n" + b"x" * 3000,
        saved(pikepdf.new()),
        a_pdf()[:200],
        b"\xff\xd8\xff",
        an_image("JPEG", size=(300, 300))[:-400],
        an_image("PNG", size=(300, 300))[:-60],
        an_animation(),
    ],
)
def test_what_is_damaged_is_said_to_be(looked, content):
    assert looked(content) == "unreadable"


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_protected_pdf_is_refused(looked, user):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        content = saved(pdf, encryption=pikepdf.Encryption(owner="o", user=user))
    assert looked(content) == "unreadable"


def test_a_pdf_with_too_many_pages_is_refused(looked):
    assert looked(a_pdf(5), Limits(pages=5)).pages == 5
    assert looked(a_pdf(6), Limits(pages=5)) == "too-many-pages"


def launching(_pdf):
    return pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def deep(_pdf):
    return pikepdf.Dictionary(A=pikepdf.Array([1, pikepdf.Dictionary(B=launching(_pdf))]))


def test_a_pdf_that_starts_programs_is_refused(looked):
    assert looked(a_pdf(OpenAction=launching)) == "program"
    assert looked(a_pdf(Deep=deep)) == "program"
    assert looked(a_pdf(Indirect=lambda pdf: pdf.make_indirect(deep(pdf)))) == "program"


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("factur-x.xml", b"<?xml version='1.0'?><x/>", "pdf"),
        ("photo.jpg", an_image(), "pdf"),
        ("calc.exe", b"MZ", "program"),
        ("factur-x.xml", b"MZ\x90\x00", "program"),
        ("run.sh", b"echo", "program"),
        ("run.txt", b"#!/bin/sh", "program"),
        ("more.pdf", a_zip(), "program"),
    ],
)
def test_what_a_pdf_may_carry(looked, name, content, seen):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments[name] = content
        told = looked(saved(pdf))
    assert (told if isinstance(told, str) else told.family.value) == seen


def test_a_picture_of_a_billion_pixels_is_not_unpacked(looked):
    assert looked(a_bomb()) == "too-many-pixels"


def test_a_stream_that_unpacks_to_gigabytes_takes_no_memory_of_ours(looked, monkeypatch):
    monkeypatch.setattr(opened, "MEMORY_BYTES_MAX", 0)  # nothing of it runs here
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["a.txt"] = b"\0" * 60_000_000
        assert looked(saved(pdf, recompress_flate=True)) == "program"


def test_a_phones_photo_with_a_second_picture_is_a_photo(looked):
    kept = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(kept, "MPO", save_all=True, append_images=frames[1:])
    assert looked(kept.getvalue()) == Seen(Family.IMAGE, "image/jpeg")


def test_a_file_that_is_two_things_is_what_it_begins_with(looked):
    both = a_pdf() + b"<script>alert(1)</script>" + a_zip()
    assert looked(both).media_type == "application/pdf"


def test_what_takes_too_long_is_refused(looked, monkeypatch):
    monkeypatch.setattr(apart, "SECONDS_MAX", 0.001)
    assert looked(a_pdf()) == "unreadable"


def test_a_job_that_nobody_knows_fails():
    with pytest.raises(apart.Failed):
        apart.run("exec", "x")


def test_no_secret_goes_along(monkeypatch):
    monkeypatch.setenv("GUICHET_SECRET_KEY", "x")
    assert not [name for name in apart._environment() if name.startswith(("GUICHET", "DJANGO"))]


def test_limits_are_said_before_anybody_chooses():
    with override("en"):
        assert Limits().words() == "PDF, JPG or PNG, 10 MB each, 3 files at most"
        assert Limits(count=1, families=(Family.PDF,)).words() == "PDF, 10 MB at most, 1 file"
        assert Limits(families=tuple(Family)).kinds() == "PDF, JPG, PNG, CSV or TXT"
    with override("fr"):
        assert (
            Limits(size_bytes=2_500_000).words()
            == "PDF, JPG ou PNG, 2,5 Mo par fichier, 3 fichiers au maximum"
        )
    with override("de"):
        assert Limits().words() == "PDF, JPG oder PNG, je 10 MB, höchstens 3 Dateien"
    assert Limits(families=(Family.TEXT,)).accept == ".csv,.txt,text/csv,text/plain"


@override("en")
def test_a_size_over_the_limit_looks_so():
    assert "10.1 MB. Maximum: 10 MB" in Limits().too_large("a.pdf", 10_000_001).message
    assert "14 MB. Maximum: 10 MB" in Limits().too_large("a.pdf", 14_000_000).message
