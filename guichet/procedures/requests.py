"""Who asks for the pages of a draft: somebody signed on, or somebody in a visit."""

from django.http import HttpRequest

from guichet.procedures.models import Visit
from guichet.signon.models import Session


class VisitRequest(HttpRequest):
    """Somebody without sign-on who has proved an address: see `views.visiting.in_visit`."""

    visit: Visit


def asking(request: HttpRequest) -> Session | Visit:
    """With what they ask: on the pages of visits a visit, whoever else is signed on; else a session."""
    visit: Visit | None = getattr(request, "visit", None)
    session: Session = request.sign_on  # type: ignore[attr-defined]
    return visit or session
