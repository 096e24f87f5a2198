"""Looking whether something is vouched for: a receipt, a published day, a proof.

The same rules stand in `verifier.py` and `verifier.js`; one corpus of cases holds the three together.
"""

import hashlib
import re
from base64 import b64decode
from enum import StrEnum
from typing import Any

from guichet.proofs import canonical, chains, merkle, signing
from guichet.proofs.actions.vouching import MOMENT, is_hex, of_salt, salted

PATH_MAX = 31
_COUNT_MAX = 2**31 - 1  # what the shifts of a browser hold
_KIND = re.compile(r"[a-z]+(-[a-z]+)*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TOKEN = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class Verdict(StrEnum):
    """What can be said of a file that is meant to be a receipt, a published day or a proof."""

    GENUINE = "genuine"
    ALTERED = "altered"  # something does not fit what stands there
    UNKNOWN_KEY = "unknown-key"  # signed, but with none of our keys
    UNREADABLE = "unreadable"  # nothing of the three, or not written as we write them


def verify(content: bytes) -> Verdict:
    """What can be said of these bytes, if they are to be a file of ours. Never raises.

    A time stamp is looked at only so far as it has to be about its day.
    """
    try:
        whole = canonical.read(content)
    except canonical.NotCanonical:
        return Verdict.UNREADABLE
    if _is_a_receipt(whole) or _is_a_day(whole):
        signed = [whole]
    elif _is_a_proof(whole):
        signed = [whole["receipt"], *whole["days"]]
    else:
        return Verdict.UNREADABLE
    keys = signing.public_keys()
    if any(part["key"]["id"] not in keys for part in signed):
        return Verdict.UNKNOWN_KEY
    fits = all(_fits(part, keys[part["key"]["id"]]) for part in signed)
    fits = fits and ("chain" not in whole or _holds(whole))
    return Verdict.GENUINE if fits else Verdict.ALTERED


def _fits(part: dict[str, Any], key: signing.PublicKey) -> bool:
    """Signed with this key; its salt and its token, if any, belong to it."""
    content = canonical.written(part["statement"])
    return (
        signing.point(key) == (part["key"]["x"], part["key"]["y"])
        and signing.is_signed(content, part["signature"], key)
        and ("salt" not in part or of_salt(part["salt"]) == part["statement"].get("salt_sha256"))
        and ("token" not in part or hashlib.sha256(content).digest() in b64decode(part["token"]))
    )


def _holds(proof: dict[str, Any]) -> bool:
    """Each link names the one before, the receipt is in it, and each path leads to its root."""
    digests = [chains.NOTHING]
    for number, link in enumerate(proof["chain"], start=1):
        if link["number"] != number:
            return False
        facts = salted(canonical.written(link["facts"]), link["salt"])
        digests.append(
            chains.digest_of(
                before=digests[-1], number=number, kind=link["kind"], at=link["at"], facts=facts
            )
        )
    statement = canonical.written(proof["receipt"]["statement"])
    receipt = hashlib.sha256(statement).hexdigest()
    sent = any(
        link["kind"] == "sent" and link["facts"].get("receipt") == receipt
        for link in proof["chain"]
    )
    return sent and all(
        0 < way["number"] < len(digests)
        and merkle.leads(
            merkle.leaf(bytes.fromhex(digests[way["number"]])),
            way["position"],
            way["statement"]["count"],
            [bytes.fromhex(beside) for beside in way["path"]],
            bytes.fromhex(way["statement"]["root"]),
        )
        for way in proof["days"]
    )


# --- Whether everything stands where it should; says nothing about whether it is true


def _is_a_receipt(whole: Any) -> bool:
    return (
        _is_signed(whole, {"salt"}, set())
        and whole["statement"].get("kind") != "day"
        and is_hex(whole.get("salt", "0" * 32), 32)
    )


def _is_a_day(whole: Any, *, way: bool = False) -> bool:
    if not _is_signed(whole, {"token"}, {"number", "path", "position"} if way else set()):
        return False
    said, token = whole["statement"], whole.get("token", "")
    return (
        said.get("kind") == "day"
        and _is_text(said.get("day"), _DAY)
        and _is_text(said.get("closed_at"), MOMENT)
        and _is_count(said.get("count"))
        and is_hex(said.get("root"), 64)
        and _is_text(token, _TOKEN)
    )


def _is_a_way(whole: Any) -> bool:
    return (
        _is_a_day(whole, way=True)
        and _is_count(whole["number"])
        and _is_count(whole["position"])
        and isinstance(whole["path"], list)
        and len(whole["path"]) <= PATH_MAX
        and all(is_hex(beside, 64) for beside in whole["path"])
    )


def _is_a_proof(whole: Any) -> bool:
    if not (isinstance(whole, dict) and whole.keys() == {"chain", "days", "receipt"}):
        return False
    chain, days = whole["chain"], whole["days"]
    return (
        isinstance(chain, list)
        and all(_is_a_link(link) for link in chain)
        and isinstance(days, list)
        and len(days) > 0
        and all(_is_a_way(way) for way in days)
        and _is_a_receipt(whole["receipt"])
    )


def _is_a_link(link: Any) -> bool:
    return (
        isinstance(link, dict)
        and link.keys() == {"at", "facts", "kind", "number", "salt"}
        and _is_text(link["at"], MOMENT)
        and isinstance(link["facts"], dict)
        and _is_text(link["kind"], _KIND)
        and _is_count(link["number"])
        and is_hex(link["salt"], 32)
    )


def _is_signed(whole: Any, optional: set[str], more: set[str]) -> bool:
    if not (
        isinstance(whole, dict)
        and whole.keys() - optional == {"key", "signature", "statement"} | more
    ):
        return False
    key = whole["key"]
    return (
        isinstance(whole["statement"], dict)
        and isinstance(key, dict)
        and key.keys() == {"id", "x", "y"}
        and is_hex(key["id"], 16)
        and all(is_hex(key[part], 64) for part in "xy")
        and is_hex(whole["signature"], 128)
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _COUNT_MAX


def _is_text(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
