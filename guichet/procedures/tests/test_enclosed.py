"""Pictures, films and forms of a version: what may be one, how they are shown, kept and given."""

import hashlib
import io
import shutil
import zipfile

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image

from guichet.procedures import actions, catalogue
from guichet.procedures.definitions.form import canonical
from guichet.procedures.models import EnclosedFile, PublishedVersion
from guichet.procedures.tests.given import DEFINITIONS, a_draft, page
from guichet.procedures.tests.people import Somebody
from guichet.procedures.tests.writing import form, shelf, write
from guichet.spaces.tests.given import words

SAMPLES = DEFINITIONS / "every-type" / "v1" / "files"
PAGES = """
pages:
- page: p
  items:
  - {id: map, type: image, file: map.png}
  - id: film
    type: video
    file: film.webm
    width: 160
    height: 90
    captions: {fr: film.vtt, de: film.vtt, en: film.vtt}
  - {id: letter, type: download, file: {fr: form.pdf, de: form.pdf, en: form-en.pdf}}
  - {id: more, type: help}
  - {id: q, type: text}
"""
MORE = {
    "questions.map.alt": "Where the entrance is",
    "questions.film.transcript": "Somebody fills in the form.",
    "questions.letter.label": "The form",
}


@pytest.fixture
def offered(settings, tmp_path):
    """A procedure with files, published; gives its folder."""
    settings.DATA = tmp_path / "data"
    settings.PROCEDURES = [tmp_path / "definitions"]
    folder = write(tmp_path / "definitions", PAGES, texts=dict.fromkeys(("fr", "de", "en"), MORE))
    shutil.copytree(SAMPLES, folder / "v1" / "files")
    shutil.copy(SAMPLES / "form.pdf", folder / "v1" / "files" / "form-en.pdf")
    catalogue.forget()
    actions.publish()
    yield folder
    catalogue.forget()


@pytest.mark.django_db
def test_ada_sees_hears_and_takes_along_what_belongs_to_her_page(offered):
    ada = Somebody("Ada Muller")
    draft = a_draft(ada.member, "demo")
    shutil.rmtree(offered)  # what was published is kept whole
    catalogue.forget()
    desk = ada.at_the_desk()
    shown = words(desk.get(page("page", ada.space.identifier, draft.pk, "p")))
    assert 'alt="Where the entrance is" width="240" height="160"' in shown
    assert "<video controls" in shown
    assert "autoplay" not in shown
    assert shown.count('<track kind="captions"') == 3
    assert 'srclang="en" label="English" default' in shown
    assert "Somebody fills in the form." in shown
    assert "The form (PDF, 193" in shown
    assert "form-en.pdf" in shown
    for one in EnclosedFile.objects.select_related("file"):
        answer = Client().get(address(one))
        assert (one.name == "form.pdf") or address(one) in shown
        assert hashlib.sha256(answer.getvalue()).hexdigest() == one.file.digest


