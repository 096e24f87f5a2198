"""Who may open a page without more. Everything is closed unless its view is marked here.

- unmarked: a registered person with a live session who has accepted the current terms;
- `open_while_registering`: a live session; `request.person` may be None;
- `open_to_all`: everybody. A test holds the list of these.
- `same_for_all`: everybody, and everybody without a cookie sees the same;
- `open_to_agents`: somebody who works for an authority, signed on as that, and nobody else;
- `open_to_signed_on`: a live session, whoever it is: for what belongs to the session itself.
"""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

OPEN_TO_ALL = "all"
OPEN_WHILE_REGISTERING = "registering"
OPEN_TO_AGENTS = "agents"
OPEN_TO_SIGNED_ON = "signed-on"


def open_to_all(view: View) -> View:
    """Mark a view as public."""
    view.open_to = OPEN_TO_ALL  # type: ignore[attr-defined]
    return view


def same_for_all(view: View) -> View:
    """Mark a view as public, and as the same for whoever sends no cookie: it may be kept a minute.

    What it shows follows from its address alone: no throttle, no counter, nothing of a person.
    """
    view.same_for_all = True  # type: ignore[attr-defined]
    return open_to_all(view)


def open_while_registering(view: View) -> View:
    """Mark a view as open to whoever has signed on, registered or not."""
    view.open_to = OPEN_WHILE_REGISTERING  # type: ignore[attr-defined]
    return view


def open_to_agents(view: View) -> View:
    """Mark a view as open to agents only; which duty it needs is for the view to ask."""
    view.open_to = OPEN_TO_AGENTS  # type: ignore[attr-defined]
    return view


def open_to_signed_on(view: View) -> View:
    """Mark a view as open to every live session: a person's, an agent's, a newcomer's."""
    view.open_to = OPEN_TO_SIGNED_ON  # type: ignore[attr-defined]
    return view


def openness(view: Callable[..., Any]) -> str | None:
    """How far a view is open; None is the ordinary, closed page."""
    return getattr(view, "open_to", None)


def is_the_same_for_all(view: Callable[..., Any]) -> bool:
    """Whether `same_for_all` marks the view."""
    return getattr(view, "same_for_all", False)
