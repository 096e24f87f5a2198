"""What was read once is not read again, and is the same."""

import pytest

from guichet.procedures.definitions import reading, remembering
from guichet.procedures.definitions.reading import Unreadable

TEXT = 'a: [1, "x", {b: true}]\nc: "8"\n'


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


def test_it_says_the_same_the_second_time_without_reading(monkeypatch):
    first = remembering.read(TEXT)
    assert first == reading.read(TEXT)
    monkeypatch.setattr(reading, "read", None)
    assert remembering.read(TEXT) == first


def test_a_damaged_memory_is_made_again(tmp_path):
    first = remembering.read(TEXT)
    (kept,) = (tmp_path / "definitions").iterdir()
    for damage in ("", "{}", "[]", '{"data": 1}', '{"data": 1, "lines": [1]}'):
        kept.write_text(damage)
        assert remembering.read(TEXT) == first


def test_what_cannot_be_read_is_said_each_time(tmp_path):
    for _time in range(2):
        with pytest.raises(Unreadable):
            remembering.read("a: &x 1\n")
    assert not (tmp_path / "definitions").exists()


def test_without_a_place_to_write_it_reads(settings, tmp_path):
    settings.DATA = tmp_path / "file"
    settings.DATA.write_text("")
    assert remembering.read(TEXT) == reading.read(TEXT)
