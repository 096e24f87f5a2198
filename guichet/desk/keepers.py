"""The rooms that keep something of a space, from the top of the house down.

Each offers, in its `actions`:

- `hand_over(absorbed: Space, kept: Space) -> dict[str, int]`: everything of one space becomes the
  other's, and how much of what;
- `leave(space: Space) -> dict[str, int]`: everything of a space goes for good, and how much of what;
- `export(space: Space) -> Kept`: everything of a space as its administrators may take it along, and
  what is listed before it is deleted.

Merging and deleting call them in one transaction. A test finds every model with a key to a space
whose room is not here.
"""

from guichet.spaces import actions as spaces

KEEPERS = (spaces,)
