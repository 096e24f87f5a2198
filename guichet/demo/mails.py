"""What the demonstration's mail server has received, read back from its files."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from guichet import clock
from guichet.demo.smtp import mail_folder

_KEY = re.compile(r"\d{10,25}-[0-9a-f]{6}")


@dataclass(frozen=True)
class Received:
    """One mail, as its recipient has it."""

    key: str
    to: str
    sender: str
    subject: str
    at: datetime
    text: str
    html: str


def received(*, to: str = "") -> list[Received]:
    """All emails, the newest first; with `to`, those to one address."""
    keys = sorted((path.stem for path in mail_folder().glob("*.eml")), reverse=True)
    mails = (find(key) for key in keys)
    return [mail for mail in mails if mail is not None and to in ("", mail.to)]


def count() -> int:
    """How many there are."""
    return sum(1 for _path in mail_folder().glob("*.eml"))


def count_to(address: str) -> int:
    """How many this address has received."""
    return len(received(to=address))


def find(key: str) -> Received | None:
    """The mail with this key, or None."""
    path = mail_folder() / f"{key}.eml"
    if not _KEY.fullmatch(key) or not path.is_file():
        return None
    return _read(path)


@lru_cache(maxsize=500)
def _read(path: Path) -> Received:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return Received(
        key=path.stem,
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(message["Date"]) if message["Date"] else clock.now(),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
