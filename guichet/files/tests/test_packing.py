"""What leaves as one ZIP."""

import io
import json
import random
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import gettext_lazy, override

from guichet import clock
from guichet.files import actions, packing
from guichet.files.packing import Said, Section, pack, safe_name

pytestmark = pytest.mark.django_db

USERS = Section(
    "users",
    gettext_lazy("Papers"),
    {"name": "Name", "role": "Role", "since": "Since", "limits": "Limits", "active": "Active"},
    [
        {
            "name": "<script>alert(1)</script> & =1+1",
            "role": Said("reader", gettext_lazy("Contents")),
            "since": date(2026, 5, 3),
            "limits": ["taxes", Said("staff", "Personnel")],
            "active": True,
        },
        {"name": "Tom Weber"},
    ],
)
SPACE = Section("space", "The space", {"name": "Name", "at": "At"}, [{"name": "Pain"}], is_one=True)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA = tmp_path


def packed(*sections, papers=(), language="fr"):
    whole = b"".join(pack("Espace PM-7K2M4Q", language, sections, papers))
    return zipfile.ZipFile(io.BytesIO(whole))


def page(archive):
    return archive.read("index.html").decode().replace("\u00a0", " ")


def test_programs_and_people_find_the_same_in_it():
    archive = packed(SPACE, USERS)
    assert archive.testzip() is None
    assert archive.namelist() == [
        "export.json",
        "data/space.json",
        "data/users.json",
        "data/files.json",
        "index.html",
    ]
    about = json.loads(archive.read("export.json"))
    assert (about["title"], about["language"]) == ("Espace PM-7K2M4Q", "fr")
    assert about["data"] == {"space": 1, "users": 2}
    assert json.loads(archive.read("data/space.json")) == {"name": "Pain", "at": None}
    ada, tom = json.loads(archive.read("data/users.json"))
    assert (ada["role"], ada["since"], ada["limits"]) == (
        "reader",
        "2026-05-03",
        ["taxes", "staff"],
    )
    assert tom == {"name": "Tom Weber", "role": None, "since": None, "limits": None, "active": None}
    said = page(archive)
    for words in ('lang="fr"', "Sommaire", "3 mai 2026", "taxes, Personnel", "Oui", "Tom Weber"):
        assert words in said


def test_what_somebody_typed_stays_text():
    archive = packed(USERS)
    assert "<script" not in page(archive)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; =1+1" in page(archive)


def test_the_page_asks_nobody_for_anything():
    said = page(packed(SPACE, USERS))
    assert "default-src 'none'" in said
    for asking in ("http:", "https:", "src=", "@import", "url("):
        assert asking not in said


def test_each_language_is_that_of_the_asker_and_leaves_that_of_the_thread():
    with override("en"):
        said = page(packed(USERS, language="de"))
        assert str(gettext_lazy("Contents")) == "Contents"
    assert "Inhalt" in said
    assert '<html lang="de">' in said


def test_papers_come_along_and_are_compared_with_their_digest(tmp_path):
    good = actions.store(b"%PDF good", name="Reçu n° 1.pdf", media_type="application/pdf")
    lost = actions.store(b"lost", name="lost.pdf", media_type="application/pdf")
    bent = actions.store(b"bent", name="bent.pdf", media_type="application/pdf")
    (place,) = Path(tmp_path, "files").glob(f"*/{lost.digest}")
    place.unlink()
    (place,) = Path(tmp_path, "files").glob(f"*/{bent.digest}")
    place.write_bytes(b"BENT")
    archive = packed(papers=[good, lost, bent])
    assert archive.read("files/001-Reçu_n__1.pdf") == b"%PDF good"
    rows = json.loads(archive.read("data/files.json"))
    assert [row["path"] for row in rows] == ["files/001-Reçu_n__1.pdf", None, None]
    assert page(archive).count("n’a pas pu être lu") == 2


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\Windows\\a.exe", "C__Windows_a.exe"),
        ("/abs.pdf", "abs.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\x00b\r\n.pdf", "a_b__.pdf"),
        ("...", "file"),
        ("", "file"),
        ("Straße é.pdf", "Straße_é.pdf"),
    ],
)
def test_a_name_in_the_zip_is_no_path(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending():
    name = safe_name("a" * 300 + ".pdf")
    assert name.endswith(".pdf")
    assert len(name) <= 81


def test_a_big_paper_is_never_held_as_a_whole(monkeypatch):
    monkeypatch.setattr(packing, "_CHUNK_BYTES", 1000)
    noise = random.Random(7).randbytes(500_000)
    big = actions.store(noise, name="big.bin", media_type="application/octet-stream")
    chunks = list(pack("Big", "en", [], [big]))
    assert len(chunks) > 3
    assert max(map(len, chunks)) < 100_000
    whole = zipfile.ZipFile(io.BytesIO(b"".join(chunks)))
    assert whole.read("files/001-big.bin") == noise


def test_what_there_is_nothing_of_is_said_once():
    archive = packed(SPACE, Section("none", "Wishes", {"name": "Name"}, []), language="en")
    said = page(archive)
    assert "Nothing is kept of: Wishes, Papers." in said
    assert 'id="none"' not in said
    assert json.loads(archive.read("data/none.json")) == []
    assert str(clock.now().year) in said
