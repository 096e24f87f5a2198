"""What the chain of something sent says of it, for whoever it belongs to and for a verifier."""

import hashlib

from guichet.files.models import File
from guichet.procedures.models import Draft, Signature, Submission
from guichet.proofs import actions as proofs
from guichet.proofs.models import Kind


def sent(submission: Submission, draft: Draft) -> None:
    """It was signed by these, in this order, and sent: the chain begins."""
    given = Signature.objects.live().filter(draft=draft).exclude(signed_at=None)
    for one in given.order_by("signed_at", "pk"):
        at = f"{one.signed_at:%Y-%m-%dT%H:%M:%SZ}"
        facts = {"signer": one.signer, "signed_at": at, "digest": one.digest}
        proofs.append(chain=submission.pk, kind=Kind.SIGNED, facts=facts)
    statement = submission.receipt.statement.encode()
    facts = {
        "reference": submission.reference,
        "digest": submission.digest,
        "receipt": hashlib.sha256(statement).hexdigest(),
    }
    proofs.append(chain=submission.pk, kind=Kind.SENT, facts=facts)


def paper_made(submission: Submission, kind: str, file: File) -> None:
    """A document was made of it."""
    facts = {"paper": kind, "sha256": file.digest, "size": file.size_bytes}
    proofs.append(chain=submission.pk, kind=Kind.PAPER_MADE, facts=facts)
