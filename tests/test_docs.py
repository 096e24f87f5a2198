"""The documents say what the code says."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text())) or ""


def test_each_room_is_on_the_map_with_its_own_sentence():
    rooms = {
        path.parent.name: _docstring(path) for path in (ROOT / "guichet").glob("*/__init__.py")
    }
    section = (
        (ROOT / "ARCHITECTURE.md").read_text().split("## The rooms")[1].split("Inside a room")[0]
    )
    on_the_map = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE))
    assert on_the_map == rooms


def test_each_environment_variable_is_documented_and_each_documented_one_is_read():
    sources = [(ROOT / "guichet/config" / name).read_text() for name in ("settings.py", "serve.py")]
    read = set(re.findall(r"(?:env\.\w+|given)\(\s*[\"']([A-Z_]+)[\"']", "\n".join(sources)))
    table = (ROOT / "docs/operating.md").read_text().split("## Environment variables")[1]
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", table, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert documented == read


def test_each_runtime_dependency_has_its_line():
    lines = (ROOT / "requirements/run.in").read_text().splitlines()
    needed = {
        re.split(r"[\[<>=~! ]", line)[0]
        for line in lines
        if line and not line.startswith(("#", "-"))
    }
    record = (ROOT / "docs/adr/0004-dependencies.md").read_text()
    explained = set(re.findall(r"^\| ([a-z][a-z0-9.-]*) \|", record, re.MULTILINE))
    assert explained == needed


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "part", ["Status:", "## Context", "## Decision", "## Consequences", "## Revisit"]
)
def test_each_decision_has_all_its_parts(part):
    without = [
        path.name for path in (ROOT / "docs/adr").glob("*.md") if part not in path.read_text()
    ]
    assert without == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    articles = re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)
    assert [int(number) for number in articles] == list(range(1, 16))
    assert "Appendix" in text
