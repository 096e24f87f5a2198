"""Writing: what is handed in here leaves the house once the caller's transaction has committed.

The words are rendered at once, in the recipient's language, so that a fault in a template undoes
the act instead of losing the mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template import Context, Engine
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.files import actions as files
from guichet.post import tasks
from guichet.post.composing import composed
from guichet.post.models import Dispatch, new_code

ADDRESSES_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Mail:
    """An e-mail: `template` is a folder with `subject.txt` and `body.html`, the one page of its words.

    The plain text is read off that page (`post.composing`). The subject is rendered without `context`: nothing that somebody typed gets into a header.
    Two mails with the same `key` are one. Only one that `proves_address`, whose link says that it
    was read, leaves to an address that mails come back from.
    """

    template: str
    to: str
    language: str
    context: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    proves_address: bool = False

    @property
    def subject(self) -> str:
        """Its subject, in the recipient's language, on one line."""
        with translation.override(self.language):
            return _line(_rendered(f"{self.template}/subject.txt", _site()))


@dataclass(frozen=True)
class Letter:
    """A letter on paper: `template` is a page that extends `post/letter.html`.

    `addressee` is the name and then the lines of the address, at most six lines in all;
    `subject` may be lazy, to be said in the recipient's language. `whose` is the caller's key of
    the person whom it is for, who then finds it again; `tell` an e-mail address that hears of it when
    the letter comes back.
    """

    template: str
    subject: str | Promise
    addressee: tuple[str, ...]
    language: str
    context: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    whose: UUID | None = None
    tell: str = ""


def send(mail: Mail) -> Dispatch:
    """Put an e-mail into the outbox, in the caller's transaction.

    Raises `ValidationError` when `to` is not one plain address.
    """
    validate_email(mail.to)
    with translation.override(mail.language):
        words = composed(_rendered(f"{mail.template}/body.html", _site() | dict(mail.context)))
        foot = _foot()
        dispatch = Dispatch(
            kind=Dispatch.Kind.MAIL,
            template=mail.template,
            key=mail.key,
            language=mail.language,
            subject=mail.subject,
            to=mail.to,
            proves_address=mail.proves_address,
            text="\n\n".join([words.text, settings.SITE_NAME, *foot]) + "\n",
        )
        frame = {
            "subject": dispatch.subject,
            "words": mark_safe(words.html),
            "foot": foot,
        }  # escaped there
        dispatch.html = _rendered("post/mail.html", _site() | frame)
    return _put(dispatch)


def post_letter(letter: Letter) -> Dispatch:
    """Put a letter into the outbox, in the caller's transaction. The worker makes its PDF."""
    code = new_code()
    with translation.override(letter.language):
        dispatch = Dispatch(
            kind=Dispatch.Kind.LETTER,
            template=letter.template,
            key=letter.key,
            language=letter.language,
            subject=_line(str(letter.subject)),
            addressee=[_line(line) for line in letter.addressee],
            code=code,
            whose=letter.whose,
            to=letter.tell,
        )
        square = segno.make(code, error="m", micro=False).svg_data_uri(border=0)
        context = {"dispatch": dispatch, "subject": dispatch.subject, "square": square}
        dispatch.html = _rendered(
            f"{letter.template}.html", _site() | dict(letter.context) | context
        )
    return _put(dispatch)


@transaction.atomic
def try_again(dispatch: Dispatch) -> bool:
    """Give a dead letter as many tries as a new one; False when it is not dead, or forgotten."""
    revived = Dispatch.objects.given_up().filter(pk=dispatch.pk).exclude(html="", file=None)
    if not revived.update(gave_up_at=None, tries=0, next_try_at=clock.now()):
        return False
    record("post.dispatch-revived", about=dispatch)
    tasks.deliver.enqueue(str(dispatch.pk))
    return True


def forget() -> None:
    """Ninety days after a piece has left or was given up, its address, words and paper go.

    That it left, or did not, remains.
    """
    limit = clock.now() - ADDRESSES_KEPT
    gone = Dispatch.objects.filter(Q(sent_at__lte=limit) | Q(gave_up_at__lte=limit))
    for letter in gone.exclude(file=None).select_related("file").order_by("pk")[:1000]:
        _forget_paper(letter)
    gone.exclude(to="", addressee=[]).update(to="", addressee=[], text="", html="", whose=None)


@transaction.atomic
def _forget_paper(letter: Dispatch) -> None:
    paper, letter.file = letter.file, None
    letter.save(update_fields=["file"])
    if paper is not None:
        files.discard(paper)


@transaction.atomic
def _put(dispatch: Dispatch) -> Dispatch:
    """Save and enqueue; or what was sent with the same key before."""
    if dispatch.key is not None and (before := Dispatch.objects.filter(key=dispatch.key).first()):
        return before
    try:
        with transaction.atomic():
            dispatch.save(force_insert=True)
    except IntegrityError:
        return Dispatch.objects.get(key=dispatch.key)
    tasks.TASK_OF[dispatch.kind].enqueue(str(dispatch.pk))
    return dispatch


def _site() -> dict[str, Any]:
    """What every piece may name."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_phone": settings.SUPPORT_PHONE,
        "demo": settings.DEMO,
        "language": translation.get_language(),
        "now": clock.now(),
    }


def _foot() -> list[str]:
    return [
        _("This e-mail was sent automatically. Do not reply to it: nobody reads the answers."),
        _("Questions? Call %(support_phone)s.") % {"support_phone": settings.SUPPORT_PHONE},
    ]


def _rendered(template: str, context: Mapping[str, Any]) -> str:
    """A template's words; escaped for HTML only where they are HTML."""
    page = Engine.get_default().get_template(template)
    return page.render(Context(dict(context), autoescape=template.endswith(".html")))


def _line(words: str) -> str:
    return " ".join(words.split())
