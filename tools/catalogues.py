"""The words of the house: gather them, compile them, and say what is wrong with them.

    python -m tools.catalogues update [room …]    gather messages into guichet/<room>/locale/
    python -m tools.catalogues compile            write .mo files where the .po is newer
    python -m tools.catalogues check [room …]     fail with sentences on what is missing or wrong

English is the message itself; French and German are complete in each room's own catalogue. A
catalogue holds no dates and no line numbers, so that a change shows what changed and nothing else.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import normalize, read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "guichet"
LANGUAGES = {"fr": "nplurals=2; plural=(n > 1);", "de": "nplurals=2; plural=(n != 1);"}

# Rooms without a catalogue lend their words to the room that shows them.
SPEAKS_FOR = {"design": ("config",)}

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

Key = tuple[str, str]  # context, message


@dataclass(frozen=True)
class Asked:
    """A message that the code or a template asks for."""

    context: str
    text: str
    plural: str

    @property
    def key(self) -> Key:
        return self.context, self.text


# --- Gathering


def rooms() -> list[str]:
    """Rooms that have words, in alphabetical order."""
    lent = {room for lenders in SPEAKS_FOR.values() for room in lenders}
    found = (path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    return sorted(room for room in found if room not in lent and asked(room))


def asked(room: str) -> dict[Key, Asked]:
    """Everything that this room asks to be translated."""
    messages: dict[Key, Asked] = {}
    for source in _sources(room):
        for message in _messages_of(source):
            known = messages.get(message.key)
            if known is None or (message.plural and not known.plural):
                messages[message.key] = message
    return messages


def _sources(room: str) -> Iterator[Path]:
    for name in (room, *SPEAKS_FOR.get(room, ())):
        for path in sorted((PACKAGE / name).rglob("*")):
            inside = path.relative_to(PACKAGE / name).parts
            if {"tests", "migrations", "locale", "static", "__pycache__"} & set(inside):
                continue
            if path.suffix == ".py" or (path.suffix in (".html", ".txt") and "templates" in inside):
                yield path


def _messages_of(source: Path) -> Iterator[Asked]:
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".py":
        # In brackets, indentation means nothing to the tokenizer.
        text = f"(\n{templatize(text, origin=str(source))}\n)"
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS)
    for _line, message, _comments, context in found:
        if isinstance(message, tuple):
            yield Asked(context or "", message[0], message[1])
        elif message:
            yield Asked(context or "", message, "")


# --- Catalogues on disk


def _po(room: str, language: str) -> Path:
    return PACKAGE / room / "locale" / language / "LC_MESSAGES" / "django.po"


def _read(room: str, language: str) -> Catalog:
    path = _po(room, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _text(language: str, entries: dict[Key, tuple[Asked, Message | None]]) -> str:
    lines = [
        'msgid ""',
        'msgstr ""',
        f'"Language: {language}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {LANGUAGES[language]}\\n"',
    ]
    for _key, (message, known) in sorted(entries.items(), key=lambda entry: entry[0][::-1]):
        lines.append("")
        fuzzy = known is not None and known.fuzzy
        flags = ["fuzzy"] * fuzzy + ["python-format"] * bool(
            re.search(r"%\(\w+\)[sd]", message.text)
        )
        lines += [f"#, {', '.join(flags)}"] if flags else []
        lines += [f"msgctxt {normalize(message.context, width=96)}"] if message.context else []
        lines.append(f"msgid {normalize(message.text, width=96)}")
        said = _strings(known) if known is not None else ()
        if message.plural:
            lines.append(f"msgid_plural {normalize(message.plural, width=96)}")
            for number in range(2):
                form = said[number] if number < len(said) else ""
                lines.append(f"msgstr[{number}] {normalize(form, width=96)}")
        else:
            lines.append(f"msgstr {normalize(said[0] if said else '', width=96)}")
    return "\n".join(lines) + "\n"


def _strings(message: Message) -> tuple[str, ...]:
    """The translation, one text for each form."""
    said = message.string
    return tuple(said) if isinstance(said, list | tuple) else (said or "",)


def _key(message: Message) -> Key:
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return message.context or "", text


def _entries(catalogue: Catalog) -> dict[Key, Message]:
    return {_key(message): message for message in catalogue if message.id}


# --- The commands


def update(chosen: list[str]) -> None:
    """Write each catalogue anew: what is asked for, with the translations already there."""
    for room in chosen or rooms():
        wanted = asked(room)
        for language in LANGUAGES:
            known = _entries(_read(room, language))
            entries = {key: (message, known.get(key)) for key, message in wanted.items()}
            path = _po(room, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = _text(language, entries)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
            left = sum(not all(_strings(m)) if m else True for _, m in entries.values())
            print(f"{path.relative_to(ROOT)}: {len(entries)} messages, {left} to translate")


def check(chosen: list[str]) -> list[str]:
    """Sentences on everything wrong; none when all is well."""
    names = chosen or rooms()
    faults = [fault for room in names for lang in LANGUAGES for fault in _faults(room, lang)]
    for language in LANGUAGES:
        faults += _told_apart(language, rooms())
    return faults


def _faults(room: str, language: str) -> Iterator[str]:
    place = _po(room, language).relative_to(ROOT)
    wanted = asked(room)
    catalogue = _read(room, language)
    known = _entries(catalogue)
    for key, message in wanted.items():
        if key not in known or not all(_strings(known[key])):
            yield f"{place}: translate {message.text!r}."
    for key, entry in known.items():
        if key not in wanted:
            yield f"{place}: nobody asks for {key[1]!r} any more; take it out."
        elif entry.fuzzy:
            yield f"{place}: confirm the translation of {key[1]!r} (fuzzy)."
        else:
            for said in filter(None, _strings(entry)):
                for fault in _faults_of(wanted[key], said, language):
                    yield f"{place}: {fault} In the translation of {key[1]!r}: {said!r}"
    for _obsolete in catalogue.obsolete:
        yield f"{place}: obsolete entries at the end; take them out."
        break


def _faults_of(message: Asked, said: str, language: str) -> Iterator[str]:
    for what, pattern in (("placeholders", _PLACEHOLDER), ("tags", _TAG)):
        expected, found = Counter(pattern.findall(message.text)), Counter(pattern.findall(said))
        if message.plural:  # a form may leave out its number, not add one
            either = expected | Counter(pattern.findall(message.plural))
            if found - either:
                yield f"It has other {what}."
        elif expected != found:
            yield f"It has other {what}."
    if said != said.strip() and message.text == message.text.strip():
        yield "It begins or ends with a space."
    yield from _TYPOGRAPHY[language](_TAG.sub("", said))


_PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_NO_BREAK = "\u00a0\u202f"


def french(text: str) -> Iterator[str]:
    """What Imprimerie nationale's rules say of these marks: a space that does not break."""
    plain = re.sub(r"&#?\w+;|https?://\S+", "", text)
    for found in re.finditer(rf"(.?)([:;?!]+)(?=[\s{_NO_BREAK}]|$|[)\]»”])", plain, re.DOTALL):
        if found[1] not in (*_NO_BREAK, "") or (not found[1] and len(plain) > len(found[2])):
            yield f"Put a no-break space before “{found[2]}”."
    if re.search(rf"«(?![{_NO_BREAK}])", plain) or re.search(rf"(?<![{_NO_BREAK}])»", plain):
        yield "Put no-break spaces inside « »."
    if '"' in plain:
        yield "Use « » instead of straight quotation marks."


