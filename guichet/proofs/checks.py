"""What an operator should know before documents leave the house."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from guichet import clock
from guichet.proofs import eseals

RENEW_BEFORE = timedelta(days=60)


def eseal_is_somebodys(**_: Any) -> list[CheckMessage]:
    """guichet.W001: outside a demonstration, a trust service stands behind the electronic seal."""
    if settings.DEMO or not settings.ESEAL_IS_OURS:
        return []
    return [
        Warning(
            "The certificate of the electronic seal is one that the portal made for itself.",
            hint="It proves that a document was not changed, not who made it. Name a PKCS#12 file "
            "with a certificate for electronic seals (eIDAS, article 38) in GUICHET_ESEAL.",
            id="guichet.W001",
        )
    ]


def eseal_lasts(**_: Any) -> list[CheckMessage]:
    """guichet.W002: the certificate of the electronic seal is renewed before it ends."""
    ends = eseals.certificate().not_valid_after_utc
    if ends - clock.now() > RENEW_BEFORE:
        return []
    return [
        Warning(
            f"The certificate of the electronic seal ends on {ends:%Y-%m-%d}.",
            hint="Order a new one and name its PKCS#12 file in GUICHET_ESEAL.",
            id="guichet.W002",
        )
    ]


def somebody_confirms_the_time(**_: Any) -> list[CheckMessage]:
    """guichet.W004: an authority confirms when a day was closed."""
    if settings.TIMESTAMP_AUTHORITY:
        return []
    return [
        Warning(
            "Nobody confirms when the portal's days were closed: their time is its own word.",
            hint="Name a time stamp authority (RFC 3161) in GUICHET_TIMESTAMP_URL and its "
            "certificates in GUICHET_TIMESTAMP_TRUST.",
            id="guichet.W004",
        )
    ]
