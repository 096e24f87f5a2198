"""Whether the keys at hand are those of the database.

With other keys a start would look well: nobody would be found, people would register a second
time, and what they entrusted to us could not be read.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from guichet.persons.models import Person
from guichet.sealing import Unreadable
from guichet.signon.models import OtpDevice

Row = TypeVar("Row", bound=Model)


def missing() -> str:
    """The variable whose keys do not open what is stored, or "". Looks at the first and last rows."""
    try:
        _secrets = [row.secret for row in _ends(OtpDevice.objects.order_by("pk"))]
        people = [(row, row.national_number) for row in _ends(Person.objects.order_by("pk"))]
    except Unreadable:
        return "GUICHET_SEALING_KEYS"
    found = (Person.objects.with_number(number).filter(pk=row.pk) for row, number in people)
    return "" if all(row.exists() for row in found) else "GUICHET_INDEX_KEY"


def _ends(rows: QuerySet[Row]) -> list[Row]:
    return [row for row in (rows.first(), rows.last()) if row is not None]
