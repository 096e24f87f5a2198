import pytest


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Papers of one test are not those of another."""
    settings.DATA = tmp_path
