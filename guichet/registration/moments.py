"""How a mail or a letter writes a moment."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def to_the_second(at: datetime) -> str:
    """`samedi 28/03/2020 08:40:40`: in the portal's time zone and the language of the moment."""
    shape = pgettext("a moment to the second, as Django writes dates", "l d/m/Y H:i:s")
    return date_format(timezone.localtime(at), shape)
