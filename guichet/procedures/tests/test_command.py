"""`guichet procedures …`, as a clerk types it."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from guichet.procedures.tests.writing import write

ONE = "pages:\n- page: p\n  items:\n  - {id: a, type: text}\n"
TWO = "pages:\n- page: p\n  items:\n  - {id: a, type: text}\n  - {id: b, type: text}\n"


def run(*words: object) -> str:
    out = StringIO()
    call_command("procedures", *map(str, words), stdout=out)
    return out.getvalue()


def test_right_definitions_get_one_line(tmp_path):
    write(tmp_path, ONE)
    write(tmp_path, ONE, code="other")
    assert run("check", tmp_path) == "2 procedures, 2 versions: 0 errors, 0 warnings.\n"


def test_a_new_procedure_begins_without_a_fault_and_is_never_written_over(tmp_path):
    said = run("--in", tmp_path, "new", "dog-licence")
    assert f"preview {tmp_path / 'dog-licence'}" in said
    assert run("check", "--strict", tmp_path) == "1 procedure, 1 version: 0 errors, 0 warnings.\n"
    with pytest.raises(CommandError, match="is there already"):
        run("--in", tmp_path, "new", "dog-licence")
    with pytest.raises(CommandError, match="a code has small letters"):
        run("--in", tmp_path, "new", "Dog licence")
    assert [folder.name for folder in tmp_path.iterdir()] == ["dog-licence"]


def test_an_error_has_its_line_and_fails(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = StringIO()
    write(tmp_path, ONE.replace("text", "txt"))
    with pytest.raises(SystemExit) as end:
        call_command("procedures", "check", "demo", stdout=out)
    assert end.value.code == 1
    folder = Path("demo/v1/form.yaml").resolve().relative_to(tmp_path)
    assert out.getvalue() == (
        f"{folder}:7: There is no type of question txt.\n"
        "1 procedure, 1 version: 1 error, 0 warnings.\n"
    )


def test_a_fault_in_the_synonyms_is_said_too(tmp_path):
    write(tmp_path, ONE)
    (tmp_path / "synonyms.yaml").write_text("synonyms:\n  - [alone]\n")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("procedures", "check", str(tmp_path), stdout=out)
    assert "synonyms.yaml:2: " in out.getvalue()


def test_a_warning_fails_when_it_is_asked_to(tmp_path):
    rule = ONE.replace("type: text", "type: yes-no") + "  - {id: b, type: text, show_if: a}\n"
    write(tmp_path, rule)
    assert "warning: No test makes this true and none false" in run("check", tmp_path)
    with pytest.raises(SystemExit):
        run("check", "--strict", tmp_path)


def test_two_versions_are_compared_page_by_page(tmp_path):
    write(tmp_path, ONE)
    write(tmp_path, TWO, version=2)
    assert run("--in", tmp_path, "diff", "demo", "v1", "2").splitlines() == [
        "Page p",
        "  [look] The question b (“Text 6”) is new and has to be answered.",
        "1 change.",
    ]


def test_each_version_has_its_digest(tmp_path):
    write(tmp_path, ONE)
    line = run("--in", tmp_path, "digest")
    assert line.startswith("demo v1 ")
    assert len(line.split()[2]) == 64


def test_the_schema_of_answers_is_printed(tmp_path):
    write(tmp_path, ONE)
    assert json.loads(run("--in", tmp_path, "schema", "demo"))["required"] == ["a"]
    assert json.loads(run("--in", tmp_path, "schema", "demo", "v1"))["required"] == ["a"]
    assert set(json.loads(run("schema"))) == {"form", "procedure"}


def test_schemas_are_written_where_editors_find_them(tmp_path):
    run("--in", tmp_path, "schema", "--write")
    assert {file.name for file in (tmp_path / "schemas").iterdir()} == {
        "form.json",
        "procedure.json",
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("digest", "more"), "unrecognized arguments: more"),
        (("diff", "nobody", "v1", "v2"), "There is no procedure nobody. There are: demo."),
        (("diff", "demo", "v1", "v9"), "demo v9 cannot be used. Say: guichet procedures check"),
        (("preview", "nobody"), "There is no folder nobody."),
        (("diff", "demo", "v1", "last"), "a version is written v2, not last"),
    ],
)
def test_what_there_is_not_is_said(words, sentence, tmp_path):
    write(tmp_path, ONE)
    with pytest.raises(CommandError, match=sentence):
        run("--in", tmp_path, *words)


def test_guichet_is_a_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "guichet", "procedures", "check"],
        cwd=settings.ROOT,
        env={"PATH": os.environ["PATH"], "GUICHET_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("warnings.\n")
