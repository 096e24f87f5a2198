"""One line, as everybody sees it."""

import pytest

from guichet.spaces.lines import line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Fleurs\u00a0 \t Hoffmann\n", "Fleurs Hoffmann"),
        ("a\0b\x07\x1b[31m\x7f", "ab[31m"),
        ("abc\u202egnp.exe\u2066", "abcgnp.exe"),
        ("Fle\u200bu\u2060r\ufeffs", "Fleurs"),
        ("e\u0301te\u0301", "été"),
        ("\ud800\ufffe\uffff\U000f0000", ""),
        ("\u200b\u200d\u3164\u2800", ""),
        ("👩\u200d👧 🌷", "👩\u200d👧 🌷"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_line_holds_what_can_be_seen(typed, kept):
    assert line(typed) == kept
