"""Who may open a page without more. Everything is closed unless its view is marked here.

- unmarked: a registered person with a live session who has accepted the current terms;
- `open_while_registering`: a live session; `request.person` may be None;
- `open_to_all`: everybody. A test holds the list of these.
"""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

OPEN_TO_ALL = "all"
OPEN_WHILE_REGISTERING = "registering"


def open_to_all(view: View) -> View:
    """Mark a view as public."""
    view.open_to = OPEN_TO_ALL  # type: ignore[attr-defined]
    return view


def open_while_registering(view: View) -> View:
    """Mark a view as open to whoever has signed on, registered or not."""
    view.open_to = OPEN_WHILE_REGISTERING  # type: ignore[attr-defined]
    return view


def openness(view: Callable[..., Any]) -> str | None:
    """How far a view is open; None is the ordinary, closed page."""
    return getattr(view, "open_to", None)
