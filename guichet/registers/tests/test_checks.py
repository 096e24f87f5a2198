"""Invented registers are for a demonstration."""

import pytest
from django.core.checks import run_checks

from guichet.registers.checks import invented


def _found():
    return [error.id for error in run_checks(include_deployment_checks=True)]


def test_an_invented_register_is_told_before_people_are_registered_for_real(settings):
    settings.DEMO = False
    assert _found().count("guichet.E002") == 2
    settings.POPULATION_REGISTER = "country.rnpp.Register"
    assert invented() == ["BUSINESS_REGISTER"]
    assert _found().count("guichet.E002") == 1
    settings.BUSINESS_REGISTER = "country.rcs.Register"
    assert "guichet.E002" not in _found()


@pytest.mark.demo
def test_a_demonstration_is_about_them():
    assert invented() == []
