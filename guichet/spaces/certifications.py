"""What pages show of certifications and access codes."""

from typing import Any

from django.db.models import Q, QuerySet

from guichet.spaces.models import AccessCode, Certification, Service, Space

ENDED_SHOWN_MAX = 10
CODES_SHOWN_MAX = 50


def overview(space: Space) -> dict[str, Any]:
    """What a space was granted, what is over, and which services there are besides."""
    rows = list(_rows(Certification.objects.filter(space=space)))
    live = [row for row in rows if row.is_live]
    known = {row.service_id for row in live}
    services = Service.objects.filter(closed_at=None).select_related("authority")
    others = (service for service in services if service.code not in known)
    return {
        "live": sorted(live, key=lambda row: row.since),
        "ended": [row for row in rows if not row.is_live][:ENDED_SHOWN_MAX],
        "others": sorted(others, key=lambda service: service.name),
    }


def of_service(space: Space, service: Service) -> dict[str, Any]:
    """What opens one service to a space: as holder, as agents of whom."""
    rows = list(_rows(Certification.objects.filter(space=space, service=service)))
    live = [row for row in rows if row.is_live]
    return {
        "live": sorted(live, key=lambda row: (not row.is_holder, row.since)),
        "holder": next((row for row in live if row.is_holder), None),
        "ended": [row for row in rows if not row.is_live][:ENDED_SHOWN_MAX],
    }


def agents_of(holder: Certification) -> dict[str, Any]:
    """Who acts for a holder, and the codes that nobody has entered."""
    codes = AccessCode.objects.filter(holder=holder, used_at=None).order_by("-made_at", "-pk")
    agents = _rows(Certification.objects.live().filter(holder=holder))
    return {"agents": agents, "codes": codes[:CODES_SHOWN_MAX]}


def codes_of(authority: str) -> QuerySet[AccessCode]:
    """Every code that the authority's agents made, the newest first."""
    return (
        AccessCode.objects.filter(service__authority=authority)
        .exclude(made_by=None)
        .select_related("service", "made_by")
        .order_by("-made_at", "-pk")
    )


def granted_by(authority: str, *, text: str = "") -> QuerySet[Certification]:
    """The certifications of an authority's services, the newest first; or those with `text`.

    `text` is the identifier of a space or part of a company's name.
    """
    wanted = Q(space__identifier__iexact=text) | Q(space__company__name__icontains=text)
    return (
        Certification.objects.live()
        .filter(wanted if text else Q())
        .filter(service__authority=authority)
        .select_related("space__company", "service", "holder__space")
        .order_by("-since", "-pk")
    )


def _rows(found: QuerySet[Certification]) -> QuerySet[Certification]:
    """With everything that a page says of them, in one query, the newest first."""
    return found.select_related(
        "space__company",
        "service__authority",
        "holder__space__company",
        "entered_by",
        "code",
    ).order_by("-since", "-pk")
