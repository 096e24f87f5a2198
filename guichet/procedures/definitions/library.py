"""The folders of procedures: read whole, with everything that is wrong in them by file and line.

shelf = read_library([Path("procedures")])
shelf.procedures["bicycle-subsidy"].forms[1]
shelf.faults                                    nothing is published while there is one
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from pydantic import BaseModel, ValidationError

from guichet.procedures.definitions.form import Circular, Faulty, Form, compiled_as_far
from guichet.procedures.definitions.model import Definition, Procedure
from guichet.procedures.definitions.reading import Lines, Unreadable, read
from guichet.procedures.fields import Item, Rows, Signature, names_of
from guichet.procedures.rules.check import CONTEXT

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


def read_library(folders: Iterable[Path]) -> Shelf:
    """Read every procedure in these folders. Never raises for what stands in them."""
    shelf = Shelf()
    for folder in folders:
        for place in sorted(folder.iterdir()) if folder.is_dir() else []:
            if place.is_dir() and not place.name.startswith("."):
                read_procedure(place, shelf)
    return shelf


def read_procedure(folder: Path, shelf: Shelf) -> Shelved:
    """Read one folder onto the shelf."""
    source = _text(folder / "procedure.yaml", shelf.faults)
    found = Shelved(folder, source)
    found.procedure = _modelled(Procedure, source, shelf.faults)
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
    source = _text(folder / "form.yaml", faults)
    texts = {
        language: _text(folder / f"texts.{language}.yaml", faults)
        for language, _name in settings.LANGUAGES
    }
    found = Version(folder, number, source, texts)
    found.definition = definition = _modelled(Definition, source, faults)
    if definition is None:
        return found
    if definition.version != number:
        message = f"The folder says version {number}, the file {definition.version}."
        faults.append(Fault(source.file, source.line("version"), message))
    wrong: list[Faulty] = []
    said = {lang: text.data for lang, text in texts.items() if isinstance(text.data, Mapping)}
    _names_told_apart(found, definition, faults)
    _signers_are_known(found, definition, faults)
    form = compiled_as_far(definition, said, wrong)
    for fault in wrong:
        faults.append(Fault(source.file, line_of(found, fault.key), _rule_sentence(fault)))
    try:
        form.order  # noqa: B018 - raises for what goes round in circles
    except Circular as circle:
        names = ", ".join(circle.names)
        faults.append(Fault(source.file, 1, f"These are computed from each other: {names}."))
        return found
    found.form = form if not wrong else None
    return found


def _names_told_apart(version: Version, definition: Definition, faults: list[Fault]) -> None:
    """An id stands once in the whole form, and is no part of another question."""
    givers = dict.fromkeys(CONTEXT, "")
    for item in _all_items(definition):
        for name in list(names_of(item)) or [item.id]:
            if name not in givers:
                givers[name] = item.id
                continue
            source, line = version.source, version.source.line(*path_of(version, item.id), "id")
            if givers[name] == item.id:  # the second of two items: the path leads to the first
                line = _last_line_of_id(source, item.id)
                message = f"“{item.id}” is the id of two items. Give one another."
            elif not givers[name]:
                message = f"“{name}” has a meaning in rules. Give the item another id."
            else:
                message = f"“{name}” comes from {givers[name]} and from {item.id}. Rename one."
            faults.append(Fault(source.file, line, message))


def _all_items(definition: Definition) -> Iterator[Item]:
    for page in definition.pages:
        for item in page.items:
            yield item
            if isinstance(item, Rows):
                yield from item.questions


def _last_line_of_id(source: Text, name: str) -> int:
    ids = [path for path in source.lines if path[-1:] == ("id",)]
    return max(source.lines[path] for path in ids if _at(source.data, path) == name)


def _signers_are_known(version: Version, definition: Definition, faults: list[Fault]) -> None:
    """A block of signatures names signers of this definition."""
    known = {signer.signer for signer in definition.signers}
    for item in _all_items(definition):
        for signer in item.signers if isinstance(item, Signature) else ():
            if signer not in known:
                line = version.source.line(*path_of(version, item.id), "signers")
                message = f"There is no signer “{signer}” under signers."
                faults.append(Fault(version.source.file, line, message))


def line_of(version: Version, key: tuple[str, str]) -> int:
    """Where a rule stands, or what it belongs to."""
    owner, what = key
    path = path_of(version, owner)
    if what.startswith("check:"):
        checks = _at(version.source.data, path) or {}
        for number, check in enumerate(checks.get("checks", [])):
            if check.get("check") == what.removeprefix("check:"):
                return version.source.line(*path, "checks", number, "rule")
    return version.source.line(*path, what)


def path_of(version: Version, owner: str) -> tuple[str | int, ...]:
    """The path of an item, or of "page:…", "signer:…", "paragraph:…", in `form.yaml`."""
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
    return {"signer": ("signers",), "paragraph": ("makes",)}.get(kind, ("eligible",))


def _at(data: Any, path: tuple[str | int, ...]) -> Any:
    for name in path:
        data = data[name]
    return data


def _rule_sentence(fault: Faulty) -> str:
    owner, what = fault.key
    return f"{owner}, {what}: {fault.fault.message} (character {fault.fault.at + 1})"


def _text(file: Path, faults: list[Fault]) -> Text:
    found = Text(file)
    try:
        found.data, found.lines = read(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(file, 1, "This file is missing."))
    except (OSError, UnicodeDecodeError):
        faults.append(Fault(file, 1, "This file cannot be read as UTF-8 text."))
    except Unreadable as fault:
        faults.append(Fault(file, fault.line, fault.message))
    return found


def _modelled(model: type[Model], text: Text, faults: list[Fault]) -> Model | None:
    if text.data is None:
        return None
    try:
        # Through JSON: strict, and lists where Python has tuples.
        return model.model_validate_json(json.dumps(text.data))
    except ValidationError as fault:
        errors = fault.errors(include_url=False)
        places = [error["loc"] for error in errors]
        for error in errors:
            # A list is "too short" when something inside it is wrong: that is said already.
            inside = any(
                place[: len(error["loc"])] == error["loc"]
                for place in places
                if len(place) > len(error["loc"])
            )
            if inside:
                continue
            path = tuple(part for part in error["loc"] if _is_in(text, part))
            faults.append(Fault(text.file, text.line(*path), _sentence(error)))
        return None


def _is_in(text: Text, part: str | int) -> bool:
    """Pydantic puts the type of a question into the path; the file has no such level."""
    return isinstance(part, int) or any(part in path for path in text.lines)


def _sentence(error: Any) -> str:
    name = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "")
    said = {
        "missing": f"“{name}” is missing.",
        "extra_forbidden": f"“{name}” is not known here.",
        "union_tag_invalid": f"There is no type of question {error.get('ctx', {}).get('tag')}.",
        "union_tag_not_found": "“type” is missing.",
        "string_type": f"“{name}” should be text: put it in quotes.",
    }
    message = error["msg"].removeprefix("Value error, ")
    return said.get(error["type"]) or f"“{name}”: {message}."
