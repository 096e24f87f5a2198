"""Reading the text of a definition: YAML 1.2 with its surprises closed.

    data, lines = read(path.read_text())
    lines[("pages", 0, "page")]        the line, from 1, where that value stands

Values are text, whole numbers, truth, lists and maps. A number with a point is text, because rules
compute exactly. No anchors, no tags, no merge keys, no duplicate keys, no dates, no yes/no/on/off.
"""

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

SIZE_BYTES_MAX = 500_000
DEPTH_MAX = 40

Path = tuple[str | int, ...]
Lines = dict[Path, int]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in "str int float bool null timestamp map seq merge".split()
}
_NOTHING = ("", "~", "null", "Null", "NULL")
_WORDS = {"true": True, "false": False}


class Unreadable(Exception):
    """The text is not what we read. `line` is counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read(text: str) -> tuple[Any, Lines]:
    """What the text says, and where. Raises `Unreadable`."""
    if len(text.encode()) > SIZE_BYTES_MAX:
        raise Unreadable(f"A file has {SIZE_BYTES_MAX:,} bytes at most.", 1)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise Unreadable(f"This is not YAML: {fault.problem}.", line) from None
    except (YAMLError, ValueError) as fault:
        raise Unreadable(f"This is not YAML: {str(fault).splitlines()[0]}.", 1) from None
    except RecursionError:
        raise Unreadable("The text is nested too deeply.", 1) from None
    if root is None:
        raise Unreadable("The file is empty.", 1)
    lines: Lines = {}
    return _value(root, (), lines), lines


def _value(node: Node, path: Path, lines: Lines) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if node.anchor:
        raise Unreadable("Anchors and aliases (& and *) are not read here. Write it out.", line)
    if str(node.tag) not in _TAGS:
        raise Unreadable(f"Tags are not read here: {node.tag}.", line)
    if len(path) > DEPTH_MAX:
        raise Unreadable("The text is nested too deeply.", line)
    if isinstance(node, MappingNode):
        return _map(node, path, lines)
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, number), lines) for number, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)  # noqa: S101 - there is no fourth kind
    return _scalar(node, line)


def _map(node: MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in node.value:
        line = name.start_mark.line + 1
        if not isinstance(name, ScalarNode):
            raise Unreadable("A name stands before the colon, nothing else.", line)
        key = str(name.value)
        if name.anchor or key == "<<":
            raise Unreadable("Anchors and merge keys are not read here. Write it out.", line)
        if key in found:
            raise Unreadable(f"“{key}” stands here twice.", line)
        if isinstance(item, ScalarNode) and not item.style and item.value in _NOTHING:
            raise Unreadable(
                f"“{key}” has no value. A text with a comma or colon needs quotes.", line
            )
        found[key] = _value(item, (*path, key), lines)
        lines[(*path, key)] = line
    return found


def _scalar(node: ScalarNode, line: int) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in _NOTHING:
        raise Unreadable("Something should stand here.", line)
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text
