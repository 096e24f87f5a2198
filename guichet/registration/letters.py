"""What we write on paper. A letter goes to the register's address, never to a typed one."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guichet.persons.models import Person
from guichet.post.actions import Letter
from guichet.registration.models import Known, Request
from guichet.registration.moments import to_the_second
from guichet.registration.terms import Wording

# The subject that the mail announces: whoever finds the letter recognises it.
SUBJECT = _("Confirmation of your registration with an Internet application of the State")


def registered(person: Person, request: Request, known: Known, at: datetime) -> Letter:
    """Somebody registered in this person's name: if it was not them, they learn it here."""
    return _letter("registration/letter/registered", person, str(request.pk), known, at)


def product_added(person: Person, known: Known, at: datetime, *, key: str) -> Letter:
    """One more product opens this person's spaces."""
    return _letter("registration/letter/product_added", person, key, known, at)


def terms_on_paper(wording: Wording) -> str:
    """The page of a text of terms, for `design.paper.pdf`."""
    with translation.override(wording.language):
        page = {"wording": wording, "site_name": settings.SITE_NAME, "demo": settings.DEMO}
        return render_to_string("registration/paper/terms.html", page)


def _letter(template: str, person: Person, key: str, known: Known, at: datetime) -> Letter:
    with translation.override(person.language):
        moment, subject = to_the_second(at), str(SUBJECT)
    return Letter(
        template,
        subject=subject,
        addressee=known.addressee,
        language=person.language,
        context={"addressee": known.addressee[0], "moment": moment},
        key=f"{template}:{key}",
        whose=person.pk,
        tell=person.email,
    )
