"""What whoever writes procedures needs: `guichet procedures check`."""

import argparse
import os
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guichet.procedures.definitions import schema
from guichet.procedures.definitions.beginning import NotBegun, begin
from guichet.procedures.definitions.diff import changes
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.library import Fault, Shelved, read_folders
from guichet.procedures.definitions.linter import lint
from guichet.procedures.definitions.synonyms import read_synonyms

LIBRARY = Path(settings.ROOT) / "procedures"
PORT = 8010


class Command(BaseCommand):
    """Check definitions, show one as it is written, compare versions, print schemas and digests."""

    help = "Check definitions, show one as it is written, compare versions, print schemas."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One word says what to do."""
        parser.add_argument("--in", dest="library", type=Path, default=LIBRARY, metavar="FOLDER")
        verbs = parser.add_subparsers(dest="verb", required=True)
        begun = verbs.add_parser("new", help="a folder to begin with, small and without a fault")
        begun.add_argument("code", help="its name in addresses: small letters, digits and -")
        check = verbs.add_parser("check", help="what is wrong, by file and line")
        check.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
        check.add_argument("--strict", action="store_true", help="warnings are errors")
        diff = verbs.add_parser("diff", help="what differs between two versions")
        diff.add_argument("code")
        diff.add_argument("before", type=_version)
        diff.add_argument("after", type=_version)
        published = verbs.add_parser("schema", help="JSON Schema of the files, or of answers")
        published.add_argument("code", nargs="?")
        published.add_argument("version", nargs="?", type=_version)
        published.add_argument("--write", action="store_true", help="into the folder of procedures")
        verbs.add_parser("digest", help="what each version is known by")
        shown = verbs.add_parser(
            "preview", help="one procedure on its pages, drawn again as you save"
        )
        shown.add_argument("folder", type=Path, metavar="FOLDER")
        # `--version` is Django's own until the verb is read.
        shown.add_argument(
            "--version", dest="number", type=_version, metavar="N", help="not the newest"
        )
        shown.add_argument("--port", type=int, default=PORT, help=f"instead of {PORT}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "new": self._new,
            "check": self._check,
            "diff": self._diff,
            "schema": self._schema,
            "digest": self._digest,
            "preview": self._preview,
        }
        verbs[options["verb"]](options)

    def _new(self, options: dict[str, Any]) -> None:
        try:
            folder = begin(options["library"], options["code"])
        except NotBegun as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{_short(folder)} is there. See it while you write:")
        self.stdout.write(f"  python -m guichet procedures preview {_short(folder)}")

    def _check(self, options: dict[str, Any]) -> None:
        folders = options["folders"] or [options["library"]]
        shelf = read_folders(folders)
        shelf.faults += read_synonyms(folders)[1]
        faults = lint(shelf)
        for fault in faults:
            self.stdout.write(_line(fault))
        errors = sum(fault.is_error for fault in faults)
        warnings = len(faults) - errors
        count = sum(len(shelved.versions) for shelved in shelf.procedures.values())
        self.stdout.write(
            f"{_plural(len(shelf.procedures), 'procedure')}, {_plural(count, 'version')}: "
            f"{_plural(errors, 'error')}, {_plural(warnings, 'warning')}."
        )
        if errors or (options["strict"] and warnings):
            raise SystemExit(1)

    def _diff(self, options: dict[str, Any]) -> None:
        shelved = self._procedure(options)
        before, after = (_form(shelved, options[name]) for name in ("before", "after"))
        found = changes(before, after)
        for page, group in groupby(found, key=lambda change: change.page):
            self.stdout.write(f"Page {page}" if page else "The whole")
            for change in group:
                self.stdout.write(f"  [{change.severity}] {change.sentence}")
        self.stdout.write(f"{_plural(len(found), 'change')}.")

    def _schema(self, options: dict[str, Any]) -> None:
        if options["write"]:
            schema.write_file_schemas(options["library"] / "schemas")
        elif options["code"] is None:
            self.stdout.write(schema.as_text(schema.file_schemas()), ending="")
        else:
            shelved = self._procedure(options)
            number = options["version"] or max(shelved.versions, default=1)
            self.stdout.write(schema.as_text(schema.answers_schema(_form(shelved, number))))

    def _digest(self, options: dict[str, Any]) -> None:
        for code, shelved in read_folders([options["library"]]).procedures.items():
            for number, form in sorted(shelved.forms.items()):
                self.stdout.write(f"{code} v{number} {form.digest}")

    def _preview(self, options: dict[str, Any]) -> None:
        folder = next(
            (
                one
                for one in (options["folder"], options["library"] / options["folder"])
                if one.is_dir()
            ),
            None,
        )
        if folder is None:
            raise CommandError(f"There is no folder {options['folder']}.")
        said = ["--port", str(options["port"]), "--version", str(options["number"] or 0)]
        # A portal with other settings than this process has read: a program of its own takes over.
        sys.stdout.flush()
        program = [sys.executable, "-m", "guichet.config.author", str(folder), *said]
        os.execv(sys.executable, program)  # noqa: S606

    def _procedure(self, options: dict[str, Any]) -> Shelved:
        shelf = read_folders([options["library"]])
        if options["code"] not in shelf.procedures:
            known = ", ".join(sorted(shelf.procedures)) or "none"
            raise CommandError(f"There is no procedure {options['code']}. There are: {known}.")
        return shelf.procedures[options["code"]]


def _version(text: str) -> int:
    """ "v2" or "2"."""
    number = text.removeprefix("v")
    if not number.isdecimal():
        raise argparse.ArgumentTypeError(f"a version is written v2, not {text}")
    return int(number)


def _form(shelved: Shelved, number: int) -> Form:
    form = shelved.forms.get(number)
    if form is None:
        name = f"{shelved.folder.name} v{number}"
        raise CommandError(f"{name} cannot be used. Say: guichet procedures check")
    return form


def _line(fault: Fault) -> str:
    kind = "" if fault.is_error else "warning: "
    return f"{_short(fault.file)}:{fault.line}: {kind}{fault.message}"


def _short(file: Path) -> Path:
    """As seen from where one stands."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
