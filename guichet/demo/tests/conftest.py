"""A demonstration of its own, with its cast."""

import pytest

from guichet.demo import cast


@pytest.fixture
def world(settings, tmp_path, db):
    """The cast has been loaded; files lie in a folder of this test."""
    settings.DATA = tmp_path
    settings.PASSWORD_COST_KIB = 8
    cast.load()
    return tmp_path
