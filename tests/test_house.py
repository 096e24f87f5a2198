"""What holds for the whole house, each learned from an accident in somebody else's."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.models import ForeignKey
from django.template import Context, Engine
from django.utils import translation

from guichet import access
from guichet.config import keys
from guichet.desk.keepers import KEEPERS, name_of
from guichet.persons.models import Person
from guichet.post.composing import composed
from guichet.spaces.models import Space
from tests.addresses import every_address

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "guichet"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
LANGUAGES = [code for code, _ in settings.LANGUAGES]

# A room's front doors, and what a room offers besides.
PUBLIC = {"actions", "policy", "models", "forms", "requests"}
OFFERED = {
    "content": {"latest"},
    "files": {"looking", "packing", "papers", "plain", "scanning", "serving", "tus"},
    "design": {"context", "display", "forms", "icons", "paper", "templatetags"},
    "proofs": {"canonical", "eseals", "slip"},
    "jobs": {"tasks"},
    "post": {"bounces", "letters_life"},
    "registers": {"base", "identifiers", "invented", "names"},
    "demo": {"cast"},
    "procedures": {"catalogue", "definitions", "offers", "overview", "verdicts"},
    "registration": {"terms"},
    "spaces": {"company", "context", "identifiers", "lines", "switching", "themes"},
    "signon": {
        "again",
        "browsers",
        "kept",
        "levels",
        "pictures",
        "products",
        "returns",
        "sessions",
        "throttle",
        "totp",
    },
}

# The pages open to the street. Whoever adds one says here that she meant it.
OPEN_TO_ALL = {
    "account:confirm_address",
    "account:confirm_email",
    "content:about",
    "content:accessibility",
    "content:article",
    "content:contact",
    "content:help",
    "content:legal",
    "content:news",
    "content:privacy",
    "content:service_status",
    "content:site_map",
    "design:display",
    "design:gallery",  # in a demonstration only
    "desk:home",
    "entrance:entrance",
    "jobs:healthz",
    "jobs:metrics",
    "jobs:readyz",
    "proofs:authority",
    "proofs:certificate",
    "proofs:check",
    "proofs:day",
    "proofs:index",
    "proofs:keys",
    "proofs:keys_pem",
    "proofs:offline",
    "proofs:published",
    "proofs:receipt",
    "proofs:token",
    "procedures:catalogue",
    "procedures:code",
    "procedures:enclosed",
    "procedures:follow",
    "procedures:procedure",
    "procedures:start",
    "procedures:theme",
    # These ask themselves for a visit, which is no session: `views.visiting.in_visit`.
    "procedures:visit:ask_registers",
    "procedures:visit:check",
    "procedures:visit:discard",
    "procedures:visit:disputed",
    "procedures:visit:end",
    "procedures:visit:fill",
    "procedures:visit:home",
    "procedures:visit:made",
    "procedures:visit:move",
    "procedures:visit:page",
    "procedures:visit:paper",
    "procedures:visit:papers",
    "procedures:visit:proof",
    "procedures:visit:put_together",
    "procedures:visit:row",
    "procedures:visit:sent",
    "procedures:visit:sent_paper",
    "procedures:visit:take_back",
    "procedures:visit:upload",
    "procedures:visit:uploads",
    "registration:conditions_pdf",
    "registration:confirm",
    "registration:confirm_typed",
    "registration:confirmed",
    "registration:renew_link",
    "registration:terms_pdf",
    "registration:terms_text",
    "root:robots",
    "root:security",
    "signon:change_product",
    "signon:code",
    "signon:help",
    "signon:picture",
    "signon:products",
    "signon:refused",
    "signon:resynchronise",
    "signon:sign_out",
    "signon:signed_out",
    "signon:token",
    "spaces:invitation",
}

# The agents' pages: nobody else learns that they are there.
OPEN_TO_AGENTS = {
    "desk:agents",
    "desk:returned_letters",
    "spaces:codes",
    "spaces:contested",
    "spaces:contests",
    "spaces:granted",
    "spaces:make_code",
    "spaces:revoke_certification",
    "spaces:revoke_code",
    "spaces:appointment",
    "spaces:appointments",
    "spaces:help_desk_find",
    "spaces:help_desk_propose",
    "spaces:help_desk_space",
}

# Rows that hang on a person or a space: where merging, closing and exporting have to look.
HANGS_ON_A_PERSON = {
    "account.Addition.person",
    "persons.EmailChange.person",
    "procedures.Attachment.attached_by",
    "procedures.Sending.person",
    "procedures.Draft.also_saved_by",
    "procedures.Draft.begun_by",
    "procedures.Draft.discarded_by",
    "procedures.Draft.saved_by",
    "procedures.Favourite.person",
    "procedures.Signature.asked_by",
    "procedures.Signature.person",
    "procedures.Submission.sent_by",
    "registration.Acceptance.person",
    "registration.Access.person",
    "signon.Credential.person",
    "signon.Session.person",
    "spaces.AccessCode.made_by_member",
    "spaces.Appointment.person",
    "spaces.Certification.entered_by",
    "spaces.Contest.contested_by",
    "spaces.Invitation.claimed_by",
    "spaces.Invitation.invited_by",
    "spaces.Membership.created_by",
    "spaces.Membership.person",
    "spaces.Membership.role_from",
    "spaces.Merger.asked_by",
    "spaces.Merger.cancelled_by",
    "spaces.Merger.consented_by",
    "spaces.RoleRequest.answered_by",
    "spaces.RoleRequest.person",
    "spaces.Space.binned_by",
    "spaces.Space.owner",
    "spaces.SpaceDraft.person",
}
HANGS_ON_A_SPACE = {
    "procedures.Attachment.space",
    "procedures.Draft.space",
    "procedures.Signature.space",
    "procedures.Submission.space",
    "spaces.Appointment.space",
    "spaces.Certification.space",
    "spaces.Company.space",
    "spaces.Contest.space",
    "spaces.GivenIdentifier.leads_to",
    "spaces.Invitation.space",
    "spaces.Membership.space",
    "spaces.Merger.absorbed",
    "spaces.Merger.kept",
    "spaces.Notice.space",
    "spaces.RoleRequest.space",
    "spaces.SpaceDraft.space",
}


def test_rooms_use_only_each_others_front_doors():
    graph = grimp.build_graph("guichet")
    offences = [
        f"{importer} imports {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if _is_a_back_door(importer.split("."), imported.split("."))
    ]
    assert offences == [], "\n".join(offences)


def _is_a_back_door(importer: list[str], imported: list[str]) -> bool:
    room, module = imported[1], imported[2] if len(imported) > 2 else ""
    if not module or room == importer[1] or importer[1] == "config" or "tests" in importer:
        return False
    return module not in PUBLIC | OFFERED.get(room, set())


def test_the_pages_open_to_the_street_are_exactly_these():
    found = {
        address.name
        for address in every_address()
        if access.openness(address.view) == access.OPEN_TO_ALL
        and not address.name.startswith("demo:")
    }
    assert sorted(found - OPEN_TO_ALL) == [], "open without having been meant"
    assert sorted(OPEN_TO_ALL - found) == [], "meant to be open"


def test_the_pages_open_to_agents_are_exactly_these():
    found = {a.name for a in every_address() if access.openness(a.view) == access.OPEN_TO_AGENTS}
    assert sorted(found - OPEN_TO_AGENTS) == [], "for agents without having been meant"
    assert sorted(OPEN_TO_AGENTS - found) == [], "meant for agents"


def test_every_address_has_a_name():
    assert [a for a in every_address() if a.name.endswith((":None", ":")) or a.name == "None"] == []


def test_names_of_addresses_are_told_apart():
    names = [address.name for address in every_address()]
    assert sorted(names) == sorted(set(names))


def test_no_page_takes_a_form_from_elsewhere():
    # A page that takes a file is checked after the file's limits are known, not before.
    assert [
        a.name
        for a in every_address()
        if getattr(a.view, "csrf_exempt", False) and not getattr(a.view, "takes_a_file", False)
    ] == ["demo:timestamps"]  # no page: a program asks it


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_docstring_is_its_line_on_the_map(room):
    lines = re.findall(r"^\| `(\w+)` \| (.+) \|$", (ROOT / "ARCHITECTURE.md").read_text(), re.M)
    first = (PACKAGE / room / "__init__.py").read_text().split('"""')[1].strip().splitlines()[0]
    assert dict(lines).get(room) == first


