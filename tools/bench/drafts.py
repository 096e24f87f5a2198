"""A procedure from its first page until it is sent, as a browser does it: pages, papers, signature.

A line that breaks is the caller's to mend: whatever is asked here may be asked again.
"""

import base64
import json
import random
import re
import struct
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tools.bench.client import FORM, Browser, Unexpected, urlencoded

PIECE_BYTES = 40_000
PATIENCE_SECONDS_MAX = 240
_FOREIGN = {
    "line1": "1, rue du Chronomètre",
    "postal-code": "57000",
    "locality": "Metz",
    "country": "FR",
}

Typed = dict[str, str]


@dataclass(frozen=True)
class Errand:
    """What somebody asks for: what is typed, page by page, and the papers that belong to it.

    The first page decides that papers are asked for. `mark` is the question that takes words of
    one's own: by these an errand is known again. Of
    papers, by question: whether it is a PDF, kept as it came, or a photo of an identity paper, which
    is marked for its purpose.
    """

    code: str
    pages: Callable[[str], Iterable[tuple[str, Typed]]]
    mark: str
    papers: Mapping[str, str]
    signed: bool
    declares: tuple[str, ...]


def _fishing(mark: str) -> Iterable[tuple[str, Typed]]:
    tomorrow = _date("valid_from", datetime.now(tz=UTC).date() + timedelta(days=1))
    yield "contact", {f"residence-{part}": text for part, text in _FOREIGN.items()}
    yield "permit", {"category": "ordinary", "second_waters": "no", "duration": "year", **tomorrow}
    yield "holder", {"for_whom": "me"}
    yield "me", {"own_nationality": "FR", "own_birthplace": mark, "own_birth_country": "FR"}


def _record(mark: str) -> Iterable[tuple[str, Typed]]:
    born = _date("other_born", date(1990, 5, 17))
    yield "whose", {"for_whom": "other", "has_permission": "yes"}
    yield "purpose", {"reason": "personal", "bulletins": "b3"}
    yield "other", {"other_name-given": "Léa", "other_name-family": "Mesure", **born}
    yield "birth", {"birth_place": mark, "birth_country": "FR", "citizenship": "FR"}
    yield "contact", {f"address-{part}": text for part, text in _FOREIGN.items()}


# Sent with a click; and with a code of the Token, of which there is one in thirty seconds.
FISHING = Errand(
    "fishing-permit", _fishing, "own_birthplace", {"identity": "png"},
    signed=False, declares=("exact", "with-identity", "rules-of-fishing"),
)  # fmt: skip
RECORD = Errand(
    "criminal-record", _record, "birth_place", {"permission": "pdf", "identity": "png"},
    signed=True, declares=("exact",),
)  # fmt: skip


def begin(browser: Browser, space: str, errand: Errand) -> str:
    """Begin it; the address of its draft."""
    browser.get(f"/fr/espaces/{space}/demarches/nouvelle/{errand.code}/")
    browser.submit({})
    if "/brouillons/" not in browser.path:
        raise Unexpected(f"Nothing was begun: {browser.path}")
    return browser.path


def fill_in(
    browser: Browser, draft: str, errand: Errand, mark: str, attaching: Callable[[], None]
) -> None:
    """All its pages, one after the other, and its papers as soon as they are asked for: while the
    rest is filled in, they are looked at for viruses."""
    for number, (page, typed) in enumerate(errand.pages(mark)):
        here = f"{draft}etapes/{page}/"
        if browser.path != here:
            browser.get(here)
        browser.submit(typed)
        if browser.path == here:
            raise Unexpected(f"{here} was not accepted: {_complaints(browser)}")
        if number == 0:
            attaching()


def save(browser: Browser, page: str, number: int, *, by_itself: bool) -> None:
    """Change a page of the fishing permit and save it: as its script does while somebody types, or
    with its button. Another `number`, another change."""
    browser.get(page)
    typed = {"category": "ordinary", "second_waters": "no", "duration": "year"}
    typed |= _date("valid_from", datetime.now(tz=UTC).date() + timedelta(days=1 + number % 60))
    if not by_itself:
        browser.submit(typed)
        if browser.path == page:
            raise Unexpected(f"{page} was not accepted: {_complaints(browser)}")
        return
    headers = {"Accept": "application/json", "Content-Type": FORM}
    answer = browser.ask(
        page, "POST", headers=headers, body=urlencoded({**browser.fields(), **typed})
    )
    if answer.status != 200:
        raise Unexpected(f"{page} was not saved: {answer.status} {answer.text[:300]}")


