"""A time stamp authority for the demonstration: real answers (RFC 3161), offline, at the portal's time.

Its certificate is made once and lies beside the other keys. Nobody but this demonstration trusts it.
"""

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from guichet import clock

_NAME = "Demonstration time stamps"
_VALID = timedelta(days=20 * 365)


def answered(content: bytes) -> bytes:
    """The answer to a request, both in DER. Raises `ValueError` for what is none."""
    from asn1crypto import keys, tsp
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    asked = tsp.TimeStampReq.load(content, strict=True)
    if asked["message_imprint"]["hash_algorithm"]["algorithm"].native != "sha256":
        raise ValueError("this authority stamps SHA-256 digests")
    held = _kept()
    private = load_pem_private_key(held, None).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    certificate = x509.load_pem_x509_certificate(held).public_bytes(Encoding.DER)
    authority = DummyTimeStamper(
        Certificate.load(certificate),
        keys.PrivateKeyInfo.load(private),
        fixed_dt=clock.now().replace(microsecond=0),
    )
    answer: bytes = authority.request_tsa_response(asked).dump()
    return answer


def _kept() -> bytes:
    """Key and certificate in PEM, made on first use: of two first uses both then read the same."""
    path = Path(settings.DATA) / "keys" / "timestamps.pem"
    if not path.exists():
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(_new())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def _new() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
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
    stamps_only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + _VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(stamps_only, critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
