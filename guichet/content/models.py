"""News. Written once, in every language of the portal; taken down, never deleted."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from guichet import clock
from guichet.ids import new_id


class News(models.Model):
    """One piece of news, under one address in all languages."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-published_at"], name="news_latest_first")]
        constraints = [
            models.CheckConstraint(
                name="news_is_withdrawn_after_it_is_published",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("published_at")),
            )
        ]


class NewsTextQuerySet(models.QuerySet["NewsText"]):
    def published(self, language: str) -> "NewsTextQuerySet":
        """What anybody may read now in this language, the latest first."""
        return (
            self.filter(
                language=language, news__published_at__lte=clock.now(), news__withdrawn_at=None
            )
            .select_related("news")
            .order_by("-news__published_at", "-news_id")
        )


class NewsText(models.Model):
    """A piece of news in one language. `body` is plain text; an empty line parts paragraphs."""

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    body = models.TextField()

    objects = NewsTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["news", "language"], name="news_has_one_text_in_each_language"
            ),
            models.CheckConstraint(
                name="news_has_a_title_and_a_summary", condition=~Q(title="") & ~Q(summary="")
            ),
        ]

    @property
    def slug(self) -> str:
        """The end of its address, the same in all languages."""
        return self.news.slug

    @property
    def published_at(self) -> datetime:
        """When it appeared."""
        return self.news.published_at
