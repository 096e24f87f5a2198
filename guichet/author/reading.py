"""A folder that somebody is writing in: what is wrong with it now, and what of it can be shown."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.library import Fault, Shelf, Shelved, read_procedure
from guichet.procedures.definitions.linter import lint
from guichet.procedures.definitions.model import Procedure

log = structlog.get_logger("guichet.author")


@dataclass(frozen=True)
class Reading:
    """The folder as it was read once. `stamp` is another one as soon as a file is."""

    stamp: str
    code: str  # as its folder is called
    number: int  # of the version that is looked at
    faults: tuple[Fault, ...]
    procedure: Procedure | None
    form: Form | None

    @property
    def errors(self) -> int:
        """How many faults keep it from being published."""
        return sum(fault.is_error for fault in self.faults)

    @property
    def warnings(self) -> int:
        """How many faults are only said."""
        return len(self.faults) - self.errors

    @property
    def is_usable(self) -> bool:
        """Whether its pages can be drawn, mistakes or not."""
        return self.procedure is not None and self.form is not None and "fr" in self.form.texts

    def and_besides(self, message: str) -> "Reading":
        """The same with one more error, about the whole folder."""
        fault = Fault(Path(self.code), 1, message)
        return replace(self, faults=(fault, *self.faults))


def stamp_of(folder: Path) -> str:
    """Changes with any file's name, size or time."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        try:
            about = file.stat()
        except FileNotFoundError:  # an editor has put another one in its place
            continue
        found.update(f"{file} {about.st_size} {about.st_mtime_ns}\n".encode())
    return found.hexdigest()


def read(folder: Path, number: int = 0) -> Reading:
    """Read the folder; `number` is the version to look at, 0 the newest. Never raises for what is in it."""
    stamp, shelf = stamp_of(folder), Shelf()
    shelved = read_procedure(folder, shelf)
    wanted = number or max(shelved.versions, default=1)
    if wanted not in shelved.versions:
        shelf.faults.append(Fault(folder, 1, f"There is no folder v{wanted}."))
    return Reading(
        stamp, folder.name, wanted, tuple(_faults(shelf)), shelved.procedure, _form(shelved, wanted)
    )


def _faults(shelf: Shelf) -> list[Fault]:
    try:
        return lint(shelf)
    except Exception as fault:  # a mistake of ours must not take the page from whoever writes
        log.exception("the linter failed", fault=type(fault).__name__)
        (folder,) = [one.folder for one in shelf.procedures.values()]
        said = f"The linter itself failed here ({type(fault).__name__}). Say so to the maintainers."
        return [*shelf.faults, Fault(folder, 1, said)]


def _form(shelved: Shelved, number: int) -> Form | None:
    version = shelved.versions.get(number)
    return version.form if version else None