def test_who_hangs_on_a_person_or_a_space_is_known():
    assert _keys_to(Person) == HANGS_ON_A_PERSON
    assert _keys_to(Space) == HANGS_ON_A_SPACE


def test_each_room_that_keeps_something_of_a_space_hands_it_over_and_lets_it_go():
    rooms = {key.split(".")[0] for key in _keys_to(Space)}
    keepers = {name_of(keeper): keeper for keeper in KEEPERS}
    assert rooms <= keepers.keys(), "add the room to desk.keepers.KEEPERS"
    for name, keeper in keepers.items():
        for offered in ("hand_over", "foresee", "leave", "hindrances"):
            assert callable(getattr(keeper, offered, None)), f"{name}.actions offers no {offered}"
        assert keeper.KINDS
        assert isinstance(keeper.HINDRANCES, dict)


def _keys_to(model: type) -> set[str]:
    return {
        f"{field.model._meta.app_label}.{field.model.__name__}.{field.name}"
        for each in apps.get_models()
        for field in each._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is model
    }


# --- Templates, mails, letters


@cache
def _templates() -> dict[str, str]:
    """Name and text of every template of ours."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for folder in PACKAGE.glob("*/templates")
        for path in folder.rglob("*")
        if path.is_file()
    }


def _folders(kind: str) -> list[str]:
    """Folders of mails or of letters: `registration/mail/confirm`."""
    found = {str(Path(name).parent) for name in _templates()}
    return sorted(
        folder for folder in found if f"/{kind}/" in f"{folder}/x" and folder.count("/") == 2
    )


def test_no_template_is_unused():
    sources = [
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if "tests" not in path.relative_to(PACKAGE).parts
    ]
    text = "\n".join([*sources, *_templates().values()])
    unused = [name for name in _templates() if not _is_named(name, text)]
    assert unused == [], "\n".join(unused)


def _is_named(name: str, text: str) -> bool:
    without_suffix, folder = name.rsplit(".", 1)[0], name.rsplit("/", 1)[0]
    if name.startswith("django/"):  # Django asks for its own names
        return True
    endings = [name, without_suffix, folder]
    # `f"content/errors/{status}.html"` names a whole folder.
    return f'"{folder}/{{' in text or any(
        f"{quote}{ending}{quote}" in text for ending in endings for quote in "\"'"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", _folders("mail"))
def test_each_mail_has_a_subject_on_one_line_and_one_page_of_words(folder, language):
    assert {"subject.txt", "body.html"} == {
        Path(name).name for name in _templates() if name.startswith(f"{folder}/")
    }
    subject = _drawn(f"{folder}/subject.txt", language)
    assert subject.strip()
    assert "\n" not in subject.strip()
    text, html = composed(_drawn(f"{folder}/body.html", language))
    assert text
    assert html.count('class="button"') <= 1


def _drawn(name: str, language: str) -> str:
    """The template with a word in place of everything that it asks for."""
    engine = Engine(
        app_dirs=True, builtins=Engine.get_default().builtins[3:], string_if_invalid="X"
    )
    with translation.override(language):
        return engine.get_template(name).render(Context({"language": language}))


@pytest.mark.parametrize("name", [name for name in _templates() if name.endswith(".html")])
def test_each_form_that_is_posted_carries_its_token(name):
    for form in re.findall(r"<form\b[^>]*method=.post.*?</form>", _templates()[name], re.S):
        assert "{% csrf_token %}" in form


def _is_a_page(name: str) -> bool:
    """Not a mail or a letter: those no browser reads under our policy."""
    return name.endswith(".html") and not {"mail", "letter", "paper"} & set(
        re.split(r"[/._]", name)
    )


@pytest.mark.parametrize("name", [name for name in _templates() if _is_a_page(name)])
def test_no_page_holds_a_style_or_a_script(name):
    text = re.sub(r"{#.*?#}", "", _templates()[name])
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)


# --- Migrations, settings


@pytest.mark.django_db
def test_migrations_are_linear_and_none_is_missing():
    loader = MigrationLoader(None)
    for room in ROOMS:
        own = [migration for app, migration in loader.graph.nodes if app == room]
        assert len(loader.graph.leaf_nodes(room)) == (1 if own else 0), room
        assert len({name[:4] for name in own}) == len(own), room
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_a_deployment_passes_djangos_own_check(tmp_path):
    (tmp_path / "own.p12").write_bytes(keys.eseal("", "", tmp_path / "made", name="Us").pkcs12)
    production = {
        "PATH": os.environ["PATH"],
        "GUICHET_DATA": str(tmp_path),
        "GUICHET_SITE_URL": "https://my.guichet.example",
        "GUICHET_HOSTS": "my.guichet.example",
        "GUICHET_PROXIES": "1",
        "GUICHET_ESEAL": str(tmp_path / "own.p12"),
        "GUICHET_POPULATION_REGISTER": "country.rnpp.Register",  # asked for when it is asked
        "GUICHET_BUSINESS_REGISTER": "country.rcs.Register",
        "GUICHET_CLAMD": "/run/clamav/clamd.ctl",
        "GUICHET_TIMESTAMP_URL": "https://tsa.example/",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=production,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_demonstration_is_off_unless_asked_for_and_no_variable_lets_authors_in(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from guichet.config import settings as s;"
            "print(s.DEMO, 'guichet.demo' in s.INSTALLED_APPS, 'guichet.author' in s.INSTALLED_APPS,"
            "bool(s.AUTHOR_FOLDER))",
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "GUICHET_DATA": str(tmp_path),
            "GUICHET_AUTHOR_FOLDER": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "guichet.config.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["False"] * 4, done.stderr
