"""Tests of this room know its own small procedures only."""

from collections.abc import Iterator
from typing import Any

import pytest

from guichet.procedures import catalogue
from guichet.procedures.tests import given


@pytest.fixture
def published(settings: Any, db: None) -> Iterator[None]:
    settings.PROCEDURES = [given.DEFINITIONS]
    given.publish()
    yield
    catalogue.forget()
