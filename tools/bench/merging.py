"""How long it takes to merge two spaces that hold 10,000 objects of each kind.

    python -m tools.bench.merging    prints the seconds as JSON

Needs the environment of the portal to be measured. Rows are written in bulk, half of the people
belong to both spaces; then the merger goes its own way: previewed, asked, consented to, carried out.
"""

import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402

from guichet import clock  # noqa: E402
from guichet.desk import actions, previews  # noqa: E402
from guichet.persons.models import Person  # noqa: E402
from guichet.spaces.models import (  # noqa: E402
    Contest,
    Invitation,
    Membership,
    Merger,
    Notice,
    Role,
    RoleRequest,
    Space,
)
from tools.bench.prepare import people, professional_space, somebody  # noqa: E402

OBJECTS = 10_000
BATCH = 500


def main() -> dict[str, float]:
    """Seconds of each part."""
    credential, owner = somebody(9_000)
    spaces = [professional_space(owner, credential, f"Fusion {name}") for name in "AB"]
    everybody = people(OBJECTS * 3 // 2)
    for space, members in zip(spaces, (everybody[:OBJECTS], everybody[-OBJECTS:]), strict=True):
        _fill(space, members, owner)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    absorbed, kept = spaces
    own = {
        member.space_id: member
        for member in Membership.objects.filter(person=owner).select_related("space", "person")
    }
    seconds: dict[str, float] = {}
    preview = _timed(seconds, "preview", lambda: previews.foresee(absorbed, kept))
    merger = actions.ask(
        own[absorbed.pk],
        other=own[kept.pk],
        identifier=kept.identifier,
        keeps=False,
        seen=preview.digest,
    )
    seen = previews.foresee(absorbed, kept, but=merger.pk).digest
    actions.consent(own[kept.pk], merger=merger, seen=seen)
    Merger.objects.filter(pk=merger.pk).update(consented_at=clock.now() - timedelta(hours=73))
    if not _timed(seconds, "carry-out", lambda: actions.carry_out(merger.pk)):
        raise RuntimeError("the merger was not carried out")
    return seconds


def _fill(space: Space, members: list[Person], owner: Person) -> None:
    roles = list(Role)
    rows: dict[Any, list[Any]] = {
        Membership: [
            Membership(
                space=space,
                person=person,
                role=roles[place % len(roles)],
                origin=Membership.Origin.INVITATION,
                notification_email=person.email,
            )
            for place, person in enumerate(members)
        ],
        Invitation: [
            Invitation(
                space=space,
                email=f"i{number}@example.lu",
                given_names="Anne",
                family_name="Mesure",
                role=Role.READER,
                language="fr",
                invited_by=owner,
            )
            for number in range(OBJECTS)
        ],
        RoleRequest: [
            RoleRequest(space=space, identifier=space.identifier, person=person, role=Role.READER)
            for person in members
        ],
        Contest: [
            Contest(
                space=space,
                field="name",
                right_value_sealed=b"x",
                words_sealed=b"x",
                contested_by=owner,
                withdrawn_at=clock.now(),
            )
            for _number in range(OBJECTS)
        ],
    }
    for model, made in rows.items():
        model.objects.bulk_create(made, batch_size=BATCH)
    Notice.objects.bulk_create(
        [
            Notice(space=space, membership=member, kind="members", subject="x")
            for member in Membership.objects.filter(space=space)[:OBJECTS]
        ],
        batch_size=BATCH,
    )


def _timed(seconds: dict[str, float], name: str, act: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = act()
    seconds[name] = time.perf_counter() - began
    return result


if __name__ == "__main__":
    print(json.dumps(main()))
