"""A new folder of a procedure: small, complete, without a fault, to be written over."""

import re
import shutil
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from guichet.procedures.fields.base import Code

_BLANK = Path(__file__).parent / "blank"


class NotBegun(Exception):
    """Why there is no new folder, in a sentence."""


def begin(library: Path, code: str) -> Path:
    """Make the folder of `code` in `library`, and return it. Raises `NotBegun`; nothing is written over."""
    folder = library / code
    try:
        TypeAdapter(Code).validate_python(code)
    except ValidationError:
        said = f"“{code}”: a code has small letters, digits and -, 40 at most."
        raise NotBegun(said) from None
    if folder.exists():
        raise NotBegun(f"{folder} is there already.")
    shutil.copytree(_BLANK, folder)
    for file in (folder / "procedure.yaml", folder / "v1" / "form.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?m)^procedure: blank$", f"procedure: {code}", text), "utf-8")
    return folder
