"""The spaces that somebody can go to from the header, found on the way.

The door to a space (`policy.membership`) reads them in the query that it asks anyway; the header
of other pages asks for them by itself. Nothing is remembered, so that nothing can be out of date.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, F, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from guichet.spaces.models import Membership

SHOWN = 12  # of many spaces the first by name; the hub has them all
_IDENTIFIER = 9


class Place(NamedTuple):
    """A space in the list of the header."""

    name: str
    identifier: str
    url: str


class Places(Subquery):
    """All of them in one value: a line each, identifier and name. Names hold no line breaks."""

    template = "(SELECT GROUP_CONCAT(line, CHAR(10)) FROM (%(subquery)s) AS places)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """The same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(line, CHR(10)) FROM (%(subquery)s) AS places)"
        return self.as_sql(compiler, connection, template=template, **more)


def open_to(person: Any, credential: Any) -> "QuerySet[Membership, str]":
    """One line for each space that opens to a person with this product, the first by name."""
    mine = Membership.objects.filter(
        Q(only_with=None) | Q(only_with=credential), person=person, space__binned_at=None
    )
    line = Concat(F("space__identifier"), Value(""), F("space__name"), output_field=CharField())
    ordered = mine.annotate(line=line).order_by("space__name", "space__identifier")
    return ordered.values_list("line", flat=True)[: SHOWN + 1]


def lines_of(members: Iterable[Membership], credential_id: UUID) -> str:
    """The same lines, from memberships that a page has read with their spaces anyway."""
    return "\n".join(
        f"{member.space.identifier}{member.space.name}"
        for member in members
        if member.only_with_id in (None, credential_id) and member.space.binned_at is None
    )


def read(person_id: UUID, credential_id: UUID) -> str:
    """The lines, for a page outside of any space. One query."""
    return "\n".join(open_to(person_id, credential_id))


@lru_cache(maxsize=512)
def drawn(lines: str, here: str, _language: str) -> SafeString:
    """The list as the header shows it; nothing for whoever has but one space.

    `here` is the identifier in the address, or "".
    """
    found = {(line[_IDENTIFIER:], line[:_IDENTIFIER]) for line in lines.split("\n") if line}
    if len(found) < 2:
        return SafeString("")
    places = [
        Place(name, identifier, reverse("desk:space", args=[identifier]))
        for name, identifier in sorted(found, key=lambda each: (each[0].casefold(), each[1]))
    ]
    places = sorted(places, key=lambda place: place.identifier != here)[:SHOWN]
    context = {
        "places": places,
        "here": next((place for place in places if place.identifier == here), None),
        "all_url": reverse("desk:spaces"),
    }
    return render_to_string("spaces/switch.html", context)
