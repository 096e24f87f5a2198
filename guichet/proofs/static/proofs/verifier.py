#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Checks a receipt or a proof of the portal, without the portal and without a connection.

    python3 verifier.py --keys cles.json bordereau.pdf [facture.pdf photo.jpg …]
    python3 verifier.py --keys cles.json preuve.json [2026-11-26.json facture.pdf …]

The first file is a transmission slip (PDF), its receipt (recu.json), a proof (preuve.json) or a published
day. The others are held against it: were they among the files that were sent, is this published day the
one that the proof leads to? `cles.json` holds the portal's public keys; fetch it once from
<portal>/verifier/cles.json. Without `--keys`, a `cles.json` beside this file is taken.

Ends with 0 if the first file is genuine and every other one belongs to it, with 1 if something does not fit, and with 2
if it could not be checked. Needs Python 3.8 or newer, nothing else; read it, it is meant to be.

What is vouched for is what this program prints, not what a paper shows. Whether the PDF itself was changed
is shown by its electronic seal, in any PDF program. Time stamps are not checked here: `--tokens` lays
them into a folder, and the line that is printed has OpenSSL check them.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import io
import json
import os
import re
import sys
import zlib
from typing import TYPE_CHECKING, Any, Dict, Tuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point = Tuple[int, int]
Keys = Dict[str, Tuple[str, str]]

