"""How a chain holds together: each link names the digest of the one before.

The digest of a link is SHA-256 over the canonical JSON of `at`, `before`, `facts`, `kind`, `number`.
`facts` stands in it as their digest under the link's own salt: once salt and facts are gone, nobody
can tell that digest from a random number, and the chain still holds.
"""

import hashlib
from datetime import UTC, datetime

from guichet.proofs import canonical

# What stands before the first link.
NOTHING = "0" * 64


def digest_of(*, before: str, number: int, kind: str, at: str, facts: str) -> str:
    """64 hexadecimal digits. `at` is written 2026-11-25T14:02:07Z, `facts` is their salted digest."""
    link = {"at": at, "before": before, "facts": facts, "kind": kind, "number": number}
    return hashlib.sha256(canonical.written(link)).hexdigest()


def moment(at: datetime) -> str:
    """A time as links and receipts write it: in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
