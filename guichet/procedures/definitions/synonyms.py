"""`synonyms.yaml` beside the folders of procedures: words that people use for one thing.

    synonyms:
      - [vélo, bicyclette, bicycle, bike, Fahrrad]

Whoever searches with one of them finds what is written with another. The file need not be there.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from guichet.procedures.definitions.library import Fault
from guichet.procedures.definitions.reading import Unreadable, read
from guichet.procedures.fields.base import Strict

NAME = "synonyms.yaml"

Term = Annotated[str, StringConstraints(min_length=2, max_length=60)]
Group = Annotated[tuple[Term, ...], Field(min_length=2, max_length=30)]


class Synonyms(Strict):
    """The file."""

    synonyms: Annotated[tuple[Group, ...], Field(max_length=2_000)]


def read_synonyms(folders: Iterable[Path]) -> tuple[list[tuple[str, ...]], list[Fault]]:
    """The groups of all folders, and what is wrong in their files. Never raises for the latter."""
    groups: list[tuple[str, ...]] = []
    faults: list[Fault] = []
    for folder in folders:
        file = folder / NAME
        if not file.is_file():
            continue
        try:
            data, lines = read(file.read_text(encoding="utf-8"))
            groups += Synonyms.model_validate_json(json.dumps(data)).synonyms
        except Unreadable as fault:
            faults.append(Fault(file, fault.line, fault.message))
        except (OSError, UnicodeDecodeError):
            faults.append(Fault(file, 1, "This file cannot be read as UTF-8 text."))
        except ValidationError as fault:
            for error in fault.errors(include_url=False):
                place = tuple(error["loc"])
                while place not in lines and place:
                    place = place[:-1]
                faults.append(Fault(file, lines.get(place, 1), f"{error['msg']}."))
    return groups, faults
