"""Taking along what a space holds."""

import io
import json
import zipfile
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.audit.models import Entry
from guichet.desk.actions import closing
from guichet.desk.tests.given import a_full_space, the_member
from guichet.files import disk
from guichet.files.models import File
from guichet.refusals import NotAllowed
from guichet.spaces import actions
from guichet.spaces.models import Membership, Role
from guichet.spaces.tests.given import a_private_space, a_professional_space
from tests.cast import a_number, a_person, signed_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client, settings, tmp_path):
    settings.DATA = tmp_path
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


def fetched(client, space, language="fr"):
    answer = client.get(f"/{language}/espaces/{space.identifier}/export.zip")
    assert answer.status_code == 200
    return answer, zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def data(archive, name):
    return json.loads(archive.read(f"data/{name}.json"))


def test_an_administrator_takes_everything_along(client, ada):
    space = a_full_space(ada)
    answer, archive = fetched(client, space)
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{space.identifier}.zip"'
    )
    assert archive.testzip() is None
    assert data(archive, "space")["identifier"] == space.identifier
    assert data(archive, "space")["former_identifiers"] == ["PM-AAAAAA"]
    assert data(archive, "company")["name"] == "Boulangerie Muller"
    assert [user["role"] for user in data(archive, "memberships")] == ["administrator", "manager"]
    assert {row["email"] for row in data(archive, "invitations")} == {
        "ines@example.lu",
        "marc@example.lu",
    }
    (certification,) = data(archive, "certifications")
    assert (certification["service"], certification["grade"]) == ("tax-cards", "holder")
    (contest,) = data(archive, "contests")
    assert (contest["right_value"], contest["words"]) == ("B999999", "Faux")
    papers = {name: archive.read(name) for name in archive.namelist() if "files/" in name}
    assert {papers[name] for name in papers if name.endswith(("plan.pdf", "rapport.pdf"))} == {
        b"%PDF plan",
        b"%PDF report",
    }
    (procedure,) = data(archive, "procedures")
    assert procedure["state"] == "sent"
    assert Entry.objects.filter(event="space.exported", space=space.pk).count() == 1


def test_the_page_in_it_can_be_read_by_itself_and_runs_nothing(client, ada):
    space = a_full_space(ada)
    page = fetched(client, space, "de")[1].read("index.html").decode()
    assert '<html lang="de">' in page
    assert "Zertifizierungen" in page
    assert "&lt;b&gt;Schmit&lt;/b&gt;" in page
    found = Elements(page)
    assert not {"script", "img", "link", "iframe", "object", "form", "b"} & found.tags
    assert all(link.startswith(("#", "files/")) for link in found.links)


class Elements(HTMLParser):
    """Which elements a page has, and where its links lead."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]


def test_what_is_not_the_spaces_to_give_stays_out(client, ada):
    space = a_full_space(ada)
    number = a_number(ada.birth_date)
    space.company.national_number = number
    space.company.save()
    tom = Membership.objects.exclude(person=ada).get(space=space).person
    _answer, archive = fetched(client, space)
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in (
        number,
        ada.national_number,
        tom.national_number,
        tom.email,
        *space.certifications.values_list("code__digest", flat=True),
        str(tom.pk),
        "Décès",  # what the help desk writes of a proposal
    ):
        assert secret not in everything
    assert "Le numéro d’identification d’une personne" in everything.replace("\u00a0", " ")


def test_a_private_space_has_no_company_and_no_users(client, ada):
    _answer, archive = fetched(client, a_private_space(ada))
    assert sorted(archive.namelist()) == [
        "data/contests.json",
        "data/files.json",
        "data/procedures.json",
        "data/space.json",
        "export.json",
        "index.html",
    ]


def test_it_can_still_be_fetched_from_the_bin(client, ada):
    space = a_full_space(ada)
    actions.bin_space(the_member(ada, space), typed=space.identifier)
    _answer, archive = fetched(client, space)
    assert data(archive, "space")["in_the_bin_since"]
    assert len(data(archive, "memberships")) == 2


def test_a_manager_packs_nothing(ada):
    space = a_professional_space(ada)
    member = the_member(ada, space)
    member.role = Role.MANAGER
    with pytest.raises(NotAllowed):
        closing.export(member, language="fr")
    assert not Entry.objects.filter(event="space.exported").exists()


def test_a_damaged_paper_is_named_and_the_rest_arrives(client, ada):
    space = a_full_space(ada)
    disk.place_of(File.objects.get(name="rapport.pdf").digest).unlink()
    _answer, archive = fetched(client, space)
    paths = {row["name"]: row["path"] for row in data(archive, "files")}
    assert paths["rapport.pdf"] is None
    assert paths["plan.pdf"]
    assert "n’a pas pu être lu en entier" in archive.read("index.html").decode().replace(
        "\u00a0", " "
    )


def test_what_a_preview_lists_is_what_goes(ada):
    space = a_full_space(ada)
    found = closing.kept(space)
    assert found.sent == 1
    listed = {section.name: section.count for section in found.sections if not section.is_one}
    gone = actions.leave(space)
    for name in (
        "memberships",
        "invitations",
        "role-requests",
        "certifications",
        "contests",
        "mergers",
    ):
        assert listed[name] == gone[name] > 0


def test_the_number_of_queries_does_not_grow_with_the_space(client, ada):
    space = a_full_space(ada)
    fetched(client, space)
    with CaptureQueriesContext(connection) as few:
        fetched(client, space)
    for number in range(30):
        Membership.objects.create(
            space=space,
            person=a_person(f"Member {number}"),
            role=Role.READER,
            origin=Membership.Origin.INVITATION,
            notification_email="m@example.lu",
        )
    with CaptureQueriesContext(connection) as many:
        _answer, archive = fetched(client, space)
    assert len(data(archive, "memberships")) == 32
    assert len(many) == len(few) < 25
