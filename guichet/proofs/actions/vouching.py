"""Vouching for something: a signed statement, kept."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from guichet import clock
from guichet.proofs import canonical, codes, signing
from guichet.proofs.models import Receipt

# What every statement holds; the caller gives the rest.
OURS = ("v", "portal", "code", "made_at", "salt_sha256")
VERSION = 1

_HEX = set("0123456789abcdef")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@transaction.atomic
def vouch(statement: Mapping[str, Any], *, salt: str = "") -> Receipt:
    """Sign `statement` and keep it, in the caller's transaction.

    It holds no personal value: whatever could be guessed goes through `salted`, and `salt` is named
    here, so that the receipt can be held against what it is about. Slip and pages print `title`
    (public, in the language of the person), `reference`, `space` (its public identifier), `sent_at`
    (`2026-11-25T14:02:07Z`), `answers` (a digest) and `files` (each `sha256` and `size` in bytes).
    Anything else is signed too, and read by programs. Added: version, portal, code and the time.
    Raises `ValueError` for a statement that is not made so.
    """
    _check(statement)
    code, made_at = codes.new_code(), clock.now()
    whole = {
        **statement,
        "v": VERSION,
        "portal": settings.SITE_URL,
        "code": codes.grouped(code),
        "made_at": f"{made_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    if salt:
        whole["salt_sha256"] = of_salt(salt)
    content = canonical.written(whole)
    if len(content) > canonical.BYTES_MAX // 2:  # room for what stands around it in its file
        raise ValueError("a statement is shorter")
    key, signature = signing.sign(content)
    return Receipt.objects.create(
        code=code, statement=content.decode(), signature=signature, key=key, made_at=made_at
    )


def new_salt() -> str:
    """128 random bits, 32 hexadecimal digits. Whoever keeps what the receipt is about keeps it too.

    It stands on the slip and not in the receipt. Once slip and case are gone, digests made with it
    can be told from random numbers by nobody.
    """
    return secrets.token_hex(16)


def salted(value: bytes, salt: str) -> str:
    """A digest of what could be guessed (HMAC-SHA-256, 64 hexadecimal digits)."""
    return hmac.new(bytes.fromhex(salt), value, hashlib.sha256).hexdigest()


def receipt_file(receipt: Receipt, *, salt: str = "") -> bytes:
    """`recu.json`: statement, signature and public key, all that checking needs but trust.

    Canonical JSON as a whole, so that a receipt has one form, and a changed byte is a changed receipt.
    Raises `ValueError` for another salt than the one that the receipt names, and if the key is no
    longer one of ours.
    """
    whole = signing.with_key(receipt.says, receipt.signature, receipt.key)
    if salt:
        if receipt.says.get("salt_sha256") != of_salt(salt):
            raise ValueError("the receipt was made with another salt")
        whole["salt"] = salt
    return canonical.written(whole)


def stands(receipt: Receipt) -> bool:
    """Whether a receipt of ours is what it was: a row that somebody else wrote would not be."""
    key = signing.public_keys().get(receipt.key)
    return key is not None and signing.is_signed(receipt.statement.encode(), receipt.signature, key)


def of_salt(salt: str) -> str:
    """What a receipt says of its salt: it is named, and cannot be known from it."""
    return hashlib.sha256(bytes.fromhex(salt)).hexdigest()


def _check(statement: Mapping[str, Any]) -> None:
    if taken := sorted(set(OURS) & set(statement)):
        raise ValueError(f"a statement does not bring its own {', '.join(taken)}")
    if statement.get("kind") == "day":
        raise ValueError("a day is published, not vouched for")
    for name in ("kind", "reference", "space", "title"):
        if not isinstance(statement.get(name, ""), str):
            raise ValueError(f"{name} is words")
    if "answers" in statement and not is_hex(statement["answers"], 64):
        raise ValueError("answers are a digest")
    if "sent_at" in statement:
        if not MOMENT.fullmatch(str(statement["sent_at"])):
            raise ValueError("sent_at is written 2026-11-25T14:02:07Z")
        datetime.fromisoformat(statement["sent_at"])
    files = statement.get("files", [])
    if not (isinstance(files, list) and all(_is_a_file(file) for file in files)):
        raise ValueError("a file has its sha256 and its size")


def _is_a_file(file: Any) -> bool:
    return (
        isinstance(file, dict)
        and is_hex(file.get("sha256"), 64)
        and type(file.get("size")) is int
        and file["size"] >= 0
    )


def is_hex(value: Any, length: int) -> bool:
    """So many hexadecimal digits, small letters."""
    return isinstance(value, str) and len(value) == length and not set(value) - _HEX
