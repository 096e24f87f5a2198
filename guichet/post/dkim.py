"""Signing mails, so that the receiving server knows that they come from this domain and are whole.

DomainKeys Identified Mail (RFC 6376), always relaxed/relaxed, with rsa-sha256 or ed25519-sha256
(RFC 8463). Only signing: nobody writes to us.
"""

import base64
import hashlib
import re
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Key = RSAPrivateKey | Ed25519PrivateKey
HEADER = "DKIM-Signature"
_SIGNED = ("date", "message-id", "mime-version", "content-type", "content-language",
           "content-transfer-encoding", "auto-submitted")  # fmt: skip
# Named once more than they are there: a second one that somebody adds breaks the signature.
_ONLY_ONCE = ("from", "to", "subject")


def signatures(message: bytes, *, domain: str, keys: Mapping[str, Key]) -> list[str]:
    """The value of one `DKIM-Signature` for each key of `keys` (by selector).

    `message` is as it travels, with CRLF; `domain` is the sender's.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    headers = _headers(head)
    names = [name for name in _SIGNED if name in headers]
    names += [name for name in _ONLY_ONCE for _time in range(1 + (name in headers))]
    told = b"".join(headers[name] + b"\r\n" for name in dict.fromkeys(names) if name in headers)
    return [
        _signature(told, _digest(_relaxed_body(body)), ":".join(names), domain, selector, key)
        for selector, key in keys.items()
    ]


def record(selector: str, key: Key, *, domain: str) -> str:
    """The line of a zone file that publishes the other half of a key."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind = "rsa"
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, raw = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode()}"
    # A string of a TXT record has at most 255 octets (RFC 1035, 3.3.14).
    strings = " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
    return f"{selector}._domainkey.{domain}. IN TXT ( {strings} )"


def _signature(told: bytes, body: str, names: str, domain: str, selector: str, key: Key) -> str:
    kind = "rsa" if isinstance(key, RSAPrivateKey) else "ed25519"
    value = (
        f"v=1; a={kind}-sha256; c=relaxed/relaxed; d={domain}; s={selector}; "
        f"h={names}; bh={body}; b="
    )
    signed = told + _relaxed(HEADER, value)  # without the line's end: RFC 6376, 3.7
    if isinstance(key, RSAPrivateKey):
        raw = key.sign(signed, PKCS1v15(), SHA256())
    else:
        raw = key.sign(hashlib.sha256(signed).digest())
    return value + base64.b64encode(raw).decode()


def _headers(head: bytes) -> dict[str, bytes]:
    """Each header, relaxed, by its name; of several with a name the last, as verifiers do."""
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    pairs = (
        line.decode("utf-8", "surrogateescape").partition(":") for line in unfolded.split(b"\r\n")
    )
    return {name.strip().lower(): _relaxed(name, value) for name, _, value in pairs}


def _relaxed(name: str, value: str) -> bytes:
    words = re.sub(r"[ \t]+", " ", value).strip(" ")
    return f"{name.strip().lower()}:{words}".encode("utf-8", "surrogateescape")


def _relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