# --- The curve P-256 (FIPS 186-5, SP 800-186), in plain integers

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def add(one: Point | None, other: Point | None) -> Point | None:
    """The sum of two points; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    if one[0] != other[0]:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    elif (one[1] + other[1]) % P:
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, P)
    else:
        return None
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(factor: int, point: Point | None) -> Point | None:
    """`factor` times `point`. Only public values pass here: it need not take the same time for all."""
    total = None
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def is_signed(content: bytes, signature: str, key: Point) -> bool:
    """Whether `key` (two coordinates) signed `content`. `signature` is r and s, 128 hexadecimal digits.

    Of the two signatures that mathematics allows, only the one with the small s is taken.
    """
    x, y = key
    r, s = int(signature[:64], 16), int(signature[64:], 16)
    if not (x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0):
        return False
    if not (0 < r < N and 0 < s <= N // 2):
        return False
    digest = int.from_bytes(hashlib.sha256(content).digest(), "big")
    inverse = pow(s, -1, N)
    point = add(times(digest * inverse % N, G), times(r * inverse % N, key))
    return point is not None and point[0] % N == r


def key_id(x: str, y: str) -> str:
    """The beginning of the SHA-256 of the key as SubjectPublicKeyInfo."""
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
    return hashlib.sha256(head + bytes.fromhex(x + y)).hexdigest()[:16]


# --- Canonical JSON (RFC 8785), of which receipts use no numbers with a point

BYTES_MAX = 1000000
DEPTH_MAX = 16


def written(value: Any) -> bytes:
    """The one way to write `value`. Raises ValueError for what no statement holds."""
    check(value, DEPTH_MAX)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def check(value: Any, depth: int) -> None:
    """Raises ValueError for what no statement holds."""
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            if any(ord(sign) > 127 for sign in key):
                raise ValueError("a key is not ASCII")
            check(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth - 1)
    elif not isinstance(value, (str, int)) or (isinstance(value, int) and abs(value) >= 2**53):
        raise ValueError("a statement does not hold this")


def whole_number(digits: str) -> int:
    """Long numbers are refused before they cost time."""
    if len(digits) > 17:
        raise ValueError("a number is too long")
    return int(digits)


def read(content: bytes) -> Any:
    """What `content` says. Raises ValueError unless it is written in the one way, byte for byte."""
    if len(content) > BYTES_MAX:
        raise ValueError("too long")
    try:
        value = json.loads(content.decode("utf-8"), parse_int=whole_number)
    except RecursionError:
        raise ValueError("too deep") from None
    if written(value) != content:
        raise ValueError("not written as receipts are")
    return value


# --- Signed statements: {"key": …, "signature": …, "statement": …}, and what may stand beside them

GENUINE, ALTERED, UNKNOWN_KEY, UNREADABLE = "genuine", "altered", "unknown-key", "unreadable"
MOMENT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
KIND = re.compile("[a-z]+(-[a-z]+)*")
TOKEN = re.compile("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def is_hex(value: Any, length: int) -> bool:
    """So many hexadecimal digits, small letters."""
    return (
        isinstance(value, str) and len(value) == length and not set(value) - set("0123456789abcdef")
    )


def is_count(value: Any) -> bool:
    """A whole number that also a browser can shift."""
    return type(value) is int and 0 <= value < 2**31


def is_text(value: Any, form: re.Pattern[str]) -> bool:
    """A string of this form."""
    return isinstance(value, str) and form.fullmatch(value) is not None


def has(value: Any, *names: str) -> bool:
    """An object with exactly these names."""
    return isinstance(value, dict) and set(value) == set(names)


def is_signed_by_somebody(whole: Any, *more: str) -> bool:
    """Whether everything stands where it should; says nothing about whether it is true."""
    return (
        has(whole, "key", "signature", "statement", *more)
        and isinstance(whole["statement"], dict)
        and has(whole["key"], "id", "x", "y")
        and is_hex(whole["key"]["id"], 16)
        and is_hex(whole["key"]["x"], 64)
        and is_hex(whole["key"]["y"], 64)
        and is_hex(whole["signature"], 128)
    )


def is_a_receipt(whole: Any) -> bool:
    """A receipt, perhaps with the salt of its digests."""
    salt = ["salt"] if isinstance(whole, dict) and "salt" in whole else []
    return (
        is_signed_by_somebody(whole, *salt)
        and whole["statement"].get("kind") != "day"
        and is_hex(whole.get("salt", "0" * 32), 32)
    )


def is_a_day(whole: Any, *more: str) -> bool:
    """What is published of a day, perhaps with its time stamp."""
    token = ["token"] if isinstance(whole, dict) and "token" in whole else []
    if not is_signed_by_somebody(whole, *token, *more):
        return False
    said = whole["statement"]
    return (
        said.get("kind") == "day"
        and is_text(said.get("day"), DAY)
        and is_text(said.get("closed_at"), MOMENT)
        and is_count(said.get("count"))
        and is_hex(said.get("root"), 64)
        and is_text(whole.get("token", ""), TOKEN)
    )


def is_a_way(whole: Any) -> bool:
    """A day, and the path that leads to it from a link."""
    return (
        is_a_day(whole, "number", "path", "position")
        and is_count(whole["number"])
        and is_count(whole["position"])
        and isinstance(whole["path"], list)
        and len(whole["path"]) < 32
        and all(is_hex(beside, 64) for beside in whole["path"])
    )


def is_a_link(link: Any) -> bool:
    """One thing that happened."""
    return (
        has(link, "at", "facts", "kind", "number", "salt")
        and is_text(link["at"], MOMENT)
        and isinstance(link["facts"], dict)
        and is_text(link["kind"], KIND)
        and is_count(link["number"])
        and is_hex(link["salt"], 32)
    )


def is_a_proof(whole: Any) -> bool:
    """What happened to something sent, its receipt, and the ways to days that were published."""
    return (
        has(whole, "chain", "days", "receipt")
        and isinstance(whole["chain"], list)
        and all(is_a_link(link) for link in whole["chain"])
        and isinstance(whole["days"], list)
        and len(whole["days"]) > 0
        and all(is_a_way(way) for way in whole["days"])
        and is_a_receipt(whole["receipt"])
    )


def verify(content: bytes, keys: Keys) -> tuple[str, dict[str, Any]]:
    """The verdict on the bytes of a file, and what it says (nothing if unreadable).

    `keys` are coordinates by identifier: those that one trusts.
    """
    try:
        whole = read(content)
    except ValueError:
        return UNREADABLE, {}
    if not (is_a_receipt(whole) or is_a_day(whole) or is_a_proof(whole)):
        return UNREADABLE, {}
    signed = signed_in(whole)
    if any(part["key"]["id"] not in keys for part in signed):
        return UNKNOWN_KEY, whole
    fits = all(belongs_together(part, keys[part["key"]["id"]]) for part in signed)
    fits = fits and ("chain" not in whole or holds(whole))
    return (GENUINE if fits else ALTERED), whole


def signed_in(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Every signed statement of a file."""
    return [whole["receipt"], *whole["days"]] if "chain" in whole else [whole]


