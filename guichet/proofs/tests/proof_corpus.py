"""What proofs and published days the three verifiers are asked about, beside `corpus`."""

import copy
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

from guichet.proofs import actions, canonical
from guichet.proofs.models import Day
from guichet.proofs.tests.corpus import ALTERED, GENUINE, UNKNOWN_KEY, UNREADABLE, Case
from guichet.proofs.tests.given import SALT, a_chain, a_receipt

Whole = dict[str, Any]


def proof_cases() -> list[Case]:
    """Of a chain that two days hold, among others."""
    receipt = a_receipt()
    chain = a_chain(receipt, others=6)
    content = actions.proof_file(chain, receipt, salt=SALT)
    days = [actions.day_file(day) for day in Day.objects.order_by("day")]
    return [
        Case("a proof", content, GENUINE),
        *(Case("a published day", day, GENUINE) for day in days),
        *(Case(about, _changed(content, change), ALTERED) for about, change in ALTERING.items()),
        *(Case(about, _changed(content, change), UNREADABLE) for about, change in SPOILING.items()),
        *_of_others(content, days[0]),
    ]


def _changed(content: bytes, change: Callable[[Whole], Any]) -> bytes:
    whole: Whole = json.loads(content)
    change(whole)
    return canonical.written(whole)


def _digest(statement: Whole) -> bytes:
    return hashlib.sha256(canonical.written(statement)).digest()


def _put(*path: Any, to: Any) -> Callable[[Whole], None]:
    def change(whole: Whole) -> None:
        at: Any = whole
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to

    return change


ALTERING: dict[str, Callable[[Whole], Any]] = {
    "another time of a link": _put("chain", 0, "at", to="2026-11-24T00:00:00Z"),
    "another kind": _put("chain", 1, "kind", to="sent"),
    "another fact": _put("chain", 1, "facts", "sha256", to="1" * 64),
    "another salt of a link": _put("chain", 1, "salt", to="0" * 32),
    "a link less at the end": lambda whole: whole["chain"].pop(),
    "a link less at the beginning": lambda whole: whole["chain"].pop(0),
    "links in another order": lambda whole: whole["chain"].reverse(),
    "no link at all": _put("chain", to=[]),
    "a link that is there twice": lambda whole: whole["chain"].append(whole["chain"][-1]),
    "links that begin at nought": _put("chain", 0, "number", to=0),
    "a receipt that is not in the chain": _put("chain", 0, "facts", to={}),
    "another root": _put("days", 0, "statement", "root", to="0" * 64),
    "another day": _put("days", 0, "statement", "day", to="2026-01-01"),
    "another count": _put("days", 0, "statement", "count", to=8),
    "a count of nought": _put("days", 0, "statement", "count", to=0),
    "another place": lambda whole: whole["days"][0].update(
        position=(whole["days"][0]["position"] + 1) % 7
    ),
    "a place beyond the tree": _put("days", 0, "position", to=7),
    "another link of the chain": _put("days", 0, "number", to=1),
    "a link that is not there": _put("days", 0, "number", to=9),
    "the nought-th link": _put("days", 0, "number", to=0),
    "a path that is too short": lambda whole: whole["days"][0]["path"].pop(),
    "a path that is too long": lambda whole: whole["days"][0]["path"].append("0" * 64),
    "a path the wrong way round": lambda whole: whole["days"][0]["path"].reverse(),
    "no path": _put("days", 0, "path", to=[]),
    "a second day that does not hold": _put("days", 1, "signature", to="1" * 128),
    "a changed receipt": _put("receipt", "statement", "reference", to="2026-0000-0000"),
    "a time stamp of something else": _put(
        "days", 0, "token", to=b64encode(b"stamp " + b"\1" * 32).decode()
    ),
    "an empty time stamp": _put("days", 0, "token", to=""),
}
SPOILING: dict[str, Callable[[Whole], Any]] = {
    "something more": _put("more", to=1),
    "no receipt": lambda whole: whole.pop("receipt"),
    "no days": _put("days", to=[]),
    "days that are no list": _put("days", to={}),
    "a chain that is no list": _put("chain", to="chain"),
    "a link that is no object": _put("chain", 0, to="sent"),
    "a link with more": _put("chain", 0, "name", to="Marc"),
    "facts that are a list": _put("chain", 0, "facts", to=[]),
    "a kind with a blank": _put("chain", 0, "kind", to="was sent"),
    "a kind with a line end": _put("chain", 0, "kind", to="sent\n"),
    "a time with a line end": _put("chain", 0, "at", to="2026-11-24T00:00:00Z\n"),
    "a time in other digits": _put("chain", 0, "at", to="٢٠26-11-24T00:00:00Z"),
    "a number below nought": _put("chain", 0, "number", to=-1),
    "a number that is true": _put("chain", 0, "number", to=True),
    "a place beyond all": _put("days", 0, "position", to=2**31),
    "a root that is none": _put("days", 0, "statement", "root", to="0" * 63),
    "a day that is none": _put("days", 0, "statement", "day", to="today"),
    "a statement of another kind": _put("days", 0, "statement", "kind", to="receipt"),
    "a day for a receipt": lambda whole: whole["receipt"]["statement"].update(kind="day"),
    "a path of words": _put("days", 0, "path", 0, to="left"),
    "a very long path": _put("days", 0, "path", to=["0" * 64] * 32),
    "half a time stamp": _put("days", 0, "token", to="AAA"),
    "a time stamp with blanks": _put("days", 0, "token", to="AA A"),
    "a way without a place": lambda whole: whole["days"][0].pop("position"),
}


def _of_others(content: bytes, day: bytes) -> Iterator[Case]:
    whole: Whole = json.loads(content)
    stamped = copy.deepcopy(whole)
    token = b"DER " + _digest(whole["days"][0]["statement"]) + b" signed"
    stamped["days"][0]["token"] = b64encode(token).decode()
    yield Case("with a time stamp", canonical.written(stamped), GENUINE)
    unknown = copy.deepcopy(whole)
    unknown["days"][0]["key"]["id"] = "0" * 16
    yield Case("a day signed by somebody else", canonical.written(unknown), UNKNOWN_KEY)
    other = a_receipt()
    foreign = {**whole, "receipt": json.loads(actions.receipt_file(other))}
    yield Case("the receipt of something else", canonical.written(foreign), ALTERED)
    forged = copy.deepcopy(whole)
    del forged["chain"][1:]  # whole in itself, but it leads to no root
    yield Case("a chain that was cut", canonical.written(forged), ALTERED)
    said = json.loads(day)
    said["statement"]["count"] += 1
    yield Case("a changed day", canonical.written(said), ALTERED)
    yield Case("a day with a path", canonical.written(said | {"path": []}), UNREADABLE)
    yield Case("a proof with a line end", content + b"\n", UNREADABLE)
