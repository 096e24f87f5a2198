"""One more product for somebody who is registered: whoever did not do it has to learn of it."""

from datetime import datetime

from guichet import clock
from guichet.persons.models import Person
from guichet.post import actions as post
from guichet.registers.actions import look_up_citizen
from guichet.registers.base import Unavailable
from guichet.registration import letters, mails
from guichet.registration.models import Access, Known


def known_of(person: Person, *, purpose: str) -> Known | None:
    """What the register says of a person today; None if it does not answer, or no longer knows.

    Asked outside of any transaction: a slow register must not keep others from writing.
    """
    try:
        citizen = look_up_citizen(person.national_number, by=person, purpose=purpose)
    except Unavailable:
        return None
    return Known.of(citizen) if citizen is not None else None


def announce_product(person: Person, known: Known | None, at: datetime, *, key: str) -> None:
    """By mail, and by a letter to the register's address if that is known, in one transaction."""
    if known is not None:
        post.post_letter(letters.product_added(person, known, at, key=key))
    post.send(mails.product_added(person, at, key=key))


def withdraw_access(person: Person) -> None:
    """A closed account uses no application any more; in the caller's transaction."""
    Access.objects.filter(person=person, withdrawn_at=None).update(withdrawn_at=clock.now())
