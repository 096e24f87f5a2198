"""One corpus for the three that verify: the portal, the Python file and the browser's script.

Keys and signatures are made for each run; what is asked and what has to be answered is not.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from guichet.proofs import actions, canonical, signing
from guichet.proofs.actions import Verdict
from guichet.proofs.models import Receipt
from guichet.proofs.tests.given import SALT

GENUINE, ALTERED = Verdict.GENUINE, Verdict.ALTERED
UNKNOWN_KEY, UNREADABLE = Verdict.UNKNOWN_KEY, Verdict.UNREADABLE


class Case(NamedTuple):
    about: str
    content: bytes
    expected: Verdict


def cases(receipt: Receipt) -> list[Case]:
    """Every receipt file that was thought of, and what has to be said of it."""
    return [
        *_forms(receipt),
        *_changes(receipt),
        *_keys_and_signatures(receipt),
        *_rubbish(receipt),
    ]


def _whole(receipt: Receipt) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(actions.receipt_file(receipt, salt=SALT))
    return found


def _forms(receipt: Receipt) -> Iterator[Case]:
    content = actions.receipt_file(receipt, salt=SALT)
    whole, text = _whole(receipt), content.decode()
    yield Case("as it was made", content, GENUINE)
    yield Case("without its salt", actions.receipt_file(receipt), GENUINE)
    yield Case("with another salt", canonical.written({**whole, "salt": "f" * 32}), ALTERED)
    yield Case("written with blanks", json.dumps(whole, ensure_ascii=False).encode(), UNREADABLE)
    yield Case("in another order", _unsorted(whole), UNREADABLE)
    yield Case("with a line end", content + b"\n", UNREADABLE)
    yield Case("with a byte order mark", b"\xef\xbb\xbf" + content, UNREADABLE)
    yield Case(
        "with escapes",
        json.dumps(whole, sort_keys=True, separators=(",", ":")).encode(),
        UNREADABLE,
    )
    yield Case("with 1.0 for 1", text.replace('"version":1', '"version":1.0').encode(), UNREADABLE)
    yield Case("with 1e0 for 1", text.replace('"version":1', '"version":1e0').encode(), UNREADABLE)
    twice = text.replace('"version":1', '"version":1,"version":1')
    yield Case("with a name twice", twice.encode(), UNREADABLE)
    other = text.replace('"reference":"', '"reference":"2025-0000-0000","reference":"')
    yield Case("with another reference before", other.encode(), UNREADABLE)


def _unsorted(whole: dict[str, Any]) -> bytes:
    upside_down = dict(sorted(whole.items(), reverse=True))
    return json.dumps(upside_down, ensure_ascii=False, separators=(",", ":")).encode()


def _changes(receipt: Receipt) -> Iterator[Case]:
    whole = _whole(receipt)
    content = canonical.written(whole)
    yield Case("a digit of the reference", content.replace(b"0471", b"0472"), ALTERED)
    yield Case("a bit of the title", content.replace("vélo".encode(), "vèlo".encode()), ALTERED)
    statement = whole["statement"]
    for about, change in [
        ("another time", {"sent_at": "2026-11-24T14:02:07Z"}),
        ("one file less", {"files": statement["files"][:1]}),
        ("one more word", {"decision": "granted"}),
        ("true for 1", {"version": True}),
        ("words for a number", {"version": "1"}),
        ("largest number", {"version": 2**53 - 1}),
    ]:
        changed = {**whole, "statement": {**statement, **change}}
        yield Case(about, canonical.written(changed), ALTERED)
    empty = {**whole, "statement": {}}
    yield Case("nothing said", canonical.written(empty), ALTERED)
    for about, raw in [
        ("too large a number", b'"version":9007199254740992'),
        ("a number of many digits", b'"version":' + b"9" * 5000),
        ("nothing for a number", b'"version":null'),
        ("minus nought", b'"version":-0'),
        ("a number with a point", b'"version":1.5'),
        ("not a number", b'"version":NaN'),
        ("half a character", b'"version":"\\ud800"'),
        ("very deep", b'"version":' + b"[" * 60 + b"]" * 60),
        ("deeper than any stack", b'"version":' + b"[" * 100_000 + b"]" * 100_000),
        ("a name with an accent", b'"v\xc3\xa9rsion":1'),
    ]:
        yield Case(about, content.replace(b'"version":1', raw), UNREADABLE)


def _keys_and_signatures(receipt: Receipt) -> Iterator[Case]:
    whole = _whole(receipt)
    signature, key = whole["signature"], whole["key"]
    r, s = int(signature[:64], 16), int(signature[64:], 16)

    def signed(about: str, r: int, s: int) -> Case:
        changed = {**whole, "signature": f"{r % 2**256:064x}{s % 2**256:064x}"}
        return Case(about, canonical.written(changed), ALTERED)

    yield signed("a bit of r", r ^ 1, s)
    yield signed("a bit of s", r, s ^ 1)
    yield signed("the other s (high)", r, signing.ORDER - s)
    yield signed("r is nought", 0, s)
    yield signed("s is nought", r, 0)
    yield signed("both are nought", 0, 0)
    yield signed("r beyond the order", signing.ORDER, s)
    yield signed("s is one", r, 1)
    yield signed("all bits", -1, -1)
    for about, value in [
        ("capital digits", signature.upper()),
        ("too short a signature", signature[:-2]),
        ("too long a signature", signature + "00"),
        ("no digits", "g" * 128),
        ("other digits", "١" * 128),
        ("a list", [signature]),
    ]:
        yield Case(about, canonical.written({**whole, "signature": value}), UNREADABLE)

    yield Case(
        "somebody else's key", _forged(whole, ec.generate_private_key(ec.SECP256R1())), UNKNOWN_KEY
    )
    named_as_ours = _forged(whole, ec.generate_private_key(ec.SECP256R1()), identifier=key["id"])
    yield Case("somebody else's key under our name", named_as_ours, ALTERED)
    moved = {**whole, "key": {**key, "x": key["y"], "y": key["x"]}}
    yield Case("another point under our name", canonical.written(moved), ALTERED)
    for about, changed in [
        ("a key without a name", {name: key[name] for name in "xy"}),
        ("a key with more", {**key, "z": "0"}),
        ("a key that is a word", key["id"]),
        ("a short name", {**key, "id": key["id"][:15]}),
    ]:
        yield Case(about, canonical.written({**whole, "key": changed}), UNREADABLE)


def _forged(whole: dict[str, Any], private: Any, identifier: str = "") -> bytes:
    """Whole in itself, but with a key that is not ours."""
    signed = canonical.written(whole["statement"])
    r, s = decode_dss_signature(private.sign(signed, ec.ECDSA(SHA256())))
    x, y = signing.point(private.public_key())
    key = {"id": identifier or signing.key_id(private.public_key()), "x": x, "y": y}
    signature = f"{r:064x}{min(s, signing.ORDER - s):064x}"
    return canonical.written({**whole, "key": key, "signature": signature})


def _rubbish(receipt: Receipt) -> Iterator[Case]:
    whole = _whole(receipt)
    content = canonical.written(whole)
    for about, raw in [
        ("nothing", b""),
        ("an opening", b"{"),
        ("an empty object", b"{}"),
        ("a list", b"[]"),
        ("a word", b'"receipt"'),
        ("nought bytes", b"{\0\0\0"),
        ("not Unicode", b'{"key":"\xff"}'),
        ("half of it", content[: len(content) // 2]),
        ("without its end", content[:-1]),
        ("twice", content * 2),
        ("a statement that is a list", canonical.written({**whole, "statement": []})),
        ("something more", canonical.written({**whole, "more": 1})),
        ("a salt that is none", canonical.written({**whole, "salt": "x"})),
        ("no signature", canonical.written({n: whole[n] for n in ("key", "statement")})),
        ("a name of the language itself", content.replace(b'"key":{', b'"__proto__":{', 1)),
        ("far too long", b'{"a":"' + b"a" * 1_100_000 + b'"}'),
    ]:
        yield Case(about, raw, UNREADABLE)