def german(text: str) -> Iterator[str]:
    """German quotation marks are „ and “."""
    if '"' in text or "«" in text or "»" in text:
        yield "Use „ “ as quotation marks."


_TYPOGRAPHY = {"fr": french, "de": german}


def _told_apart(language: str, names: list[str]) -> Iterator[str]:
    """All catalogues end in one: the same message cannot mean two things."""
    said: dict[Key, tuple[str, tuple[str, ...]]] = {}
    for room in names:
        for key, entry in _entries(_read(room, language)).items():
            here = _strings(entry)
            if not all(here):
                continue
            there, earlier = said.setdefault(key, (room, here))
            if earlier != here:
                yield (
                    f"{key[1]!r} in {language} is {earlier[0]!r} in {there} and {here[0]!r} "
                    f"in {room}; agree, or give one a context."
                )


def main(arguments: list[str]) -> int:
    settings.configure()
    match arguments:
        case ["update", *chosen]:
            update(chosen)
        case ["compile"]:
            sys.path.insert(0, str(ROOT))
            from guichet.config.catalogues import compile_changed

            compile_changed()
        case ["check", *chosen]:
            faults = check(chosen)
            print("\n".join(faults) or "Every message is said in French and in German.")
            return 1 if faults else 0
        case _:
            sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
