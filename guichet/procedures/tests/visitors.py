"""Who comes without sign-on in tests of this room: an address, a mailbox, a browser."""

import re
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client

from guichet.post.models import Dispatch
from guichet.procedures import actions
from guichet.procedures.models import Draft, Submission, Visit
from guichet.procedures.presented import presented
from guichet.procedures.tests.given import page, post_page
from guichet.procedures.tests.people import fresh, said

TREE = "tree-report"
SEEN: dict[str, str] = {"full_name": "Zoé Braun", "what": "It leans over the road."}


class Passer:
    """Somebody whom the State does not know."""

    def __init__(self, address: str = "zoe@example.lu") -> None:
        self.address = address
        self.client: Any = Client()

    # --- Through the pages

    def asks(self, code: str = TREE, **more: str) -> str:
        """Type the address on the start page; returns where the code is asked for."""
        url = page("start", code)
        shown = self.client.get(url).context["form"]
        typed = {
            "email": self.address,
            "accept": "on",
            "once": shown["once"].value(),
            "terms": shown["terms"].value(),
        }
        return self._sent(url, {**typed, **more})

    def asks_again(self, **more: str) -> str:
        """Type the address at the door for drafts and for what was sent."""
        url = page("follow")
        once = self.client.get(url).context["form"]["once"].value()
        return self._sent(url, {"email": self.address, "once": once, **more})

    def types(self, url: str, code: str = "", **more: str) -> Any:
        """Type the code of the newest mail, or this one."""
        once = self.client.get(url).context["form"]["once"].value()
        return self.client.post(url, {"code": code or self.code, "once": once, **more})

    def begins(self) -> Draft:
        """From the start page into a draft."""
        assert self.types(self.asks()).status_code == 302
        return self.draft

    def returns(self, **more: str) -> str:
        """With a new code, in this browser; returns where that leads."""
        return str(self.types(self.asks_again(**more)).url)

    def fills_in(self, draft: Draft) -> None:
        for code, names in (("you", ["full_name"]), ("tree", ["what"])):
            typed: dict[str, Any] = {name: SEEN[name] for name in names}
            if code == "you":
                typed["email"] = self.address
            answer = post_page(self.client, here("page", draft, code), typed)
            assert answer.status_code == 302, answer.content.decode()

    def sends(self, draft: Draft) -> Any:
        url = here("check", draft)
        form = self.client.get(url).context["form"]
        return self.client.post(url, {"digest": form["digest"].value(), "declares_exact": "on"})

    def _sent(self, url: str, typed: dict[str, str]) -> str:
        answer = self.client.post(url, typed)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer.url)

    # --- What there is

    @property
    def mails(self) -> list[Dispatch]:
        """The newest first."""
        return list(Dispatch.objects.filter(to=self.address).order_by("-created_at", "-pk"))

    @property
    def code(self) -> str:
        """Of the newest mail with one."""
        mail = next(one for one in self.mails if one.template == "procedures/mail/code")
        found = re.search(r"\b[0-9]{6}\b", mail.text)
        assert found
        return found[0]

    @property
    def key(self) -> str:
        """What the browser holds."""
        cookie = self.client.cookies.get(settings.VISIT_COOKIE)
        return cookie.value if cookie else ""

    @property
    def visit(self) -> Visit:
        """The newest."""
        rows = Visit.objects.select_related("visitor").exclude(proved_at=None)
        return rows.order_by("-asked_at").first() or Visit()

    @property
    def draft(self) -> Draft:
        """The one that is open."""
        return Draft.objects.select_related("version", "visitor").get(
            sent_at=None, discarded_at=None, space=None
        )


def a_visit(address: str = "zoe@example.lu") -> Visit:
    """Proved, without a browser."""
    return proved(address)[0]


def proved(address: str = "zoe@example.lu") -> tuple[Visit, str]:
    """A visit, and the key that a browser would hold."""
    once = actions.ask(email=address, once=uuid4(), language="en", address="")
    mails = Dispatch.objects.filter(template="procedures/mail/code", to=address)
    found = re.search(r"\b[0-9]{6}\b", mails.order_by("-created_at", "-pk")[0].text)
    assert found
    return actions.prove(visit_id=once, code=found[0], once=uuid4(), address="")


def complete(visit: Visit) -> Draft:
    """A draft that can be sent."""
    draft = actions.begin(visit, code=TREE, once=uuid4())
    answers = said(draft, **SEEN, email="zoe@example.lu")
    actions.save(visit, draft=draft, said=answers)
    return Draft.objects.select_related("version", "visitor", "space").get(pk=draft.pk)


def send(visit: Visit, draft: Draft) -> Submission:
    digest = presented(fresh(draft)).digest
    return actions.send(visit, draft=draft, digest=digest, language="en")


def here(view: str, draft: Draft, *more: object) -> str:
    """A page of a visitor's draft."""
    return page(f"visit:{view}", draft.pk, *more)
