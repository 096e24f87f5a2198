"""Writing into the outbox."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from guichet import clock
from guichet.post.actions import Letter, Mail, post_letter, send
from guichet.post.composing import Unfit, composed
from guichet.post.models import Dispatch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _templates(settings):
    """A mail and a letter of our own."""
    settings.TEMPLATES = [
        settings.TEMPLATES[0]
        | {
            "APP_DIRS": False,
            "OPTIONS": settings.TEMPLATES[0]["OPTIONS"]
            | {
                "loaders": [
                    ("django.template.loaders.locmem.Loader", PIECES),
                    "django.template.loaders.app_directories.Loader",
                ]
            },
        }
    ]


PIECES = {
    "trial/mail/hello/subject.txt": "{% translate 'This e-mail was sent automatically. Do not reply to it: nobody reads the answers.' %}\n",
    "trial/mail/hello/body.html": """<p>Hello <strong>{{ name }}</strong>,
        on {{ day|date:'DATE_FORMAT' }}.</p>
        <ul><li>one</li><li>two<br>lines</li></ul>
        <a href="https://guichet.example/?a=1&amp;b=2">See it</a>
        <p>Choose here: <a href="https://guichet.example/c">https://guichet.example/c</a></p>""",
    "trial/letter/hello.html": "{% extends 'post/letter.html' %}{% block body %}<p>Hello {{ name }}</p>{% endblock body %}",
}


def hello(**more):
    given = {
        "to": "lea@example.lu",
        "language": "fr",
        "context": {"name": "Léa <O'Hara>", "day": clock.now()},
    }
    return Mail("trial/mail/hello", **(given | more))


def test_words_are_plain_in_text_and_escaped_in_html():
    dispatch = send(hello())
    assert "Léa <O'Hara>" in dispatch.text
    assert "Léa &lt;O&#x27;Hara&gt;" in dispatch.html


def test_text_and_page_of_a_mail_are_the_same_sentences():
    dispatch = send(hello(context={"name": "Léa\n\nEve:\nhttps://eve.example", "day": clock.now()}))
    greeting, points, button, choice, _site, *foot = dispatch.text.strip().split("\n\n")
    assert greeting.startswith("Hello Léa Eve: https://eve.example, on ")
    assert points == "- one\n- two\nlines"
    assert button == "See it\N{NO-BREAK SPACE}:\nhttps://guichet.example/?a=1&b=2"
    assert choice == "Choose here: https://guichet.example/c"
    assert all(sentence in dispatch.html for sentence in foot)
    assert dispatch.html.count('class="button"') == 1
    assert (
        '<a class="button" href="https://guichet.example/?a=1&amp;b=2">See it</a>' in dispatch.html
    )
    assert "src=" not in dispatch.html


@pytest.mark.parametrize(
    "page",
    [
        "<table></table>",
        "<p>a<p>b</p></p>",
        "<p class='x'>a</p>",
        "words",
        "<p>a",
        "<a href='b'>c</a><a href='d'>e</a>",
        "<img src='https://eve.example/'>",
    ],
)
def test_what_a_text_could_not_say_is_no_mail(page):
    with pytest.raises(Unfit):
        composed(page)


def test_each_reads_a_mail_in_their_own_language():
    with translation.override("de"):
        dispatch = send(hello())
    assert '<html lang="fr">' in dispatch.html
    assert "automatiquement" in dispatch.subject
    assert "automatisch" in send(hello(language="de")).subject


def test_nothing_typed_gets_into_a_header():
    with pytest.raises(ValidationError):
        send(hello(to="lea@example.lu\nBcc: eve@example.lu"))
    with pytest.raises(ValidationError):
        send(hello(to="lea@example.lu, eve@example.lu"))
    assert "\n" not in send(hello()).subject


def test_an_act_that_is_undone_sends_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send(hello()).tries /= 0
    assert not Dispatch.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_the_same_key_sends_once():
    first = send(hello(key="registration:1"))
    assert send(hello(key="registration:1")).pk == first.pk
    assert send(hello(key="registration:2")).pk != first.pk
    assert DBTaskResult.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_the_same_key_send_one():
    start, keys = threading.Barrier(8), []

    def sending():
        start.wait()
        try:
            keys.append(send(hello(key="registration:1")).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=sending) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == Dispatch.objects.count() == DBTaskResult.objects.count() == 1


def test_a_letter_keeps_its_addressee_and_waits_for_the_worker():
    dispatch = post_letter(
        Letter(
            "trial/letter/hello",
            subject=gettext_lazy("The one-stop shop of the State"),
            addressee=("Madame Léa Guichet", "11, allée du Guichet", "L-0000 Luxembourg"),
            language="de",
            context={"name": "Léa"},
        )
    )
    assert dispatch.addressee[0] == "Madame Léa Guichet"
    assert dispatch.rendered_at is None
    assert '<html lang="de">' in dispatch.html
