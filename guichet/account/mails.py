"""What we write by e-mail about somebody's account, one function a piece."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from guichet.persons.models import Account, EmailChange, Person
from guichet.post.actions import Mail
from guichet.post.models import Unreachable


def product_removed(person: Person, *, key: str) -> Mail:
    """One of the products opens the account no longer: whoever did not do it has to know."""
    return _of_account("account/mail/product_removed", person, "account:products", key)


def product_brought_back(person: Person, *, key: str) -> Mail:
    """A product that was removed opens the account again."""
    return _of_account("account/mail/product_brought_back", person, "account:products", key)


def confirm_old(change: EmailChange, code: str) -> Mail:
    """To the address so far: may another one take its place?"""
    return _confirm("account/mail/email_old", change, change.old_email, code)


def confirm_new(change: EmailChange, code: str) -> Mail:
    """To the new address: does it belong to whoever asked? Says nothing about them."""
    return _confirm("account/mail/email_new", change, change.new_email, code)


def address_check(person: Person, found: Unreachable, token: str) -> Mail:
    """To an address that our mails came back from: does somebody read this one?"""
    with translation.override(person.language):
        link = settings.SITE_URL + reverse("account:confirm_address", args=[token])
    context = {"link": link}
    return Mail(
        "account/mail/address_check", found.address, person.language, context, proves_address=True
    )


def email_changed(change: EmailChange) -> Mail:
    """To the address that was: from now on we write elsewhere."""
    person = change.person
    return Mail(
        "account/mail/email_changed",
        to=change.old_email,
        language=person.language,
        context={"name": person.name},
        key=f"account.email-changed:{change.pk}",
    )


def closing_asked(person: Person, account: Account, *, key: str) -> Mail:
    """The account closes in thirty days; until then one signs on and keeps it."""
    with translation.override(person.language):
        link = settings.SITE_URL + reverse("account:come_back")
        limit = date_format(localtime(account.closes_at), "DATE_FORMAT")
    return Mail(
        "account/mail/closing_asked",
        to=person.email,
        language=person.language,
        context={"name": person.name, "link": link, "limit": limit},
        key=f"account.closing-asked:{key}",
    )


def closing_cancelled(person: Person, *, key: str) -> Mail:
    """The account stays open: whoever did not do it has to know."""
    return _of_account("account/mail/closing_cancelled", person, "account:overview", key)


def closed(person: Person, *, key: str) -> Mail:
    """The last mail: what is gone and what stays."""
    return Mail(
        "account/mail/closed",
        to=person.email,
        language=person.language,
        context={"name": person.name},
        key=f"account.closed:{key}",
    )


def _confirm(template: str, change: EmailChange, to: str, code: str) -> Mail:
    person = change.person
    with translation.override(person.language):
        link = settings.SITE_URL + reverse("account:confirm_email", args=[code])
        limit = date_format(localtime(change.expires_at), "DATETIME_FORMAT")
    context = {"link": link, "limit": limit}
    return Mail(template, to=to, language=person.language, context=context, proves_address=True)


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