@pytest.mark.django_db
def test_a_file_is_kept_for_a_year_and_runs_nothing(offered):
    picture, paper, film = (
        EnclosedFile.objects.select_related("file").get(name=name)
        for name in ("map.png", "form.pdf", "film.webm")
    )
    stranger = Client()
    for one, kind in ((picture, "image/png"), (paper, "application/pdf"), (film, "video/webm")):
        answer = stranger.get(address(one))
        assert answer.status_code == 200
        assert answer["Content-Type"] == kind
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert ("attachment" in answer.get("Content-Disposition", "")) == (one is paper)
        assert not answer.cookies
        assert len(answer.getvalue()) == one.file.size_bytes
        asked = stranger.head(address(one))
        assert int(asked["Content-Length"]) == one.file.size_bytes
        assert asked.getvalue() == b""
    for other in ("demo", "garden-permit"):
        assert stranger.get(page("enclosed", other, "0" * 64, "map.png")).status_code == 404
    policy = stranger.get(page("catalogue"))["Content-Security-Policy"]
    assert "media-src 'self'" in policy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "status", "first", "count"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, 5),
        ("bytes=0-99999999", 200, 0, None),
        ("bytes=-99999999", 200, 0, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-3", 200, 0, None),  # what makes no sense is not looked at
        ("bytes=0-1,3-4", 200, 0, None),
        ("pages=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
def test_a_browser_asks_for_a_piece_of_a_film(offered, asked, status, first, count):
    film = EnclosedFile.objects.select_related("file").get(name="film.webm")
    whole = (SAMPLES / "film.webm").read_bytes()
    answer = Client().get(address(film), headers={"Range": asked})
    assert answer.status_code == status
    wanted = b"" if status == 416 else whole[first:][:count]
    assert answer.getvalue() == wanted
    if status == 206:
        start = first % len(whole)
        said = f"bytes {start}-{start + len(wanted) - 1}/{len(whole)}"
        assert answer["Content-Range"] == said


@pytest.mark.django_db(transaction=True)
def test_a_published_file_is_never_changed(offered):
    version = PublishedVersion.objects.get(procedure="demo")
    assert version.source["files"]["map.png"]["width"] == 240
    assert version.digest == hashlib.sha256(canonical(version.source)).hexdigest()
    with pytest.raises(DatabaseError), transaction.atomic():
        EnclosedFile.objects.filter(name="map.png").update(name="other.png")
    Image.new("L", (9, 9)).save(offered / "v1" / "files" / "map.png")
    catalogue.forget()
    with pytest.raises(actions.NotPublishable, match="changed since"):
        actions.publish()
    assert EnclosedFile.objects.count() == 5


def test_a_version_without_files_is_known_as_before():
    plain = form("pages: [{page: p, items: [{id: q, type: text}]}]")
    assert "files" not in plain.source


def a_picture(kind="PNG", size=(10, 10)):
    out = io.BytesIO()
    Image.new("L", size).save(out, kind)
    return out.getvalue()


def an_odt(*more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name in more:
            file.writestr(name, "x")
    return out.getvalue()


# The item, the files in the folder, what is said of it: the line is always the item's.
FAULTS = {
    "missing": ("image, file: a.png", {}, ["files/a.png: this file is missing."]),
    "fine": ("image, file: a.webp", {"a.webp": a_picture("WEBP")}, []),
    "a program in a picture": (
        "image, file: a.svg",
        {"a.svg": b"<svg onload='x()'/>"},
        ["“a.svg” is no picture. These are: png, jpg, jpeg, webp.", "Nothing shows this file."],
    ),
    "another content than its name": (
        "image, file: a.png",
        {"a.png": a_picture("JPEG")},
        ["files/a.png: its content is not image/png."],
    ),
    "a page as a picture": (
        "image, file: a.png",
        {"a.png": b"<html>"},
        ["files/a.png: its content is not image/png."],
    ),
    "too heavy": (
        "image, file: a.png",
        {"a.png": a_picture() + b"\0" * 500_000},
        ["files/a.png: this file is larger than 500 kB."],
    ),
    "too large": (
        "image, file: a.png",
        {"a.png": a_picture(size=(4001, 1))},
        ["files/a.png: it has 4001 × 1 pixels; 4000 a side are enough."],
    ),
    "not for everybody": (
        "image, file: {fr: a.png, lb: a.png}",
        {"a.png": a_picture()},
        [
            "There is no file for “de”.",
            "There is no file for “en”.",
            "“lb” is no language of the portal.",
        ],
    ),
    "a film that nobody can hear": (
        "video, file: a.mp4",
        {"a.mp4": b"\0\0\0\x18ftypisom"},
        ["A film has captions in every language, or says `silent: true`."],
    ),
    "a silent film": (
        "video, silent: true, file: a.mp4",
        {"a.mp4": b"\0\0\0\x18ftypisom"},
        [],
    ),
    "no captions": (
        "video, file: a.webm, captions: {fr: a.vtt, de: a.vtt, en: a.vtt}",
        {"a.webm": b"\x1a\x45\xdf\xa3", "a.vtt": b"1\n00:01"},
        ["files/a.vtt: its content is not text/vtt."],
    ),
    "a text to fill in": ("download, file: a.odt", {"a.odt": an_odt("content.xml")}, []),
    "a text with a program": (
        "download, file: a.odt",
        {"a.odt": an_odt("Basic/script-lc.xml")},
        ["files/a.odt: its content is not application/vnd.oasis.opendocument.text."],
    ),
    "a program": (
        "download, file: a.exe",
        {"a.exe": b"MZ"},
        ["“a.exe” is no document. These are: pdf, odt.", "Nothing shows this file."],
    ),
}


@pytest.mark.parametrize(("item", "there", "said"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_with_a_file_is_said_where_it_is_named(tmp_path, item, there, said):
    text = f"pages:\n- page: p\n  items:\n  - {{id: x, type: {item}}}\n"
    folder = write(tmp_path, text) / "v1"
    (folder / "files").mkdir()
    for name, content in there.items():
        (folder / "files" / name).write_bytes(content)
    faults = shelf(tmp_path).faults
    assert {fault.message for fault in faults} == set(said)
    assert {fault.line for fault in faults if fault.is_error} <= {7}


def address(one):
    return page("enclosed", "demo", one.file.digest, one.name)
