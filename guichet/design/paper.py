"""From words to paper: a page of our own becomes a tagged PDF."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from guichet import clock


class Attached(NamedTuple):
    """A file inside a PDF: its name, its bytes, and a sentence that says what it is."""

    name: str
    content: bytes
    about: str


def pdf(html: str, *, attached: Sequence[Attached] = ()) -> bytes:
    """The page as PDF/UA-1 (ISO 14289-1): tagged, titled, its language set.

    Loads nothing but what the page itself holds (`data:`).
    """
    from weasyprint import HTML, Attachment  # half a second to import: only who prints pays for it
    from weasyprint.urls import URLFetcher

    inside = URLFetcher(allowed_protocols=["data"])
    document: Any = HTML(string=html, url_fetcher=inside)
    now = clock.now()
    attachments = [
        Attachment(
            string=each.content,
            name=each.name,
            description=each.about,
            created=now,
            modified=now,
        )
        for each in attached
    ]
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1", attachments=attachments))