def belongs_together(part: dict[str, Any], key: tuple[str, str]) -> bool:
    """Signed with this key; its salt and its time stamp, if any, are about it."""
    content = written(part["statement"])
    fits = key == (part["key"]["x"], part["key"]["y"]) and is_signed(
        content, part["signature"], (int(key[0], 16), int(key[1], 16))
    )
    if "salt" in part:
        salt = hashlib.sha256(bytes.fromhex(part["salt"])).hexdigest()
        fits = fits and part["statement"].get("salt_sha256") == salt
    if "token" in part:
        fits = fits and hashlib.sha256(content).digest() in base64.b64decode(part["token"])
    return fits


# --- A proof: a chain of links, and from them a path to the root of a day (RFC 9162, 2.1)


def holds(proof: dict[str, Any]) -> bool:
    """Each link names the one before, the receipt is in it, and each path leads to its root."""
    digests = digests_of(proof["chain"])
    statement = written(proof["receipt"]["statement"])
    receipt = hashlib.sha256(statement).hexdigest()
    sent = [
        link
        for link in proof["chain"]
        if link["kind"] == "sent" and link["facts"].get("receipt") == receipt
    ]
    return bool(sent) and all(
        0 < way["number"] < len(digests) and leads(digests[way["number"]], way)
        for way in proof["days"]
    )


def digests_of(chain: list[dict[str, Any]]) -> list[str]:
    """What stands before the first link, then the digest of each; nothing if one is missing."""
    digests = ["0" * 64]
    for number, link in enumerate(chain, 1):
        if link["number"] != number:
            return []
        salt, facts = bytes.fromhex(link["salt"]), written(link["facts"])
        digested = {
            "at": link["at"],
            "before": digests[-1],
            "facts": hmac.new(salt, facts, hashlib.sha256).hexdigest(),
            "kind": link["kind"],
            "number": number,
        }
        digests.append(hashlib.sha256(written(digested)).hexdigest())
    return digests


def leads(digest: str, way: dict[str, Any]) -> bool:
    """Whether the path of a day leads from this link to its root (RFC 9162, 2.1.3.2)."""
    at, last = way["position"], way["statement"]["count"] - 1
    if at > last:
        return False
    found = hashlib.sha256(b"\0" + bytes.fromhex(digest)).digest()
    for beside in map(bytes.fromhex, way["path"]):
        if last == 0:
            return False
        if at % 2 or at == last:
            found = hashlib.sha256(b"\1" + beside + found).digest()
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            found = hashlib.sha256(b"\1" + found + beside).digest()
        at, last = at // 2, last // 2
    root: str = way["statement"]["root"]
    return last == 0 and found.hex() == root


