"""What an operator should know before documents leave the house."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


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
