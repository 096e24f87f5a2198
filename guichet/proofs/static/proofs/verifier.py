#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Checks a receipt of the portal, without the portal and without a connection.

    python3 verifier.py --keys cles.json bordereau.pdf [facture.pdf photo.jpg …]

The first file is a transmission slip (PDF) or its receipt (recu.json). The others are held against it:
were they among the files that were sent? `cles.json` holds the portal's public keys; fetch it once from
<portal>/verifier/cles.json. Without `--keys`, a `cles.json` beside this file is taken.

Ends with 0 if the receipt is genuine and every file is in it, with 1 if something does not fit, and with 2
if it could not be checked. Needs Python 3.8 or newer, nothing else; read it, it is meant to be.

What is vouched for is what this program prints, not what a paper shows. Whether the PDF itself was changed
is shown by its electronic seal, in any PDF program.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
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


# --- A receipt: {"key": …, "signature": …, "statement": …} and perhaps the salt of its digests

GENUINE, ALTERED, UNKNOWN_KEY, UNREADABLE = "genuine", "altered", "unknown-key", "unreadable"


def is_hex(value: Any, length: int) -> bool:
    """So many hexadecimal digits, small letters."""
    return (
        isinstance(value, str) and len(value) == length and not set(value) - set("0123456789abcdef")
    )


def is_a_receipt(whole: Any) -> bool:
    """Whether everything stands where it should; says nothing about whether it is true."""
    if not isinstance(whole, dict) or set(whole) - {"salt"} != {"key", "signature", "statement"}:
        return False
    key = whole["key"]
    return (
        isinstance(whole["statement"], dict)
        and isinstance(key, dict)
        and set(key) == {"id", "x", "y"}
        and is_hex(key["id"], 16)
        and is_hex(key["x"], 64)
        and is_hex(key["y"], 64)
        and is_hex(whole["signature"], 128)
        and is_hex(whole.get("salt", "0" * 32), 32)
    )


def verify(content: bytes, keys: Keys) -> tuple[str, dict[str, Any]]:
    """The verdict on the bytes of a receipt, and what it says (nothing if unreadable).

    `keys` are coordinates by identifier: those that one trusts.
    """
    try:
        whole = read(content)
    except ValueError:
        return UNREADABLE, {}
    if not is_a_receipt(whole):
        return UNREADABLE, {}
    statement, stated = whole["statement"], whole["key"]
    key = keys.get(stated["id"])
    if key is None:
        return UNKNOWN_KEY, whole
    fits = key == (stated["x"], stated["y"]) and is_signed(
        written(statement), whole["signature"], (int(key[0], 16), int(key[1], 16))
    )
    if fits and "salt" in whole:
        salt = hashlib.sha256(bytes.fromhex(whole["salt"])).hexdigest()
        fits = statement.get("salt_sha256") == salt
    return (GENUINE if fits else ALTERED), whole


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
        ALTERED: "Ce reçu a été modifié. La signature ne correspond pas à ce qu’il dit.",
        UNKNOWN_KEY: "Ce reçu n’est signé par aucune des clés données. "
        "Cherchez les clés actuelles du portail, puis vérifiez de nouveau.",
        UNREADABLE: "Aucun reçu lisible dans ce fichier. Utilisez le PDF d’origine, tel que vous l’avez reçu.",
        "no-keys": "La signature correspond à la clé {key}, contenue dans le reçu lui-même. "
        "Cela ne prouve rien. Cherchez les clés du portail (…/verifier/cles.json) et ajoutez --keys cles.json.",
        "bad-keys": "{name} : ce fichier ne contient pas de clés. Prenez celui de …/verifier/cles.json.",
        "unopened": "{name} : impossible d’ouvrir ce fichier.",
        "same": "{name} : ce fichier est dans le reçu, inchangé.",
        "foreign": "{name} : ce fichier n’est pas dans le reçu, ou il a été modifié.",
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
        ALTERED: "Diese Eingangsbestätigung wurde verändert. Die Signatur passt nicht zu dem, was darin steht.",
        UNKNOWN_KEY: "Diese Eingangsbestätigung ist mit keinem der angegebenen Schlüssel signiert. "
        "Laden Sie die aktuellen Schlüssel des Portals und prüfen Sie noch einmal.",
        UNREADABLE: "Keine lesbare Eingangsbestätigung in dieser Datei. "
        "Verwenden Sie das ursprüngliche PDF, so wie Sie es erhalten haben.",
        "no-keys": "Die Signatur passt zum Schlüssel {key}, der in der Bestätigung selbst steht. "
        "Das beweist nichts. Laden Sie die Schlüssel des Portals (…/verifier/cles.json), dann --keys cles.json.",
        "bad-keys": "{name}: Diese Datei enthält keine Schlüssel. Nehmen Sie die von …/verifier/cles.json.",
        "unopened": "{name}: Diese Datei lässt sich nicht öffnen.",
        "same": "{name}: Diese Datei gehört zur Bestätigung, unverändert.",
        "foreign": "{name}: Diese Datei gehört nicht zur Bestätigung, oder sie wurde verändert.",
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
        ALTERED: "This receipt was changed. Its signature does not fit what it says.",
        UNKNOWN_KEY: "This receipt is signed with none of the given keys. "
        "Fetch the portal's current keys, then check again.",
        UNREADABLE: "No readable receipt in this file. Use the original PDF, as you received it.",
        "no-keys": "The signature fits the key {key}, which stands in the receipt itself. "
        "That proves nothing. Fetch the portal's keys (…/verifier/cles.json) and add --keys cles.json.",
        "bad-keys": "{name}: this file holds no keys. Take the one from …/verifier/cles.json.",
        "unopened": "{name}: this file cannot be opened.",
        "same": "{name}: this file is in the receipt, unchanged.",
        "foreign": "{name}: this file is not in the receipt, or it was changed.",
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
    parser.add_argument("receipt", help="transmission slip (PDF) or recu.json")
    parser.add_argument("files", nargs="*", help="files to look for in it")
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
    print(words[verdict])
    if verdict != GENUINE:
        return 2 if verdict == UNREADABLE else 1
    statement = whole["statement"]
    for name in PRINTED:
        if name in statement:
            print(f"  {words[name]}: {plain(statement[name])}")
    sent = statement.get("files", [])
    print("  {}: {}".format(words["files"], len(sent)))
    for file in sent:
        print("    {} ({} B)".format(plain(file["sha256"]), plain(file["size"])))
    return compared(options.files, {file["sha256"] for file in sent}, words)


def compared(names: Sequence[str], sent: set[str], words: dict[str, str]) -> int:
    """0 if all the named files were sent, 1 otherwise."""
    code = 0
    for name in names:
        is_sent = hashlib.sha256(content_of(name)).hexdigest() in sent
        print(words["same" if is_sent else "foreign"].format(name=plain(name)))
        code = code if is_sent else 1
    return code


def without_keys(content: bytes, words: dict[str, str]) -> int:
    """With nothing but the receipt's own word: never a proof."""
    verdict, whole = verify(content, {})
    if whole:
        key = (whole["key"]["x"], whole["key"]["y"])
        verdict, whole = verify(content, {key_id(*key): key})
    if verdict == GENUINE:
        print(words["no-keys"].format(key=whole["key"]["id"]))
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
