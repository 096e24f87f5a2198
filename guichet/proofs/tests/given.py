"""What tests of receipts start from."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from guichet.proofs import actions, slip
from guichet.proofs.models import Day, Kind, Receipt
from tests.cast import travel

INVOICE, PHOTO = b"%PDF-1.7 an invoice", b"\xff\xd8 a photo"
SALT = "00112233445566778899aabbccddeeff"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_statement(**more: Any) -> dict[str, Any]:
    """Marc sends a request for a subsidy, with two files."""
    return {
        "kind": "receipt",
        "reference": "2026-0471-1837",
        "procedure": "bicycle-subsidy",
        "version": 1,
        "title": "Prime pour l’achat d’un vélo 🚲",
        "sent_at": "2026-11-25T14:02:07Z",
        "space": "PM-7K2M4Q",
        "answers": actions.salted(b'{"iban":"LU28 0019 4006 4475 0000"}', SALT),
        "files": [
            {"name": actions.salted(name, SALT), "sha256": sha256(content), "size": len(content)}
            for name, content in ((b"facture.pdf", INVOICE), (b"photo.jpg", PHOTO))
        ],
        **more,
    }


def a_receipt(**more: Any) -> Receipt:
    return actions.vouch(a_statement(**more), salt=SALT)


def a_slip(receipt: Receipt, language: str = "fr") -> bytes:
    """As the room of procedures will ask for it."""
    return slip.pdf(
        receipt,
        [("Envoyé par", "Marc Klein"), ("Pour l’espace", "Boulangerie Muller (PM-7K2M4Q)")],
        language=language,
        papers=[
            slip.Paper("facture <1>.pdf", sha256(INVOICE), len(INVOICE)),
            slip.Paper("photo.jpg", sha256(PHOTO), len(PHOTO)),
        ],
        steps=[
            slip.Step("L’administration vérifie votre demande.", date(2026, 12, 18)),
            slip.Step("Vous recevez la décision dans votre espace."),
        ],
        salt=SALT,
    )


def a_closed_day() -> Day:
    """Something happened yesterday, and the day has its root."""
    with travel(days=-1):
        actions.append(chain=uuid4(), kind=Kind.SENT, facts={"reference": "2026-0471-1837"})
    actions.close_days()
    return Day.objects.get()


def a_chain(receipt: Receipt, *, others: int = 0) -> UUID:
    """Sent the day before yesterday, a document made yesterday: two days hold it, among others."""
    name = uuid4()
    sent = {"receipt": sha256(receipt.statement.encode()), "reference": "2026-0471-1837"}
    for number, (days, kind, facts) in enumerate(
        [(-2, Kind.SENT, sent), (-2, Kind.PAPER_MADE, {"sha256": "0" * 64}), (-1, Kind.SIGNED, {})]
    ):
        with travel(days=days):
            actions.append(chain=name, kind=kind, facts=facts)
            for _each in range(others if number == 1 else 0):
                actions.append(chain=uuid4(), kind=Kind.SENT, facts={})
    for days in (-1, 0):
        with travel(days=days):
            actions.close_days()
    return name
