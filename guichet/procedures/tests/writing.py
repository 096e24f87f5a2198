"""Definitions for tests: only what a test is about is written out, the rest is right."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guichet.procedures.definitions.form import Form, compiled
from guichet.procedures.definitions.library import Shelf, read_folders
from guichet.procedures.definitions.model import Definition
from guichet.procedures.definitions.reading import read
from guichet.procedures.definitions.wording import needed_texts

HEAD = "procedure: {code}\nversion: {version}\nkeep_sent: 1y\n"
PROCEDURE = (
    "procedure: {code}\nauthority: environment\nthemes: [transport]\naudience: [citizen]\n"
    "versions: [{{version: {version}}}]\n"
)


def definition(text: str, *, version: int = 1) -> Definition:
    """A `form.yaml` without its head."""
    data, _lines = read(HEAD.format(code="demo", version=version) + text)
    return Definition.model_validate_json(json.dumps(data))


def words_for(made: Definition, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All the texts that it needs; `more` are further ones, by "questions.x.hint"."""
    texts = {".".join(path): f"Text {n}" for n, path in enumerate(needed_texts(made))}
    found: dict[str, Any] = {}
    for name, value in (texts | dict(more or {})).items():
        at = found
        *owners, last = name.split(".")
        for owner in owners:
            at = at.setdefault(owner, {})
        if value is not None:
            at[last] = value
    return found


def form(text: str, *, version: int = 1, more: Mapping[str, Any] | None = None) -> Form:
    """Compiled, with texts in every language."""
    made = definition(text, version=version)
    words = words_for(made, more)
    return compiled(made, dict.fromkeys(("fr", "de", "en"), words))


def write(
    folder: Path,
    text: str,
    *,
    code: str = "demo",
    version: int = 1,
    texts: Mapping[str, Mapping[str, Any]] | None = None,
    examples: Mapping[str, str] | None = None,
) -> Path:
    """The folder of a procedure, with texts in every language; `texts` are further ones by it.

    None as a text takes it away.
    """
    place = folder / code / f"v{version}"
    (place / "tests").mkdir(parents=True)
    (folder / code / "procedure.yaml").write_text(PROCEDURE.format(code=code, version=version))
    (place / "form.yaml").write_text(HEAD.format(code=code, version=version) + text)
    try:
        made = definition(text, version=version)
    except ValueError:
        made = definition("pages: [{page: p, items: [{id: q, type: text}]}]")
    for language in ("fr", "de", "en"):
        words = words_for(made, (texts or {}).get(language))
        (place / f"texts.{language}.yaml").write_text(json.dumps(words, indent=1))
    for name, example in (examples or {}).items():
        (place / "tests" / f"{name}.yaml").write_text(example)
    return folder / code


def shelf(*folders: Path) -> Shelf:
    """As the command reads them."""
    return read_folders(folders)
