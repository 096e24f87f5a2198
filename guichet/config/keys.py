"""Secrets that a first start makes for itself, readable by nobody else, or that an operator gives.

A key that is not whole, too short or mistyped stops the start: what is sealed under it would be
open to whoever guesses, or lost.
"""

import base64
import binascii
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_SECRET_LENGTH = 64
_KEY_BYTES_MIN = 32


def text(path: Path) -> str:
    """The secret in `path`, made on first use: 64 characters, mode 0600."""
    return _made_once(path)


def sealing(given: str, path: Path) -> dict[int, bytes]:
    """Keys by their number (1 to 255), the one to seal with first.

    `given` is `2:<base64>,1:<base64>`; without it one key is made under `path`.
    """
    if not given:
        return {1: _made_once(path).encode()}
    pairs = [entry.strip().partition(":") for entry in given.split(",")]
    keys = {_number(number): _decoded("GUICHET_SEALING_KEYS", key) for number, _, key in pairs}
    if len(keys) < len(pairs):
        raise ImproperlyConfigured("GUICHET_SEALING_KEYS: give each key a number of its own.")
    return keys


def index(given: str, path: Path) -> bytes:
    """The key of look-ups. It cannot be rotated without computing every index again."""
    return _decoded("GUICHET_INDEX_KEY", given) if given else _made_once(path).encode()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 255):
        raise ImproperlyConfigured(
            "GUICHET_SEALING_KEYS: each key is written as its number, 1 to 255, a colon and the "
            "key in base64."
        )
    return int(text)


def _decoded(variable: str, key: str) -> bytes:
    try:
        decoded = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) < _KEY_BYTES_MIN:
        raise ImproperlyConfigured(
            f"{variable}: a key is {_KEY_BYTES_MIN} random bytes or more in base64. "
            f"To make one: openssl rand -base64 {_KEY_BYTES_MIN}"
        )
    return decoded


def _made_once(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    secret = path.read_text()
    if len(secret) != _SECRET_LENGTH:
        raise ImproperlyConfigured(
            f"{path} does not hold a whole secret. Bring it back from a backup; if nothing was "
            "stored yet, delete it."
        )
    return secret


def _make(path: Path) -> None:
    """The file appears whole, and once: of two first starts both then read the same."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(_SECRET_LENGTH * 3 // 4))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
