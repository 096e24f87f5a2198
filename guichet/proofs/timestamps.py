"""Asking a time stamp authority what time it is for a digest (RFC 3161), and not believing it blindly.

An answer counts when it is about our digest, holds our nonce, and is signed by a certificate for time
stamping that leads to one that the operator trusts. Revocation is not asked: what the authority says of
its certificates later, it says to whoever checks the token later.
"""

import asyncio
import secrets
import ssl
from base64 import b64encode
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

_SECONDS_MAX = 15
_BYTES_MAX = 100_000


class NoStamp(Exception):
    """There is no time stamp now: the authority does not answer, or not with what counts."""


class Stamp(NamedTuple):
    """`token` is DER, as `openssl ts -verify -token_in` reads it; `at` is the time that it says."""

    token: bytes
    at: datetime


def fetch(digest: bytes) -> Stamp:
    """Have a SHA-256 digest time-stamped by the authority that the settings name. Raises `NoStamp`."""
    from asn1crypto import tsp

    nonce = secrets.randbits(63)
    asked = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": digest,
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    answer = _post(settings.TIMESTAMP_AUTHORITY, asked.dump())
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        status = response["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise NoStamp(f"the authority refuses: {status}")
        token = response["time_stamp_token"].dump()
        return Stamp(token, _check(token, digest, nonce))
    except NoStamp:
        raise
    except Exception as fault:  # whatever a reader of somebody else's bytes stumbles over
        raise NoStamp(f"the answer is no time stamp: {type(fault).__name__}") from fault


def _check(token: bytes, digest: bytes, nonce: int) -> datetime:
    from asn1crypto import cms, tsp
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    signed = cms.ContentInfo.load(token, strict=True)["content"]
    said = signed["encap_content_info"]["content"].parsed
    if not isinstance(said, tsp.TSTInfo):
        raise NoStamp("the answer is no time stamp")
    if said["nonce"].native != nonce:
        raise NoStamp("the time stamp answers another question")
    at: datetime = said["gen_time"].native
    context = ValidationContext(trust_roots=_trusted(), moment=at, allow_fetching=False)
    expected = {"sha256": digest}
    checking = validate_tst_signed_data(signed, context, lambda name: expected.get(name, b""))
    status = TimestampSignatureStatus(**asyncio.run(checking))
    if not (status.intact and status.valid):
        raise NoStamp("the time stamp is not about this, or was changed")
    if not status.trusted:
        raise NoStamp("nobody whom we trust stands behind the time stamp")
    return at


def _post(address: str, body: bytes) -> bytes:
    """The authority's answer. No redirection is followed: it would carry the password elsewhere."""
    parts = urlsplit(address)
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
    }
    if settings.TIMESTAMP_USER:
        login = f"{settings.TIMESTAMP_USER}:{settings.TIMESTAMP_PASSWORD}".encode()
        headers["Authorization"] = f"Basic {b64encode(login).decode()}"
    connection: HTTPConnection
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        connection = HTTPSConnection(parts.netloc, timeout=_SECONDS_MAX, context=trust)
    else:
        connection = HTTPConnection(parts.netloc, timeout=_SECONDS_MAX)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    try:
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        content = response.read(_BYTES_MAX + 1)
    except (OSError, HTTPException) as fault:
        raise NoStamp(f"the authority does not answer: {type(fault).__name__}") from fault
    finally:
        connection.close()
    if response.status != 200 or len(content) > _BYTES_MAX:
        raise NoStamp(f"the authority answers with {response.status}")
    return content


def trusted() -> str:
    """The certificates that a time stamp has to lead to, in PEM. Raises `NoStamp` without any."""
    from asn1crypto import pem

    armored = (pem.armor("CERTIFICATE", each.dump()).decode() for each in _trusted())
    return "".join(armored)


def _trusted() -> list[Any]:
    from asn1crypto import pem, x509

    try:
        content = Path(settings.TIMESTAMP_TRUST).read_bytes()
        found = [
            x509.Certificate.load(der)
            for kind, _headers, der in pem.unarmor(content, multiple=True)
            if kind == "CERTIFICATE"
        ]
    except (OSError, ValueError) as fault:
        raise NoStamp("GUICHET_TIMESTAMP_TRUST holds no certificates in PEM") from fault
    return found
