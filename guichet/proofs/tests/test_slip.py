"""The slip: tagged, sealed, in the language of the person, its receipt inside."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from guichet import clock
from guichet.design import paper
from guichet.proofs import actions, eseals, slip
from guichet.proofs.actions import Verdict
from guichet.proofs.tests.given import INVOICE, PHOTO, SALT, a_receipt, a_slip, sha256
from tests.racing import together

PAGE = '<!doctype html><html lang="de"><title>Antworten</title><h1>Antworten</h1><p>Ja.</p>'


def validated(pdf: bytes) -> Any:
    """What pyHanko says of the seal, trusting our certificate and nobody else's."""
    der = eseals.certificate().public_bytes(Encoding.DER)
    context = ValidationContext(trust_roots=[x509.Certificate.load(der)], allow_fetching=False)
    [seal] = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(seal, context)


def test_the_seal_is_whole_and_covers_everything():
    status = validated(eseals.affix(paper.pdf(PAGE), reason="Antworten"))
    assert status.bottom_line
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert abs(status.signer_reported_dt - clock.now()).total_seconds() < 60


def test_the_seal_is_pades_and_forbids_changes():
    with pikepdf.open(BytesIO(eseals.affix(paper.pdf(PAGE), reason="Antworten"))) as pdf:
        [field] = pdf.Root.AcroForm.Fields
        assert field.V.SubFilter == "/ETSI.CAdES.detached"
        assert str(field.V.Reason) == "Antworten"
        assert pdf.Root.Perms.DocMDP.objgen == field.V.objgen
        assert field.V.Reference[0].TransformParams.P == 1


def test_several_documents_are_sealed_at_the_same_instant():
    pdf = paper.pdf(PAGE)
    sealed = together(*[lambda: eseals.affix(pdf, reason="Antworten")] * 4)
    assert all(validated(each).bottom_line for each in sealed)


def test_tags_and_language_stay_and_the_field_is_hidden():
    """PDF/UA-1: structure, title and language as before; 7.18.1: only hidden fields go untagged."""
    before = paper.pdf(PAGE)
    after = eseals.affix(before, reason="Antworten")
    assert after.startswith(before)
    with pikepdf.open(BytesIO(after)) as pdf:
        assert pdf.Root.Lang == "de"
        assert pdf.Root.MarkInfo.Marked
        assert _kinds(pdf.Root.StructTreeRoot.K) >= {"/Document", "/H1", "/P"}
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        [widget] = pdf.pages[0].Annots
        assert int(widget.F) & 2, "hidden"


@pytest.mark.django_db
def test_one_changed_byte_is_found():
    genuine = a_slip(a_receipt())
    [seal] = PdfFileReader(BytesIO(genuine)).embedded_signatures
    start, first, second, last = map(int, seal.byte_range)
    for at in [*range(start, first, 2999), first - 1, second + 1, second + last - 40]:
        changed = bytearray(genuine)
        changed[at] ^= 1
        assert not _is_whole(bytes(changed)), at


def _is_whole(pdf: bytes) -> bool:
    try:
        return bool(validated(pdf).bottom_line)
    except (PdfReadError, ValueError):
        return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title", "time", "by"),
    [
        ("fr", "Bordereau de transmission", "25 novembre 2026", "18 décembre 2026"),
        ("de", "Übermittlungsbeleg", "25. November 2026", "18. Dezember 2026"),
        ("en", "Transmission slip", "25 November 2026", "18 December 2026"),
    ],
)
def test_a_slip_is_written_in_the_language_of_the_person(language, title, time, by, words, caplog):
    receipt = a_receipt()
    pdf = a_slip(receipt, language)
    said = words()
    assert title in said
    assert f"{time}" in said
    assert "15:02:07 CET" in said  # Luxembourg, in winter
    assert by in said
    assert receipt.grouped_code in said
    assert "2026-0471-1837" in said
    assert "Boulangerie Muller (PM-7K2M4Q)" in said
    assert "facture &lt;1&gt;.pdf" in said
    assert sha256(PHOTO)[:8] in said
    with pikepdf.open(BytesIO(pdf)) as read:
        assert read.Root.Lang == language
        assert str(read.docinfo.Title) == f"{title} – {receipt.grouped_code}"
        [picture] = _figures(read.Root.StructTreeRoot.K)
        assert receipt.address in str(picture.Alt)
    assert validated(pdf).bottom_line
    assert caplog.text == "", "WeasyPrint left nothing out"


@pytest.fixture
def words(monkeypatch):
    """What was printed last."""
    printed, pdf = [], paper.pdf

    def noted(html, **more):
        printed.append(html.replace("\xa0", " "))
        return pdf(html, **more)

    monkeypatch.setattr(paper, "pdf", noted)
    return lambda: printed[-1]


@pytest.mark.django_db
def test_the_receipt_lies_inside():
    receipt = a_receipt()
    with pikepdf.open(BytesIO(a_slip(receipt))) as pdf:
        content = pdf.attachments["recu.json"].get_file().read_bytes()
        assert pdf.attachments["recu.json"].description
    assert actions.verify(content) == Verdict.GENUINE
    assert json.loads(content)["statement"] == receipt.says
    assert json.loads(content)["salt"] == SALT


@pytest.mark.django_db
def test_a_slip_lists_what_was_signed_and_nothing_else():
    receipt = a_receipt()
    papers = [slip.Paper("facture.pdf", sha256(INVOICE), len(INVOICE))]
    with pytest.raises(ValueError, match="papers"):
        slip.pdf(receipt, [], language="fr", papers=papers, salt=SALT)


@pytest.mark.django_db
def test_a_slip_may_say_very_little():
    receipt = actions.vouch({"kind": "receipt"})
    assert validated(slip.pdf(receipt, [], language="en")).bottom_line


def _elements(node: Any) -> Iterator[Any]:
    """All elements of a structure tree."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _elements(each)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        yield from _elements(node.get("/K"))


def _kinds(node: Any) -> set[str]:
    return {str(each.S) for each in _elements(node)}


def _figures(node: Any) -> list[Any]:
    return [each for each in _elements(node) if each.S == "/Figure"]
