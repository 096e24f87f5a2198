"""Names that stand in a definition twice, or where another meaning has them already."""

from collections.abc import Iterable, Iterator

from guichet.procedures.definitions.model import Definition
from guichet.procedures.definitions.reading import Path
from guichet.procedures.fields import Check, Item, Question, Rows, names_of
from guichet.procedures.rules.check import CONTEXT
from guichet.procedures.rules.syntax import RESERVED

Said = tuple[Path, str]


def reused(definition: Definition) -> Iterator[Said]:
    """Each name that cannot stand where it does: its place in `form.yaml`, and a sentence."""
    yield from _names(definition)
    codes = {
        "pages": [page.page for page in definition.pages],
        "eligible": [check.check for check in definition.eligible],
        "signers": [signer.signer for signer in definition.signers],
        "declarations": list(definition.declarations),
    }
    for name, given in codes.items():
        yield from _twice((name,), given)
    if definition.makes:
        paragraphs = [each.paragraph for each in definition.makes.paragraphs]
        yield from _twice(("makes", "paragraphs"), paragraphs)


def placed(definition: Definition) -> Iterator[tuple[Path, Item]]:
    """Everything on the pages, what stands in rows included, with its place in `form.yaml`."""
    for number, page in enumerate(definition.pages):
        for place, item in enumerate(page.items):
            path: Path = ("pages", number, "items", place)
            yield path, item
            if isinstance(item, Rows):
                for inner, question in enumerate(item.questions):
                    yield (*path, "questions", inner), question


def _names(definition: Definition) -> Iterator[Said]:
    taken = {name: f"“{name}” means something in rules already" for name in RESERVED | {*CONTEXT}}
    for path, item in placed(definition):
        for name in {item.id: None, **names_of(item)}:
            if name in taken:
                yield (*path, "id"), f"{taken[name]}. Choose another name."
            taken[name] = f"There are two questions “{name}”"
        yield from _twice((*path, "options"), getattr(item, "options", ()))
        checks: tuple[Check, ...] = item.checks if isinstance(item, Question) else ()
        yield from _twice((*path, "checks"), [check.check for check in checks])


def _twice(path: Path, codes: Iterable[str]) -> Iterator[Said]:
    seen: set[str] = set()
    for number, code in enumerate(codes):
        if code in seen:
            yield (*path, number), f"“{code}” stands here twice."
        seen.add(code)