def attach(
    browser: Browser, draft: str, question: str, content: bytes, *, in_pieces: bool = False
) -> None:
    """Add a paper to a question, with a form or piece by piece."""
    here, name = f"{draft}pieces/{question}/", f"{question}.{_suffix(content)}"
    browser.get(here)
    if in_pieces:
        _in_pieces(browser, f"{here}envois/", name, content)
        browser.get(here)
    else:
        # It may have been taken the first time, when the answer did not come: then this is one too
        # many, and the list shows it.
        with suppress(Unexpected):
            browser.upload(here, "paper", name, content)
        if browser.path != here or name not in browser.page:
            browser.get(here)
    if name not in browser.page:
        raise Unexpected(f"{here}: the paper is not there. {_complaints(browser)}")


@dataclass(frozen=True)
class Prepared:
    """A draft that could be sent, and which of the browser's posts brought its large paper."""

    draft: str
    upload: int


def with_a_paper(browser: Browser, space: str, size_bytes: int, dice: random.Random) -> Prepared:
    """Everything of the criminal record's extract but the sending, with a paper of this size."""
    draft = begin(browser, space, RECORD)
    places: list[int] = []

    def attaching() -> None:
        attach(browser, draft, "permission", pdf(size_bytes, dice))
        places.append(len(browser.posts) - 1)
        attach(browser, draft, "identity", photo(dice))

    fill_in(browser, draft, RECORD, "Metz", attaching)
    return Prepared(draft, places[0])


def send(browser: Browser, draft: str, errand: Errand, code: Callable[[], str] = lambda: "") -> str:
    """Check, sign and send; the reference. Waits while papers are looked at for viruses."""
    until = time.monotonic() + PATIENCE_SECONDS_MAX
    pause = 0.5
    while time.monotonic() < until:
        browser.get(f"{draft}verifier/")
        if "/verifier/" in browser.path:
            typed = {f"declares_{name}": "on" for name in errand.declares}
            browser.submit({**typed, **({"code": code()} if errand.signed else {})})
        if found := re.search(r"/envoyees/([0-9-]{14})/$", browser.path):
            return found[1]
        time.sleep(pause)
        pause = min(pause * 2, 8.0)
    raise Unexpected(f"{draft} could not be sent: {_complaints(browser)}")


def pdf(size_bytes: int, dice: random.Random) -> bytes:
    """A PDF of one page with about so many bytes, like no other."""
    drawn = zlib.compress(b"BT /F1 12 Tf 72 720 Td (%d) Tj ET" % dice.getrandbits(64))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (size_bytes, dice.randbytes(size_bytes)),
    ]
    whole = b"%PDF-1.7\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return whole + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(whole))
    )


def photo(dice: random.Random) -> bytes:
    """A small grey PNG, like no other."""
    width, height = 200, 120
    rows = b"".join(b"\0" + dice.randbytes(width) for _row in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    written = (
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _suffix(content: bytes) -> str:
    return "pdf" if content.startswith(b"%PDF") else "png"


def _in_pieces(browser: Browser, address: str, name: str, content: bytes) -> None:
    """tus 1.0.0, as `upload.js` speaks it: after a break it asks how much is there."""
    named = base64.b64encode(name.encode()).decode()
    spoken = {"Tus-Resumable": "1.0.0", "X-CSRFToken": browser.token}
    announced = {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {named}"}
    begun = browser.ask(address, "POST", headers={**spoken, **announced})
    here, there = begun.header("location"), 0
    until = time.monotonic() + PATIENCE_SECONDS_MAX
    while time.monotonic() < until:
        headers = {
            **spoken,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(there),
        }
        piece = content[there : there + PIECE_BYTES]
        answer = browser.ask(here, "PATCH", headers=headers, body=piece)
        if answer.status == 204 and answer.header("location"):
            return
        if answer.status not in (204, 409, 423):
            raise Unexpected(f"{here}: {answer.status} {answer.text[:300]}")
        if answer.status != 204:
            time.sleep(0.2)
            answer = browser.ask(here, "HEAD", headers=spoken)
        there = int(answer.header("upload-offset") or there)
    raise Unexpected(f"{here}: not whole, {there} bytes")


def _date(name: str, day: date) -> Typed:
    return {f"{name}_0": str(day.day), f"{name}_1": str(day.month), f"{name}_2": str(day.year)}


def _complaints(browser: Browser) -> str:
    found = re.findall(r'class="(?:error|problem)[^>]*>(.*?)</', browser.page, re.DOTALL)
    return json.dumps([re.sub(r"<[^>]*>|\s+", " ", each)[:200] for each in found[:5]])
