"""What the portal vouches for: receipts, and chains of what happened."""

from guichet.proofs.actions.chaining import append, forget
from guichet.proofs.actions.closing import close_days
from guichet.proofs.actions.proving import day_file
from guichet.proofs.actions.stamping import keeps_up, stamp_days
from guichet.proofs.actions.vouching import (
    OURS,
    VERSION,
    Verdict,
    new_salt,
    receipt_file,
    salted,
    stands,
    verify,
    vouch,
)

__all__ = [
    "OURS",
    "VERSION",
    "Verdict",
    "append",
    "close_days",
    "day_file",
    "forget",
    "keeps_up",
    "new_salt",
    "receipt_file",
    "salted",
    "stamp_days",
    "stands",
    "verify",
    "vouch",
]
