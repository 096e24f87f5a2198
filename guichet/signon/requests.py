"""What a page may rely on, once the gates have let the request through."""

from django.http import HttpRequest

from guichet.persons.models import Person
from guichet.signon.models import Session


class SignedOnRequest(HttpRequest):
    """Somebody has proved a credential; the portal may not know yet who it is."""

    sign_on: Session


class PersonRequest(SignedOnRequest):
    """A registered person who has accepted the current terms: what ordinary pages get."""

    person: Person
