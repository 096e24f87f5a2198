"""Writing into the house register."""

from typing import Any
from uuid import UUID

import structlog
from django.db.models import Model

from guichet.audit.models import Entry


def record(
    event: str,
    *,
    by: Model | None = None,
    about: Model | None = None,
    outcome: str = Entry.Outcome.OK,
    session: UUID | None = None,
    attempt: str = "",
    space: UUID | None = None,
    whom: UUID | None = None,
    **data: str | int | bool | None,
) -> Entry:
    """Add one entry, inside the caller's transaction: if the act is undone, so is its entry.

    `event` is `room-noun.past-tense`. `by` and `about` are rows; only their kind and key are
    kept. `whom` is the key of the person to whom it was done, when that is somebody else than `by`.
    `data` holds short, non-personal facts: a role, a product's code, a count, a reason's
    code. A refusal that rolls back is recorded by whoever turns it into a page.
    """
    bound = structlog.contextvars.get_contextvars()
    return Entry.objects.create(
        event=event,
        outcome=outcome,
        actor=_named(by),
        session=session,
        attempt=attempt,
        about=_named(about),
        space=space,
        whom=whom,
        request=bound.get("request", ""),
        data=_short(data),
    )


def _named(row: Model | None) -> str:
    return f"{row._meta.model_name}:{row.pk}" if row is not None else ""


def _short(data: dict[str, Any]) -> dict[str, Any]:
    for name, value in data.items():
        if not isinstance(value, str | int | bool | None) or len(str(value)) > 80:
            raise TypeError(f"audit data {name!r} must be a short plain value")
    return data
