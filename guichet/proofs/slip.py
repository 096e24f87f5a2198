"""The transmission slip: what was sent, when, and how anybody can check it. On paper and as a file.

The signed statement lies inside (`recu.json`), so that the PDF can be checked without asking us.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from guichet.design import paper
from guichet.proofs import actions, eseals
from guichet.proofs.models import Receipt

RECEIPT_NAME = "recu.json"


class Paper(NamedTuple):
    """One of the files that were sent. `name` is for the slip only: no receipt holds it."""

    name: str
    sha256: str
    size_bytes: int


class Step(NamedTuple):
    """What happens next, and until when; without a day, as soon as possible."""

    what: str
    by: date | None = None


def pdf(
    receipt: Receipt,
    rows: Sequence[tuple[str, str]],
    *,
    language: str,
    papers: Sequence[Paper] = (),
    steps: Sequence[Step] = (),
    salt: str = "",
) -> bytes:
    """The slip as PDF/UA-1 with the portal's electronic seal, in the language of the person.

    `rows` are what the receipt does not hold and the slip says besides: a label and a value, both in
    that language (who sent, for which space, which version of which procedure). What the receipt does
    hold is printed from the signed statement. `salt` is the one that it was made with.
    Raises `ValueError` if `papers` or `salt` are not those of the receipt.
    """
    said = receipt.says
    _check_papers(said, papers)
    with translation.override(language):
        context = {
            "language": language,
            "receipt": receipt,
            "said": said,
            "sent_at": datetime.fromisoformat(said.get("sent_at", said["made_at"])),
            "rows": rows,
            "papers": [(each, grouped(each.sha256)) for each in papers],
            "steps": steps,
            "digest": grouped(hashlib.sha256(receipt.statement.encode()).hexdigest()),
            "answers": grouped(said.get("answers", "")),
            "salt": grouped(salt),
            "qr": segno.make(receipt.address, error="m", micro=False).svg_data_uri(border=2),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "demo": settings.DEMO,
        }
        html = render_to_string("proofs/paper/slip.html", context)
        about = _("The signed receipt, for a program that checks it")
        held = paper.Attached(RECEIPT_NAME, actions.receipt_file(receipt, salt=salt), about)
        return eseals.affix(paper.pdf(html, attached=[held]), reason=_("Proof of transmission"))


def grouped(digest: str) -> str:
    """A digest in groups of eight, as one compares it by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _check_papers(said: dict[str, Any], papers: Sequence[Paper]) -> None:
    signed = sorted((file["sha256"], file["size"]) for file in said.get("files", ()))
    if signed != sorted(_named(papers)):
        raise ValueError("these papers are not the ones that the receipt names")


def _named(papers: Sequence[Paper]) -> Iterator[tuple[str, int]]:
    return ((each.sha256, each.size_bytes) for each in papers)
