"""Spaces, who belongs to them, what they may reach, the company behind them, what is prepared.

What people own belongs to a space, never to an address or a product. Each table that belongs to
a space carries the space's key.
"""

from guichet.spaces.models.certification import (
    BY_AUTHORITY,
    AccessCode,
    Certification,
    Ending,
    Grade,
    Service,
)
from guichet.spaces.models.company import Company, Contest, Source
from guichet.spaces.models.draft import SpaceDraft
from guichet.spaces.models.member import (
    Appointment,
    Invitation,
    Membership,
    Notice,
    Role,
    RoleRequest,
)
from guichet.spaces.models.merger import Merger
from guichet.spaces.models.space import GivenIdentifier, Space

__all__ = [
    "BY_AUTHORITY",
    "AccessCode",
    "Appointment",
    "Certification",
    "Company",
    "Contest",
    "Ending",
    "GivenIdentifier",
    "Grade",
    "Invitation",
    "Membership",
    "Merger",
    "Notice",
    "Role",
    "RoleRequest",
    "Service",
    "Source",
    "Space",
    "SpaceDraft",
]
