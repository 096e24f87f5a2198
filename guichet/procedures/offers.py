"""What is offered to somebody: everything, filtered; what one does often; what one may not, and why.

Other rooms use `frequent`, `favourites` and `frequent_for_all`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, FilteredRelation, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet import clock
from guichet.persons.models import Person
from guichet.procedures import about, catalogue, search
from guichet.procedures.catalogue import Listed
from guichet.procedures.models import Favourite, Submission
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership, Service
from guichet.spaces.policy import Can
from guichet.spaces.themes import Theme

FREQUENT_MAX = 5
_FREQUENT_IN = timedelta(days=60)
_COUNTED_ANEW = timedelta(minutes=10)

ICONS: Mapping[str, str] = {
    Theme.TAXES: "percent",
    Theme.STAFF: "people",
    Theme.PERMITS: "rosette",
    Theme.AIDS: "euro",
    Theme.ENVIRONMENT: "leaf",
    Theme.PREMISES: "building",
    Theme.TRANSPORT: "car",
    Theme.FAMILY: "home",
    Theme.PAPERS: "document",
}


class Offer(NamedTuple):
    """A line of a list: a procedure, where it leads, and what somebody has to do with it."""

    listed: Listed
    url: str
    obstacle: str = ""  # why it cannot be begun
    is_favourite: bool = False

    @property
    def themes(self) -> list[str]:
        """Their names, in the language of the page."""
        return [str(Theme(code).label) for code in self.listed.procedure.themes]


# --- Looking around


@dataclass(frozen=True)
class Filter:
    """What somebody narrows the catalogue to, as it stands in the address."""

    query: str = ""
    theme: str = ""
    audience: str = ""
    open_only: bool = False  # those that can be done without signing on

    @classmethod
    def read(cls, given: Mapping[str, str], *, theme: str = "") -> "Filter":
        """From an address; what makes no sense in it is left out."""
        typed = "".join(sign if sign.isprintable() else " " for sign in given.get("q", ""))
        asked = theme or given.get("theme", "")
        audience = given.get("pour", "")
        return cls(
            query=" ".join(typed.split())[: search.QUERY_LENGTH_MAX].strip(),
            theme=asked if asked in Theme.values else "",
            audience=audience if audience in ("citizen", "business") else "",
            open_only=given.get("sans-connexion", "") == "1",
        )

    @property
    def is_on(self) -> bool:
        """Whether anything is narrowed."""
        return self != Filter()

    def but(self, **other: Any) -> "Filter":
        """The same with something changed."""
        return replace(self, **other)

    def parameters(self) -> str:
        """For an address, without the page; empty when nothing is narrowed."""
        values = {
            "q": self.query,
            "theme": self.theme,
            "pour": self.audience,
            "sans-connexion": "1" if self.open_only else "",
        }
        return urlencode({name: value for name, value in values.items() if value})

    def url(self, path: str) -> str:
        """The page at `path`, narrowed so."""
        return f"{path}?{query}" if (query := self.parameters()) else path

    def lets_pass(self, one: Listed) -> bool:
        """Whether a procedure remains; what was typed is not looked at."""
        return (
            (not self.theme or self.theme in one.procedure.themes)
            and (not self.audience or self.audience in one.procedure.audience)
            and (not self.open_only or one.procedure.sign_on == "possible")
        )


@dataclass(frozen=True)
class Found:
    """What a filter leaves, and what another one would."""

    filter: Filter
    everything: Sequence[Listed]  # what the words mean, in order; before the other filters

    @property
    def procedures(self) -> list[Listed]:
        """What is left, the best first; by title when nothing was typed."""
        return [one for one in self.everything if self.filter.lets_pass(one)]

    def count(self, **other: Any) -> int:
        """How many would be left with something changed in the filter."""
        changed = self.filter.but(**other)
        return sum(changed.lets_pass(one) for one in self.everything)

    def themes(self, address: Callable[[Filter], str]) -> list[dict[str, Any]]:
        """The themes in which anything is left, with how much and where it leads; by name."""
        rows = [
            {
                "label": str(theme.label),
                "icon": ICONS[theme],
                "count": self.count(theme=theme.value),
                "url": address(self.filter.but(theme=theme.value)),
                "current": self.filter.theme == theme.value,
            }
            for theme in Theme
        ]
        left = [row for row in rows if row["count"]]
        return sorted(left, key=lambda row: search.plain(str(row["label"])))

    def audiences(self, address: Callable[[Filter], str]) -> list[dict[str, Any]]:
        """Tabs: for everybody, for citizens, for businesses."""
        labels = {"": _("For everybody"), "citizen": _("Citizens"), "business": _("Businesses")}
        return [
            {
                "label": label,
                "url": address(self.filter.but(audience=code)),
                "count": self.count(audience=code),
                "current": self.filter.audience == code,
            }
            for code, label in labels.items()
        ]


def found(narrowed: Filter, among: Iterable[Listed] | None = None) -> Found:
    """What the catalogue has for this; `among`: of these only."""
    of = list(catalogue.procedures().values()) if among is None else list(among)
    if narrowed.query:
        return Found(narrowed, search.find(narrowed.query, of))
    return Found(narrowed, by_title(of))


def by_title(procedures: Iterable[Listed]) -> list[Listed]:
    """In the order of a dictionary, in the language of the page."""
    return sorted(procedures, key=lambda one: (search.plain(one.title), one.code))


def fitting(member: Membership) -> list[Listed]:
    """What is done in this kind of space, whether the member may or not."""
    return [one for one in catalogue.procedures().values() if fits(one, member)]


def fits(one: Listed, member: Membership) -> bool:
    """Whether it is done in this kind of space. Only professional spaces are ever certified."""
    if member.space.is_private:
        return one.for_private and one.procedure.certified_for is None
    return one.for_professional


# --- What one may not, and why


def obstacles(
    members: Iterable[Membership], procedures: Iterable[Listed]
) -> dict[tuple[UUID, str], str]:
    """Why a member cannot begin a procedure now, by space and code; not there: nothing is in the way.

    One query when a procedure needs a certified space, none otherwise.
    """
    members, procedures = list(members), list(procedures)
    services = _certified(members, procedures)
    reasons = {}
    for one in procedures:
        shut = "" if one.current() else " ".join(about.closed(one))
        for member in members:
            if reason := shut or _obstacle(member, one, services):
                reasons[member.space_id, one.code] = reason
    return reasons


class _Certified(NamedTuple):
    name: str
    spaces: set[UUID]


def _obstacle(member: Membership, one: Listed, services: Mapping[str, _Certified]) -> str:
    may = spaces.may(member, Can.PREPARE, one.about)
    if not may.role_allows:
        words = _("Your role in this eSpace is: %(role)s. It does not include procedures.")
        return words % {"role": member.role_name}
    if not may:
        return spaces.limited_to(member)
    needed = one.procedure.certified_for
    if needed and (needed not in services or member.space_id not in services[needed].spaces):
        name = services[needed].name if needed in services else needed
        return _("This eSpace is not certified for: %(service)s.") % {"service": name}
    return ""


def _certified(members: list[Membership], procedures: list[Listed]) -> dict[str, _Certified]:
    """The services that procedures need: their names, and which of the spaces reach them."""
    codes = {one.procedure.certified_for for one in procedures} - {None}
    if not codes:
        return {}
    now, found = clock.now(), dict[str, _Certified]()
    live = Q(certifications__until=None) | Q(certifications__until__gt=now)
    rows = Service.objects.filter(pk__in=codes).annotate(
        held=FilteredRelation(
            "certifications",
            condition=live
            & Q(
                certifications__revoked_at=None,
                certifications__space__in=[member.space_id for member in members],
            ),
        )
    )
    for code, names, closed_at, space in rows.values_list(
        "pk", "names", "closed_at", "held__space"
    ):
        name = names.get(get_language() or "") or names.get("fr", code)
        known = found.setdefault(code, _Certified(name, set()))
        if space and closed_at is None:
            known.spaces.add(space)
    return found


# --- What one does often


def favourites(person: Person) -> list[Listed]:
    """What somebody marked, the first mark first. One query."""
    codes = Favourite.objects.filter(person=person).order_by("since", "procedure")
    return _listed(codes.values_list("procedure", flat=True))


def frequent(
    member: Membership, at_most: int = FREQUENT_MAX, *, sent: Iterable[str] | None = None
) -> list[Listed]:
    """What is sent most from the member's space, then what is sent most by everybody.

    Only what this kind of space does, can be begun today, and the member's limits allow. One
    query, none for a page that has read what was `sent` of late and gives the codes; one more when
    nobody has asked for ten minutes what everybody sends.
    """
    codes = _sent_by(member) if sent is None else _by_count(sent)
    chosen = []
    for one in _listed([*codes, *_sent_most()]):
        is_known = one.procedure.certified_for is None or one.code in codes
        allowed = is_known and spaces.may(member, Can.PREPARE, one.about).limits_allow
        if allowed and fits(one, member) and one.current():
            chosen.append(one)
    return chosen[:at_most]


def _sent_by(member: Membership) -> list[str]:
    own = Submission.objects.filter(space=member.space_id).values("version__procedure")
    counted = own.annotate(count=Count("pk")).order_by("-count", "version__procedure")
    return list(counted.values_list("version__procedure", flat=True)[:50])


def _by_count(codes: Iterable[str]) -> list[str]:
    return [code for code, _times in Counter(sorted(codes)).most_common()]


def frequent_for_all(at_most: int = 8) -> list[Listed]:
    """What everybody sent most in the last 60 days, and can be begun today."""
    return [one for one in _listed(_sent_most()) if one.current()][:at_most]


def _listed(codes: Iterable[str]) -> list[Listed]:
    """The procedures with these codes, each once; those that are no longer offered are left out."""
    known = catalogue.procedures()
    return [known[code] for code in dict.fromkeys(codes) if code in known]


_guard = Lock()
_counted: tuple[Any, Any, list[str]] | None = None


def _sent_most() -> list[str]:
    """Codes by how often they were sent in the portal; counted anew every ten minutes."""
    global _counted
    procedures, now = catalogue.procedures(), clock.now()
    kept = _counted
    fresh = kept and kept[0] is procedures and timedelta() <= now - kept[1] < _COUNTED_ANEW
    if kept and fresh:
        return kept[2]
    rows = Submission.objects.filter(sent_at__gt=now - _FREQUENT_IN).values("version__procedure")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "version__procedure")
    codes = list(counted.values_list("version__procedure", flat=True)[:100])
    with _guard:
        _counted = (procedures, now, codes)
    return codes
