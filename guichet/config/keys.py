"""Secrets that a first start makes for itself, readable by nobody else."""

import base64
import os
import secrets
from pathlib import Path


def text(path: Path) -> str:
    """The secret in `path`, made on first use: 64 characters, mode 0600."""
    return _made_once(path)


def sealing(given: str, path: Path) -> dict[int, bytes]:
    """Keys by their number (1 to 255), the one to seal with first.

    `given` is `2:<base64>,1:<base64>`; without it one key is made under `path`.
    """
    if not given:
        return {1: _made_once(path).encode()}
    pairs = (entry.strip().split(":", 1) for entry in given.split(","))
    return {int(number): base64.b64decode(value) for number, value in pairs}


def index(given: str, path: Path) -> bytes:
    """The key of look-ups. It cannot be rotated without computing every index again."""
    return base64.b64decode(given) if given else _made_once(path).encode()


def _made_once(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret
