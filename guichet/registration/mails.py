"""What we write by e-mail, one function a piece. The words are in `templates/registration/mail`."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.registration.models import Request
from guichet.registration.moments import to_the_second


def confirm(request: Request, code: str, expires_at: datetime) -> Mail:
    """The guide's mail: one button, the address to copy, the limit to the second."""
    with translation.override(request.language):
        return Mail(
            "registration/mail/confirm",
            to=request.email,
            language=request.language,
            context={
                "code": code,
                "link": settings.SITE_URL + reverse("registration:confirm", args=[code]),
                "limit": to_the_second(expires_at),
                "addressee": list(request.known.addressee),
            },
            proves_address=True,
        )


def not_these_details(request: Request) -> Mail:
    """The register has answered at last, and does not give this number to these names."""
    return _plain("registration/mail/not_these_details", request)


def cancelled(request: Request) -> Mail:
    """The same number was registered with another product while this request waited."""
    return _plain("registration/mail/cancelled", request)


def product_added(person: Person, at: datetime, *, key: str) -> Mail:
    """To the address that the person had before: another product opens everything now."""
    with translation.override(person.language):
        return Mail(
            "registration/mail/product_added",
            to=person.email,
            language=person.language,
            context={"name": person.name, "moment": to_the_second(at)},
            key=f"registration.product-added:{key}",
        )


def _plain(template: str, request: Request) -> Mail:
    with translation.override(request.language):
        start = settings.SITE_URL + reverse("registration:start")
    return Mail(template, to=request.email, language=request.language, context={"start": start})
