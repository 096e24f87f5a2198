"""Personal values and secrets at rest: sealed so that a stolen database tells nothing.

A sealed value is AES-256-GCM (NIST SP 800-38D) under the newest key of `SEALING_KEYS`, with the
key's identifier in front and a context as associated data, so that a value copied into another
column does not open. An index is HMAC-SHA-256: it finds an equal value and gives nothing back.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.conf import settings

_NONCE_BYTES = 12


class Unreadable(Exception):
    """The value was not sealed by us, or for another context, or under a key we no longer hold."""


def seal(value: str, *, context: str) -> bytes:
    """`value` as bytes that only `unseal` with the same `context` turns back."""
    key_id, key = next(iter(settings.SEALING_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_derived(key, "seal")).encrypt(nonce, value.encode(), context.encode())
    return bytes([key_id]) + nonce + sealed


def unseal(sealed: bytes | memoryview, *, context: str) -> str:
    """The value that was sealed. Raises `Unreadable`."""
    raw = bytes(sealed)
    try:
        key = settings.SEALING_KEYS[raw[0]]
        body, nonce = raw[1 + _NONCE_BYTES :], raw[1 : 1 + _NONCE_BYTES]
        return AESGCM(_derived(key, "seal")).decrypt(nonce, body, context.encode()).decode()
    except (IndexError, KeyError, InvalidTag, ValueError) as fault:
        raise Unreadable(context) from fault


def index(value: str, *, context: str) -> str:
    """64 hexadecimal characters, the same for the same value and context, and one way only."""
    key = _derived(settings.INDEX_KEY, "index")
    return hmac.new(key, f"{context}\0{value}".encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=32, info=b"guichet/" + purpose.encode()).derive(
        key
    )
