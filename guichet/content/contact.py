"""How to reach the people behind the portal, as the operator has set it."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Contact:
    """What the pages print. Hours are "8:00"; lines of the address as on an envelope."""

    operator: str
    phone: str
    email: str
    opens: str
    closes: str
    counter: tuple[str, ...]
    counter_opens: str
    counter_closes: str

    @property
    def phone_link(self) -> str:
        """For `tel:`: the plus sign and the digits."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


def contact() -> Contact:
    """The operator's, from the settings."""
    opens, _, closes = settings.SUPPORT_HOURS.partition("-")
    counter_opens, _, counter_closes = settings.COUNTER_HOURS.partition("-")
    return Contact(
        operator=settings.OPERATOR,
        # A number is not torn apart at the end of a line.
        phone=settings.SUPPORT_PHONE.replace(" ", "\u00a0").replace("-", "\u2011"),
        email=settings.SUPPORT_EMAIL,
        opens=opens,
        closes=closes,
        counter=tuple(settings.COUNTER_ADDRESS.split("; ")),
        counter_opens=counter_opens,
        counter_closes=counter_closes,
    )
