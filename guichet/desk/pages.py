"""What pages and papers of a merger show: numbers, people, certifications, in words."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.desk.keepers import KEEPERS, name_of
from guichet.desk.previews import ABSORBED, Preview
from guichet.persons.models import Person
from guichet.spaces import policy
from guichet.spaces.actions.moving import Fate, Place, Right
from guichet.spaces.models import Certification, Role, Service

PEOPLE_ON_A_PAGE = 25
_LASTING = ("moves", "stays")

Row = dict[str, Any]


class Names(NamedTuple):
    """What the two spaces are called on a page: a name where it may be known, else the identifier."""

    absorbed: str
    kept: str


def steps(current: int, urls: Iterable[str | None]) -> list[Row]:
    """The stepper: done steps lead back."""
    labels = (_("The two eSpaces"), _("Preview"), _("Your request"))
    return [
        {
            "label": label,
            "url": url if number < current else None,
            "state": "done" if number < current else "current" if number == current else "todo",
        }
        for number, (label, url) in enumerate(zip(labels, urls, strict=True), start=1)
    ]


def step_urls(absorbed: str, kept: str) -> tuple[str, str, str]:
    """Where the three steps are."""
    pair = [absorbed, kept]
    return (
        reverse("desk:merge"),
        reverse("desk:merge_preview", args=pair),
        reverse("desk:merge_ask", args=pair),
    )


def drawn(preview: Preview, names: Names, number: Any = 1) -> Row:
    """A preview as a page shows it; of many people, one page."""
    people = Paginator(sorted(preview.places, key=_weight), PEOPLE_ON_A_PAGE).get_page(number)
    return {
        "whole": preview.whole,
        "moves": move_rows(preview),
        "fates": fate_rows(preview, names),
        "invited": [
            {"label": str(role.label), "number": preview.invited[role]}
            for role in Role
            if role in preview.invited
        ],
        "hindrances": [_hindrance(side, code, names) for side, code in preview.hindrances],
        "page": people,
        "people": _people(people, preview, names),
        "names": names,
        "gaining": sum(_weight(place) == _MORE for place in preview.places),
    }


def move_rows(preview: Preview, moved: dict[str, int] | None = None) -> list[Row]:
    """How much of what moves, and afterwards how much did."""
    kinds = {
        f"{name_of(keeper)}.{kind}": label
        for keeper in KEEPERS
        for kind, label in keeper.KINDS.items()
    }
    return [
        {
            "label": str(label),
            "number": preview.moves.get(kind, 0),
            "moved": (moved or {}).get(kind, 0),
        }
        for kind, label in kinds.items()
        if preview.moves.get(kind) or (moved or {}).get(kind)
    ]


def fate_rows(preview: Preview, names: Names) -> list[Row]:
    """What becomes of the certifications, what ends first."""
    services = Service.objects.in_bulk({fate.service for fate in preview.fates})
    grades = dict(Certification._meta.get_field("grade").flatchoices)
    return [
        {
            "service": services[fate.service].name,
            "grade": str(grades[fate.grade]),
            "of": names.kept if fate.of_kept else names.absorbed,
            "ends": fate.what not in _LASTING,
            "words": _fate(fate, names),
        }
        for fate in sorted(preview.fates, key=lambda fate: fate.what in _LASTING)
    ]


def role_rows(preview: Preview) -> list[Row]:
    """How many people have which role: in either space before, and afterwards."""
    return [
        {
            "label": str(role.label),
            "absorbed": sum(_is(place.in_absorbed, role) for place in preview.places),
            "kept": sum(_is(place.in_kept, role) for place in preview.places),
            "after": sum(_is(place.after, role) for place in preview.places),
        }
        for role in Role
        if any(_is(right, role) for place in preview.places for right in place[1:])
    ]


def _is(right: Right | None, role: Role) -> bool:
    return right is not None and right.role == role


_MORE, _JOINS, _REACHES, _SAME = range(4)


def _weight(place: Place) -> int:
    """Who gains most comes first."""
    if place.in_absorbed is None:
        return _REACHES
    if place.in_kept is None:
        return _JOINS
    covered = place.in_absorbed.covers(place.after) and place.in_kept.covers(place.after)
    return _SAME if covered else _MORE


def _people(places: "Page[Place]", preview: Preview, names: Names) -> list[Row]:
    persons = Person.objects.in_bulk([place.person for place in places])
    return [
        {
            "name": persons[place.person].name,
            "absorbed": _right(place.in_absorbed),
            "kept": _right(place.in_kept),
            "after": _right(place.after),
            "change": _change(place, names) if preview.whole else "",
            "gains": _weight(place) == _MORE,
        }
        for place in places
    ]


def _change(place: Place, names: Names) -> str:
    words = {
        _MORE: _("More rights than in one of the eSpaces until now"),
        _JOINS: _("Joins %(kept)s"),
        _REACHES: _("Also reaches what comes from %(absorbed)s"),
        _SAME: _("Nothing changes"),
    }
    return words[_weight(place)] % names._asdict()


def _right(right: Right | None) -> str:
    """A right in words."""
    if right is None:
        return ""
    words = [str(Role(right.role).label)]
    if right.limits:
        words.append(policy.themes(right.limits))
    if right.only:
        words.append(_("with one product only"))
    return " – ".join(words)


def _fate(fate: Fate, names: Names) -> str:
    words = {
        "moves": _("Moves to %(kept)s"),
        "stays": _("Stays, and is open to everybody who joins as far as the role allows"),
        "conflict": _(
            "Ends: both eSpaces are holders, and there is one for each service. "
            "Agents become agents of the other one."
        ),
        "double": _("Ends: the other eSpace is an agent of the same holder already."),
        "own": _("Ends: holder and agent become one eSpace."),
    }
    return words[fate.what] % names._asdict()


def _hindrance(side: str, code: str, names: Names) -> Row:
    room, _dot, reason = code.partition(".")
    words = next(str(keeper.HINDRANCES[reason]) for keeper in KEEPERS if name_of(keeper) == room)
    return {"space": names.absorbed if side == ABSORBED else names.kept, "words": words}


def names_of(persons: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names by key."""
    found = Person.objects.in_bulk([person for person in persons if person is not None])
    return {key: person.name for key, person in found.items()}
