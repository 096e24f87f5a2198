"""Publishing news and taking it down."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit import actions as audit
from guichet.content.models import News, NewsText
from guichet.refusals import Refused


class Words(TypedDict):
    """A piece of news in one language."""

    title: str
    summary: str
    body: str


@transaction.atomic
def publish_news(
    by: Model | None,
    *,
    slug: str,
    texts: Mapping[str, Words],
    published_at: datetime | None = None,
) -> News:
    """Publish, or correct what is published under `slug`, in every language of the portal.

    `by` is who publishes; None is the operator at the command line. `published_at` may lie
    ahead. What was taken down comes back. Refused if a language is missing.
    """
    missing = [name for code, name in settings.LANGUAGES if code not in texts]
    if missing:
        raise Refused(
            _("Write the news in every language. Missing: %(languages)s.")
            % {"languages": ", ".join(missing)},
            code="language-missing",
        )
    news, is_new = News.objects.update_or_create(
        slug=slug,
        defaults={"withdrawn_at": None, **({"published_at": published_at} if published_at else {})},
        create_defaults={"slug": slug, "published_at": published_at or clock.now()},
    )
    for language, words in texts.items():
        NewsText.objects.update_or_create(news=news, language=language, defaults={**words})
    audit.record(
        "content-news.published" if is_new else "content-news.corrected", by=by, about=news
    )
    return news


@transaction.atomic
def withdraw_news(by: Model | None, *, slug: str) -> None:
    """Take the news down; its address then says that it has been removed.

    Refused if nothing is published under `slug`.
    """
    changed = News.objects.filter(
        slug=slug, withdrawn_at=None, published_at__lte=clock.now()
    ).update(withdrawn_at=clock.now())
    if not changed:
        raise Refused(_("No news is published under this address."), code="no-such-news")
    audit.record("content-news.withdrawn", by=by, about=News.objects.get(slug=slug))
