"""What we write by e-mail about somebody's account, one function a piece."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from guichet.persons.models import Person
from guichet.post.actions import Mail


def product_removed(person: Person, *, key: str) -> Mail:
    """One of the products opens the account no longer: whoever did not do it has to know."""
    return _of_account("account/mail/product_removed", person, "account:products", key)


def product_brought_back(person: Person, *, key: str) -> Mail:
    """A product that was removed opens the account again."""
    return _of_account("account/mail/product_brought_back", person, "account:products", key)


def _of_account(template: str, person: Person, page: str, key: str) -> Mail:
    with translation.override(person.language):
        link = settings.SITE_URL + reverse(page)
    return Mail(
        template,
        to=person.email,
        language=person.language,
        context={"name": person.name, "link": link},
        key=f"{template.removesuffix('/')}:{key}"[-100:],
    )
