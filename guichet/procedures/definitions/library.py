"""The folders of procedures: read whole, with everything that is wrong in them by file and line.

shelf = read_library([Path("procedures")])
shelf.procedures["bicycle-subsidy"].forms[1]
shelf.faults                                    nothing is published while there is one
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from guichet.procedures.definitions import enclosing, remembering
from guichet.procedures.definitions.form import Circular, Faulty, Form, compiled_as_far
from guichet.procedures.definitions.ids import placed, reused
from guichet.procedures.definitions.model import PERIOD, Definition, Procedure
from guichet.procedures.definitions.reading import Lines, Unreadable
from guichet.procedures.fields import Signature

Model = TypeVar("Model", bound=BaseModel)


class Fault(NamedTuple):
    """What is wrong, where. `line` is counted from 1."""

    file: Path
    line: int
    message: str
    is_error: bool = True  # otherwise only said


@dataclass
class Text:
    """A file as it was read: what it says, and where each value stands."""

    file: Path
    data: Any = None
    lines: Lines = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """Where this value stands, or the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


@dataclass
class Version:
    """One version's files. `form` is None when they cannot be used."""

    folder: Path
    number: int
    source: Text
    texts: dict[str, Text]
    definition: Definition | None = None
    form: Form | None = None


@dataclass
class Shelved:
    """One procedure's folder."""

    folder: Path
    source: Text
    procedure: Procedure | None = None
    versions: dict[int, Version] = field(default_factory=dict)

    @property
    def forms(self) -> dict[int, Form]:
        """The versions that can be used, by number."""
        return {n: version.form for n, version in self.versions.items() if version.form}


@dataclass
class Shelf:
    """Everything that was read."""

    procedures: dict[str, Shelved] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_folders(folders: Iterable[Path]) -> Shelf:
    """Read folders of procedures, and single procedures by their own folder."""
    shelf = Shelf()
    for folder in folders:
        if (folder / "procedure.yaml").is_file():
            read_procedure(folder, shelf)
        elif folder.is_dir():
            read_all(folder, shelf)
        else:
            shelf.faults.append(Fault(folder, 1, "There is no such folder."))
    return shelf


def read_library(folders: Iterable[Path]) -> Shelf:
    """Read every procedure in these folders. Never raises for what stands in them."""
    shelf = Shelf()
    for folder in folders:
        if folder.is_dir():
            read_all(folder, shelf)
    return shelf


def read_all(folder: Path, shelf: Shelf) -> None:
    """Read every procedure in a folder onto the shelf. `schemas` are for editors."""
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith(".") and place.name != "schemas":
            read_procedure(place, shelf)


def read_procedure(folder: Path, shelf: Shelf) -> Shelved:
    """Read one folder onto the shelf."""
    source = read_text(folder / "procedure.yaml", shelf.faults)
    found = Shelved(folder, source)
    found.procedure = modelled(Procedure, source, shelf.faults)
    if found.procedure and found.procedure.procedure != folder.name:
        message = f"The folder is called {folder.name}, the procedure {found.procedure.procedure}."
        shelf.faults.append(Fault(source.file, source.line("procedure"), message))
    for place in sorted(folder.glob("v*/")):
        if match := re.fullmatch(r"v([1-9][0-9]{0,2})", place.name):
            found.versions[int(match[1])] = _version(place, int(match[1]), shelf.faults)
    for number, opening in enumerate(found.procedure.versions if found.procedure else ()):
        if opening.version not in found.versions:
            message = f"There is no folder v{opening.version}."
            shelf.faults.append(Fault(source.file, source.line("versions", number), message))
    shelf.procedures[folder.name] = found
    return found


def _version(folder: Path, number: int, faults: list[Fault]) -> Version:
    source = read_text(folder / "form.yaml", faults)
    texts = {
        language: read_text(folder / f"texts.{language}.yaml", faults)
        for language, _name in settings.LANGUAGES
    }
    found = Version(folder, number, source, texts)
    found.definition = definition = modelled(Definition, source, faults)
    if definition is None:
        return found
    if definition.version != number:
        message = f"The folder says version {number}, the file {definition.version}."
        faults.append(Fault(source.file, source.line("version"), message))
    twice = [Fault(source.file, source.line(*path), said) for path, said in reused(definition)]
    if twice:
        faults += twice
        return found
    wrong: list[Faulty] = []
    said = {lang: text.data for lang, text in texts.items() if isinstance(text.data, Mapping)}
    _signers_are_known(found, definition, faults)
    enclosed = _enclosed(found, definition, faults)
    form = compiled_as_far(definition, said, wrong, enclosed.found)
    for fault in wrong:
        faults.append(Fault(source.file, line_of(found, fault.key), _rule_sentence(fault)))
    try:
        form.order, form.row_order  # noqa: B018 - raises for what goes round in circles
    except Circular as circle:
        names = ", ".join(circle.names)
        faults.append(Fault(source.file, 1, f"These are computed from each other: {names}."))
        return found
    found.form = form if not wrong and not enclosed.wrong else None
    return found


def _enclosed(version: Version, definition: Definition, faults: list[Fault]) -> enclosing.Read:
    """The files of the version; what is wrong with them is added to `faults`."""
    read = enclosing.read(version.folder, definition)
    source = version.source
    faults += [Fault(source.file, source.line(*path), said) for path, said in read.wrong]
    for name in read.unused:
        file = enclosing.folder_of(version.folder) / name
        faults.append(Fault(file, 1, "Nothing shows this file.", is_error=False))
    return read


