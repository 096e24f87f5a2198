"""Whatever is posted at the addresses of drafts, the answer is a page and never a crash.

`GUICHET_POSTS` says how many; `python -m tools.soak --posts 100000` is the long run. A failure
names its seed: the same seed posts the same again.
"""

import json
import os
import random
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.urls import resolve
from django.utils import translation

from guichet.procedures import actions, urls
from guichet.procedures.models import Submission
from guichet.procedures.tests.given import CODE, page
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
A_DRAFT_LASTS = (
    60  # posts, then another one: thrown away, waiting and sent drafts are posted at too
)

NAMES = [
    *("full_name", "born", "born_0", "born_1", "born_2", "born_3", "size", "fence", "note", "fee"),
    *("fence_height", "price", "trees", "kind", "kind_name", "planted_0", "oldest", "plan", "wish"),
    *(
        "_add",
        "_remove",
        "_later",
        "_skip",
        "_from",
        "_language",
        "_papers",
        "_was",
        "take",
        "path",
    ),
    *("seen", "mine", "once", "digest", "code", "declares_exact", "space_neighbour", "reason"),
    *("csrfmiddlewaretoken", "", " ", "a\x00b", "__class__", "x" * 300, "born_" * 40, "_was_"),
]
TEXTS = [
    *("", " ", "yes", "no", "on", "true", "1", "0", "-1", "12", "80", "250", "9" * 400, "1e999"),
    *("-9223372036854775809", "9007199254740993", "1,5", "1.234,50", "NaN", "Infinity", "٣", "²"),
    *("0001", "9999", "1985", "31", "février", "oak", "other", "trees", "trees/", "/", "trees/x/y"),
    *(
        "\x00",
        "a\x00b",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "\u202e",
        "👩🏽‍🚀",
    ),
    *("<script>", "{{ 7|add:7 }}", "%(name)s", "{full_name}", "'; --", "x" * 20_000, "\r\n" * 50),
    *("PP-A1B2C3", "pp-000000", "mine", "theirs", "de", "zz", "0" * 64, "123456", "é" * 64),
]
WAS = [
    *("", "{}", "[]", "null", "1", '"x"', "{", "[" * 100_000, '{"a":' * 3_000, "1" * 5_000, "\x00"),
    *('{"size": {"a": []}}', '{"size": null}', '{"\\ud800": "\\ud800"}', '{"size": "-"}', "NaN"),
]
ACCEPTS = ["text/html", "application/json", "", "*/*", "\x00"]


class World:
    """Ada, her drafts in every state, what Tom was asked to sign, and all their addresses."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.ada, self.tom = Somebody("Ada Muller"), Somebody("Tom Weber")
        self.sent = answered(self.ada.member)
        send(self.ada, self.sent)
        self.reference = Submission.objects.get().reference
        self.anew()

    def anew(self) -> None:
        """Another draft, another one that waits for Tom; both have signed on again."""
        Throttle.objects.all().delete()
        OtpDevice.objects.update(last_step=0)
        Credential.objects.update(suspended_at=None, failures_in_a_row=0)
        self.clients = [self.ada.at_the_desk(), self.tom.at_the_desk()]
        self.ada.session = a_session(self.ada.token)
        self.draft = answered(self.ada.member, {**HIGH_FENCE, "size": 200})
        self.key = actions.add_row(self.ada.member, draft=self.draft, rows=trees(self.draft))
        self.waiting, self.signature = ask(self.ada, self.tom)
        OtpDevice.objects.update(last_step=0)

    def addresses(self) -> list[str]:
        """Every address of a draft and around it, for every draft there is."""
        here = self.ada.space.identifier
        found = [
            page("begin", here, CODE),
            page("choose", here),
            page("where", CODE),
            page("sent", here, self.reference),
        ]
        found += [
            page("favour", here, CODE),
            page("made", here, self.reference, "slip"),
            page("made", here, self.reference, "none"),
        ]
        for draft in (self.draft, self.waiting, self.sent):
            for path in ("plan", "size", f"trees.{self.key}.kind", "a" * 200, "a.b"):
                beside = ("papers", "put_together", "uploads")
                found += [page(view, here, draft.pk, path) for view in beside]
            found += [page(view, here, draft.pk, uuid4()) for view in ("upload", "paper")]
            views = ("fill", "check", "disputed", "discard", "take_back", "move")
            found += [page(view, here, draft.pk) for view in views]
            for code in ("you", "garden", "trees", "plan", "none"):
                found.append(page("page", here, draft.pk, code))
            for code, key in (("trees", self.key), ("trees", "a" * 100), ("you", self.key)):
                found.append(page("row", here, draft.pk, code, "trees", key))
        place = [self.tom.space.identifier, self.signature.pk]
        return [*found, page("co_sign", *place), page("refuse", *place)]

    def form(self) -> dict[str, Any]:
        """Some fields: most of them ours, some of them odd, now and then very many."""
        dice = self.dice
        count = 600 if dice.random() < 0.005 else dice.randrange(12)
        names = [dice.choice(NAMES) if dice.random() < 0.95 else f"n{n}" for n in range(count)]
        if count == 600:
            names = [f"n{n}" for n in range(count)]
        typed = {name: [dice.choice(TEXTS) for _ in range(dice.randrange(1, 3))] for name in names}
        if dice.random() < 0.5:
            typed["_was"] = [dice.choice([*WAS, json.dumps(dict.fromkeys(NAMES, "-"))])]
        if dice.random() < 0.2:
            rows = f"trees/{dice.choice([self.key, 'x'])}"
            typed["_remove"] = [rows]
            typed["path"] = [f"{rows}/kind"]
        if dice.random() < 0.002:
            typed["wish"] = ["x" * 1_100_000]
        if dice.random() < 0.1:
            typed |= {"once": [str(uuid4())], "declares_exact": ["on"], "code": [self.ada.code]}
            typed["space_neighbour"] = [self.tom.space.identifier]
        return typed


def test_no_form_however_odd_is_a_crash():
    dice = random.Random(SEED)
    world = World(dice)
    addresses = world.addresses()
    statuses: Counter[int] = Counter()
    for number in range(POSTS):
        if number % A_DRAFT_LASTS == A_DRAFT_LASTS - 1:
            world.anew()
            addresses = world.addresses()
        client = world.clients[dice.random() < 0.2]
        where, typed = dice.choice(addresses), world.form()
        try:
            answer = client.post(where, typed, headers={"accept": dice.choice(ACCEPTS)})
            shown = client.get(where)
        except Exception as fault:
            raise AssertionError(f"seed {SEED}, post {number}: {where} {typed!r:.2000}") from fault
        statuses[answer.status_code] += 1
        assert shown.status_code < 500
        each: Any
        for each in (answer, shown):
            for closed in each._resource_closers:  # papers come as streams
                closed()
    assert {200, 302, 404} <= statuses.keys()
    assert max(statuses) < 500
    assert fresh(world.sent).content.answers["size"] == 80


def test_every_address_is_posted_at():
    addresses = World(random.Random(1)).addresses()
    with translation.override("en"):
        posted_at = {resolve(where).url_name for where in addresses}
    for_all = {"catalogue", "enclosed", "procedure", "theme"}
    assert posted_at | for_all == {pattern.name for pattern in urls.urlpatterns}
