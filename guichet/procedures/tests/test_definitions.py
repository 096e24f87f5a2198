"""Every definition does what the tests beside it say; those that we publish have no fault at all."""

from pathlib import Path

import pytest
from django.conf import settings

from guichet.procedures.definitions import examples
from guichet.procedures.definitions.library import Fault, read_folders
from guichet.procedures.definitions.linter import lint

PUBLISHED = Path(settings.ROOT) / "procedures"
FOLDERS = [PUBLISHED, Path(__file__).parent / "definitions"]
FILES = [file for folder in FOLDERS for file in sorted(folder.glob("*/v*/tests/*.yaml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-4:]))
def test_a_definition_does_what_its_test_says(file):
    shelved = read_folders([file.parents[2]]).procedures[file.parents[2].name]
    form = shelved.forms[int(file.parents[1].name[1:])]
    assert examples.example_faults(form, file) == []


def test_what_we_publish_has_no_fault():
    assert [_line(fault) for fault in lint(read_folders([PUBLISHED])) if fault.is_error] == []


def _line(fault: Fault) -> str:
    return f"{fault.file}:{fault.line}: {fault.message}"
