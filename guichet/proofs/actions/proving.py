"""What is published of a day, and what whoever something belongs to takes along as proof."""

from base64 import b64encode
from typing import Any

from guichet.proofs import canonical, signing
from guichet.proofs.models import Day


def day_file(day: Day) -> bytes:
    """What is published of a closed day: statement, signature, public key, token once there is one.

    Canonical JSON. Raises `ValueError` if the key is no longer one of ours.
    """
    return canonical.written(_published(day))


def _published(day: Day) -> dict[str, Any]:
    key = signing.public_keys().get(day.key)
    if key is None:
        raise ValueError(f"the key {day.key} is no longer ours")
    x, y = signing.point(key)
    whole = {
        "key": {"id": day.key, "x": x, "y": y},
        "signature": day.signature,
        "statement": day.says,
    }
    return whole | ({"token": b64encode(bytes(day.token)).decode()} if day.token else {})
