"""The language of what we write to somebody."""

from django.db import transaction

from guichet.audit.actions import record
from guichet.persons.models import Person


@transaction.atomic
def choose_language(person: Person, *, language: str) -> Person:
    """Mails and letters come in this language from now on. Pages have their own, in the address."""
    person.language = language
    person.save(update_fields=["language"])
    record("account.language-changed", by=person, about=person, language=language)
    return person
