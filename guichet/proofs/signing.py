"""Signing statements and looking whether they are ours: ECDSA on P-256 with SHA-256 (FIPS 186-5).

A signature is r and s, 32 bytes each (IEEE P1363, as in browsers), with s in the lower half of its
range: of the two signatures that mathematics allows for a statement, only that one is taken, so that a
receipt has one form.
"""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PublicKey = ec.EllipticCurvePublicKey


def sign(content: bytes) -> tuple[str, str]:
    """The identifier of the key and the signature, 128 hexadecimal digits."""
    private = settings.RECEIPT_KEYS.private
    r, s = decode_dss_signature(private.sign(content, ec.ECDSA(SHA256())))
    return key_id(private.public_key()), f"{r:064x}{min(s, ORDER - s):064x}"


def is_signed(content: bytes, signature: str, key: PublicKey) -> bool:
    """Whether this key signed exactly this."""
    r, s = int(signature[:64], 16), int(signature[64:], 16)
    if s > ORDER // 2:
        return False
    try:
        key.verify(encode_dss_signature(r, s), content, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def with_key(statement: Any, signature: str, key: str) -> dict[str, Any]:
    """A signed statement as it is given out, with the public key beside it.

    Raises `ValueError` if the key is no longer one of ours.
    """
    known = public_keys().get(key)
    if known is None:
        raise ValueError(f"the key {key} is no longer ours")
    x, y = point(known)
    return {"key": {"id": key, "x": x, "y": y}, "signature": signature, "statement": statement}


def public_keys() -> dict[str, PublicKey]:
    """Every key whose receipts are ours, by its identifier; today's first."""
    known = [settings.RECEIPT_KEYS.private.public_key(), *settings.RECEIPT_KEYS.earlier]
    return {key_id(key): key for key in known}


def key_id(key: PublicKey) -> str:
    """16 hexadecimal digits: the beginning of the SHA-256 of the key (SubjectPublicKeyInfo, DER)."""
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()[:16]


def point(key: PublicKey) -> tuple[str, str]:
    """The two coordinates, 64 hexadecimal digits each."""
    numbers = key.public_numbers()
    return f"{numbers.x:064x}", f"{numbers.y:064x}"


def jwks() -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 7517)."""
    return {"keys": [_jwk(identifier, key) for identifier, key in public_keys().items()]}


def pem() -> str:
    """The public keys in PEM, one after the other."""
    return "".join(
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        for key in public_keys().values()
    )


def _jwk(identifier: str, key: PublicKey) -> dict[str, str]:
    x, y = (urlsafe_b64encode(bytes.fromhex(part)).rstrip(b"=").decode() for part in point(key))
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": x,
        "y": y,
        "kid": identifier,
        "use": "sig",
        "alg": "ES256",
    }
