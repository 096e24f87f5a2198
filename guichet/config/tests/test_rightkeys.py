"""A database is not served with the keys of another one."""

import pytest

from guichet.config import rightkeys
from tests.cast import a_credential, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somebody():
    a_credential(a_person("Ada Muller"))


def test_the_keys_at_hand_open_what_is_stored(settings):
    assert rightkeys.missing() == ""
    settings.SEALING_KEYS = {2: b"n" * 32, **settings.SEALING_KEYS}
    a_person("Tom Weber")
    assert rightkeys.missing() == ""


def test_a_sealing_key_that_was_taken_away_too_early_is_missed(settings):
    settings.SEALING_KEYS = {2: b"n" * 32}
    assert rightkeys.missing() == "GUICHET_SEALING_KEYS"
    a_person("Tom Weber")
    assert rightkeys.missing() == "GUICHET_SEALING_KEYS"


def test_another_index_key_finds_nobody(settings):
    settings.INDEX_KEY = b"i" * 32
    assert rightkeys.missing() == "GUICHET_INDEX_KEY"
