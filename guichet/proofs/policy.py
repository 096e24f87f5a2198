"""The door to receipts: whoever has the code of one may read what it says."""

from guichet.proofs import codes
from guichet.proofs.models import Receipt


def receipt(code: str) -> Receipt | None:
    """The receipt with this code, however it was typed. The code is the key: 80 random bits."""
    cleaned = codes.cleaned(code)
    return Receipt.objects.filter(code=cleaned).first() if cleaned else None