def keys_in(content: bytes) -> Keys:
    """The keys of a JSON Web Key Set (RFC 7517), by their identifier. Raises ValueError."""
    keys: Keys = {}
    try:
        for entry in json.loads(content.decode("utf-8"))["keys"]:
            if entry["crv"] == "P-256":
                x, y = (base64.urlsafe_b64decode(entry[part] + "=").hex() for part in "xy")
                keys[key_id(x, y)] = (x, y)
    except (TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise ValueError("no key set") from fault
    return keys


# --- The receipt inside a slip: an embedded file of a PDF as the portal makes it

STREAMS_MAX = 200


def receipt_in(content: bytes) -> bytes:
    """The bytes of the receipt: `content` itself, or the one receipt inside a PDF; none without one."""
    if content[:1] == b"{":
        return content
    found = [inner for inner in embedded(content) if inner.startswith(b'{"key":')]
    return found[0] if len(found) == 1 else b""


def embedded(pdf: bytes) -> Iterator[bytes]:
    """The embedded files of a PDF, as far as they can be found without understanding all of it."""
    at = 0
    for _ in range(STREAMS_MAX):
        at = pdf.find(b"/EmbeddedFile", at)
        start = pdf.find(b"stream", at, at + 2000) if at >= 0 else -1
        if at < 0:
            return
        if start < 0:
            at += 13
            continue
        head = max(pdf.rfind(b"obj", max(0, at - 500), at), 0)
        length = re.search(rb"/Length\s+(\d{1,9})\b", pdf[head:start])
        at = start + 6
        start = at + (2 if pdf[at : at + 2] == b"\r\n" else 1)
        end = pdf.find(b"endstream", start)
        if end < 0:
            return
        if length:
            end = min(end, start + int(length.group(1)))
        if end - start <= BYTES_MAX:
            yield inflated(pdf[start:end])


def inflated(data: bytes) -> bytes:
    """Deflated or plain bytes, never more than a receipt can have."""
    try:
        return zlib.decompressobj().decompress(data, BYTES_MAX + 1)
    except zlib.error:
        return data


# --- Words

WORDS = {
    "fr": {
        GENUINE: "Ce reçu est authentique.",
        "proof": "Cette preuve tient. Rien de ce qu’elle contient n’a été modifié.",
        "day": "Cette empreinte du jour est authentique.",
        ALTERED: "Ce fichier a été modifié. Sa signature ne correspond pas à ce qu’il dit.",
        UNKNOWN_KEY: "Ce fichier n’est signé par aucune des clés données. "
        "Cherchez les clés actuelles du portail, puis vérifiez de nouveau.",
        UNREADABLE: "Aucun reçu et aucune preuve lisible dans ce fichier. Utilisez le fichier d’origine, tel que vous l’avez reçu.",
        "no-keys": "La signature correspond à la clé {key}, contenue dans le fichier lui-même. "
        "Cela ne prouve rien. Cherchez les clés du portail (…/verifier/cles.json) et ajoutez --keys cles.json.",
        "bad-keys": "{name} : ce fichier ne contient pas de clés. Prenez celui de …/verifier/cles.json.",
        "unopened": "{name} : impossible d’ouvrir ce fichier.",
        "same": "{name} : ce fichier est dans le reçu, inchangé.",
        "foreign": "{name} : ce fichier n’est pas dans le reçu, ou il a été modifié.",
        "published": "{name} : c’est une empreinte publiée à laquelle la preuve mène.",
        "unpublished": "{name} : la preuve ne mène pas à cette empreinte publiée.",
        "chain": "Ce qui s’est passé (UTC)",
        "signed": "signé",
        "sent": "envoyé",
        "paper-made": "document établi",
        "within": "{day} : les lignes 1 à {number} sont dans l’empreinte de ce jour ({closed_at}).",
        "later": "Les lignes après {number} ne sont encore dans aucune empreinte.",
        "proves": "Cela prouve que ces lignes n’ont pas changé depuis. Les heures indiquées sont celles du "
        "portail. Pour ne pas avoir à le croire, comparez avec une copie de {address} gardée par "
        "quelqu’un d’autre, et faites vérifier l’horodatage par OpenSSL :",
        "stamped": "certificats : auprès de l’autorité d’horodatage, ou {address}",
        "unstamped": "Pas encore d’horodatage pour {day} : {address} l’aura.",
        "files": "Fichiers",
        "code": "Code",
        "portal": "Portail",
        "title": "Objet",
        "reference": "Numéro de dossier",
        "sent_at": "Envoyé (UTC)",
        "answers": "Empreinte des réponses",
    },
    "de": {
        GENUINE: "Diese Eingangsbestätigung ist echt.",
        "proof": "Dieser Nachweis hält. Nichts darin wurde verändert.",
        "day": "Diese Tagesprüfsumme ist echt.",
        ALTERED: "Diese Datei wurde verändert. Die Signatur passt nicht zu dem, was darin steht.",
        UNKNOWN_KEY: "Diese Datei ist mit keinem der angegebenen Schlüssel signiert. "
        "Laden Sie die aktuellen Schlüssel des Portals und prüfen Sie noch einmal.",
        UNREADABLE: "Keine lesbare Eingangsbestätigung und kein Nachweis in dieser Datei. "
        "Verwenden Sie die ursprüngliche Datei, so wie Sie sie erhalten haben.",
        "no-keys": "Die Signatur passt zum Schlüssel {key}, der in der Datei selbst steht. "
        "Das beweist nichts. Laden Sie die Schlüssel des Portals (…/verifier/cles.json), dann --keys cles.json.",
        "bad-keys": "{name}: Diese Datei enthält keine Schlüssel. Nehmen Sie die von …/verifier/cles.json.",
        "unopened": "{name}: Diese Datei lässt sich nicht öffnen.",
        "same": "{name}: Diese Datei gehört zur Bestätigung, unverändert.",
        "foreign": "{name}: Diese Datei gehört nicht zur Bestätigung, oder sie wurde verändert.",
        "published": "{name}: Das ist eine veröffentlichte Prüfsumme, zu der der Nachweis führt.",
        "unpublished": "{name}: Zu dieser veröffentlichten Prüfsumme führt der Nachweis nicht.",
        "chain": "Was geschehen ist (UTC)",
        "signed": "unterschrieben",
        "sent": "übermittelt",
        "paper-made": "Dokument erstellt",
        "within": "{day}: Die Zeilen 1 bis {number} stehen in der Prüfsumme dieses Tages ({closed_at}).",
        "later": "Die Zeilen nach {number} stehen noch in keiner Prüfsumme.",
        "proves": "Das beweist, dass diese Zeilen seither nicht verändert wurden. Die Uhrzeiten sind die des "
        "Portals. Um ihm nicht glauben zu müssen, vergleichen Sie mit einer Kopie von {address}, die jemand "
        "anderes aufbewahrt hat, und lassen Sie den Zeitstempel von OpenSSL prüfen:",
        "stamped": "Zertifikate: bei der Zeitstempel-Stelle oder {address}",
        "unstamped": "Noch kein Zeitstempel für {day}: {address} wird ihn haben.",
        "files": "Dateien",
        "code": "Code",
        "portal": "Portal",
        "title": "Gegenstand",
        "reference": "Aktennummer",
        "sent_at": "Übermittelt (UTC)",
        "answers": "Prüfsumme der Antworten",
    },
    "en": {
        GENUINE: "This receipt is genuine.",
        "proof": "This proof holds. Nothing in it was changed.",
        "day": "This digest of a day is genuine.",
        ALTERED: "This file was changed. Its signature does not fit what it says.",
        UNKNOWN_KEY: "This file is signed with none of the given keys. "
        "Fetch the portal's current keys, then check again.",
        UNREADABLE: "No readable receipt or proof in this file. Use the original file, as you received it.",
        "no-keys": "The signature fits the key {key}, which stands in the file itself. "
        "That proves nothing. Fetch the portal's keys (…/verifier/cles.json) and add --keys cles.json.",
        "bad-keys": "{name}: this file holds no keys. Take the one from …/verifier/cles.json.",
        "unopened": "{name}: this file cannot be opened.",
        "same": "{name}: this file is in the receipt, unchanged.",
        "foreign": "{name}: this file is not in the receipt, or it was changed.",
        "published": "{name}: this is a published digest that the proof leads to.",
        "unpublished": "{name}: the proof does not lead to this published digest.",
        "chain": "What happened (UTC)",
        "signed": "signed",
        "sent": "sent",
        "paper-made": "document made",
        "within": "{day}: lines 1 to {number} are in the digest of this day ({closed_at}).",
        "later": "Lines after {number} are in no digest yet.",
        "proves": "This proves that these lines have not changed since. The times are the portal's. "
        "Not to have to believe it, compare with a copy of {address} that somebody else has kept, "
        "and let OpenSSL check the time stamp:",
        "stamped": "certificates: from the time stamp authority, or {address}",
        "unstamped": "No time stamp for {day} yet: {address} will have it.",
        "files": "Files",
        "code": "Code",
        "portal": "Portal",
        "title": "About",
        "reference": "Case number",
        "sent_at": "Sent (UTC)",
        "answers": "Digest of the answers",
    },
}
PRINTED = ("title", "reference", "sent_at", "answers", "code", "portal")


def plain(text: Any) -> str:
    """A word that cannot play tricks with the terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(text))[:300]


def language() -> str:
    """What the environment speaks: fr, de, or en."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return told[:2] if told[:2] in WORDS else "en"


# --- The command


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 genuine, 1 something does not fit, 2 could not be checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--keys", help="cles.json, the public keys of the portal")
    parser.add_argument("--lang", choices=sorted(WORDS), default=language())
    parser.add_argument("--tokens", metavar="FOLDER", help="lay the time stamps of a proof there")
    parser.add_argument("receipt", help="transmission slip (PDF), recu.json or preuve.json")
    parser.add_argument("files", nargs="*", help="files to look for in it, published days")
    options = parser.parse_args(arguments)
    words = WORDS[options.lang]
    if isinstance(sys.stdout, io.TextIOWrapper):  # an old terminal may not know all signs
        sys.stdout.reconfigure(errors="replace")
    try:
        return run(options, words)
    except OSError as fault:
        print(words["unopened"].format(name=plain(fault.filename)))
        return 2


def run(options: argparse.Namespace, words: dict[str, str]) -> int:
    """Check, print, and say how it went."""
    keys = known_keys(options.keys)
    if keys == {}:
        print(words["bad-keys"].format(name=plain(options.keys)))
        return 2
    content = receipt_in(content_of(options.receipt))
    if keys is None:
        return without_keys(content, words)
    verdict, whole = verify(content, keys)
    if verdict != GENUINE:
        print(words[verdict])
        return 2 if verdict == UNREADABLE else 1
    if "chain" in whole:
        print(words["proof"])
        print_proof(whole, words, options.tokens)
    elif is_a_day(whole):
        print(words["day"])
        print("  {day}: {root} ({count})".format(**whole["statement"]))
        return 0
    else:
        print(words[GENUINE])
    statement = signed_in(whole)[0]["statement"]
    for name in PRINTED:
        if name in statement:
            print(f"  {words[name]}: {plain(statement[name])}")
    sent = statement.get("files", [])
    print("  {}: {}".format(words["files"], len(sent)))
    for file in sent:
        print("    {} ({} B)".format(plain(file["sha256"]), plain(file["size"])))
    days = [part["statement"] for part in whole.get("days", ())]
    return compared(options.files, {file["sha256"] for file in sent}, days, words)


def print_proof(proof: dict[str, Any], words: dict[str, str], folder: str | None) -> None:
    """What happened, up to where it is proved, and how to check the time as well."""
    print("  {}:".format(words["chain"]))
    for link in proof["chain"]:
        print(
            "   {number:4}. {at} {kind}".format(
                **{**link, "kind": words.get(link["kind"], link["kind"])}
            )
        )
        for name, value in sorted(link["facts"].items()):
            print(f"         {plain(name)}: {plain(value)}")
    for way in proof["days"]:
        print("  " + words["within"].format(**{**way["statement"], "number": way["number"]}))
    reached = max(way["number"] for way in proof["days"])
    if reached < len(proof["chain"]):
        print("  " + words["later"].format(number=reached))
    for way in proof["days"]:
        print_check(way, words, folder)


def print_check(way: dict[str, Any], words: dict[str, str], folder: str | None) -> None:
    """How to have the time of a day checked; its time stamp is laid into the folder, if there is one."""
    said = way["statement"]
    published = "{}/preuves/{}".format(plain(said.get("portal", "")), said["day"])
    if "token" not in way:
        print("  " + words["unstamped"].format(day=said["day"], address=published + ".tst"))
        return
    print("  " + words["proves"].format(address=published + ".json"))
    name = said["day"] + ".tst"
    if folder is not None:
        name = os.path.join(folder, name)
        with open(name, "wb") as file:
            file.write(base64.b64decode(way["token"]))
    digest = hashlib.sha256(written(said)).hexdigest()
    print(f"    openssl ts -verify -digest {digest} -in {name} -token_in -CAfile autorite.pem")
    authority = plain(said.get("portal", "")) + "/preuves/autorite.pem"
    print("    " + words["stamped"].format(address=authority))


def compared(
    names: Sequence[str], sent: set[str], days: list[dict[str, Any]], words: dict[str, str]
) -> int:
    """0 if all the named files were sent, or are days that the proof leads to; 1 otherwise."""
    code = 0
    for name in names:
        content = content_of(name)
        day = day_in(content) if days else None
        fits = hashlib.sha256(content).hexdigest() in sent if day is None else day in days
        said = ("same", "foreign") if day is None else ("published", "unpublished")
        print(words[said[0] if fits else said[1]].format(name=plain(name)))
        code = code if fits else 1
    return code


def day_in(content: bytes) -> dict[str, Any] | None:
    """What a published day says; None for another file. Not whether it is true: it is compared."""
    try:
        whole = read(content)
    except ValueError:
        return None
    return whole["statement"] if is_a_day(whole) else None


def without_keys(content: bytes, words: dict[str, str]) -> int:
    """With nothing but the receipt's own word: never a proof."""
    verdict, whole = verify(content, {})
    if whole:
        own = [(part["key"]["x"], part["key"]["y"]) for part in signed_in(whole)]
        verdict, whole = verify(content, {key_id(*key): key for key in own})
    if verdict == GENUINE:
        print(words["no-keys"].format(key=key_id(*own[0])))
        return 2
    print(words[verdict])
    return 2 if verdict == UNREADABLE else 1


def known_keys(path: str | None) -> Keys | None:
    """The trusted keys; empty if the file holds none; None if there is no file to trust."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cles.json")
    if path is None and not os.path.exists(beside):
        return None
    try:
        return keys_in(content_of(path or beside))
    except ValueError:
        return {}


def content_of(path: str) -> bytes:
    """All the bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
