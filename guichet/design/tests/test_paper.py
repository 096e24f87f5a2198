"""What becomes a PDF holds everything itself."""

import logging
from io import BytesIO

import pikepdf
import pytest

from guichet.design import paper

DOT = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
PAGE = '<!doctype html><html lang="fr"><title>Essai</title><p>Bonjour <img src="{}" alt="x"></p>'


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:1/x.svg"])
def test_a_paper_loads_nothing_from_elsewhere(address, caplog):
    with caplog.at_level(logging.ERROR, "weasyprint"):
        paper.pdf(PAGE.format(address))
    assert "Failed to load image" in caplog.text


def test_a_picture_inside_is_drawn(caplog):
    with caplog.at_level(logging.ERROR, "weasyprint"):
        paper.pdf(PAGE.format(DOT))
    assert caplog.text == ""


def test_a_file_can_lie_inside_a_paper():
    held = paper.Attached("recu.json", b'{"a":1}', "What it is")
    with pikepdf.open(BytesIO(paper.pdf(PAGE.format(DOT), attached=[held]))) as pdf:
        [(name, found)] = pdf.attachments.items()
        assert name.endswith("recu.json") or found.filename == "recu.json"
        assert found.get_file().read_bytes() == held.content
        assert found.description == "What it is"
