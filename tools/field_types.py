"""The table of docs/field-types.md, from the types themselves and the definition that has each once.

python -m tools.field_types        write it anew
"""

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "field-types.md"
EXAMPLES = ROOT / "guichet/procedures/tests/definitions"
START = "<!-- made by tools.field_types -->\n"

# What every question has; the page says it once.
OF_ALL = {
    "id",
    "type",
    "show_if",
    "optional",
    "required_if",
    "checks",
    "prefill",
    "agent_only",
    "keep",
}


def table() -> str:
    """The rows, one for each type, by name."""
    from guichet.procedures.definitions.library import read_library
    from guichet.procedures.fields import ALL, type_name

    version = read_library([EXAMPLES]).procedures["every-type"].versions[1]
    written = {
        item["type"]: item for page in version.source.data["pages"] for item in page["items"]
    }
    assert version.form is not None
    items = version.form.items
    rows = ["| Type | What it is for | Settings | What rules see | Example |", "| --- " * 5 + "|"]
    for of in sorted(ALL, key=type_name):
        name = type_name(of)
        example = written[name]
        # Without the number that the type has in the requirements.
        what = re.sub(r" \((5\.6, )?types? [^)]*\)", "", (of.__doc__ or "").strip().splitlines()[0])
        cells = [
            f"`{name}`",
            what,
            _settings(of),
            _seen(items[example["id"]]),
            f"`{_flow(example)}`",
        ]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _settings(of: Any) -> str:
    found = []
    for name, setting in of.model_fields.items():
        if name in OF_ALL:
            continue
        if setting.is_required():
            found.append(f"**{name}**")
        else:
            found.append(f"{name} = {_plain(setting.default)}")
    return ", ".join(found)


def _seen(item: Any) -> str:
    from guichet.procedures.fields import names_of

    seen = names_of(item).items()
    return ", ".join(
        f"{kind}" if name == item.id else f"…{name.removeprefix(item.id)}: {kind}"
        for name, kind in seen
    )


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def _flow(value: Any) -> str:
    """As one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = _plain(value)
    return f'"{text}"' if isinstance(value, str) and ":" in text else text


def page() -> str:
    """The document as it should be: what people wrote, then the table."""
    return DOCUMENT.read_text(encoding="utf-8").split(START)[0] + START + table()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    import django

    django.setup()
    DOCUMENT.write_text(page(), encoding="utf-8")
