"""What the portal vouches for: receipts, chains of what happened, a root for each day."""

from guichet.proofs.actions.chaining import append, forget
from guichet.proofs.actions.checking import Verdict, verify
from guichet.proofs.actions.closing import close_days
from guichet.proofs.actions.proving import day_file, proof_file, proved_since
from guichet.proofs.actions.stamping import keeps_up, stamp_days
from guichet.proofs.actions.vouching import (
    OURS,
    VERSION,
    new_salt,
    receipt_file,
    salted,
    stands,
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
    "proof_file",
    "proved_since",
    "receipt_file",
    "salted",
    "stamp_days",
    "stands",
    "verify",
    "vouch",
]
