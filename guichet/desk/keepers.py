"""The rooms that keep something of a space, from the top of the house down.

Each offers, in its `actions`:

- `hand_over(absorbed: Space, kept: Space) -> dict[str, int]`: everything of one space becomes the
  other's, and how much of what;
- `foresee(absorbed: Space, kept: Space | None) -> dict[str, int]`: what `hand_over` would do now;
- `leave(space: Space) -> dict[str, int]`: everything of a space goes for good, and how much of what;
- `KINDS`: what these count, in words;
- `hindrances(space: Space, *, but: UUID | None) -> list[str]` and `HINDRANCES`: why a space cannot be
  merged now, as codes and in words. `but` is the merger at hand;
- `export(space: Space) -> Kept`: everything of a space as its administrators may take it along, and
  what is listed before it is deleted.

Merging and deleting call them in one transaction. A test finds every model with a key to a space
whose room is not here.
"""

from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from guichet.files.packing import Kept
from guichet.procedures import actions as procedures
from guichet.spaces import actions as spaces
from guichet.spaces.models import Space


class Keeper(Protocol):
    """What each of these rooms offers."""

    KINDS: dict[str, str | Promise]
    HINDRANCES: dict[str, str | Promise]

    def hand_over(self, absorbed: Space, kept: Space) -> dict[str, int]:
        """Everything of `absorbed` becomes `kept`'s."""
        ...

    def foresee(self, absorbed: Space, kept: Space | None) -> dict[str, int]:
        """What `hand_over` would do now."""
        ...

    def leave(self, space: Space) -> dict[str, int]:
        """Everything of the space goes for good."""
        ...

    def export(self, space: Space) -> Kept:
        """Everything of the space, to take along."""
        ...

    def hindrances(self, space: Space, *, but: UUID | None = None) -> list[str]:
        """Codes of `HINDRANCES`."""
        ...


KEEPERS: tuple[Keeper, ...] = (procedures, spaces)


def name_of(keeper: Keeper) -> str:
    """The room's name."""
    return str(keeper.__name__).split(".")[1]  # type: ignore[attr-defined]
