"""Requests that nobody sends by mistake: made by chance, from what a definition asks.

Names are those of a form's own inputs, or nearly; values are what breaks parsers and databases.
Bodies are bytes, so that nothing is put right on the way.
"""

import base64
import io
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode
from uuid import uuid4

from PIL import Image

from guichet.procedures.fields import Rows
from guichet.procedures.models import Draft
from guichet.procedures.presented import presented

# --- What is sent

BUTTONS = [
    *("_add", "_remove", "_later", "_skip", "_from", "_language", "_papers", "_was", "_version"),
    *("_to", "take", "path", "seen", "mine", "once", "digest", "code", "declares_exact", "own"),
    *("space_neighbour", "reason", "mark", "csrfmiddlewaretoken", "q", "theme", "page", "paper"),
]
ODD_NAMES = [
    *("", " ", "a\0b", "__class__", "x" * 300, "born_" * 40, "_was_", "a[]", "a[0][b]", "a.b.c"),
    *("[" * 500, "é", "👩🏽‍🚀", "\u202e", "=", "&", "../..", "born_99999999999999999999"),
]
TEXTS = [
    *("", " ", "yes", "no", "on", "true", "1", "0", "-1", "12", "80", "250", "9" * 400, "1e999"),
    *("-9223372036854775809", "9007199254740993", "1,5", "1.234,50", "NaN", "Infinity", "٣", "²"),
    *("0001", "9999", "1985", "31", "février", "oak", "other", "trees", "trees/", "/", "trees/x/y"),
    *("\0", "a\0b", "\ufeff", "\u202e", "👩🏽‍🚀", "e\u0301" * 50, "\u0000\uffff", "ﬀ", "ß" * 300),
    *("<script>", "{{ 7|add:7 }}", "%(name)s", "{full_name}", "'; --", "x" * 20_000, "\r\n" * 50),
    *("PP-A1B2C3", "pp-000000", "mine", "theirs", "de", "zz", "0" * 64, "123456", "é" * 64),
    *(
        "+352 691 000 000",
        "00352",
        "+" * 30,
        "LU280019400644750000",
        "LU" + "9" * 60,
        "FR-1",
        "AB1",
    ),
    *("a@b", "a@" + "b" * 300 + ".lu", "http://[::1", "https://a.b/\0", "javascript:1", "ftp://é"),
    *("1893120105732", "1" * 13, "٣" * 13, "0" * 13, "LU12345678", "B1", "B" + "9" * 30, "24:60"),
    *(
        "2026-02-30",
        "0000-00-00",
        "-1-1-1",
        "99999-01-01",
        "12:00",
        "petrol",
        "fossil",
        "LU",
        "01.1",
    ),
    *(
        "data:image/png;base64,AAAA",
        "M0 0L1 1",
        "[]",
        "{}",
        "null",
        "\\",
        "\x1b[0m",
        "\x7f",
        "\x85",
    ),
]
# As bytes: what is no text at all, in one encoding or another.
RAW = [
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe9",
    b"%",
    b"%zz",
    b"\x00",
]
WAS = [
    *("", "{}", "[]", "null", "1", '"x"', "{", "[" * 100_000, '{"a":' * 3_000, "1" * 5_000, "\0"),
    *('{"size": {"a": []}}', '{"size": null}', '{"\\ud800": "\\ud800"}', '{"size": "-"}', "NaN"),
]
TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=latin-1",
    "application/x-www-form-urlencoded; charset=no-such",
    "application/x-www-form-urlencoded; charset=idna",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=é",
    "multipart/form-data; boundary=" + "x" * 300,
    "multipart/form-data; boundary=edge",
    "multipart/form-data; boundary=edge; charset=utf-32",
    "application/offset+octet-stream",
    "",
    "\xff",
    "a/b/c;;;=",
]
ACCEPTS = ["text/html", "application/json", "", "*/*", "\xff", "application/json;q=x"]
LANGUAGES = ["fr", "de-LU,de;q=0.5", "zz", "", "*" * 200, "\xff", "fr;q=é"]
HEADERS = {
    "Tus-Resumable": ["1.0.0", "1.0.0", "1.0.0", "1.0.0", "0.2.2", "", "\xff"],
    "Upload-Length": ["10", "1", "0", "-1", "9" * 15, "9" * 400, "1e3", "٣", "", "10\x00", "1.5"],
    "Upload-Offset": ["0", "0", "3", "10", "11", "-1", "9" * 15, "9" * 400, "", "0x0", "²"],
    "Upload-Metadata": [
        *("filename YS5wZGY=", "filename", "filename %%%", "filename /w==", ",,,,", "a b c", ""),
        *("filename " + "QUFB" * 2_000, "filename AA==", "filename Li4vLi4vZXRj", "x " * 500, "\xff"),
    ],
    "Upload-Defer-Length": ["1", "2", ""],
    "Upload-Concat": ["partial", "final;/a /b"],
    "X-HTTP-Method-Override": ["DELETE", "PATCH", "\xff"],
}  # fmt: skip
SEGMENTS = [
    *("%00", "%ED%A0%80", "%FF", "..%2f..", "a" * 400, "%E2%80%AE", "%0a", "%2e", "-", "\\", "{}"),
    *("trees.x.y.z", "trees..kind", ".", "%25", "0" * 32, "É", "2026-0000-0000", "PP-A1B2C3", "~"),
]


