"""One way to write a statement down: canonical JSON (RFC 8785), without its numbers with a point.

A statement holds objects, lists, strings, whole numbers within ±(2⁵³ - 1) and true or false. Keys are
ASCII, so that every language sorts them alike. What is signed are these bytes and no others; whoever
reads compares the bytes with what was read, so that nothing can be written twice or otherwise.
"""

import json
from typing import Any

LARGEST = 2**53 - 1  # what a browser's number holds
BYTES_MAX = 1_000_000
DEPTH_MAX = 16


class NotCanonical(ValueError):
    """This is no statement, or not written as one is written."""


def written(value: Any) -> bytes:
    """The one way to write `value`. Raises `NotCanonical` for what a statement cannot hold."""
    _check(value, DEPTH_MAX)
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    except UnicodeEncodeError as fault:  # half a surrogate pair
        raise NotCanonical("a string is not Unicode") from fault


def read(content: bytes) -> Any:
    """What `content` says, if it is written as `written` writes it. Raises `NotCanonical`."""
    if len(content) > BYTES_MAX:
        raise NotCanonical("too long")
    try:
        value = json.loads(content.decode(), parse_int=_whole)
    except (ValueError, RecursionError) as fault:
        raise NotCanonical("not JSON") from fault
    if written(value) != content:
        raise NotCanonical("not written as a statement is")
    return value


def _whole(digits: str) -> int:
    if len(digits) > 17:
        raise NotCanonical("a number is too long")
    return int(digits)


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise NotCanonical("too deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical("a key is not ASCII")
            _check(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth - 1)
    elif isinstance(value, int):  # true and false are
        if abs(value) > LARGEST:
            raise NotCanonical("a number is too large")
    elif not isinstance(value, str):
        raise NotCanonical(f"a statement holds no {type(value).__name__}")
