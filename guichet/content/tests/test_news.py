"""News appear when they are due, in every language, and can be taken down."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from guichet import clock
from guichet.audit.models import Entry
from guichet.content import actions
from guichet.content.models import News, NewsText
from guichet.refusals import Refused

pytestmark = pytest.mark.django_db


def texts(title="Neues Formular"):
    return {
        code: {"title": f"{title} {code}", "summary": "In short.", "body": "One.\n\nTwo <b>."}
        for code in ("fr", "de", "en")
    }


def publish(slug="formulaire", **more):
    return actions.publish_news(None, slug=slug, texts=texts(more.pop("title", "News")), **more)


def page(client, path="/fr/actualites/"):
    return client.get(path).content.decode()


def test_without_news_the_page_says_what_will_come(client):
    assert "Pas d’actualité pour le moment" in page(client)


def test_news_are_listed_and_read_in_the_readers_language(client, django_assert_num_queries):
    publish(published_at=datetime(2026, 3, 25, 9, tzinfo=UTC))
    with django_assert_num_queries(2):
        listed = page(client)
    assert "News fr" in listed
    assert "News de" not in listed
    assert '<time datetime="2026-03-25">25 mars 2026</time>' in listed
    with django_assert_num_queries(1):
        article = page(client, "/de/actualites/formulaire/")
    assert "<h1>News de</h1>" in article
    assert "<p>Two &lt;b&gt;.</p>" in article
    assert Entry.objects.get().event == "content-news.published"


def test_the_latest_come_first_and_ten_on_a_page(client):
    for day in range(1, 13):
        publish(
            f"jour-{day}", title=f"Jour {day}.", published_at=datetime(2026, 1, day, tzinfo=UTC)
        )
    first, second = page(client), page(client, "/fr/actualites/?page=2")
    assert first.index("Jour 12.") < first.index("Jour 11.") < first.index("Jour 3.")
    assert "Jour 2." not in first
    assert "Jour 1. fr" in second
    assert client.get("/fr/actualites/?page=trente").status_code == 200


def test_news_for_tomorrow_wait(client):
    publish(published_at=clock.now() + timedelta(days=1))
    assert "News fr" not in page(client)
    assert client.get("/fr/actualites/formulaire/").status_code == 404


def test_a_language_that_is_missing_is_named():
    some = texts()
    del some["de"]
    with pytest.raises(Refused) as caught:
        actions.publish_news(None, slug="formulaire", texts=some)
    assert "Deutsch" in caught.value.message
    assert not News.objects.exists()


def test_publishing_again_corrects_and_keeps_the_day(client):
    publish(published_at=datetime(2026, 3, 25, tzinfo=UTC))
    publish(title="Better")
    assert NewsText.objects.count() == 3
    assert News.objects.get().published_at.year == 2026
    assert "Better fr" in page(client)
    assert Entry.objects.filter(event="content-news.corrected").count() == 1


def test_news_that_were_taken_down_say_so(client):
    publish()
    actions.withdraw_news(None, slug="formulaire")
    assert "News fr" not in page(client)
    response = client.get("/fr/actualites/formulaire/")
    assert response.status_code == 410
    assert "Cette page a été retirée" in response.content.decode()
    with pytest.raises(Refused):
        actions.withdraw_news(None, slug="formulaire")
    publish()
    assert client.get("/fr/actualites/formulaire/").status_code == 200


def test_news_that_never_were_are_not_found(client):
    assert client.get("/fr/actualites/rien/").status_code == 404


def test_an_operator_publishes_from_a_file(client, tmp_path, capsys):
    file = tmp_path / "news.json"
    row = {"slug": "pont", "published_at": "2026-05-01T08:00:00+02:00", "texts": texts("Pont")}
    file.write_text(json.dumps([row, {"slug": "gare", "texts": texts("Gare")}]))
    call_command("publish_news", str(file))
    assert "Pont fr" in page(client)
    assert "Gare fr" in page(client)
    call_command("publish_news", withdraw="pont")
    assert "Pont fr" not in page(client)
    for wrong in ({"withdraw": "pont"}, {}):
        with pytest.raises(CommandError):
            call_command("publish_news", **wrong)


def twice(news):
    NewsText.objects.create(news=news, language="fr", title="a", summary="b", body="")


def untitled(news):
    NewsText.objects.create(news=news, language="lb", title="", summary="b", body="")


def backwards(news):
    News.objects.update(withdrawn_at=news.published_at - timedelta(days=1))


@pytest.mark.parametrize("breaks", [twice, untitled, backwards])
def test_the_database_keeps_the_rules(breaks):
    news = publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        breaks(news)


def test_the_news_of_the_demonstration_can_be_published(client):
    call_command("publish_news", str(Path(__file__).parents[1] / "data" / "news.json"))
    assert NewsText.objects.count() == 3 * News.objects.count() > 0
