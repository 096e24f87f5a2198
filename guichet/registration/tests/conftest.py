import pytest
from django.test import Client


@pytest.fixture
def client_b() -> Client:
    """Another browser."""
    return Client()


@pytest.fixture(autouse=True)
def _registers_answer():
    """No register remembers a failure of the test before."""
    from guichet.registers import actions

    actions.forget_connectors()
    yield
    actions.forget_connectors()