def _signers_are_known(version: Version, definition: Definition, faults: list[Fault]) -> None:
    """A block of signatures names signers of this definition."""
    known = {signer.signer for signer in definition.signers}
    for path, item in placed(definition):
        for signer in item.signers if isinstance(item, Signature) else ():
            if signer not in known:
                line = version.source.line(*path, "signers")
                message = f"There is no signer “{signer}” under signers."
                faults.append(Fault(version.source.file, line, message))


def line_of(version: Version, key: tuple[str, str]) -> int:
    """Where a rule stands, or what it belongs to."""
    owner, what = key
    path = path_of(version, owner)
    if owner == "eligible":
        return version.source.line(*_numbered(version, path, "check", what), "rule")
    if what.startswith("check:"):
        code = what.removeprefix("check:")
        return version.source.line(*_numbered(version, (*path, "checks"), "check", code), "rule")
    return version.source.line(*path, what)


def _numbered(
    version: Version, path: tuple[str | int, ...], name: str, code: str
) -> tuple[str | int, ...]:
    """The path of the one in a list whose `name` is `code`."""
    data: Any = version.source.data
    for step in path:
        data = data[step] if isinstance(step, int) else data.get(step, [])
    for number, one in enumerate(data):
        if isinstance(one, Mapping) and one.get(name) == code:
            return (*path, number)
    return path


def path_of(version: Version, owner: str) -> tuple[str | int, ...]:
    """The path of an item, or of "page:…", "signer:…", "delay:…" and the like, in `form.yaml`."""
    data = version.source.data
    kind, _colon, code = owner.rpartition(":")
    for number, page in enumerate(data.get("pages", [])):
        if kind == "page" and page.get("page") == code:
            return ("pages", number)
        for place, item in enumerate(page.get("items", [])):
            if item.get("id") == owner:
                return ("pages", number, "items", place)
            for inner, question in enumerate(item.get("questions", [])):
                if isinstance(question, Mapping) and question.get("id") == owner:
                    return ("pages", number, "items", place, "questions", inner)
    if kind == "signer":
        return _numbered(version, ("signers",), "signer", code)
    if kind == "paragraph":
        return _numbered(version, ("makes", "paragraphs"), "paragraph", code)
    if kind in ("delay", "authority"):
        return (f"{kind}_if", int(code))
    if kind == "cost":
        return ()
    return ("eligible",)


def _rule_sentence(fault: Faulty) -> str:
    owner, what = fault.key
    name = owner.removesuffix(":")
    return f"{name}, {what}: {fault.fault.message} (character {fault.fault.at + 1})"


def read_text(file: Path, faults: list[Fault]) -> Text:
    """A file, as far as it can be read; what is wrong is added to `faults`."""
    found = Text(file)
    try:
        found.data, found.lines = remembering.read(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(file, 1, "This file is missing."))
    except (OSError, UnicodeDecodeError):
        faults.append(Fault(file, 1, "This file cannot be read as UTF-8 text."))
    except Unreadable as fault:
        faults.append(Fault(file, fault.line, fault.message))
    return found


def modelled(model: type[Model], text: Text, faults: list[Fault]) -> Model | None:
    """What the file says as `model`; None, and faults with their lines, if it is none."""
    if text.data is None:
        return None
    try:
        # Through JSON: strict, and lists where Python has tuples.
        return model.model_validate_json(json.dumps(text.data))
    except ValidationError as fault:
        errors = fault.errors(include_url=False)
        for error in errors:
            if error["type"] == "too_short" and any(_is_below(error, one) for one in errors):
                continue  # what could not be read was left out: that is said already
            path = tuple(part for part in error["loc"] if _is_in(text, part))
            faults.append(Fault(text.file, text.line(*path), _sentence(error)))
        return None


def _is_in(text: Text, part: str | int) -> bool:
    """Pydantic puts the type of a question into the path; the file has no such level."""
    return isinstance(part, int) or any(part in path for path in text.lines)


def _is_below(error: ErrorDetails, other: ErrorDetails) -> bool:
    length = len(error["loc"])
    return len(other["loc"]) > length and other["loc"][:length] == error["loc"]


def _sentence(error: ErrorDetails) -> str:
    name = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "")
    context = error.get("ctx", {})
    said = {
        "missing": f"“{name}” is missing.",
        "extra_forbidden": f"“{name}” is not known here.",
        "union_tag_invalid": f"There is no type of question {context.get('tag')}.",
        "union_tag_not_found": "“type” is missing.",
        "string_type": f"“{name}” should be text: put it in quotes.",
        "int_type": f"“{name}” should be a whole number.",
        "bool_type": f"“{name}” should be true or false.",
        "tuple_type": f"“{name}” should be a list.",
        "dict_type": f"“{name}” should be names with values.",
        "model_type": f"“{name}” should be names with values.",
        "too_short": f"“{name}” should have {context.get('min_length')} at least.",
        "literal_error": f"“{name}” should be {context.get('expected')}.",
        "string_pattern_mismatch": _PATTERNS.get(
            str(context.get("pattern")), f"“{name}” cannot be written like this."
        ).format(name=name),
    }
    return said.get(error["type"]) or f"“{name}”: {error['msg'].removeprefix('Value error, ')}."


_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,39}$": "“{name}”: a name begins with a small letter and goes on with small letters, digits and _.",
    r"^[a-z0-9][a-z0-9-]{0,39}$": "“{name}”: a code has small letters, digits and -, 40 at most.",
    PERIOD: "“{name}”: a period is written 10y, 6m or 90d.",
}
