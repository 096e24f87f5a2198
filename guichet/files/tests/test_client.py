"""The module that sends files in pieces."""

import gzip
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "static" / "files" / "upload.js"


def test_it_is_small_and_needs_nothing():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(gzip.compress(text.encode())) <= 2048
    for forbidden in ("import ", "eval(", "innerHTML", "http:", "https:", ".style"):
        assert forbidden not in text
