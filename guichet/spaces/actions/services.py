"""The services that need a certification, from the reviewed list to the database."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Authority
from guichet.spaces.models import Service
from guichet.spaces.themes import Theme

_FILE = Path(__file__).parents[1] / "data" / "services.json"


@transaction.atomic
def load_services(file: Path = _FILE) -> int:
    """Bring the services up to date with the list; returns how many have changed.

    A service that the list no longer names is closed, not deleted: certifications refer to it.
    """
    listed = json.loads(file.read_text(encoding="utf-8"))
    for code, names in listed["authorities"].items():
        Authority.objects.get_or_create(code=code, defaults={"names": _whole(names)})
    changed = sum(_load(row) for row in listed["services"])
    codes = [row["code"] for row in listed["services"]]
    changed += (
        Service.objects.filter(closed_at=None).exclude(code__in=codes).update(closed_at=clock.now())
    )
    if changed:
        record("space.services-loaded", count=changed)
    return changed


def _load(row: dict[str, Any]) -> bool:
    values = {
        "authority_id": row["authority"],
        "names": _whole(row["names"]),
        "descriptions": _whole(row["descriptions"]),
        "theme": Theme(row["theme"]).value,
        "closed_at": None,
    }
    known = Service.objects.filter(pk=row["code"]).values(*values).first()
    if known == values:
        return False
    Service.objects.update_or_create(code=row["code"], defaults=values)
    return True


def _whole(texts: dict[str, str]) -> dict[str, str]:
    missing = [code for code, _name in settings.LANGUAGES if not texts.get(code)]
    if missing:
        raise ValueError(f"{texts} is not written in: {', '.join(missing)}")
    return texts
