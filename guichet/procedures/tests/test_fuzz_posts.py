"""Whatever is sent to the addresses of procedures, the answer is a page and never a crash.

`GUICHET_POSTS` says how much; `python -m tools.soak --posts 100000` is the long run. A failure
names its seed: the same seed sends the same again.
"""

import os
import random
import sys
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import translation

from guichet.config.encoding import without_charset
from guichet.procedures import actions, catalogue, urls
from guichet.procedures.fields import Rows
from guichet.procedures.models import Draft, Submission
from guichet.procedures.tests.given import CODE, a_draft, page
from guichet.procedures.tests.hostile import Asked, Sender, names_in, of_metadata
from guichet.procedures.tests.people import (
    HIGH_FENCE,
    Somebody,
    answered,
    ask,
    fresh,
    send,
    trees,
)
from guichet.signon.models import Credential, OtpDevice, Throttle
from tests.cast import a_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
POSTS = int(os.environ.get("GUICHET_POSTS", "300"))
SEED = int(os.environ.get("GUICHET_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
# Requests, then other drafts: thrown away, waiting and sent drafts are posted at too.
A_DRAFT_LASTS = 100
ALL_TYPES = "every-type"
METHODS = ["PATCH", "PATCH", "HEAD", "DELETE", "POST", "OPTIONS", "PUT", "GET"]


class World:
    """Ada, her drafts in every state, what Tom was asked to sign, and all their addresses."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.ada, self.tom = Somebody("Ada Muller"), Somebody("Tom Weber")
        self.sent = answered(self.ada.member)
        send(self.ada, self.sent)
        submission = Submission.objects.select_related("receipt").get()
        self.reference, self.slip = submission.reference, submission.receipt.code
        self.anew()
        found = [names_in(fresh(draft)) for draft in (self.draft, self.all_types)]
        self.sender = Sender(dice, [name for names in found for name in names])

    def anew(self) -> None:
        """Other drafts, one of which waits for Tom; both have signed on again."""
        Throttle.objects.all().delete()
        OtpDevice.objects.update(last_step=0)
        Credential.objects.update(suspended_at=None, failures_in_a_row=0)
        self.clients = [self.ada.at_the_desk(), self.tom.at_the_desk()]
        self.ada.session = a_session(self.ada.token)
        self.draft = answered(self.ada.member, {**HIGH_FENCE, "size": 200})
        self.key = actions.add_row(self.ada.member, draft=self.draft, rows=trees(self.draft))
        self.all_types = a_draft(self.ada.member, ALL_TYPES)
        self.waiting, self.signature = ask(self.ada, self.tom)
        OtpDevice.objects.update(last_step=0)
        self.uploads = [self._upload(), self._upload()]
        self.addresses = self._addresses()

    def next(self) -> tuple[Client, Asked]:
        """Who sends what."""
        dice, sender = self.dice, self.sender
        client = self.clients[dice.random() < 0.15]
        here, kind = self.ada.space.identifier, dice.random()
        if kind < 0.15:
            return client, sender.piece(dice.choice(METHODS), dice.choice(self.uploads))
        if kind < 0.2:
            where = page("uploads", here, self.draft.pk, "plan")
            return client, sender.piece("POST", where)
        if kind < 0.25:
            return client, sender.file(page("papers", here, self.draft.pk, "plan"))
        if kind < 0.35:
            return dice.choice([client, Client()]), sender.get(dice.choice(self._searches()))
        return client, sender.post(dice.choice(self.addresses), self._going_on())

    def _upload(self) -> str:
        """Begun, with some of its bytes there."""
        where = page("uploads", self.ada.space.identifier, self.draft.pk, "plan")
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            "Upload-Metadata": of_metadata("plan.pdf"),
        }
        answer = self.clients[0].post(where, headers=headers)
        assert answer.status_code == 201, answer
        return str(answer.headers["Location"])

    def _searches(self) -> list[str]:
        here = self.ada.space.identifier
        themes = [page("theme", theme) for theme in ("family", "none")]
        slips = [f"/verifier/{code}" for code in (self.slip, "A" * 16, "0", self.slip.lower())]
        return [
            *(page("catalogue"), page("choose", here), page("where", CODE), "/verifier/"),
            *(page("procedure", CODE), page("procedure", "none"), *themes, *slips),
            page("page", here, self.draft.pk, "garden"),
        ]

    def _going_on(self) -> dict[str, str]:
        """What makes a form do something."""
        rows = f"trees/{self.dice.choice([self.key, 'x'])}"
        button = {"_remove": rows} if self.dice.random() < 0.5 else {"_add": "trees"}
        return {
            "once": str(uuid4()),
            "declares_exact": "on",
            "code": self.ada.code,
            "space_neighbour": self.tom.space.identifier,
            "path": f"{rows}/kind",
            **button,
        }

    def _addresses(self) -> list[str]:
        """Every address of a draft and around it, for every draft there is."""
        here = self.ada.space.identifier
        found = [
            *(page("begin", here, CODE), page("begin", here, ALL_TYPES), page("choose", here)),
            *(page("where", CODE), page("sent", here, self.reference), page("favour", here, CODE)),
            page("made", here, self.reference, "slip"),
            page("made", here, self.reference, "none"),
            page("proof", here, self.reference),
            page("sent_paper", here, self.reference, uuid4()),
        ]
        for draft in (self.draft, self.waiting, self.sent, self.all_types):
            for path in ("plan", f"trees.{self.key}.kind", "a" * 200, "portrait"):
                beside = ("papers", "put_together", "uploads")
                found += [page(view, here, draft.pk, path) for view in beside]
            found += [page(view, here, draft.pk, uuid4()) for view in ("upload", "paper")]
            views = ("fill", "check", "disputed", "take_back", "move", "ask_registers")
            found += [page(view, here, draft.pk) for view in views]
            found += self._pages(here, draft)
        found.append(page("discard", here, self.dice.choice([self.draft, self.waiting]).pk))
        place = [self.tom.space.identifier, self.signature.pk]
        found.append(page("signers_paper", *place, uuid4()))
        return [*found, page("co_sign", *place), page("refuse", *place)]

    def _pages(self, here: str, draft: Draft) -> list[str]:
        """Of its form; those that can be filled in often, most questions are asked there."""
        form = catalogue.form_of(draft.version)
        rows = [
            (each.page, item.id, key)
            for each in form.definition.pages
            for item in each.items
            if isinstance(item, Rows)
            for key in (self.key, "a" * 100)
        ]
        found = [page("row", here, draft.pk, *each) for each in rows]
        found += [page("page", here, draft.pk, each.page) for each in form.definition.pages]
        return [
            *(found * (5 if draft in (self.draft, self.all_types) else 1)),
            page("page", here, draft.pk, "none"),
        ]


def test_no_request_however_odd_is_a_crash():
    world = World(random.Random(SEED))
    seen: dict[str, Counter[int]] = {}
    for number in range(POSTS):
        if number % A_DRAFT_LASTS == A_DRAFT_LASTS - 1:
            world.anew()
        client, asked = world.next()
        said = f"GUICHET_SEED={SEED}, request {number}: {asked}"
        try:
            statuses = [_sent(client, asked)]
            if world.dice.random() < 0.1:
                statuses.append(_sent(client, Asked("GET", asked.path)))
        except Exception as fault:
            raise AssertionError(said) from fault
        seen.setdefault(asked.method, Counter()).update(statuses)
        assert max(statuses) < 500, said
        if number % 1000 == 999:  # a long run says how far it is
            sys.stdout.write(f"{number + 1} ")
            sys.stdout.flush()
    lines = [f"\nGUICHET_SEED={SEED}: {POSTS} requests"]
    for method, counted in sorted(seen.items()):
        each = (f"{code}: {times}" for code, times in sorted(counted.items()))
        lines.append(f"{method:8} {'  '.join(each)}")
    sys.stdout.write("\n".join(lines) + "\n")
    assert {200, 302, 404} <= seen["POST"].keys()
    assert {404, 412} <= seen["PATCH"].keys()
    assert fresh(world.sent).content.answers["size"] == 80


def _sent(client: Client, asked: Asked) -> int:
    """The status of the answer."""
    answer: Any = client.generic(
        asked.method,
        asked.path,
        asked.body,
        without_charset(asked.content_type),  # as the server does, before there is a request
        headers=asked.headers,
    )
    for closed in answer._resource_closers:  # papers come as streams
        closed()
    return int(answer.status_code)


def test_every_address_is_posted_at():
    world = World(random.Random(1))
    with translation.override("en"):
        posted_at = {resolve(where).url_name for where in [*world.addresses, *world._searches()]}
    for_all = {"enclosed"}
    assert {pattern.name for pattern in urls.urlpatterns} <= posted_at | for_all
