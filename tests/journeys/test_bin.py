"""Tom deletes his spaces: what he is shown, what he takes along, the bin, and the end."""

import re
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.checkers import Checkers
from tests.journeys.conftest import Arrive
from tests.journeys.portal import ROOT, Portal
from tests.journeys.visitor import PHONE, WIDE, Visitor

PURGED_WITHIN_SECONDS = 90
# Ada joins Tom's company as somebody who only reads.
A_READER = """
from guichet.persons.models import Person
from guichet.spaces.models import Membership, Role
tom, ada = Person.objects.get(email="tom.weber@example.lu"), Person.objects.get(email="ada.muller@example.lu")
space = Membership.objects.get(person=tom, space__kind="professional").space
Membership.objects.create(space=space, person=ada, role=Role.READER, origin="invitation",
    created_by=tom, role_from=tom, notification_email=ada.email)
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_tom_deletes_his_spaces_and_brings_one_back(
    own_portal: Portal, arrive: Arrive, checkers: Checkers, tmp_path: Path, scripts: bool
):
    portal = own_portal
    _run(portal, A_READER)
    tom = arrive(portal, scripts=scripts)
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    tom.reads("Supprimez votre Espace Privé et tous les éléments le composant.")
    tom.reads("Supprimez un Espace Professionnel dont vous êtes l’administrateur.")
    tom.look("hub", deep=scripts)

    # His private space: a wrong word first, then its identifier as one writes it by hand.
    tom.press("Supprimer Mon Espace Privé")
    private = _identifier(tom)
    tom.look("delete-private", deep=scripts)
    tom.fill("Identifiant de l’espace", "PP-AAAAAA")
    tom.go_on()
    expect(tom.page.locator("[aria-invalid=true]")).to_be_visible()
    tom.look("wrong")
    _takes_along(tom, checkers, tmp_path / "private.zip", private)
    tom.fill("Identifiant de l’espace", private.lower().replace("-", " "))
    tom.go_on()
    tom.is_at("/espaces/corbeille/")
    tom.reads("L’espace est dans la corbeille.")
    tom.look("bin", deep=scripts)
    assert (
        private
        in tom.mail_to("tom.weber@example.lu", "L’un de vos espaces est dans la corbeille").text
    )

    # Its pages say so and lead back to the bin; the hub offers no second one.
    tom.go(f"/{{language}}/espaces/{private}/")
    assert tom.status == 403
    tom.look("in-the-bin", deep=scripts)
    tom.press("Le rétablir depuis la corbeille")
    tom.is_at("/espaces/corbeille/")
    tom.go("/{language}/espaces/")
    tom.reads("Votre espace privé est dans la corbeille jusqu’au")
    expect(tom.page.locator("main a[href$='/espaces/prive/creer/']")).to_have_count(0)
    tom.look("hub-with-bin")
    tom.press("Ouvrir la corbeille")
    tom.press("Rétablir")
    tom.is_at(f"/espaces/{private}/")
    tom.reads("L’espace est rétabli, avec tout son contenu.")
    tom.look("back")

    # His company's: a reader looks on.
    tom.go("/{language}/espaces/")
    tom.press("Supprimer un Espace Professionnel")
    company = _identifier(tom)
    tom.look("delete-company", deep=scripts)
    _takes_along(tom, checkers, tmp_path / "company.zip", company)
    tom.fill("Identifiant de l’espace", company)
    tom.go_on()
    tom.is_at("/espaces/corbeille/")
    ada = arrive(portal, scripts=scripts)
    ada.go(f"/{{language}}/espaces/{company}/")
    ada.signs_on("ADAM1")
    assert ada.status == 403
    ada.shows("Tom Weber")
    ada.look("reader-in-the-bin")
    ada.press("Ouvrir la corbeille")
    ada.shows("Tom Weber")
    expect(ada.page.locator("main .card button")).to_have_count(0)
    ada.look("reader-bin", deep=scripts)
    ada.go(f"/{{language}}/espaces/{company}/export.zip")
    assert ada.status == 403
    assert (
        company
        in ada.mail_to("ada.muller@example.lu", "L’un de vos espaces est dans la corbeille").text
    )

    # A week before, a reminder; a month later, nothing.
    portal.settle()
    portal.later(timedelta(days=24))
    tom.mail_to("tom.weber@example.lu", "L’un de vos espaces sera bientôt supprimé définitivement")
    portal.later(timedelta(days=7))
    _until_gone(portal, company)
    tom.go("/{language}/espaces/")
    tom.signs_on("TOMW1")
    expect(tom.page.locator("main", has_text=company)).to_have_count(0)
    tom.go("/{language}/espaces/corbeille/")
    tom.reads("La corbeille est vide.")
    tom.look("empty-bin", deep=scripts)
    for page in ("", "supprimer/", "export.zip"):
        tom.go(f"/{{language}}/espaces/{company}/{page}")
        assert tom.status == 404
    tom.go(f"/{{language}}/espaces/{private}/")
    assert tom.status == 200


@pytest.mark.parametrize("language", ["de", "en"])
def test_ada_chooses_which_of_her_spaces_to_delete(portal: Portal, arrive: Arrive, language: str):
    ada = arrive(portal, language=language)
    ada.go("/{language}/espaces/")
    ada.signs_on("ADAM1")
    ada.look("hub")
    ada.press("Supprimer un Espace Professionnel")
    ada.is_at("/espaces/supprimer/")
    ada.look("which", deep=True)
    ada.follow(ada.page.locator("main .card a").first)
    ada.look("delete", deep=True)
    ada.tabs_to(ada.page.locator(".button-danger"))
    ada.press("Garder l’espace")
    space = _identifier(ada)
    ada.go(f"/{{language}}/espaces/{space}/supprimer/")
    ada.page.locator("[name=typed]").fill(space)
    ada.go_on()
    ada.look("bin", deep=True)
    ada.go("/{language}/espaces/")
    ada.look("hub-with-bin", deep=True)
    ada.press("Ouvrir la corbeille")
    ada.press("Rétablir")
    ada.is_at(f"/espaces/{space}/")


def _identifier(visitor: Visitor) -> str:
    found = re.search(r"P[PM]-[A-Z0-9]{6}", visitor.page.url)
    assert found, visitor.page.url
    return found[0]


def _takes_along(visitor: Visitor, checkers: Checkers, place: Path, identifier: str) -> None:
    """Download the ZIP, unpack it, open its page from the disk and look at it."""
    with visitor.page.expect_download() as download:
        visitor.control("Tout télécharger").click()
    assert download.value.suggested_filename == f"{identifier}.zip"
    download.value.save_as(place)
    folder = place.with_suffix("")
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert identifier in html
    faults = checkers.markup(place.stem, html)
    with visitor.other_window() as window:
        asked: list[str] = []
        window.on("request", lambda request: asked.append(request.url))
        window.goto((folder / "index.html").as_uri())
        for name, size in (("1280", WIDE), ("360", PHONE)):
            window.set_viewport_size(size)  # type: ignore[arg-type]
            window.screenshot(path=visitor._shots / f"{place.stem}-{name}.png", full_page=True)
            wide = window.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"]
        if visitor.scripts:
            for scheme in ("light", "dark"):
                window.emulate_media(color_scheme=scheme)
                faults += checkers.access(window)
        assert [url for url in asked if not url.startswith("file:")] == []
    assert faults == [], "\n".join(faults)


def _until_gone(portal: Portal, identifier: str) -> None:
    """Wait until the worker has purged the space."""
    until = time.monotonic() + PURGED_WITHIN_SECONDS
    while portal.rows(f"spaces_space WHERE identifier = '{identifier}'"):
        assert time.monotonic() < until, "the space is still there"
        time.sleep(0.3)
    portal.settle()


def _run(portal: Portal, code: str) -> None:
    """Something that has happened before, said in the portal's own words."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=ROOT,
        env=portal.environment(),
        check=True,
        capture_output=True,
    )
