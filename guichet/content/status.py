"""What works at the moment, from what the portal has seen itself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guichet.registers import actions as registers


@dataclass(frozen=True, slots=True)
class Service:
    """One line of the page. `troubled_at` is when it last failed, None while it works."""

    name: str
    troubled_at: datetime | None
    consequence: str  # what one cannot do meanwhile, and what one still can


def services() -> list[Service]:
    """The portal itself and each register that it depends on.

    This page comes from the portal's own database: whoever reads it has the portal.
    """
    return [
        Service(_("Logging in and your eSpaces"), None, ""),
        Service(
            _("National register of natural persons"),
            registers.troubled_at("population"),
            _("Registration may have to wait. You can log in if you are already registered."),
        ),
        Service(
            _("Business register"),
            registers.troubled_at("business"),
            _("You can create a business eSpace and enter the details of the business yourself."),
        ),
    ]
