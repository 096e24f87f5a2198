"""What must hold before people are registered for real."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

_INVENTED = "guichet.registers.invented."


def registers_are_real(**_: Any) -> list[CheckMessage]:
    """guichet.E002: outside a demonstration nobody is looked up in an invented register."""
    return [
        Error(
            "The register that is asked is the invented one.",
            hint=f"Name the class of a real connector in GUICHET_{name}.",
            id="guichet.E002",
        )
        for name in invented()
    ]


def invented() -> list[str]:
    """The settings that name an invented register; none in a demonstration, which is about them."""
    named = ("POPULATION_REGISTER", "BUSINESS_REGISTER")
    return [
        name
        for name in named
        if not settings.DEMO and getattr(settings, name).startswith(_INVENTED)
    ]
