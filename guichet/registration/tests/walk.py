"""Walking through the pages of a registration, one step a function."""

import re
from html import unescape
from typing import Any

from django.test import Client

from guichet.post.models import Dispatch
from guichet.registration.models import Request
from guichet.signon.models import Credential
from tests.cast import LEA_EMAIL, LEA_NUMBER, a_credential, signed_on

START = "/en/enregistrement/"
MAIL_SENT = "/en/enregistrement/e-mail-envoye/"
CONFIRMED = "/en/enregistrement/e-mail-confirme/"
TYPE_CODE = "/en/enregistrement/code/"
OTHER_PRODUCT = "/en/enregistrement/autre-outil/"
CONDITIONS = "/en/enregistrement/conditions/"
DONE = "/en/enregistrement/termine/"
TERMS = "/en/conditions/"


def lea(client: Client) -> Credential:
    """Léa has signed on with a Token that nobody knows."""
    credential = a_credential()
    signed_on(client, credential)
    return credential


def ask(client: Client, *, email: str = LEA_EMAIL, number: str = LEA_NUMBER, **more: str) -> Any:
    """Send the form."""
    path = more.pop("path", START)
    return client.post(path, {"email": email, "national_number": number, **more})


def mails(template: str = "registration/mail/confirm") -> list[Dispatch]:
    """What was written, oldest first."""
    return list(Dispatch.objects.filter(template=template).order_by("id"))


def code() -> str:
    """The code of the newest mail."""
    found = re.search(r"/confirmer/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/", mails()[-1].text)
    assert found
    return found[1]


def link(given: str | None = None) -> str:
    """The page of the newest mail's link, in English."""
    return f"/en/enregistrement/confirmer/{given or code()}/"


def confirm(client: Client, given: str | None = None) -> Any:
    """Open the mail's link and press its button."""
    client.get(link(given))
    return client.post(link(given))


def agree(client: Client) -> Any:
    """Tick the box on the page of terms, whichever it is."""
    step = client.get(CONDITIONS)
    return tick(client, step, CONDITIONS)


def tick(client: Client, page: Any, path: str) -> Any:
    """Send the form of `page` with its box ticked."""
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page.content.decode())
    assert found, "no page of terms"
    return client.post(path, {"digest": found[1], "accept": "on"})


def up_to_conditions(client: Client) -> Credential:
    """Léa has asked, confirmed and signed on again: the terms are next."""
    credential = lea(client)
    ask(client)
    confirm(client)
    signed_on(client, credential)
    return credential


def text_of(response: Any) -> str:
    """The words of a page, without tags, in one line."""
    plain = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(plain.replace("\u00a0", " ").split())


def the_request() -> Request:
    """The only request there is."""
    return Request.objects.get()