def picture() -> bytes:
    """A small PNG."""
    stream = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(stream, "PNG")
    return stream.getvalue()


FILES = [b"", b"x", b"\0" * 100, b"%PDF", b"\x89PNG", b"GIF89a", b"PK\3\4", b"<svg/>", b"MZ\0"]
FILES_LOOKED_INTO = [
    picture(),
    b"%PDF-1.7\nrubbish",
    b"\x89PNG\r\n\x1a\nrubbish",
    b"\xff\xd8\xff\xe0",
]
FILE_NAMES = [
    "a.pdf",
    "",
    "\0",
    "../../etc/passwd",
    "x" * 400,
    '"',
    "é.png",
    "\\\\a\\b",
    "a\r\nb: c",
]


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.content_type!r} {self.headers} {self.body!r:.3000}"


class Sender:
    """Makes requests by chance. `names` are those of the inputs there are."""

    def __init__(self, dice: random.Random, names: Sequence[str]) -> None:
        self.dice = dice
        self.names = [*names, *BUTTONS]

    def post(self, path: str, more: dict[str, str]) -> Asked:
        """A form, or something else, at a page. `more` is what makes it go on, now and then."""
        dice = self.dice
        if dice.random() < 0.04:
            path = self.broken(path)
        if dice.random() < 0.03:
            path += "?" + self.query()
        headers = {"Accept": dice.choice(ACCEPTS)}
        if dice.random() < 0.1:
            headers["Accept-Language"] = dice.choice(LANGUAGES)
        content_type = TYPES[0] if dice.random() < 0.8 else dice.choice(TYPES)
        return Asked("POST", path, self._body(content_type, more), content_type, headers)

    def file(self, path: str) -> Asked:
        """A file with a form, whole or not."""
        dice = self.dice
        content = dice.choice(FILES_LOOKED_INTO if dice.random() < 0.03 else FILES)
        field = "paper" if dice.random() < 0.9 else dice.choice(self.names)
        parts = [self._part(field, content, dice.choice(FILE_NAMES))]
        while dice.random() < 0.3:
            parts.append(self._part(dice.choice(self.names), dice.choice(FILES), ""))
        dice.shuffle(parts)
        return Asked("POST", path, self._joined(parts), "multipart/form-data; boundary=edge")

    def piece(self, method: str, path: str) -> Asked:
        """tus, as it should not be spoken."""
        dice = self.dice
        headers = {
            name: dice.choice(values)
            for name, values in HEADERS.items()
            if dice.random() < (0.9 if name.startswith(("Tus", "Upload-L", "Upload-O")) else 0.3)
        }
        content_type = HEADERS_TYPE if dice.random() < 0.8 else dice.choice(TYPES)
        body = dice.choice(FILES) if dice.random() < 0.7 else dice.randbytes(dice.randrange(20))
        if dice.random() < 0.02:
            content = dice.choice(FILES_LOOKED_INTO)
            headers |= {"Upload-Length": str(len(content)), "Tus-Resumable": "1.0.0"}
            body = content
        return Asked(method, path, body, content_type, headers)

    def get(self, path: str) -> Asked:
        """A page, with a query."""
        accept = {"Accept-Language": self.dice.choice(LANGUAGES)}
        return Asked("GET", f"{path}?{self.query()}", headers=accept)

    def query(self) -> str:
        """Of an address."""
        dice = self.dice
        names = ["q", "theme", "pour", "page", "sans-connexion", "code", "controle", "next"]
        names += ["espace", "choisir", *ODD_NAMES]
        pairs = [(dice.choice(names), self._text()) for _ in range(dice.randrange(1, 5))]
        written = urlencode(pairs, errors="surrogatepass")
        if dice.random() < 0.2:
            written += f"&q={quote_from_bytes(dice.choice(RAW))}"
        return written

    def broken(self, path: str) -> str:
        """An address with one part put into disorder."""
        parts = path.split("/")
        parts[self.dice.randrange(2, max(3, len(parts) - 1))] = self.dice.choice(SEGMENTS)
        return quote("/".join(parts), safe="/%.~\\{}-")

    def _body(self, content_type: str, more: dict[str, str]) -> bytes:
        dice = self.dice
        if dice.random() < 0.0005:
            return b"wish=" + b"x" * 1_100_000
        if content_type.startswith("multipart"):
            parts = [
                self._part(name, text.encode("utf-8", "surrogatepass"))
                for name, text in self._pairs(more)
            ]
            return self._joined(parts)
        if "json" in content_type:
            pairs = dict(self._pairs(more))
            return dice.choice(
                [json.dumps(pairs), "[" * 100_000, "{", json.dumps([pairs])]
            ).encode()
        if dice.random() < 0.02:
            return dice.randbytes(dice.randrange(200))
        written = urlencode(self._pairs(more), errors="surrogatepass").encode()
        if dice.random() < 0.05:
            name = quote(dice.choice(self.names)).encode()
            written += b"&" + name + b"=" + quote_from_bytes(dice.choice(RAW)).encode()
        return written

    def _pairs(self, more: dict[str, str]) -> list[tuple[str, str]]:
        dice = self.dice
        count = 600 if dice.random() < 0.002 else dice.randrange(12)
        names = [
            dice.choice(self.names) if dice.random() < 0.95 else dice.choice(ODD_NAMES)
            for _ in range(count)
        ]
        pairs = [(name, self._text()) for name in names for _ in range(dice.randrange(1, 3))]
        if dice.random() < 0.5:
            odd = json.dumps(dict.fromkeys(self.names[:50], "-"))
            pairs.append(("_was", odd if dice.random() < 0.5 else dice.choice(WAS)))
        if more and dice.random() < 0.15:
            pairs += more.items()
        dice.shuffle(pairs)
        return pairs

    def _text(self) -> str:
        dice = self.dice
        if dice.random() < 0.02:
            return "".join(chr(dice.randrange(0x11000)) for _ in range(dice.randrange(30)))
        if dice.random() < 0.01:
            return str(uuid4())
        return dice.choice(TEXTS)

    def _part(self, name: str, content: bytes, file_name: str | None = None) -> bytes:
        written = name.replace('"', "%22").encode("utf-8", "surrogatepass")
        head = b'--edge\r\nContent-Disposition: form-data; name="' + written + b'"'
        if file_name is not None:
            head += b'; filename="' + file_name.encode() + b'"\r\nContent-Type: image/png'
        if self.dice.random() < 0.05:
            head += b"\r\nContent-Transfer-Encoding: " + self.dice.choice(
                [b"base64", b"x", b"8bit"]
            )
        return head + b"\r\n\r\n" + content + b"\r\n"

    def _joined(self, parts: Sequence[bytes]) -> bytes:
        whole = b"".join(parts) + b"--edge--\r\n"
        if self.dice.random() < 0.2:
            whole = whole[: self.dice.randrange(len(whole))]
        return whole


HEADERS_TYPE = "application/offset+octet-stream"


def names_in(draft: Draft) -> list[str]:
    """The inputs of every question of its form, as a page draws them."""
    shown = presented(draft)
    scene = shown.state.scene(shown.form.words("en"))
    found: list[str] = []
    for name, item in shown.form.items.items():
        found.append(name)
        make: Any = getattr(item, "field", None)
        if make is None or isinstance(item, Rows):
            continue
        drawn = make(scene).widget.render(name, None, {"id": f"id_{name}"})
        found += [each for each in re.findall(r'name="([^"]+)"', drawn) if each != name]
    return found


def of_metadata(name: str) -> str:
    """A file's name as tus writes it."""
    return f"filename {base64.b64encode(name.encode()).decode()}"
