"""The linter's eye on texts: nothing missing in any language, nothing left over, nothing but words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.ground import Ground
from guichet.procedures.definitions.ids import placed
from guichet.procedures.definitions.library import Fault, Text, Version
from guichet.procedures.definitions.model import Definition
from guichet.procedures.fields import Paper, Rows
from guichet.procedures.rules.check import Program

WORDS_MAX = 15  # in a sentence that says what is wrong

Key = tuple[str, ...]

# What each version says, and what it may say.
_NEEDED: tuple[Key, ...] = (("title",), ("summary",), ("who",), ("purpose",))
_FREE: tuple[Key, ...] = (("deadline",), ("next",), ("keywords",), ("needed",), ("cost",))
_FREE_OF_A_PAGE = ("intro",)
_FREE_OF_A_QUESTION = ("label", "hint", "help", "missing", "purpose", "formula", "title", "text")
_FREE_OF_A_LETTER = ("title",)
_LISTS = (("next",), ("keywords",), ("needed",))
_NAME = re.compile(r"\{([^{}]*)\}")


def faults(version: Version) -> Iterator[Fault]:
    """What is missing, left over, or cannot be read aloud."""
    definition = version.definition
    if definition is None:
        return
    texts = {lang: text for lang, text in version.texts.items() if isinstance(text.data, Mapping)}
    said = {lang: dict(_leaves(text.data)) for lang, text in texts.items()}
    needed, used = needed_texts(definition), _free(definition)
    somewhere = {key for leaves in said.values() for key in leaves if key in used}
    for language, text in texts.items():
        leaves = said[language]
        yield from _missing(text, leaves, sorted({*needed, *somewhere}), needed)
        yield from _left_over(text, leaves, {*needed, *used})
        yield from _not_words(text, leaves)
        yield from _long(text, leaves)
        yield from _alike(version, text, leaves)


def placeholder_faults(version: Version, form: Form, ground: Ground) -> Iterator[Fault]:
    """Each `{name}` in a text: there is such a question, and it has a value whenever it is read."""
    for text in version.texts.values():
        leaves = _leaves(text.data) if isinstance(text.data, Mapping) else ()
        for key, value in leaves:
            for line in _lines(value):
                for name in _NAME.findall(line):
                    if message := _placeholder(form, ground, key, name):
                        yield Fault(text.file, text.line(*key), message)


# --- Which texts there are


def needed_texts(definition: Definition) -> list[Key]:
    """Paths of what has to be said in every language."""
    found: list[Key] = [*_NEEDED]
    found += [("pages", page.page, "title") for page in definition.pages]
    for _path, item in placed(definition):
        found += item.texts()
        if isinstance(item, Paper):
            found.append(("questions", item.id, "purpose"))
    if isinstance(definition.cost_cents, str):
        found.append(("cost",))
    found += [("checks", check.check) for check in definition.eligible]
    found += [("declarations", code) for code in definition.declarations]
    found += [("signers", signer.signer) for signer in definition.signers]
    for paragraph in definition.makes.paragraphs if definition.makes else ():
        found.append(("paragraphs", paragraph.paragraph))
    return found


def _free(definition: Definition) -> set[Key]:
    found: set[Key] = {*_FREE, *needed_texts(definition)}
    found |= {("pages", page.page, end) for page in definition.pages for end in _FREE_OF_A_PAGE}
    for _path, item in placed(definition):
        found |= {("questions", item.id, end) for end in _FREE_OF_A_QUESTION}
        found |= {*item.free_texts()}
    if definition.makes:
        found |= {("letter", end) for end in _FREE_OF_A_LETTER}
    return found


def _leaves(data: Any, path: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Every text with its path; a list is one."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _leaves(value, (*path, name))
    else:
        yield path, data


def _lines(value: Any) -> list[str]:
    return [str(line) for line in value] if isinstance(value, list) else [str(value)]


# --- What is wrong with them


def _missing(
    text: Text, leaves: Mapping[Key, Any], wanted: list[Key], needed: list[Key]
) -> Iterator[Fault]:
    for key in wanted:
        if key in leaves or any(leaf[: len(key)] == key for leaf in leaves):
            continue
        name = ".".join(key)
        if key not in needed:
            message = f"“{name}” stands in another language, but not here."
        elif key[-1] == "purpose" and len(key) > 1:
            message = f"“{name}” is missing: say what this document is needed for."
        else:
            message = f"“{name}” is missing."
        yield Fault(text.file, text.line(*key), message)


def _left_over(text: Text, leaves: Mapping[Key, Any], used: set[Key]) -> Iterator[Fault]:
    known = {key[:length] for key in used for length in range(1, len(key) + 1)}
    said = set()
    for leaf in leaves:
        below = any(leaf[:length] in used for length in range(1, len(leaf)))
        first = next((leaf[:n] for n in range(1, len(leaf) + 1) if leaf[:n] not in known), None)
        if first and not below and first not in said:
            said.add(first)
            message = f"Nothing uses “{'.'.join(first)}”."
            yield Fault(text.file, text.line(*first), message, is_error=False)


def _not_words(text: Text, leaves: Mapping[Key, Any]) -> Iterator[Fault]:
    for key, value in leaves.items():
        name, line = ".".join(key), text.line(*key)
        if isinstance(value, list) and key not in _LISTS:
            yield Fault(text.file, line, f"“{name}” should be one text, not a list.")
        elif not all(
            isinstance(one, str) for one in (value if isinstance(value, list) else [value])
        ):
            yield Fault(text.file, line, f"“{name}” should be text: put it in quotes.")
        elif any("<" in one for one in _lines(value)):
            yield Fault(text.file, line, f"“{name}” has a “<”. Texts are plain words.")


def _long(text: Text, leaves: Mapping[Key, Any]) -> Iterator[Fault]:
    for key, value in leaves.items():
        if key[0] != "checks":
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", str(value)):
            count = len(re.findall(r"\w[\w’'-]*", sentence))
            if count > WORDS_MAX:
                message = (
                    f"“{'.'.join(key)}” has a sentence of {count} words. Say it in {WORDS_MAX}."
                )
                yield Fault(text.file, text.line(*key), message, is_error=False)


def _alike(version: Version, text: Text, leaves: Mapping[Key, Any]) -> Iterator[Fault]:
    """Two questions of one page, or of one row, that are asked in the same words."""
    pages = version.definition.pages if version.definition else ()
    groups: list[tuple[str, Any]] = [(page.page, page.items) for page in pages]
    groups += [
        (item.id, item.questions) for page in pages for item in page.items if isinstance(item, Rows)
    ]
    for where, items in groups:
        seen: dict[str, str] = {}
        for item in items:
            key = ("questions", item.id, "label")
            label = str(leaves.get(key, "")).strip().casefold()
            if label and label in seen:
                message = f"{item.id} and {seen[label]} have the same label on {where}."
                yield Fault(text.file, text.line(*key), message, is_error=False)
            seen.setdefault(label, item.id)


def _placeholder(form: Form, ground: Ground, key: Key, name: str) -> str | None:
    """What is wrong with a name in braces, or None."""
    rows = form.items.get(key[1]) if key[0] == "questions" and len(key) > 2 else None
    inside = {inner.id for inner in rows.questions} if isinstance(rows, Rows) else set()
    if name != "today" and name not in ground.items:
        return f"There is no question “{name}” that could stand here."
    if isinstance(rows, Rows) and key[2] == "row_label" and name not in inside:
        return f"“{name}” is no question of these rows."
    if not ground.known(_read_when(form, ground, key)).has(name):
        return f"“{name}” may be without an answer when this is read."
    return None


def _read_when(form: Form, ground: Ground, key: Key) -> tuple[Program, ...]:
    """What holds whenever somebody reads this text."""
    owner = {"paragraphs": "paragraph:", "pages": "page:", "signers": "signer:"}.get(key[0])
    if owner and len(key) > 1:
        found = form.checked.get((owner + key[1], "show_if"))
        return (found.program,) if found else ()
    if key[0] == "questions" and len(key) > 1 and key[1] in ground.conditions:
        rows = form.items[key[1]]
        if isinstance(rows, Rows):  # in a row: whatever is asked in each row has been asked
            return ground.conditions[rows.id]
        return ground.conditions[key[1]]
    return ()
