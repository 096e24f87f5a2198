"""Where the pages of a draft, or of what was sent, are: in its space, or without sign-on."""

from django.urls import reverse

from guichet.procedures.models import Draft, Submission


def of(what: Draft | Submission, view: str, *more: object) -> str:
    """A page of it, by the name of its view."""
    key = what.reference if isinstance(what, Submission) else what.pk
    if what.space is None:
        return reverse(f"procedures:visit:{view}", args=[key, *more])
    return reverse(f"procedures:{view}", args=[what.space.identifier, key, *more])


def home(what: Draft | Submission) -> str:
    """Where whoever has it finds everything else: the home of its space, or of the visit."""
    if what.space is None:
        return reverse("procedures:visit:home")
    return reverse("desk:space", args=[what.space.identifier])
