"""Secrets that a first start makes for itself, readable by nobody else, or that an operator gives.

A key that is not whole, too short or mistyped stops the start: what is sealed under it would be
open to whoever guesses, or lost.
"""

import base64
import binascii
import datetime
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

_SECRET_LENGTH = 64
_KEY_BYTES_MIN = 32
_RSA_BITS_MIN = 1024  # RFC 8301, 3.2
_CERTIFICATE_VALID = datetime.timedelta(days=20 * 365)


class ReceiptKeys(NamedTuple):
    """The private key that receipts are signed with, and public keys of earlier ones."""

    private: ec.EllipticCurvePrivateKey
    earlier: tuple[ec.EllipticCurvePublicKey, ...]


class Eseal(NamedTuple):
    """A PKCS#12 file (RFC 7292) with key and certificate, and what opens it."""

    pkcs12: bytes
    password: bytes | None


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


def receipts(given: str, earlier: str, path: Path) -> ReceiptKeys:
    """Keys on the curve P-256 in PEM files: a private one, and public ones that went before.

    `given` and `earlier` are paths; without the first, a key is made once under `path`.
    """
    content = _read("GUICHET_RECEIPT_KEY", given) if given else _kept(path, _new_receipt_key)
    try:
        private = load_pem_private_key(content, None)
    except (ValueError, TypeError):
        private = None
    if not (isinstance(private, ec.EllipticCurvePrivateKey) and _is_p256(private)):
        raise ImproperlyConfigured(
            f"{given or path} does not hold a private key on the curve P-256 in PEM, without a "
            "password. Bring it back from a backup. To make one: "
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        )
    return ReceiptKeys(private, _public_keys(earlier) if earlier else ())


def eseal(given: str, password: str, path: Path, *, name: str) -> Eseal:
    """Key and certificate of the electronic seal: the PKCS#12 file `given`, or one made once.

    The one made under `path` is issued by itself to `name`: it shows that a document was not
    changed, and who made it only to those who know its fingerprint from us.
    """
    if given:
        content, secret = _read("GUICHET_ESEAL", given), password.encode() or None
    else:
        content, secret = _kept(path, lambda: _new_certificate(name)), None
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(content, secret)
    except ValueError:
        key = certificate = None
    if key is None or certificate is None:
        raise ImproperlyConfigured(
            f"{given or path} does not hold a key with its certificate (PKCS#12), or "
            "GUICHET_ESEAL_PASSWORD does not open it. Bring it back from a backup."
        )
    return Eseal(content, secret)


def dkim(given: str) -> dict[str, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey]:
    """Keys that sign mails, by their selector: `given` is `selector=path` with commas between.

    A path names a private key in PEM, RSA or Ed25519. None is made: its public half has to stand
    in the DNS first.
    """
    found: dict[str, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey] = {}
    for entry in filter(None, (part.strip() for part in given.split(","))):
        selector, _, path = entry.partition("=")
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", selector) or not path:
            raise ImproperlyConfigured(
                "GUICHET_DKIM: write each key as its selector (small letters, digits, hyphens), "
                "an equals sign and the path of its file."
            )
        try:
            key = load_pem_private_key(_read("GUICHET_DKIM", path), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if (isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _RSA_BITS_MIN) or isinstance(
            key, ed25519.Ed25519PrivateKey
        ):
            found[selector] = key
        else:
            raise ImproperlyConfigured(
                f"GUICHET_DKIM: {path} does not hold a private key in PEM without a password, "
                f"RSA of {_RSA_BITS_MIN} bits or more, or Ed25519. To make one: openssl genrsa 2048"
            )
    return found


def _public_keys(earlier: str) -> tuple[ec.EllipticCurvePublicKey, ...]:
    end = b"-----END PUBLIC KEY-----"
    parts = _read("GUICHET_RECEIPT_OLD_KEYS", earlier).split(end)
    found = []
    for part in parts[:-1]:
        try:
            key = load_pem_public_key(part.strip() + b"\n" + end)
        except ValueError:
            key = None
        if isinstance(key, ec.EllipticCurvePublicKey) and _is_p256(key):
            found.append(key)
    if not found or len(found) < len(parts) - 1 or parts[-1].strip():
        raise ImproperlyConfigured(
            f"GUICHET_RECEIPT_OLD_KEYS: {earlier} holds public keys on the curve P-256 in PEM, one "
            "after the other, and nothing else."
        )
    return tuple(found)


def _is_p256(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bool:
    return isinstance(key.curve, ec.SECP256R1)


def _read(variable: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise ImproperlyConfigured(
            f"{variable}: {path} cannot be read ({fault.strerror})."
        ) from fault


def _new_receipt_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _new_certificate(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    holder = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.datetime.now(datetime.UTC)  # noqa: TID251 - a demonstration's clock is for pages
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder(holder, holder, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _CERTIFICATE_VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return pkcs12.serialize_key_and_certificates(None, key, certificate, None, NoEncryption())


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
    secret = _kept(path, _new_secret).decode()
    if len(secret) != _SECRET_LENGTH:
        raise ImproperlyConfigured(
            f"{path} does not hold a whole secret. Bring it back from a backup; if nothing was "
            "stored yet, delete it."
        )
    return secret


def _new_secret() -> bytes:
    return secrets.token_urlsafe(_SECRET_LENGTH * 3 // 4).encode()


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _lay(path, make())
    return path.read_bytes()


def _lay(path: Path, content: bytes) -> None:
    """The file appears whole, and once: of two first starts both then read the same."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
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
